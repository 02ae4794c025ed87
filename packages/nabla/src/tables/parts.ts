/** The rows of a table in the parts that training, stopping and the report look at. */

import { NablaError } from "../errors.ts";
import { labelOf } from "./labels.ts";
import { areCounts, type Settings } from "./settings.ts";
import { type Split, splitRows } from "./split.ts";
import { type Column, columnOf, type Table } from "./table.ts";
import { checkCounts, rowsWithTarget } from "./target.ts";
import { namesOf } from "./task.ts";

/** Fewer rows with a target teach nothing. */
const FEWEST_ROWS = 3;

export interface Parts extends Split {
  /** Rows without a target. */
  readonly dropped: number;
}

/** The rows with a target in three parts; classes are divided in equal proportions. */
export function divideRows(table: Table, settings: Settings): Parts {
  const columns = namesOf(settings.target).map((name) => columnOf(table, name));
  const known = rowsWithTarget(table, columns);
  if (known.length < FEWEST_ROWS) {
    const expected = `at least ${FEWEST_ROWS} rows with a target`;
    const got = String(known.length);
    const message = `${table.name}: training needs ${expected}, got ${got}`;
    throw new NablaError("data", message, { where: table.name, expected, got });
  }
  if (areCounts(settings)) checkCounts(table, columns, known);

  const split = splitRows({
    ...settings,
    rows: known.length,
    ...(settings.task === "classification" && { strata: classesOf(columns[0]!, known) }),
  });
  const rowsOf = (part: Uint32Array) => part.map((index) => known[index]!);
  return {
    train: rowsOf(split.train),
    validation: rowsOf(split.validation),
    test: rowsOf(split.test),
    singletons: split.singletons,
    dropped: table.rows - known.length,
  };
}

const classesOf = (column: Column, rows: Uint32Array): string[] =>
  Array.from(rows, (row) => labelOf(column, row) ?? "");
