/**
 * Objects in, predictions out: the shortest way from data in a program to a model.
 *
 *     const model = await fit(flowers, { target: "species" });
 *     model.predict({ petal: 1.4, sepal: 5.1 });       // "setosa"
 *     saveModel(model);
 */

import { NablaError } from "../errors.ts";
import { checkColumnSettings, settingTypes } from "./columns/column-settings.ts";
import { type PredictedColumn, predictTable, type TableModel } from "./model.ts";
import type { TrainingReport } from "./report.ts";
import { type GivenRows, hasNumbersAsText, tableOfColumns, tableOfRows } from "./rows.ts";
import type { TableOptions } from "./settings.ts";
import { type Target, targetColumns } from "./target.ts";
import { namesOf, type Task } from "./task.ts";
import { trainTable } from "./train.ts";

/** A quantity, or a label as it stood in training; by target, where there are several. */
export type Prediction = PredictedValue | Readonly<Record<string, PredictedValue>>;
type PredictedValue = string | number | boolean;

/** By class, or by label. */
export type Probabilities = Readonly<Record<string, number>>;

/**
 * A model whose rows are objects. Their fields may stand in any order, and others may be there.
 * Every method throws where a field that the model reads is absent or holds something else, and names
 * the row.
 */
export interface RowModel<Predicted = Prediction> {
  /** What `saveModel` and `evaluateTable` take. */
  readonly table: TableModel;
  predict(rows: readonly object[]): Predicted[];
  predict(row: object): Predicted;
  /** Throws where the model predicts quantities, which have none. */
  probabilities(rows: readonly object[]): Probabilities[];
  probabilities(row: object): Probabilities;
}

export interface FittedModel<Predicted = Prediction> extends RowModel<Predicted> {
  readonly report: TrainingReport;
}

/** What is predicted of a field: itself, but for the quantity that a number may be. */
type PredictedOf<Value, Asked> = Asked extends "regression"
  ? number
  : Asked extends "classification" | "multi-label"
    ? Value
    : Value extends number
      ? number
      : Value;

type Names<Row> = (keyof Row & string) | readonly (keyof Row & string)[];

/** By the kind of the target and, where it is named, the task. */
export type FitPrediction<Row, Name, Asked = undefined> = Name extends keyof Row
  ? PredictedOf<NonNullable<Row[Name]>, Asked>
  : Name extends readonly (infer Each extends keyof Row)[]
    ? { readonly [Own in Each]: NonNullable<Row[Own]> extends boolean ? boolean : number }
    : never;

/** Those of `trainTable`. */
export interface FitOptions<Name, Asked> extends Omit<TableOptions, "target" | "task"> {
  readonly target: Name;
  readonly task?: Asked;
}

/**
 * Trains a model on rows, or on columns by name: numbers, text, booleans and Dates; null, undefined
 * and "" are missing. Text whose every value is a number is of numbers, unless it is a target of
 * classes.
 * Throws with row and column at a value that does not suit, and as `trainTable` does.
 */
export function fit<
  Row extends object,
  const Name extends Names<Row>,
  Asked extends Task | undefined = undefined,
>(
  rows: readonly Row[],
  options: FitOptions<Name, Asked>,
): Promise<FittedModel<FitPrediction<Row, Name, Asked>>>;
export function fit<
  Columns extends Readonly<Record<string, ArrayLike<unknown>>>,
  const Name extends Names<Columns>,
  Asked extends Task | undefined = undefined,
