/**
 * The column to predict, as numbers and back. The value of a row is its quantity, or the number of
 * its class. The network sees quantities in units of their spread, and classes as distributions.
 */

import type { Floats } from "../equations/memory.ts";
import { NablaError } from "../errors.ts";
import { likeliestClasses } from "../metrics/classification.ts";
import { cellError, numberReader, standardReader, typedColumn } from "./cells.ts";
import { compareLabels, countLabels, labelOf } from "./labels.ts";
import { type Moments, momentsOf } from "./moments.ts";
import { allRows, type Column, columnOf, type Table } from "./table.ts";

export type Task = "regression" | "classification";

export type Target =
  | (Moments & {
      readonly task: "regression";
      readonly name: string;
      readonly type: "number";
    })
  | {
      readonly task: "classification";
      readonly name: string;
      readonly type: "number" | "text" | "boolean";
      /** In the order of their code points, which is that of the outputs. */
      readonly classes: readonly string[];
    };

/** Whole numbers of so many different values or fewer may be quantities, or names of classes. */
const FEW_VALUES = 10;

/** Numbers → regression, text and booleans → classification. Throws where it could be either. */
export function inferTask(table: Table, target: string): Task {
  const column = columnOf(table, target);
  if (column.type === "text" || column.type === "boolean") return "classification";
  if (column.type === "date") throw unsuitable(table, column, "numbers, text or booleans");

  const values = column.values.filter((value) => !Number.isNaN(value));
  const count = new Set(values).size;
  if (count > FEW_VALUES || !values.every(Number.isInteger)) return "regression";
  const got = `whole numbers of ${count} different values`;
  const expected = "the task: classification or regression";
  const message = `${table.name}: column "${target}" holds ${got}; name ${expected}`;
  throw new NablaError("usage", message, {
    where: `${table.name}, column "${target}"`,
    expected,
    got,
    remedy: "--task classification, or --task regression",
  });
}

/** The rows whose target is known. Throws where there is none. */
export function rowsWithTarget(table: Table, column: Column): Uint32Array {
  const rows = allRows(table).filter((row) => labelOf(column, row) !== null);
  if (rows.length > 0) return rows;
  const got = `no value in ${table.rows} rows`;
  const message = `${table.name}: the target "${column.name}" has ${got}`;
  throw new NablaError("data", message, { where: table.name, expected: "targets", got });
}

/**
 * Fits the target on the training rows.
 * Throws where the column does not suit the task, holds an infinite number or a single class.
 */
export function fitTarget(
  table: Table,
  { name, task, rows }: { name: string; task: Task; rows: Uint32Array },
): Target {
  const column = columnOf(table, name);
  const values = column.type === "number" ? Array.from(rows, numberReader(table, column)) : [];
  if (task === "regression") {
    if (column.type !== "number") throw unsuitable(table, column, "numbers");
    return { task, name, type: column.type, ...momentsOf(values) };
  }
  if (column.type === "date") throw unsuitable(table, column, "classes");
  const classes = [...countLabels(column, rows).keys()].sort(compareLabels);
  if (classes.length > 1) return { task, name, type: column.type, classes };

  const got = `only "${classes[0]}"`;
  const expected = "two classes or more";
  const message = `${table.name}: the target "${name}" needs ${expected}, got ${got}`;
  throw new NablaError("data", message, { where: table.name, expected, got });
}

/** The value of each of these rows. Throws where it is infinite, or a class that training lacked. */
export function targetValues(target: Target, table: Table, rows: Uint32Array): Float64Array {
  const column = typedColumn(table, target);
  if (target.task === "regression") return Float64Array.from(rows, numberReader(table, column));

  const numbers = new Map(target.classes.map((name, number) => [name, number]));
  return Float64Array.from(rows, (row) => {
    const label = labelOf(column, row);
    const number = label === null ? undefined : numbers.get(label);
    if (number !== undefined) return number;
    const known = target.classes.map((name) => JSON.stringify(name)).join(", ");
    throw cellError(table, { column, row, expected: `one of the classes ${known}` });
  });
}

/** How many numbers the network puts out for a row. */
export const outputCount = (target: Target): number =>
  target.task === "classification" ? target.classes.length : 1;

/** What the network is to put out: [rows, 1] for quantities, [rows, classes] for classes. */
export function encodeTarget(target: Target, table: Table, rows: Uint32Array): Float64Array {
  if (target.task === "regression") {
    const column = typedColumn(table, target);
    return Float64Array.from(rows, standardReader(table, { ...target, column }));
  }
  const width = outputCount(target);
  const values = new Float64Array(rows.length * width);
  targetValues(target, table, rows).forEach((number, n) => {
    values[n * width + number] = 1;
  });
  return values;
}

/** The value of each row that the network's outputs stand for: the other way round. */
export function decodeOutputs(target: Target, outputs: Floats): Float64Array {
  if (target.task === "classification")
    return Float64Array.from(likeliestClasses(outputs, target.classes.length));
  return Float64Array.from(outputs, (output) => output * target.scale + target.mean);
}

function unsuitable(table: Table, column: Column, expected: string): NablaError {
  const got = `${column.type} values`;
  const message = `${table.name}: the target "${column.name}" holds ${got}, expected ${expected}`;
  return new NablaError("usage", message, { where: table.name, expected, got });
}
