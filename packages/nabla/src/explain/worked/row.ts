/** One row of a table as it is typed: `0.05, 0.10 -> 0.01, 0.99`. */

import { NablaError } from "../../errors.ts";

export interface GivenRow {
  readonly inputs: readonly number[];
  readonly targets?: readonly number[];
}

/**
 * Reads the inputs, and after an arrow the targets.
 * @throws NablaError that names the value which is no number
 */
export function parseRow(text: string): GivenRow {
  const parts = text.split(/->|→/u);
  const [inputs = "", targets] = parts;
  if (parts.length > 2) {
    throw wrong(text, { expected: "one arrow at most", got: `${parts.length - 1}` });
  }
  return {
    inputs: numbersOf(inputs, text, "inputs"),
    ...(targets !== undefined && { targets: numbersOf(targets, text, "targets") }),
  };
}

const numbersOf = (part: string, text: string, of: string): number[] =>
  part.split(",").map((cell, i) => {
    const value = cell.trim() === "" ? Number.NaN : Number(cell);
    if (Number.isFinite(value)) return value;
    const expected = `a finite number as value ${i + 1} of the ${of}`;
    throw wrong(text, { expected, got: `"${cell.trim()}"` });
  });

function wrong(text: string, { expected, got }: { expected: string; got: string }): NablaError {
  const remedy = 'write it as "0.05,0.10 -> 0.01,0.99"';
  return new NablaError("usage", `row "${text}" must have ${expected}, got ${got}; ${remedy}`, {
    where: `row "${text}"`,
    ...{ expected, got, remedy },
  });
}
