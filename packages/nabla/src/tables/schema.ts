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
import { type FitTargetOptions, fitTarget, type Target } from "./target.ts";
import { namesOf } from "./task.ts";
import { fitWeights, type SchemaWeights, type WeightOptions } from "./weights.ts";

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
  /** Where rows do not count 1 each. */
  readonly weights?: SchemaWeights;
}

/** `rows` are the training rows, and each has a target. */
export interface SchemaOptions extends FitTargetOptions, WeightOptions {
  /** Columns that are neither features nor target. */
  readonly ignore?: readonly string[];
}

/** A column of more categories gets slots for this many of them, the most frequent. */
const MOST_CATEGORIES = 50;

/**
 * Fits the schema on the training rows.
 * Throws where a column is named that the table has not, a number is infinite, the target does not
 * suit the task or has one class only, or no feature is left.
 */
export function fitSchema(table: Table, options: SchemaOptions): TableSchema {
  const { ignore = [], weight, rows } = options;
  const targets = namesOf(options.target);
  const others = [...targets, ...ignore, ...(weight === undefined ? [] : [weight])];
  const left = new Set(others.map((name) => columnOf(table, name).name));
  if (weight !== undefined && targets.includes(weight)) throw weightIsTarget(weight);

  const columns = table.columns.filter(({ name }) => !left.has(name));
  const features = columns.map((column) => fitFeature(table, { column, rows }));
  const target = fitTarget(table, options);
  const weights = fitWeights(table, target, options);
  const schema = { features, target, ...(weights && { weights }) };
  if (featureNames(schema).length > 0) return schema;

  const names = targets.map((name) => `"${name}"`).join(", ");
  const expected = `a column besides ${names} to predict ${targets.length > 1 ? "them" : "it"} from`;
  throw new NablaError("data", `${table.name} lacks ${expected}`, { where: table.name, expected });
}

function weightIsTarget(name: string): NablaError {
  const expected = "a column that is no target";
  const message = `weight must be ${expected}, got "${name}"`;
  return new NablaError("usage", message, { where: "weight", expected, got: name });
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
