/**
 * What to predict, as numbers and back. The values of a row are its quantities, the number of its class,
 * or 1 for each label that it has. The network sees quantities in units of their spread, and classes as
 * distributions.
 */

import type { Floats } from "../equations/memory.ts";
import { NablaError } from "../errors.ts";
import { likeliestClasses } from "../metrics/classification.ts";
import { cellError, numberReader, standardReader, typedColumn } from "./columns/cells.ts";
import { compareLabels, countLabels, labelOf } from "./columns/labels.ts";
import { type Moments, momentsOf } from "./columns/moments.ts";
import { allRows, type Column, columnOf, type Table } from "./table.ts";
import { namesOf, type TargetNames, type Task, unsuitable } from "./task.ts";

/** A column of numbers; the network sees (y − mean)/scale. */
export interface Quantity extends Moments {
  readonly name: string;
  readonly type: "number";
}

/** A column that says whether a row has the label: true or false, 1 or 0. */
export interface Label {
  readonly name: string;
  readonly type: "number" | "boolean";
}

export type Target =
  | (Quantity & { readonly task: "regression" })
  | { readonly task: "regression"; readonly targets: readonly Quantity[] }
  | {
      readonly task: "classification";
      readonly name: string;
      readonly type: "number" | "text" | "boolean";
      /** In the order of their code points, which is that of the outputs. */
      readonly classes: readonly string[];
    }
  | { readonly task: "multi-label"; readonly targets: readonly Label[] };

/** The columns to predict, in the order of the values. */
export const targetColumns = (
  target: Target,
): readonly { readonly name: string; readonly type: "number" | "text" | "boolean" }[] =>
  "targets" in target ? target.targets : [target];

/** As `TableOptions` names them: a list where there may be several. */
export const targetNames = (target: Target): TargetNames =>
  "targets" in target ? target.targets.map(({ name }) => name) : target.name;

/** The quantities of a regression. */
export const quantitiesOf = (
  target: Extract<Target, { task: "regression" }>,
): readonly Quantity[] => ("targets" in target ? target.targets : [target]);

/** How many numbers the network puts out for a row. */
export const outputCount = (target: Target): number =>
  target.task === "classification" ? target.classes.length : targetColumns(target).length;

/** The rows whose targets are all known. Throws where there is none. */
export function rowsWithTarget(table: Table, columns: readonly Column[]): Uint32Array {
  const rows = allRows(table).filter((row) =>
    columns.every((column) => labelOf(column, row) !== null),
  );
  if (rows.length > 0) return rows;
  const got = `no value in ${table.rows} rows`;
  const names = columns.map(({ name }) => `"${name}"`);
  const what = names.length === 1 ? `target ${names[0]} has` : `targets ${names.join(", ")} have`;
  const where = table.name;
  throw new NablaError("data", `${where}: the ${what} ${got}`, { where, expected: "targets", got });
}

export interface FitTargetOptions {
  readonly target: TargetNames;
  readonly task: Task;
  /** Whether quantities are taken as they stand. Default false. */
  readonly unscaled?: boolean;
  /** The training rows. */
  readonly rows: Uint32Array;
}

/**
 * Fits the target on the training rows.
 * Throws where a column does not suit the task, holds an infinite number or a single class.
 */
export function fitTarget(table: Table, options: FitTargetOptions): Target {
  const { target, task, rows, unscaled = false } = options;
  const columns = namesOf(target).map((name) => columnOf(table, name));
  switch (task) {
    case "regression": {
      const targets = columns.map((column) => fitQuantity(table, column, { rows, unscaled }));
      return typeof target === "string" ? { task, ...targets[0]! } : { task, targets };
    }
    case "classification":
      return { task, ...fitClasses(table, columns[0]!, rows) };
    case "multi-label":
      return { task, targets: columns.map((column) => fitLabel(table, column, rows)) };
    default:
      return task satisfies never;
  }
}

function fitQuantity(
  table: Table,
  column: Column,
  { rows, unscaled }: { rows: Uint32Array; unscaled: boolean },
): Quantity {
  if (column.type !== "number") throw unsuitable(table, column, "numbers");
  const values = Array.from(rows, numberReader(table, column));
  const moments = unscaled ? { mean: 0, scale: 1 } : momentsOf(values);
  return { name: column.name, type: column.type, ...moments };
}

