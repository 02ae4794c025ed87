/** Pages as Unicode text for a terminal: equals signs aligned, reasons beside the steps or beneath them. */

import { type Display, noteOf, type Page, type PageSection, type Step } from "./display.ts";
import { branchesOf, flat, inOneLine } from "./flat.ts";
import type { Row } from "./items.ts";
import { breakRow } from "./lines.ts";
import { flatWords, lengthOf, type Words, wordsOf, wrapWords } from "./words.ts";

const indent = 2;
/** A longer left side stands on a line of its own. */
const longestLeft = 24;

export function textPage({ title, sections, verified }: Page, width: number): string {
  const head = title === undefined ? [] : [`${title}\n${"═".repeat(title.length)}`];
  const foot = verified === undefined ? [] : [wrapped(wordsOf(verified, []), width).join("\n")];
  const body = sections.flatMap((section, i) => textSection(section, { number: i + 1, width }));
  return `${[...head, ...body, ...foot].join("\n\n")}\n`;
}

function textSection(
  { title, text, displays }: PageSection,
  { number, width }: { number: number; width: number },
): string[] {
  const heading = `${number}  ${flatWords(title ?? [])}`;
  return [
    ...(title === undefined ? [] : [`${heading}\n${"─".repeat(heading.length)}`]),
    ...text.map((paragraph) => wrapped(paragraph, width).join("\n")),
    ...displays.map((display) => textDisplay(display, width)),
  ];
}

/** The steps of one chain, or a list of equations. */
function textDisplay(display: Display, width: number): string {
  const lefts = display.map((step) => (step.left === undefined ? "" : flat(step.left)));
  const column = Math.max(0, ...lefts.map((left) => left.length).filter((n) => n <= longestLeft));
  const start = indent + column + 3; //  after the equals sign
  const rights = display.map((step) => rightLines(step.right, width - start));
  const notes = display.map(noteOf);

  const oneLine = (i: number): number =>
    rights[i]?.length === 1 ? (rights[i]?.[0]?.length ?? 0) : width;
  const isBeside = besides(
    display.map((_, i) => start + oneLine(i) + 3),
    { notes, width, eachAlone: display.every(({ reason = [] }) => reason.length === 0) },
  );
  const aside = Math.max(0, ...display.map((_, i) => (isBeside[i] ? start + oneLine(i) + 3 : 0)));

  const lines = display.flatMap(({ sign }, i) => {
    const left = lefts[i] ?? "";
    const [first = "", ...rest] = rights[i] ?? [];
    const note = notes[i] ?? [];
    const alone = left.length > column ? [`${" ".repeat(indent)}${left}`] : [];
    const beside = alone.length > 0 ? "" : left;
    const head = `${" ".repeat(indent)}${beside.padEnd(column)} ${sign} ${first}`;
    const beneath = isBeside[i] || note.length === 0 ? [] : wrapped(note, width - start - 2);
    return [
      ...alone,
      isBeside[i] && note.length > 0 ? `${head.padEnd(aside)}${flatWords(note)}` : head,
      ...rest.map((line) => " ".repeat(start) + line),
      ...beneath.map((line) => `${" ".repeat(start)}│ ${line}`),
      ...(beneath.length > 0 && i < display.length - 1 ? [""] : []),
    ];
  });
  return lines.join("\n");
}

/** Which notes stand beside their steps: all or none of the reasons, each of the shapes that fits. */
function besides(
  ends: readonly number[],
  { notes, width, eachAlone }: { notes: readonly Words[]; width: number; eachAlone: boolean },
): boolean[] {
  const longest = Math.max(0, ...notes.map(lengthOf));
  const fits = ends.map((end) => end + longest <= width);
  return eachAlone ? fits : fits.map(() => fits.every((fit) => fit));
}

/** The right side in lines; cases that are all of it stand one beneath the other. */
function rightLines(right: Row, width: number): string[] {
  const [item] = right;
  if (right.length === 1 && item?.kind === "cases") {
    const branches = branchesOf(item);
    const widest = Math.max(...branches.map(([value]) => value.length));
    return branches.map(([value, condition], i) => {
      const brace = i === 0 ? "⎧" : i === branches.length - 1 ? "⎩" : "⎨";
      return `${brace} ${value.padEnd(widest)}   ${condition}`;
    });
  }
  const lines = breakRow(inOneLine(right), width - indent, (row) => flat(row).length);
  return lines.map(({ row, depth }) => " ".repeat(indent * depth) + flat(row).trimStart());
}

const wrapped = (words: Words, width: number): string[] => wrapWords(words, width).map(flatWords);

/** One step on one line. */
export const textStep = ({ left, right }: Required<Pick<Step, "left" | "right">>): string =>
  `${flat(left)} = ${flat(right)}`;
