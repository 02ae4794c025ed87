/**
 * What the training rows say about the columns: enough to turn any table like theirs into numbers,
 * as plain data that is kept in the model file. Only training rows are looked at, so that nothing
 * of the validation and test rows leaks into the model.
 */

import { NablaError } from "../../errors.ts";
import { type Column, columnOf, type Table } from "../table.ts";
import { type FitTargetOptions, fitTarget, type Target } from "../target.ts";
import { namesOf } from "../task.ts";
import { fitWeights, type SchemaWeights, type WeightOptions } from "../weights.ts";
import { chooseCategories } from "./categories.ts";
import { numberReader, typedColumn } from "./cells.ts";
import { type ColumnSettings, type DetailedSetting, settingOf } from "./column-settings.ts";
import { cyclesOf } from "./cycles.ts";
import { embeddingsOf, type Feature, featureNames } from "./features.ts";
import { countLabels, labelOf } from "./labels.ts";
import { momentsOf } from "./moments.ts";
import { type Omission, omissionOf } from "./omissions.ts";

export { embeddingsOf, type Feature, featureNames, isEmbedded, slotNames } from "./features.ts";

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
  /** What is to become of single columns; of the others, what they hold says it. */
  readonly columns?: ColumnSettings;
}

/**
 * Fits the schema on the training rows. Identifiers and constant columns are left out, unless `columns`
 * names them.
 * Throws where a column is named that the table has not, a number is infinite, the target does not
 * suit the task or has one class only, or no feature is left.
 */
export function fitSchema(table: Table, options: SchemaOptions): TableSchema {
  const { weight, rows } = options;
  const targets = namesOf(options.target);
  if (weight !== undefined && targets.includes(weight)) throw weightIsTarget(weight);

  const { kept, omitted } = featureColumns(table, options);
  const features = kept.map((column) =>
    fitFeature(table, { column, rows, setting: settingOf(options.columns, column.name) }),
  );
  const target = fitTarget(table, options);
  const weights = fitWeights(table, target, options);
  const schema = { features, target, ...(weights && { weights }) };
  if (featureNames(schema).length + embeddingsOf(schema).length > 0) return schema;

  throw nothingToLearnFrom(table, targets, omitted);
}

/** Names the first of the columns that say nothing, for there may seem to be some. */
function nothingToLearnFrom(
  table: Table,
  targets: readonly string[],
  omitted: ReadonlyMap<string, Omission>,
): NablaError {
  const where = table.name;
  const names = targets.map((name) => `"${name}"`).join(", ");
  const expected = `a column besides ${names} to predict ${targets.length > 1 ? "them" : "it"} from`;
  const message = `${where} lacks ${expected}`;
  const [first] = omitted;
  if (first === undefined) return new NablaError("data", message, { where, expected });
  const [name, { code, figure }] = first;
  const got = `column ${JSON.stringify(name)}, which ${figure}`;
  const said = `${message}, got ${got}`;
  if (code !== "identifier") return new NablaError("data", said, { where, expected, got });
  const remedy = "keep it by --columns";
  return new NablaError("data", `${said}; ${remedy}`, { where, expected, got, remedy });
}

/** Those of the table that become features, and why others do not. */
export function featureColumns(
  table: Table,
  options: Omit<SchemaOptions, "task">,
): { readonly kept: readonly Column[]; readonly omitted: ReadonlyMap<string, Omission> } {
  const { columns = {}, rows } = options;
  const omitted = new Map<string, Omission>();
  const kept = candidateColumns(table, options).filter((column) => {
    const why = Object.hasOwn(columns, column.name) ? undefined : omissionOf(column, rows);
    if (why !== undefined) omitted.set(column.name, why);
    return why === undefined;
  });
  return { kept, omitted };
}

/** The columns that may be features: none of those that are predicted, ignored or weights. */
function candidateColumns(
  table: Table,
  { target, ignore = [], weight, columns = {} }: Omit<SchemaOptions, "rows" | "task">,
): Column[] {
  const others = [...namesOf(target), ...(weight === undefined ? [] : [weight])];
  const taken = Object.keys(columns).find((name) => others.includes(name));
  if (taken !== undefined) throw settingOfNone(taken);
  const ignored = Object.keys(columns).filter((name) => columns[name] === "ignore");
  const left = new Set(
    [...others, ...ignore, ...ignored].map((name) => columnOf(table, name).name),
  );
  for (const name of Object.keys(columns)) columnOf(table, name);
  return table.columns.filter(({ name }) => !left.has(name));
}

function weightIsTarget(name: string): NablaError {
  const expected = "a column that is no target";
  const message = `weight must be ${expected}, got "${name}"`;
  return new NablaError("usage", message, { where: "weight", expected, got: name });
}

function settingOfNone(name: string): NablaError {
  const [where, expected] = ["columns", "columns to predict from"];
  const message = `${where} must name ${expected}, got "${name}"; leave it out`;
  return new NablaError("usage", message, { where, expected, got: name, remedy: "leave it out" });
}

interface FeatureOptions {
  readonly column: Column;
  readonly rows: Uint32Array;
  readonly setting: DetailedSetting | undefined;
}

function fitFeature(table: Table, { column: given, rows, setting = {} }: FeatureOptions): Feature {
  const { name, type } = { ...given, ...setting };
  const column = typedColumn(table, { name, type });
  if (type === "number" || type === "date") {
    const values = Array.from(rows, numberReader(table, column));
    const missing = values.some(Number.isNaN);
    if (type === "number") return { name, type, ...momentsOf(values), missing };
    const { cycles = cyclesOf(values) } = setting;
    return { name, type, ...momentsOf(values), cycles, missing };
  }
  const missing = rows.some((row) => labelOf(column, row) === null);
  const chosen = chooseCategories(countLabels(column, rows), {
    rows: rows.length,
    embed: setting.embed,
  });
  return { name, type, ...chosen, missing } as Feature;
}