function fitLabel(table: Table, column: Column, rows: Uint32Array): Label {
  if (column.type !== "number" && column.type !== "boolean")
    throw unsuitable(table, column, "true and false, or 1 and 0");
  rows.forEach(labelReader(table, column));
  return { name: column.name, type: column.type };
}

function fitClasses(table: Table, column: Column, rows: Uint32Array) {
  const { name, type } = column;
  if (type === "date") throw unsuitable(table, column, "classes");
  if (type === "number") rows.forEach(numberReader(table, column));
  const classes = [...countLabels(column, rows).keys()].sort(compareLabels);
  if (classes.length > 1) return { name, type, classes };

  const got = `only "${classes[0]}"`;
  const expected = "two classes or more";
  const message = `${table.name}: the target "${name}" needs ${expected}, got ${got}`;
  throw new NablaError("data", message, { where: table.name, expected, got });
}

/** Throws at a number below 0, which is no count. */
export function checkCounts(table: Table, columns: readonly Column[], rows: Uint32Array): void {
  for (const column of columns) {
    const row = rows.find((row) => Number(column.values[row]) < 0);
    if (row !== undefined) throw cellError(table, { column, row, expected: "a number ≥ 0" });
  }
}

/**
 * The values of these rows, [rows, targets].
 * Throws where one is infinite, a class that training lacked or, of a label, neither 0 nor 1.
 */
export function targetValues(target: Target, table: Table, rows: Uint32Array): Float64Array {
  return readValues(rows, valueReaders(target, table));
}

/** What the network is to put out: [rows, targets], or [rows, classes]. */
export function encodeTarget(target: Target, table: Table, rows: Uint32Array): Float64Array {
  if (target.task === "multi-label") return targetValues(target, table, rows);
  if (target.task === "regression") {
    const readers = quantitiesOf(target).map((quantity) =>
      standardReader(table, { ...quantity, column: typedColumn(table, quantity) }),
    );
    return readValues(rows, readers);
  }
  const width = outputCount(target);
  const values = new Float64Array(rows.length * width);
  targetValues(target, table, rows).forEach((number, n) => {
    values[n * width + number] = 1;
  });
  return values;
}

/** The values of each row that the network's outputs stand for: the other way round. */
export function decodeOutputs(target: Target, outputs: Floats): Float64Array {
  switch (target.task) {
    case "classification":
      return Float64Array.from(likeliestClasses(outputs, target.classes.length));
    case "multi-label":
      return Float64Array.from(outputs, (probability) => (probability > 0.5 ? 1 : 0));
    case "regression": {
      const quantities = quantitiesOf(target);
      return Float64Array.from(outputs, (output, i) => {
        const { mean, scale } = quantities[i % quantities.length]!;
        return output * scale + mean;
      });
    }
    default:
      throw target satisfies never;
  }
}

type ReadCell = (row: number) => number;

/** [rows, readers] */
function readValues(rows: Uint32Array, readers: readonly ReadCell[]): Float64Array {
  const width = readers.length;
  const values = new Float64Array(rows.length * width);
  readers.forEach((read, t) => {
    for (const [n, row] of rows.entries()) values[n * width + t] = read(row);
  });
  return values;
}

function valueReaders(target: Target, table: Table): readonly ReadCell[] {
  if (target.task === "classification") return [classReader(table, target)];
  const reader = target.task === "regression" ? numberReader : labelReader;
  return targetColumns(target).map((column) => reader(table, typedColumn(table, column)));
}

function labelReader(table: Table, column: Column): ReadCell {
  return (row) => {
    const value = Number(column.values[row] ?? Number.NaN);
    if (value === 0 || value === 1) return value;
    throw cellError(table, { column, row, expected: "0 or 1" });
  };
}

function classReader(table: Table, target: Extract<Target, { task: "classification" }>): ReadCell {
  const { classes } = target;
  const column = typedColumn(table, target);
  const numbers = new Map(classes.map((name, number) => [name, number]));
  return (row) => {
    const label = labelOf(column, row);
    const number = label === null ? undefined : numbers.get(label);
    if (number !== undefined) return number;
    const known = classes.map((name) => JSON.stringify(name)).join(", ");
    throw cellError(table, { column, row, expected: `one of the classes ${known}` });
  };
}
