/**
 * A table → a model: the rows are divided, the schema is fitted on the training rows, the network stops
 * by the validation rows, and the metrics come from the test rows, which neither has seen.
 */

import { diagnose } from "../diagnose/diagnose.ts";
import { NablaError } from "../errors.ts";
import { dense, dropout as dropoutLayer, network } from "../network.ts";
import type { Network } from "../running.ts";
import { type Epoch, train } from "../train/train.ts";
import { constantNetwork } from "./baseline.ts";
import { layeredDefinition } from "./continue.ts";
import { encodeFeatures } from "./encode.ts";
import { labelOf } from "./labels.ts";
import { detailsOf, type Metrics, metricsOf, type Outcome } from "./metrics.ts";
import type { TableModel, TrainingLog } from "./model.ts";
import { reportOf, type TrainingReport } from "./report.ts";
import { featureNames, fitSchema, type TableSchema } from "./schema.ts";
import { areCounts, type Settings, settle, type TableOptions } from "./settings.ts";
import { type Split, splitRows } from "./split.ts";
import { type Column, columnOf, type Table } from "./table.ts";
import { checkCounts, encodeTarget, outputCount, rowsWithTarget, targetValues } from "./target.ts";
import { namesOf } from "./task.ts";
import { costWeights, fitWeights, rowWeights } from "./weights.ts";

/** Fewer rows with a target teach nothing. */
const FEWEST_ROWS = 3;

/** Epochs to wait where there are validation rows and nothing else is said. */
const PATIENCE = 20;

/**
 * Trains a network to predict one or several columns of a table from the others.
 * Throws where an option or a column does not suit, before anything is trained, and with the code
 * "diverged" where a step's cost or gradients are not finite: then there is no model.
 */
export async function trainTable(
  table: Table,
  options: TableOptions,
): Promise<{ model: TableModel; report: TrainingReport }> {
  const settings = settle(table, options);
  const parts = divideRows(table, settings);
  const schema = schemaOf(table, settings, parts.train);
  const data: Data = {
    train: encodeRows(schema, table, parts.train),
    validation: encodeRows(schema, table, parts.validation),
    test: encodeRows(schema, table, parts.test),
  };

  const run = await trainNetwork(newNetwork(schema, settings), data, settings);
  const { net, result, seconds } = run;
  const constant = constantAnswers(schema, data, settings);
  const linear =
    settings.hidden.length === 0 || parts.test.length === 0
      ? net
      : await linearNetwork(schema, data, settings);

  const { inputs, values, rowWeights: weights } = data.test;
  const judge = (outputs: Outcome["outputs"]): Metrics =>
    metricsOf(schema.target, { outputs, values, weights });
  const outputs = net.predict(inputs);
  const training: TrainingLog = {
    seed: settings.seed,
    optimizer: settings.optimizer,
    batchSize: settings.batchSize ?? parts.train.length,
    epochs: result.epochs,
    stopped: result.stopped,
    rows: {
      train: parts.train.length,
      validation: parts.validation.length,
      test: parts.test.length,
    },
    cost: costs(net, data),
    metrics: judge(outputs),
    baseline: {
      constant: judge(constant.outputs),
      linear: linear === undefined ? {} : judge(linear.predict(inputs)),
    },
  };
  const model = { network: net, schema, training };
  const details = detailsOf(schema.target, { outputs, values, weights });
  const { findings } = diagnose(net, given(data.train), {
    history: run.history,
    columns: featureNames(schema),
    ...(parts.validation.length > 0 && { validation: given(data.validation) }),
  });
  const { singletons, dropped } = parts;
  const report = reportOf(model, {
    ...{ seconds, singletons, dropped, details, findings, constantCost: constant.cost },
  });
  return { model, report };
}

interface Parts extends Split {
  readonly dropped: number;
}

