/** A diagnosis for people. */

import type { Diagnosis } from "./diagnose.ts";

const WIDTH = 80;

/** A few lines of at most 80 columns for each finding, the remedy on a line of its own; none if all is well. */
export const findingLines = ({ findings }: Pick<Diagnosis, "findings">): string[] =>
  findings.flatMap(({ where, figure, remedy }) => [
    ...wrapped(`${where}: ${figure}`, { first: "", further: "  " }),
    ...wrapped(remedy, { first: "  → ", further: "    " }),
  ]);

/** Words that are longer than a line stay whole. */
function wrapped(text: string, { first, further }: { first: string; further: string }): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(" ")) {
    if (!isEmpty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = further;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}