>(
  columns: Columns,
  options: FitOptions<Name, Asked>,
): Promise<FittedModel<FitPrediction<RowOf<Columns>, Name, Asked>>>;
export async function fit(
  rows: GivenRows,
  { task, ...given }: FitOptions<TableOptions["target"], Task | undefined>,
): Promise<FittedModel> {
  const { target, from } = given;
  const columns = checkColumnSettings(given.columns ?? {});
  const ignored = Object.keys(columns).filter((name) => columns[name] === "ignore");
  const ignore = [...(given.ignore ?? []), ...ignored];
  if (task === undefined && from === undefined) askOfNumbers(rows, { ...given, ignore });
  const table = tableOfRows(rows, {
    ignore,
    types: new Map([...settingTypes(columns), ...(from ? typesOf(from) : [])]),
    ...(task === "classification" && { words: namesOf(target) }),
  });
  const { model, report } = await trainTable(table, { ...given, ...(task && { task }) });
  return { ...rowModel(model), report };
}

type RowOf<Columns extends Readonly<Record<string, ArrayLike<unknown>>>> = {
  readonly [Name in keyof Columns]: Columns[Name][number];
};

const typesOf = ({ schema: { features, target } }: TableModel) =>
  new Map([...features, ...targetColumns(target)].map(({ name, type }) => [name, type]));

/** Numbers written as text may be either, and what is predicted has to be of a type. */
function askOfNumbers(rows: GivenRows, { target, ignore }: TableOptions): void {
  if (typeof target !== "string" || !hasNumbersAsText(rows, { name: target, ignore })) return;
  const [where, got] = [`rows, column "${target}"`, "numbers written as text"];
  const expected = "the task: classification or regression";
  const message = `rows: column "${target}" holds ${got}; name ${expected}`;
  throw new NablaError("usage", message, { where, expected, got });
}

/** A model of tables, of a file for instance, that reads rows as objects. */
export function rowModel(model: TableModel): RowModel {
  const { features, target } = model.schema;
  const predicted = (rows: readonly object[]) =>
    predictTable(model, tableOfColumns(rows, features));

  const predictions = (rows: readonly object[]): Prediction[] => {
    const { columns } = predicted(rows);
    return rows.map((_, n) => predictionOf(target, columns, n));
  };
  const probabilities = (rows: readonly object[]): Probabilities[] => {
    const names = answersOf(target);
    const { probabilities: all } = predicted(rows);
    const of = (n: number, k: number) => all![n * names.length + k]!;
    return rows.map((_, n) => Object.fromEntries(names.map((name, k) => [name, of(n, k)])));
  };
  return { table: model, predict: oneOrAll(predictions), probabilities: oneOrAll(probabilities) };
}

interface OneOrAll<T> {
  (rows: readonly object[]): T[];
  (row: object): T;
}

function oneOrAll<T>(all: (rows: readonly object[]) => T[]): OneOrAll<T> {
  function read(rows: readonly object[]): T[];
  function read(row: object): T;
  function read(given: object | readonly object[]): T | T[] {
    return Array.isArray(given) ? all(given) : all([given])[0]!;
  }
  return read;
}

function predictionOf(target: Target, columns: readonly PredictedColumn[], n: number): Prediction {
  const types = targetColumns(target).map(({ type }) => type);
  const value = ({ values }: PredictedColumn, t: number) => asItStood(values[n]!, types[t]!);
  if (!("targets" in target)) return value(columns[0]!, 0);
  return Object.fromEntries(columns.map((column, t) => [column.name, value(column, t)]));
}

/** The value that a word stands for. */
function asItStood(word: string | number, type: "number" | "text" | "boolean"): PredictedValue {
  switch (type) {
    case "number":
      return Number(word);
    case "boolean":
      return word === "true";
    case "text":
      return word;
    default:
      return type satisfies never;
  }
}

/** What there are probabilities of. */
function answersOf(target: Target): readonly string[] {
  if (target.task === "classification") return target.classes;
  if (target.task === "multi-label") return target.targets.map(({ name }) => name);
  const names = targetColumns(target).map(({ name }) => `"${name}"`);
  const [got, remedy] = [`quantities, ${names.join(", ")}`, "use predict"];
  const message = `this model predicts ${got}, which have no probabilities; ${remedy}`;
  throw new NablaError("usage", message, { where: "probabilities", got, remedy });
}
