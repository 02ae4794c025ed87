/** A network that reads tables: its schema turns columns into inputs, and outputs into predictions. */

import type { Floats } from "../equations/memory.ts";
import type { Optimizer } from "../functions/optimizers.ts";
import { matrixColumn } from "../metrics/rows.ts";
import type { Network } from "../running.ts";
import type { TrainingResult } from "../train/train.ts";
import { typedColumn } from "./columns/cells.ts";
import { encodeFeatures } from "./columns/encode.ts";
import type { TableSchema } from "./columns/schema.ts";
import { groupsOf } from "./division/grouped.ts";
import { type Details, detailsOf, type Metrics, metricsOf } from "./metrics.ts";
import type { Folds } from "./quality/cross-validate.ts";
import { type Comparison, type Intervals, surenessOf } from "./quality/intervals.ts";
import type { Column, Table } from "./table.ts";
import {
  decodeOutputs,
  encodeTarget,
  rowsWithTarget,
  type Target,
  targetColumns,
  targetValues,
} from "./target.ts";
import { costWeights, rowWeights } from "./weights.ts";

export interface TableModel {
  readonly network: Network;
  readonly schema: TableSchema;
  readonly training: TrainingLog;
}

/** How a model was trained, and how good it was: plain data, kept in the model file. */
export interface TrainingLog {
  readonly seed: number;
  readonly optimizer: Optimizer;
  readonly batchSize: number;
  readonly epochs: number;
  readonly stopped: TrainingResult["stopped"];
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number };
  /** Of the parameters that were kept; there may be no validation rows. */
  readonly cost: { readonly train: number; readonly validation?: number };
  /** Of the test rows, each by its weight in the table; empty where there are none. */
  readonly metrics: Metrics;
  /**
   * Of the same rows, by the mean of the training targets and by a network without hidden layers;
   * empty where the training of that one diverged.
   */
  readonly baseline: { readonly constant: Metrics; readonly linear: Metrics };
  /** The columns that divided the rows, where not chance did. */
  readonly group?: string;
  readonly time?: string;
  /** In which the metrics lie of 95 % of the tests with other rows of the kind. */
  readonly intervals?: Intervals;
  /** How far the network is ahead of its baselines. */
  readonly comparison?: Comparison;
  /** What a cross-validation gave. */
  readonly folds?: Folds;
}

export interface Predictions {
  /** Those of the target; of several targets those of the first. */
  readonly predictions: readonly (string | number)[];
  /**
   * For each target its predictions, row by row: the quantity, the likeliest class, or of a label 1 or
   * 0, "true" or "false", whatever training had.
   */
  readonly columns: readonly PredictedColumn[];
  /** [rows, classes] or [rows, labels]; none of quantities. */
  readonly probabilities?: Floats;
}

export interface PredictedColumn {
  /** Of the target. */
  readonly name: string;
  readonly values: readonly (string | number)[];
}

/**
 * Predicts the target of every row; the table need not have it.
 * Throws where a column that the model reads is absent or holds something else.
 */
export function predictTable({ network, schema }: TableModel, table: Table): Predictions {
  const { target } = schema;
  const outputs = network.predict(encodeFeatures(schema, table).inputs);
  const values = decodeOutputs(target, outputs);
  const targets = targetColumns(target);
  const columns = targets.map((column, t) => {
    const own = matrixColumn(values, { width: targets.length, c: t });
    return { name: column.name, values: Array.from(own, wordsOf(target, column)) };
  });
  return {
    predictions: columns[0]!.values,
    columns,
    ...(target.task !== "regression" && { probabilities: outputs }),
  };
}

/** What stands for a value in a table. */
function wordsOf(
  target: Target,
  { type }: { type: Column["type"] },
): (value: number) => string | number {
  if (target.task === "classification") return (number) => target.classes[number]!;
  return type === "boolean" ? (value) => String(value === 1) : (value) => value;
}

export interface Evaluation {
  /** The rows with a target; the others say nothing. */
  readonly rows: number;
  /**
   * What training lowers, of these rows: quantities in units of their spread, rows and classes by
   * their weights, penalties included.
   */
  readonly cost: number;
  /** Each row by its weight in the table. */
  readonly metrics: Metrics;
  /** Rows are drawn by the seed of the training; those of a group together, where it had groups. */
  readonly intervals: Intervals;
  readonly details: Details;
}

/**
 * Compares predictions with the targets in the table. A model that was trained by a column of weights
 * needs it here, too.
 * Throws as `predictTable` does, where no row has a target, and at a class that training lacked.
 */
export function evaluateTable(model: TableModel, table: Table): Evaluation {
  const { network, schema, training } = model;
  const { target } = schema;
  const columns = targetColumns(target).map((column) => typedColumn(table, column));
  const rows = rowsWithTarget(table, columns);
  const { inputs } = encodeFeatures(schema, table, rows);
  const outcome = {
    outputs: network.predict(inputs),
    values: targetValues(target, table, rows),
    weights: rowWeights(schema.weights, table, rows),
  };
  const weights = costWeights(schema, table, rows);
  const group = table.columns.find(({ name }) => name === training.group);
  const { intervals } = surenessOf(target, outcome, {
    seed: training.seed,
    ...(group && { groups: groupsOf(table, group, rows) }),
  });
  return {
    rows: rows.length,
    cost: network.cost(inputs, encodeTarget(target, table, rows), { ...(weights && { weights }) }),
    metrics: metricsOf(target, outcome),
    intervals,
    details: detailsOf(target, outcome),
  };
}
