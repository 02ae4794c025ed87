/**
 * A table → a model: the rows are divided, the schema is fitted on the training rows, the network stops
 * by the validation rows, and the metrics come from the test rows, which neither has seen.
 */

import type { Floats } from "../equations/memory.ts";
import { NablaError } from "../errors.ts";
import { dense, network } from "../network.ts";
import type { Network } from "../running.ts";
import { train } from "../train/train.ts";
import { encodeFeatures } from "./encode.ts";
import { labelOf } from "./labels.ts";
import { type Metrics, metricsOf } from "./metrics.ts";
import type { TableModel, TrainingLog } from "./model.ts";
import { featureNames, fitSchema, type TableSchema } from "./schema.ts";
import { type Settings, settle, type TableOptions } from "./settings.ts";
import { type Split, splitRows } from "./split.ts";
import { columnOf, type Table } from "./table.ts";
import { encodeTarget, outputCount, rowsWithTarget, type Task, targetValues } from "./target.ts";

/** What `nabla train --json` prints, but for the path of the model. */
export interface TrainingReport
  extends Pick<TrainingLog, "rows" | "epochs" | "stopped" | "cost" | "metrics" | "baseline"> {
  readonly task: Task;
  readonly target: string;
  /** The columns that the model reads. */
  readonly features: readonly string[];
  readonly classes?: readonly string[];
  /** How many numbers were trained. */
  readonly parameters: number;
  readonly seconds: number;
  /** Training rows times epochs in a second. */
  readonly samplesPerSecond: number;
  readonly backend: Network["backend"];
  /** Classes of a single row, which is a training row: no other row tests them. */
  readonly singletons: readonly string[];
  /** Rows without a target, which were left out. */
  readonly dropped: number;
}

/** Fewer rows with a target teach nothing. */
const FEWEST_ROWS = 3;

/** Epochs to wait where there are validation rows and nothing else is said. */
const PATIENCE = 20;

/**
 * Trains a network to predict one column of a table from the others.
 * Throws where an option or a column does not suit, before anything is trained.
 */
export async function trainTable(
  table: Table,
  options: TableOptions,
): Promise<{ model: TableModel; report: TrainingReport }> {
  const settings = settle(table, options);
  const parts = divideRows(table, settings);
  const schema = fitSchema(table, { ...settings, rows: parts.train });
  const data: Data = {
    train: encodeRows(schema, table, parts.train),
    validation: encodeRows(schema, table, parts.validation),
    test: encodeRows(schema, table, parts.test),
  };

  const run = await trainNetwork(schema, data, settings);
  const linear =
    settings.hidden.length === 0 || parts.test.length === 0
      ? run
      : await trainNetwork(schema, data, { ...settings, hidden: [], onEpoch: undefined });

  const values = targetValues(schema.target, table, parts.test);
  const judge = (outputs: Floats): Metrics => metricsOf(schema.target, { outputs, values });
  const training: TrainingLog = {
    seed: settings.seed,
    optimizer: settings.optimizer,
    batchSize: settings.batchSize,
    epochs: run.result.epochs,
    stopped: run.result.stopped,
    rows: {
      train: parts.train.length,
      validation: parts.validation.length,
      test: parts.test.length,
    },
    cost: costs(run.net, data),
    metrics: judge(run.net.predict(data.test.inputs)),
    baseline: {
      constant: judge(constantOutputs(schema, data)),
      linear: judge(linear.net.predict(data.test.inputs)),
    },
  };
  const model = { network: run.net, schema, training };
  return { model, report: report(model, { seconds: run.seconds, parts }) };
}

interface Parts extends Split {
  readonly dropped: number;
}

/** The rows with a target in three parts; classes are divided in equal proportions. */
function divideRows(table: Table, settings: Settings): Parts {
  const column = columnOf(table, settings.target);
  const known = rowsWithTarget(table, column);
  if (known.length < FEWEST_ROWS) {
    const expected = `at least ${FEWEST_ROWS} rows with a target`;
    const got = String(known.length);
    const message = `${table.name}: training needs ${expected}, got ${got}`;
    throw new NablaError("data", message, { where: table.name, expected, got });
  }
  const classes = Array.from(known, (row) => labelOf(column, row) ?? "");
  const split = splitRows({
    ...settings,
    rows: known.length,
    ...(settings.task === "classification" && { strata: classes }),
  });
  const rowsOf = (part: Uint32Array) => part.map((index) => known[index]!);
  return {
    train: rowsOf(split.train),
    validation: rowsOf(split.validation),
    test: rowsOf(split.test),
    singletons: split.singletons,
    dropped: table.rows - known.length,
  };
}

/** Rows as the network sees them. */
interface Examples {
  readonly rows: number;
  readonly inputs: Float64Array;
  readonly targets: Float64Array;
}

interface Data {
  readonly train: Examples;
  readonly validation: Examples;
  readonly test: Examples;
}

const encodeRows = (schema: TableSchema, table: Table, rows: Uint32Array): Examples => ({
  rows: rows.length,
  inputs: encodeFeatures(schema, table, rows).values,
  targets: encodeTarget(schema.target, table, rows),
});

async function trainNetwork(schema: TableSchema, data: Data, settings: Settings) {
  const { hidden, activation, cost, seed, precision, l1, l2, onEpoch, signal } = settings;
  const { optimizer, epochs, batchSize } = settings;
  const validation = data.validation.rows > 0 ? data.validation : undefined;
  const patience = settings.patience ?? (validation && PATIENCE);

  const outputs = schema.target.task === "classification" ? "softmax" : "identity";
  const layers = hidden.map((units) => dense(units, activation));
  const net = network({
    inputs: featureNames(schema).length,
    layers: [...layers, dense(outputCount(schema.target), outputs)],
    ...{ cost, seed, precision, l1, l2 },
  });
  const training = train(net, data.train, {
    ...{ optimizer, epochs, batchSize },
    ...(validation && { validation }),
    ...(patience !== undefined && { patience }),
    ...(signal && { signal }),
  });

  let seconds = 0;
  for (;;) {
    const next = await training.next();
    if (next.done) return { net, result: next.value, seconds };
    seconds = next.value.seconds;
    onEpoch?.(next.value);
  }
}

function costs(net: Network, { train, validation }: Data): TrainingLog["cost"] {
  const of = ({ inputs, targets }: Examples) => net.cost(inputs, targets);
  return { train: of(train), ...(validation.rows > 0 && { validation: of(validation) }) };
}

/** For every test row the mean of the training targets: of classes, how frequent each is. */
function constantOutputs({ target }: TableSchema, { train, test }: Data): Float64Array {
  const width = outputCount(target);
  const sums = new Float64Array(width);
  train.targets.forEach((value, i) => {
    sums[i % width]! += value;
  });
  return Float64Array.from({ length: test.rows * width }, (_, i) => sums[i % width]! / train.rows);
}

function report(
  { network, schema, training }: TableModel,
  { seconds, parts }: { seconds: number; parts: Parts },
): TrainingReport {
  const { rows, epochs, stopped, cost, metrics, baseline } = training;
  const { features, target } = schema;
  return {
    task: target.task,
    target: target.name,
    rows,
    features: features.map((feature) => feature.name),
    ...(target.task === "classification" && { classes: target.classes }),
    parameters: [...network.parameters.values()].reduce((sum, { length }) => sum + length, 0),
    epochs,
    seconds,
    samplesPerSecond: seconds > 0 ? (rows.train * epochs) / seconds : 0,
    backend: network.backend,
    stopped,
    cost,
    metrics,
    baseline,
    singletons: parts.singletons,
    dropped: parts.dropped,
  };
}
