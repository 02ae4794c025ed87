/** Pages as one HTML file: MathML, a few rules of style, no scripts; light or dark as the reader has it. */

import type { Display, Page, PageSection } from "./display.ts";
import { relation, widthOf } from "./items.ts";
import { breakRow, type Line } from "./lines.ts";
import { escapeHtml, htmlWords, mathml } from "./mathml.ts";

const style = `
  :root { color-scheme: light dark; --ink: #1c1c1e; --quiet: #6b6b70; --paper: #fdfdfb; --line: #e3e3de; }
  @media (prefers-color-scheme: dark) {
    :root { --ink: #e6e6e3; --quiet: #9a9a96; --paper: #1a1b1e; --line: #34353a; }
  }
  body { margin: 2.5rem auto; max-width: 50rem; padding: 0 1.25rem; color: var(--ink);
    background: var(--paper); font: 1.05rem/1.55 Charter, "Bitstream Charter", Cambria, serif; }
  h1, h2 { font-weight: 600; line-height: 1.25; }
  h2 { margin-top: 2.5rem; padding-top: 1rem; border-top: 1px solid var(--line); font-size: 1.25rem; }
  .steps { display: grid; grid-template-columns: max-content max-content 1fr; column-gap: 0.3em; row-gap: 0.3rem;
    align-items: baseline; margin: 1.25rem 0 1.25rem 1rem; overflow-x: auto; }
  .left { text-align: right; }
  .reason { grid-column: 2 / 4; width: 0; min-width: calc(min(100%, 100vw - 10rem) - 1.6em); margin: 0 0 0.5rem 1.6em; color: var(--quiet); font-size: 0.88rem; line-height: 1.4; }
  .shape { margin-left: 2em; color: var(--quiet); font-size: 0.88rem; white-space: nowrap; }
  .verified { margin-top: 3rem; color: var(--quiet); font-size: 0.88rem; }
  @media (max-width: 40rem) {
    .steps { grid-template-columns: max-content 1fr; margin-left: 0; }
    .left { grid-column: 1; }
    .shape, .reason { grid-column: 2; margin-left: 1.6em; }
    .shape:empty { display: none; }
  }
  math { font-size: 1.08em; }
  mtable.cases mtd { text-align: left; padding: 0.15em 0.4em 0.15em 0.2em; }
`;

export function htmlPage({ title, sections, verified }: Page, width: number): string {
  const body = [
    ...(title === undefined ? [] : [`<h1>${escapeHtml(title)}</h1>`]),
    ...sections.flatMap((section) => htmlSection(section, width)),
    ...(verified === undefined ? [] : [`<p class="verified">${escapeHtml(verified)}</p>`]),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title ?? "Equations")}</title>
<style>${style}</style>
</head>
<body>
${body.join("\n")}
</body>
</html>
`;
}

const htmlSection = ({ title, text, displays }: PageSection, width: number): string[] => [
  ...(title === undefined ? [] : [`<h2>${htmlWords(title)}</h2>`]),
  ...text.map((paragraph) => `<p>${htmlWords(paragraph)}</p>`),
  ...displays.map((display) => htmlDisplay(display, width)),
];

export const inMath = (inner: string): string => `<math displaystyle="true">${inner}</math>`;

/** A grid: left sides, then right sides from the equals sign on, a reason beneath each. */
function htmlDisplay(display: Display, width: number): string {
  const column = Math.max(0, ...display.map((step) => widthOf(step.left ?? []))) + 3;
  const cells = display.map((step) => {
    const lines = breakRow(step.right, width - column - 2, widthOf);
    const left = step.left === undefined ? "" : inMath(mathml(step.left));
    const right = lines.map((line) => inMath(lineIn(line, step.sign))).join("<br>");
    const reason = htmlWords(step.reason ?? []);
    const note = reason === "" ? "" : `<div class="reason">${reason}</div>`;
    return `<div class="left">${left}</div><div>${right}</div><div class="shape">${step.shape ?? ""}</div>${note}`;
  });
  return `<div class="steps">\n${cells.join("\n")}\n</div>`;
}

const lineIn = ({ row, depth }: Line, sign: "=" | "←"): string =>
  depth === 0
    ? mathml([relation(sign), ...row])
    : `<mspace width="${0.8 + 1.2 * depth}em"></mspace>${mathml(row)}`;
