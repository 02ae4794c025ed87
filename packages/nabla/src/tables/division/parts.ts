/** The rows of a table in the parts that training, stopping and the report look at. */

import { NablaError } from "../../errors.ts";
import { cellError, numberReader } from "../columns/cells.ts";
import { labelOf } from "../columns/labels.ts";
import { areCounts, type Settings } from "../settings.ts";
import { type Column, columnOf, type Table } from "../table.ts";
import { checkCounts, rowsWithTarget } from "../target.ts";
import { namesOf } from "../task.ts";
import { rowWeights } from "../weights.ts";
import { type DivisionKind, divide, kindOf, type Mark, type Marks } from "./division.ts";
import { foldRows } from "./folds.ts";
import { groupsOf } from "./grouped.ts";
import type { Split } from "./split.ts";

/** Fewer rows with a target teach nothing. */
const FEWEST_ROWS = 2;

export interface Parts extends Split {
  /** Rows without a target, or of weight 0. */
  readonly dropped: number;
}

/**
 * The rows with a target in three parts. Classes are divided in equal proportions; a column of groups or
 * of times decides otherwise, and every row needs its value.
 */
export function divideRows(table: Table, settings: Settings): Parts {
  const { rows, marks } = knownRows(table, settings);
  return inTable(divide(marks, settings), { table, rows });
}

export interface FoldParts {
  readonly kind: DivisionKind;
  readonly folds: readonly Parts[];
}

/** The same for each fold of a cross-validation, whose rows are the test part. */
export function divideFolds(
  table: Table,
  settings: Settings & { readonly folds: number },
): FoldParts {
  const { rows, marks } = knownRows(table, settings);
  const folds = foldRows(marks, settings).map((split) => inTable(split, { table, rows }));
  return { kind: kindOf(marks), folds };
}

function inTable(split: Split, { table, rows }: { table: Table; rows: Uint32Array }): Parts {
  const rowsOf = (part: Uint32Array) => part.map((index) => rows[index]!);
  return {
    train: rowsOf(split.train),
    validation: rowsOf(split.validation),
    test: rowsOf(split.test),
    singletons: split.singletons,
    dropped: table.rows - rows.length,
  };
}

/** The rows with a target that weigh something, and what decides where each goes. */
function knownRows(table: Table, settings: Settings): { rows: Uint32Array; marks: Marks } {
  const columns = namesOf(settings.target).map((name) => columnOf(table, name));
  const rows = weighty(table, settings, rowsWithTarget(table, columns));
  const { validation, test, weight } = settings;
  const fewest = validation + test > 0 ? FEWEST_ROWS + 1 : FEWEST_ROWS;
  if (rows.length < fewest) {
    const expected = `at least ${fewest} rows with a target${weight === undefined ? "" : " and a weight above 0"}`;
    const got = String(rows.length);
    const message = `${table.name}: training needs ${expected}, got ${got}`;
    throw new NablaError("data", message, { where: table.name, expected, got });
  }
  if (areCounts(settings)) checkCounts(table, columns, rows);
  const { group, time, task } = settings;
  const marks = {
    rows: rows.length,
    strata: task === "classification" ? labelsOf(columns[0]!, rows) : undefined,
    group: group === undefined ? undefined : groupMark(table, settings, rows),
    time: time === undefined ? undefined : timeMark(table, settings, rows),
  };
  return { rows, marks };
}

/** Without those of weight 0: nothing of them, no mean and no category, is learnt. */
function weighty(table: Table, { weight }: Settings, rows: Uint32Array): Uint32Array {
  if (weight === undefined) return rows;
  const weights = rowWeights({ column: columnOf(table, weight).name }, table, rows);
  return rows.filter((_, n) => weights![n]! > 0);
}

const labelsOf = (column: Column, rows: Uint32Array): string[] =>
  Array.from(rows, (row) => labelOf(column, row) ?? "");

function groupMark(table: Table, settings: Settings, rows: Uint32Array): Mark<readonly string[]> {
  const column = markColumn(table, settings, "group");
  return { name: column.name, values: groupsOf(table, column, rows) };
}

function timeMark(table: Table, settings: Settings, rows: Uint32Array): Mark<Float64Array> {
  const column = markColumn(table, settings, "time");
  if (column.type !== "date" && column.type !== "number") {
    const [expected, got] = ["dates or numbers", `${column.type} values`];
    const message = `${table.name}: the time "${column.name}" holds ${got}, expected ${expected}`;
    throw new NablaError("usage", message, { where: "time", expected, got });
  }
  const read = numberReader(table, column);
  const values = Float64Array.from(rows, (row) => {
    const time = read(row);
    if (!Number.isNaN(time)) return time;
    const remedy = "give every row its time, or leave the row out";
    throw cellError(table, { column, row, expected: "a time", remedy });
  });
  return { name: column.name, values };
}

/** Throws where the column is a target, too, which says where a row goes only when it is known. */
function markColumn(table: Table, settings: Settings, option: "group" | "time"): Column {
  const column = columnOf(table, settings[option]!);
  if (!namesOf(settings.target).includes(column.name)) return column;
  const [expected, got] = ["a column that is no target", `"${column.name}"`];
  const message = `${option} must be ${expected}, got ${got}`;
  throw new NablaError("usage", message, { where: option, expected, got });
}
