/** `new.csv, row 17: column "petal width" holds "n/a", which is not a number; name it with …` */

import { NablaError } from "nabla";
import type { Source } from "./source.ts";

export interface UnfitCell {
  /** From 1, which is the first row of data. */
  readonly row: number;
  readonly column: string;
  readonly got: string;
  readonly expected: string;
  readonly remedy: string;
}

/** The remedy for a cell that holds this, in quotes; --missing takes what stands between commas. */
export const treatAsMissing = (got: string): string =>
  /[,…]/.test(got)
    ? "correct it, or leave the cell empty if the value is missing"
    : `name it with --missing ${got} to treat it as missing`;

export function unfitCell(
  source: Source,
  { row, column, got, expected, remedy }: UnfitCell,
): NablaError {
  const where = `${source.name}, row ${row}`;
  const message = `${where}: column "${column}" holds ${got}, which is not ${expected}; ${remedy}`;
  return new NablaError("data", message, { where, expected, got, remedy });
}
