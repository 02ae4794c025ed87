/**
 * Pages as Markdown. Formulas stand in `math` fences: GitHub hands those to its renderer as they are,
 * where between dollar signs it would first read \\ and \, as Markdown's escapes.
 */

import type { Display, Page, PageSection } from "./display.ts";
import { texLines } from "./latex.ts";
import { tex } from "./tex.ts";
import type { Words } from "./words.ts";

export function markdownPage({ title, sections, verified }: Page, width: number): string {
  const blocks = [
    ...(title === undefined ? [] : [`# ${escaped(title)}`]),
    ...sections.flatMap((section) => markdownSection(section, width)),
    ...(verified === undefined ? [] : [`*${escaped(verified)}*`]),
  ];
  return `${blocks.join("\n\n")}\n`;
}

const markdownSection = ({ title, text, displays }: PageSection, width: number): string[] => [
  ...(title === undefined ? [] : [`## ${markdownWords(title)}`]),
  ...text.map(markdownWords),
  ...displays.map((display) => markdownDisplay(display, width)),
];

function markdownDisplay(display: Display, width: number): string {
  const quiet = (words: string): string => `{\\small\\text{${words}}}`;
  const { columns, lines } = texLines(display, { width, quiet });
  const [name, count] = columns === 2 ? ["alignedat", "{2}"] : ["aligned", ""];
  return `\`\`\`math\n\\begin{${name}}${count}\n${lines}\n\\end{${name}}\n\`\`\``;
}

/** Words with formulas among them, between dollar signs and backticks: GitHub leaves those alone too. */
const markdownWords = (words: Words): string =>
  words
    .map((word) =>
      word
        .map((piece) => (typeof piece === "string" ? escaped(piece) : `$\`${tex(piece)}\`$`))
        .join(""),
    )
    .join(" ");

/** Signs that Markdown would read are escaped. */
const escaped = (text: string): string => text.replaceAll(/[\\`*_{}[\]<>#|$]/g, "\\$&");
