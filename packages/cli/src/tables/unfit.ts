/** `new.csv, row 17: column "petal width" holds "n/a", which is not a number; correct it, or …` */

import { NablaError } from "nabla";
import type { Source } from "./source.ts";

export interface UnfitCell {
  /** From 1, which is the first row of data. */
  readonly row: number;
  readonly column: string;
  readonly got: string;
  readonly expected: string;
  readonly remedy?: string;
}

const REMEDY = "correct it, or leave the cell empty if the value is missing";

export function unfitCell(
  source: Source,
  { row, column, got, expected, remedy = REMEDY }: UnfitCell,
): NablaError {
  const where = `${source.name}, row ${row}`;
  const message = `${where}: column "${column}" holds ${got}, which is not ${expected}; ${remedy}`;
  return new NablaError("data", message, { where, expected, got, remedy });
}
