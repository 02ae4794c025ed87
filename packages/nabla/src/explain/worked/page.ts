/** A worked example as a page: text, LaTeX, Markdown, HTML. */

import type { Display, Page } from "../typeset/display.ts";
import { flat } from "../typeset/flat.ts";
import { htmlPage } from "../typeset/html.ts";
import type { Row } from "../typeset/items.ts";
import { latexPage } from "../typeset/latex.ts";
import { markdownPage } from "../typeset/markdown.ts";
import { textPage } from "../typeset/text.ts";
import type { Format } from "../typeset/typeset.ts";
import { wordsOf } from "../typeset/words.ts";
import type { WorkedLine } from "./lines.ts";
import type { WorkedExample } from "./worked.ts";

export interface WorkedPageOptions {
  /** The characters on a line of text; others take about as much. Default 80. */
  readonly width?: number;
  readonly title?: string;
}

const pages: Readonly<Record<Format, (page: Page, width: number) => string>> = {
  ...{ text: textPage, latex: latexPage, markdown: markdownPage, html: htmlPage },
};

/** The worked example as a page. */
export const typesetWorked = (
  example: WorkedExample,
  format: Format,
  { width = 80, title }: WorkedPageOptions = {},
): string => pages[format](pageOf(example, title), width);

const pageOf = ({ sections, tensors }: WorkedExample, title: string | undefined): Page => ({
  ...(title !== undefined && { title }),
  sections: sections.map((section) => ({
    title: wordsOf(section.title, tensors),
    text: section.text.map((paragraph) => wordsOf(paragraph, tensors)),
    displays: section.lines.map(displayOf),
  })),
});

/** Symbols, numbers, value; what looks like the line before is left out. */
function displayOf({ sign, rows }: WorkedLine): Display {
  const { left, symbols, numbers, value } = rows;
  const [first, ...rest] = [symbols, numbers, value].filter(
    (row, i, all) => i === 0 || !sameRow(row, all[i - 1] as Row),
  ) as [Row, ...Row[]];
  return [{ left, sign, right: first }, ...rest.map((right) => ({ sign: "=" as const, right }))];
}

const sameRow = (a: Row, b: Row): boolean => flat(a) === flat(b);
