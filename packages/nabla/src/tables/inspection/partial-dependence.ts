/**
 * How predictions depend on one column, on average over the others:
 *
 *     f(v) = 1/N Σ_n prediction of row n, had its column the value v
 *
 * J. Friedman: Greedy function approximation: a gradient boosting machine. Annals of Statistics 29 (2001).
 */

import { NablaError } from "../../errors.ts";
import { randomStream } from "../../train/random.ts";
import { typedColumn } from "../columns/cells.ts";
import { encodeFeatures } from "../columns/encode.ts";
import { countLabels, labelOf } from "../columns/labels.ts";
import type { TableModel } from "../model.ts";
import { type Column, selectRows, type Table } from "../table.ts";
import { decodeOutputs, outputCount, type Target } from "../target.ts";
import { rowWeights } from "../weights.ts";
import { placesOf, withFeature } from "./places.ts";
import { sampleRows } from "./sample.ts";

export interface DependenceOptions {
  /** A column that the model reads. */
  readonly column: string;
  /** The rows to average over. */
  readonly rows: Uint32Array;
  /** Of numbers, at how many values; of categories, so many of the most frequent. Default 40 and 12. */
  readonly points?: number;
  /** Of more rows, so many are drawn at random. Default 500. */
  readonly most?: number;
  /** Of the draw. Default that of the training. */
  readonly seed?: number;
}

export interface Dependence {
  readonly column: string;
  readonly type: Column["type"];
  /** How many rows were looked at. */
  readonly rows: number;
  /** With rising values of numbers and dates; categories by how frequent they are. */
  readonly points: readonly DependencePoint[];
}

export interface DependencePoint {
  /** A category that is missing is null. */
  readonly value: number | string | null;
  /** Of each quantity its mean; of each class or label, that of its probability. */
  readonly means: readonly number[];
}

/**
 * Of numbers and dates, values at even steps from the first to the 99th hundredth of the rows'.
 * Throws where the model does not read the column.
 */
export function partialDependence(
  model: TableModel,
  table: Table,
  options: DependenceOptions,
): Dependence {
  const { network, schema, training } = model;
  const { column: name, most = 500, seed = training.seed } = options;
  const feature = schema.features.findIndex((candidate) => candidate.name === name);
  if (feature < 0) throw notRead(model, name);
  const { type } = schema.features[feature]!;
  const place = placesOf(schema)[feature]!;
  const column = typedColumn(table, schema.features[feature]!);

  const rows = sampleRows(options.rows, { most, stream: randomStream(seed, "dependence") });
  const weights = rowWeights(schema.weights, table, rows);
  const { inputs } = encodeFeatures(schema, table, rows);
  const examples = rows.length === 0 ? [] : valuesOf(column, options);
  const source = encodeFeatures(schema, withValues(table, column, examples)).inputs;

  const points = examples.map((value, g): DependencePoint => {
    const outputs = network.predict(withFeature(inputs, place, { source, from: () => g }));
    return { value, means: meanOutputs(schema.target, outputs, weights) };
  });
  return { column: name, type, rows: rows.length, points };
}

/** Some rows of the table with these values in the column. */
function withValues(table: Table, column: Column, values: readonly DependencePoint["value"][]) {
  const some = selectRows(table, new Uint32Array(values.length));
  const columns = some.columns.map((own) =>
    own.name === column.name ? filled(column, values) : own,
  );
  return { ...some, columns };
}

function filled({ name, type }: Column, values: readonly DependencePoint["value"][]): Column {
  switch (type) {
    case "number":
    case "date":
      return { name, type, values: Float64Array.from(values, Number) };
    case "text":
      return { name, type, values: values.map((value) => (value === null ? null : String(value))) };
    case "boolean":
      return {
        name,
        type,
        values: values.map((value) => (value === null ? null : value === "true")),
      };
    default:
      return type satisfies never;
  }
}

function valuesOf(
  column: Column,
  { rows, points }: DependenceOptions,
): readonly DependencePoint["value"][] {
  if (column.type === "number" || column.type === "date") {
    const present = column.values;
    const sorted = Float64Array.from(rows, (row) => present[row]!)
      .filter(Number.isFinite)
      .sort();
    return evenSteps(sorted, points ?? 40);
  }
  const counts = countLabels(column, rows);
  const labels = [...counts].sort(([, a], [, b]) => b - a).map(([label]) => label);
  const lacks = rows.some((row) => labelOf(column, row) === null);
  return [...labels.slice(0, points ?? 12), ...(lacks ? [null] : [])];
}

/** Few values stand for themselves. */
function evenSteps(sorted: Float64Array, count: number): number[] {
  const distinct = [...new Set(sorted)];
  if (distinct.length <= count / 2) return distinct;
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!;
  const [from, to] = [at(0.01), at(0.99)];
  if (from === to) return distinct.slice(0, count);
  return Array.from({ length: count }, (_, g) => {
    const share = g / (count - 1);
    return from * (1 - share) + to * share;
  });
}

/** Over the rows, by their weights. */
function meanOutputs(
  target: Target,
  outputs: ArrayLike<number>,
  weights: Float64Array | undefined,
): number[] {
  const width = outputCount(target);
  const sums = new Float64Array(width);
  let total = 0;
  for (let n = 0; n * width < outputs.length; n++) {
    const weight = weights?.[n] ?? 1;
    total += weight;
    for (let k = 0; k < width; k++) sums[k]! += weight * outputs[n * width + k]!;
  }
  const means = sums.map((sum) => sum / total);
  return Array.from(target.task === "regression" ? decodeOutputs(target, means) : means);
}

function notRead({ schema }: TableModel, name: string): NablaError {
  const expected = schema.features.map((feature) => feature.name).join(", ");
  const message = `the model does not read a column "${name}"; it reads ${expected}`;
  return new NablaError("usage", message, { where: "column", expected, got: name });
}
