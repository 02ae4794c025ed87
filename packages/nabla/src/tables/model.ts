/** A network that reads tables: its schema turns columns into inputs, and outputs into predictions. */

import type { Floats } from "../equations/memory.ts";
import type { Optimizer } from "../functions/optimizers.ts";
import type { Network } from "../running.ts";
import type { TrainingResult } from "../train/train.ts";
import { typedColumn } from "./cells.ts";
import { encodeFeatures } from "./encode.ts";
import { type Metrics, metricsOf } from "./metrics.ts";
import type { TableSchema } from "./schema.ts";
import type { Table } from "./table.ts";
import { decodeOutputs, encodeTarget, rowsWithTarget, targetValues } from "./target.ts";

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
  /** Of the test rows; empty where there are none. */
  readonly metrics: Metrics;
  /** Of the same rows, by the mean of the training targets and by a network without hidden layers. */
  readonly baseline: { readonly constant: Metrics; readonly linear: Metrics };
}

export interface Predictions {
  /** For each row the predicted quantity, or the label of the likeliest class. */
  readonly predictions: readonly (string | number)[];
  /** [rows, classes], in classification. */
  readonly probabilities?: Floats;
}

/**
 * Predicts the target of every row; the table need not have it.
 * Throws where a column that the model reads is absent or holds something else.
 */
export function predictTable({ network, schema }: TableModel, table: Table): Predictions {
  const outputs = network.predict(encodeFeatures(schema, table).values);
  const values = Array.from(decodeOutputs(schema.target, outputs));
  if (schema.target.task === "regression") return { predictions: values };
  const { classes } = schema.target;
  return { predictions: values.map((number) => classes[number]!), probabilities: outputs };
}

export interface Evaluation {
  /** The rows with a target; the others say nothing. */
  readonly rows: number;
  /** What training lowers, of these rows: quantities in units of their spread, penalties included. */
  readonly cost: number;
  readonly metrics: Metrics;
}

/**
 * Compares predictions with the targets in the table.
 * Throws as `predictTable` does, where no row has a target, and at a class that training lacked.
 */
export function evaluateTable({ network, schema }: TableModel, table: Table): Evaluation {
  const rows = rowsWithTarget(table, typedColumn(table, schema.target));
  const inputs = encodeFeatures(schema, table, rows).values;
  const outputs = network.predict(inputs);
  const values = targetValues(schema.target, table, rows);
  return {
    rows: rows.length,
    cost: network.cost(inputs, encodeTarget(schema.target, table, rows)),
    metrics: metricsOf(schema.target, { outputs, values }),
  };
}
