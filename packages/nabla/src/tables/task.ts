/** What the columns to predict say about the task, and where it must be asked for. */

import { NablaError, unknownName } from "../errors.ts";
import { isEmpty } from "./columns/cells.ts";
import { type Column, columnOf, type Table } from "./table.ts";

/** Quantities, one of several classes, or any number of labels. */
export type Task = "regression" | "classification" | "multi-label";

export const tasks: readonly Task[] = ["regression", "classification", "multi-label"];

/** A column to predict or, in regression and multi-label classification, a list of them. */
export type TargetNames = string | readonly string[];

export const namesOf = (target: TargetNames): readonly string[] =>
  typeof target === "string" ? [target] : target;

/** Whole numbers of so many different values or fewer may be quantities, or names of classes. */
const FEW_VALUES = 10;

/**
 * Numbers → regression, text and booleans → classification; of a list, numbers → regression, booleans
 * (0 and 1 among them) → multi-label. Throws where it could be either.
 */
export function inferTask(table: Table, target: TargetNames): Task {
  if (typeof target !== "string") return inferJointTask(table, target);
  const column = columnOf(table, target);
  if (column.type === "text" || column.type === "boolean") return "classification";
  if (column.type === "date") throw unsuitable(table, column, "numbers, text or booleans");

  const values = column.values.filter((value) => !Number.isNaN(value));
  const count = new Set(values).size;
  if (count === 0) return "regression"; // there is no row to train on, whatever the task
  if (count > FEW_VALUES || !values.every(Number.isInteger)) return "regression";
  throw ambiguous(table, {
    where: `${table.name}, column "${target}"`,
    columns: `column "${target}" holds`,
    got: `whole numbers of ${count} different values`,
    tasks: ["classification", "regression"],
  });
}

function inferJointTask(table: Table, names: readonly string[]): Task {
  const columns = names.map((name) => columnOf(table, name));
  const other = columns.find(({ type }) => type === "text" || type === "date");
  if (other !== undefined) throw unsuitable(table, other, `${JOINT}; train it by itself`);

  if (columns.some(isEmpty)) return "regression"; // as above
  const quantity = columns.find((column) => !isBinary(column));
  const boolean = columns.find(({ type }) => type === "boolean");
  if (quantity === undefined && boolean !== undefined) return "multi-label";
  if (quantity !== undefined && boolean === undefined) return "regression";
  if (quantity !== undefined && boolean !== undefined) {
    const got = `booleans in "${boolean.name}" and quantities in "${quantity.name}"`;
    const remedy = "train a model for each kind";
    const message = `${table.name}: several targets must be ${JOINT}, got ${got}; ${remedy}`;
    throw new NablaError("usage", message, { where: table.name, expected: JOINT, got, remedy });
  }
  throw ambiguous(table, {
    where: table.name,
    columns: `the columns ${listed(names)} hold`,
    got: "0 and 1",
    tasks: ["multi-label", "regression"],
  });
}

const JOINT = "all numbers, or all booleans (or 0 and 1)";

const isBinary = (column: Column): boolean =>
  column.type === "boolean" ||
  (column.type === "number" &&
    column.values.every((value) => Number.isNaN(value) || value === 0 || value === 1));

function ambiguous(
  table: Table,
  said: { where: string; columns: string; got: string; tasks: readonly [Task, Task] },
): NablaError {
  const { where, columns, got, tasks } = said;
  const expected = `the task: ${tasks.join(" or ")}`;
  return new NablaError("usage", `${table.name}: ${columns} ${got}; name ${expected}`, {
    ...{ where, expected, got },
    remedy: tasks.map((task) => `--task ${task}`).join(", or "),
  });
}

export function unsuitable(table: Table, column: Column, expected: string): NablaError {
  const got = `${column.type} values`;
  const message = `${table.name}: the target "${column.name}" holds ${got}, expected ${expected}`;
  return new NablaError("usage", message, { where: table.name, expected, got });
}

/** Throws unless the target is a list of different names where the task has one, and only there. */
export function checkTask(task: Task, target: TargetNames): void {
  if (!tasks.includes(task)) throw unknownName("task", task, tasks);
  const names = namesOf(target);
  const isList = typeof target !== "string";
  const again = names.find((name, i) => names.indexOf(name) < i);
  if (again !== undefined) throw badTarget("different columns", `"${again}" twice`);
  if (names.length === 0) throw badTarget("a column to predict", "an empty list");
  if (isList && task === "classification")
    throw badTarget(
      "a single column in classification",
      listed(names),
      "name the task multi-label",
    );
  if (!isList && task === "multi-label")
    throw badTarget("a list of columns in multi-label", `"${target}"`, "name several columns");
}

const listed = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(", ");

function badTarget(expected: string, got: string, remedy?: string): NablaError {
  const hint = remedy === undefined ? "" : `; ${remedy}`;
  return new NablaError("usage", `target must be ${expected}, got ${got}${hint}`, {
    ...{ where: "target", expected, got },
    ...(remedy !== undefined && { remedy }),
  });
}
