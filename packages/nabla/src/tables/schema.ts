/**
 * What the training rows say about the columns: enough to turn any table like theirs into numbers,
 * as plain data that is kept in the model file. Only training rows are looked at, so that nothing
 * of the validation and test rows leaks into the model.
 */

import { NablaError } from "../errors.ts";
import { numberReader } from "./cells.ts";
import { compareLabels, countLabels, labelOf } from "./labels.ts";
import { type Moments, momentsOf } from "./moments.ts";
import { type Column, columnOf, type Table } from "./table.ts";
import { fitTarget, type Target, type Task } from "./target.ts";

/**
 * A column that the model reads, and its slots among the inputs:
 *
 *     number, date     (x − mean)/scale, 0 where missing
 *     text, boolean    1 in the slot of the category, 0 in the others
 *     missing          one slot more, 1 where the value is missing
 *
 * A category that is not listed has 0 in every slot; so has a missing value without such a slot.
 */
export type Feature =
  | (Moments & {
      readonly name: string;
      readonly type: "number" | "date";
      /** Whether training rows lacked this value. */
      readonly missing: boolean;
    })
  | {
      readonly name: string;
      readonly type: "text" | "boolean";
      /** In the order of their code points. */
      readonly categories: readonly string[];
      readonly missing: boolean;
    };

export interface TableSchema {
  /** In the order of the training table's columns. */
  readonly features: readonly Feature[];
  readonly target: Target;
}

export interface SchemaOptions {
  readonly target: string;
  readonly task: Task;
  /** Columns that are neither features nor target. */
  readonly ignore?: readonly string[];
  /** The training rows. Each has a target. */
  readonly rows: Uint32Array;
}

/** A column of more categories gets slots for this many of them, the most frequent. */
const MOST_CATEGORIES = 50;

/**
 * Fits the schema on the training rows.
 * Throws where a column is named that the table has not, a number is infinite, the target does not
 * suit the task or has one class only, or no feature is left.
 */
export function fitSchema(table: Table, options: SchemaOptions): TableSchema {
  const { target, task, ignore = [], rows } = options;
  const ignored = new Set(ignore.map((name) => columnOf(table, name).name));
  const columns = table.columns.filter(({ name }) => name !== target && !ignored.has(name));
  const schema = {
    features: columns.map((column) => fitFeature(table, { column, rows })),
    target: fitTarget(table, { name: target, task, rows }),
  };
  if (featureNames(schema).length > 0) return schema;

  const expected = `a column besides "${target}" to predict it from`;
  throw new NablaError("data", `${table.name} lacks ${expected}`, { where: table.name, expected });
}

/** The name of each input: `mass`, `mass (missing)`, `island = Biscoe`. */
export const featureNames = (schema: TableSchema): string[] => schema.features.flatMap(slotNames);

/** The names of a feature's slots, in their order. */
export function slotNames(feature: Feature): string[] {
  const { name, missing } = feature;
  const slots =
    "categories" in feature
      ? feature.categories.map((category) => `${name} = ${category}`)
      : [name];
  return missing ? [...slots, `${name} (missing)`] : slots;
}

function fitFeature(
  table: Table,
  { column, rows }: { column: Column; rows: Uint32Array },
): Feature {
  const { name, type } = column;
  if (type === "number" || type === "date") {
    const values = Array.from(rows, numberReader(table, column));
    return { name, type, ...momentsOf(values), missing: values.some(Number.isNaN) };
  }
  const categories = frequentCategories(countLabels(column, rows));
  return { name, type, categories, missing: rows.some((row) => labelOf(column, row) === null) };
}

/**
 * Up to 50 categories are all kept. Of more, the 50 most frequent are (ties by code points), and
 * none that occurs once: a column of names or numbers of things says nothing about other rows.
 */
function frequentCategories(counts: ReadonlyMap<string, number>): string[] {
  const all = Array.from(counts).sort(([a, m], [b, n]) => n - m || compareLabels(a, b));
  const kept =
    all.length > MOST_CATEGORIES
      ? all.filter(([, count]) => count > 1).slice(0, MOST_CATEGORIES)
      : all;
  return kept.map(([category]) => category).sort(compareLabels);
}
