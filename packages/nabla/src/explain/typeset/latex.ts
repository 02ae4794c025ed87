/** Pages as a document for pdflatex, with amsmath and amssymb only, and displays as aligned lines. */

import { type Display, noteOf, type Page, type PageSection } from "./display.ts";
import { relation, widthOf } from "./items.ts";
import { breakRow } from "./lines.ts";
import { tex, texText, texWords } from "./tex.ts";
import { lengthOf, wrapWords } from "./words.ts";

const preamble = String.raw`\documentclass[fleqn]{article}
\usepackage{amsmath,amssymb}
\setlength{\textwidth}{6.5in}
\setlength{\oddsidemargin}{0in}
\setlength{\textheight}{9in}
\setlength{\topmargin}{-0.5in}
\setlength{\mathindent}{1.5em}
\setlength{\parindent}{0pt}
\setlength{\parskip}{6pt}
\allowdisplaybreaks
\begin{document}`;

export function latexPage({ title, sections, verified }: Page, width: number): string {
  const blocks = [
    preamble,
    ...(title === undefined ? [] : [`\\begin{center}\\Large ${texText(title)}\\end{center}`]),
    ...sections.flatMap((section) => latexSection(section, width)),
    ...(verified === undefined ? [] : [`{\\small ${texText(verified)}}`]),
    "\\end{document}",
  ];
  return `${blocks.join("\n\n")}\n`;
}

/** No empty line between a paragraph and the display below it: that would be a new paragraph. */
const latexSection = ({ title, text, displays }: PageSection, width: number): string[] => {
  const body = [
    text.map(texWords).join("\n\n"),
    ...displays.map((display) => latexDisplay(display, width)),
  ];
  return [
    ...(title === undefined ? [] : [`\\section{${texWords(title)}}`]),
    body.filter((part) => part !== "").join("\n"),
  ];
};

/** As `align*`, or `alignat*` with the notes in columns of their own. */
function latexDisplay(display: Display, width: number): string {
  const quiet = (words: string): string => `\\text{\\small ${words}}`;
  const { columns, lines } = texLines(display, { width, quiet });
  const [name, count] = columns === 2 ? ["alignat*", "{2}"] : ["align*", ""];
  return `\\begin{${name}}${count}\n${lines}\n\\end{${name}}`;
}

export interface TexLines {
  /** Pairs of columns: the reasons have one of their own where they stand beside the steps. */
  readonly columns: 1 | 2;
  readonly lines: string;
}

interface LineOptions {
  readonly width: number;
  /** Words for a reason, small. */
  readonly quiet: (words: string) => string;
}

/** The lines of an aligned environment. */
export function texLines(display: Display, { width, quiet }: LineOptions): TexLines {
  const lefts = display.map((step) => step.left ?? []);
  const column = Math.max(0, ...lefts.map(widthOf)) + 3;
  const rights = display.map((step) => breakRow(step.right, width - column - 2, widthOf));
  const notes = display.map(noteOf);
  const widest = Math.max(...rights.flat().map(({ row }) => widthOf(row)));
  const isAside = notes.every((note) => column + widest + 3 + lengthOf(note) <= width);
  const beside = isAside && notes.some((note) => note.length > 0);

  const lines = display.flatMap(({ sign }, i) => {
    const [first, ...rest] = rights[i] ?? [];
    const note = notes[i] ?? [];
    const head =
      `${tex(lefts[i] ?? [])} &${tex([relation(sign)])} ${tex(first?.row ?? [])}`.trimStart();
    const tail = beside && note.length > 0 ? ` &\\qquad &${quiet(texWords(note))}` : "";
    const beneath = beside || note.length === 0 ? [] : wrapWords(note, width - column);
    return [
      head + tail,
      ...rest.map(({ row, depth }) => `&${"\\quad".repeat(depth)} {}${tex(row)}`),
      ...beneath.map((line) => `&\\qquad ${quiet(texWords(line))}`),
    ];
  });
  return { columns: beside ? 2 : 1, lines: lines.map((line) => `  ${line}`).join(" \\\\\n") };
}