/** The rows with a target in three parts; classes are divided in equal proportions. */
function divideRows(table: Table, settings: Settings): Parts {
  const columns = namesOf(settings.target).map((name) => columnOf(table, name));
  const known = rowsWithTarget(table, columns);
  if (known.length < FEWEST_ROWS) {
    const expected = `at least ${FEWEST_ROWS} rows with a target`;
    const got = String(known.length);
    const message = `${table.name}: training needs ${expected}, got ${got}`;
    throw new NablaError("data", message, { where: table.name, expected, got });
  }
  if (areCounts(settings)) checkCounts(table, columns, known);

  const split = splitRows({
    ...settings,
    rows: known.length,
    ...(settings.task === "classification" && { strata: classesOf(columns[0]!, known) }),
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

const classesOf = (column: Column, rows: Uint32Array): string[] =>
  Array.from(rows, (row) => labelOf(column, row) ?? "");

/** Fitted on the training rows; going on with a model, its own. */
function schemaOf(table: Table, settings: Settings, rows: Uint32Array): TableSchema {
  const { from } = settings;
  if (from === undefined)
    return fitSchema(table, { ...settings, unscaled: areCounts(settings), rows });
  const { features, target } = from.schema;
  const weights = fitWeights(table, target, { ...settings, rows });
  return { features, target, ...(weights && { weights }) };
}

/** Rows as the network sees them. */
interface Examples {
  readonly inputs: Float64Array;
  readonly targets: Float64Array;
  /** In the cost. */
  readonly weights?: Float64Array;
  /** In the metrics. */
  readonly rowWeights: Float64Array | undefined;
  readonly values: Float64Array;
  readonly rows: number;
}

interface Data {
  readonly train: Examples;
  readonly validation: Examples;
  readonly test: Examples;
}

function encodeRows(schema: TableSchema, table: Table, rows: Uint32Array): Examples {
  const weights = costWeights(schema, table, rows);
  return {
    inputs: encodeFeatures(schema, table, rows).values,
    targets: encodeTarget(schema.target, table, rows),
    ...(weights && { weights }),
    rowWeights: rowWeights(schema.weights, table, rows),
    values: targetValues(schema.target, table, rows),
    rows: rows.length,
  };
}

/** The network of the options, or a copy of the one to go on with. */
function newNetwork(schema: TableSchema, settings: Settings): Network {
  const { hidden, activation, outputActivation, dropout, from, backend } = settings;
  const { cost, seed, precision, l1, l2, labelSmoothing } = settings;
  const common = {
    weighted: schema.weights !== undefined,
    ...(backend !== undefined && { backend }),
  };
  if (from !== undefined) {
    const net = network({ ...layeredDefinition(from), ...common });
    for (const [name, values] of from.network.parameters) net.parameters.get(name)!.set(values);
    return net;
  }
  const drop = dropout === 0 ? [] : [dropoutLayer(dropout)];
  const layers = hidden.flatMap((units) => [dense(units, activation), ...drop]);
  return network({
    inputs: featureNames(schema).length,
    layers: [...layers, dense(outputCount(schema.target), outputActivation)],
    ...{ cost, seed, precision, l1, l2, ...common },
    ...(labelSmoothing !== 0 && { labelSmoothing }),
  });
}

async function trainNetwork(net: Network, data: Data, settings: Settings) {
  const { optimizer, epochs, batchSize, schedule, clipNorm, seed } = settings;
  const { reproducible, onEpoch, signal } = settings;
  const validation = data.validation.rows > 0 ? given(data.validation) : undefined;
  const patience = settings.patience ?? (validation && PATIENCE);

  const training = train(net, given(data.train), {
    ...{ optimizer, epochs, seed },
    ...(batchSize !== undefined && { batchSize }),
    ...(schedule && { schedule }),
    ...(clipNorm !== undefined && { clipNorm }),
    ...(reproducible !== undefined && { reproducible }),
    ...(validation && { validation }),
    ...(patience !== undefined && { patience }),
    ...(signal && { signal }),
  });

  const history: Epoch[] = [];
  for (;;) {
    const next = await training.next();
    if (next.done)
      return { net, history, result: next.value, seconds: history.at(-1)?.seconds ?? 0 };
    history.push(next.value);
    onEpoch?.(next.value);
  }
}

const given = ({ inputs, targets, weights }: Examples) => ({
  inputs,
  targets,
  ...(weights && { weights }),
});

/** The same training of a network without hidden layers; undefined where it diverged. */
async function linearNetwork(
  schema: TableSchema,
  data: Data,
  settings: Settings,
): Promise<Network | undefined> {
  const linear = { ...settings, hidden: [], from: undefined, onEpoch: undefined };
  try {
    return (await trainNetwork(newNetwork(schema, linear), data, linear)).net;
  } catch (error) {
    if (error instanceof NablaError && error.code === "diverged") return undefined;
    throw error;
  }
}

function costs(net: Network, { train, validation }: Data): TrainingLog["cost"] {
  const of = ({ inputs, targets, weights }: Examples) =>
    net.cost(inputs, targets, { ...(weights && { weights }) });
  return { train: of(train), ...(validation.rows > 0 && { validation: of(validation) }) };
}

/**
 * The same answer for every row: the mean of the training targets, of classes how frequent each is.
 * Its cost is that of the mean by the weights of the cost.
 */
function constantAnswers(schema: TableSchema, data: Data, settings: Settings) {
  const { cost, outputActivation: activation } = settings;
  const outputs = outputCount(schema.target);
  const answer = (weights: Float64Array | undefined) => {
    const { targets } = data.train;
    return constantNetwork({ targets, outputs, weights, cost, activation });
  };
  const blind = (examples: Examples) => ({ ...examples, inputs: new Float64Array(examples.rows) });
  const { train, validation, test } = data;
  return {
    cost: costs(answer(train.weights), {
      train: blind(train),
      validation: blind(validation),
      test: blind(test),
    }),
    outputs: answer(train.rowWeights).predict(blind(test).inputs),
  };
}
