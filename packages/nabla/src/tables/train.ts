/**
 * A table → a model: the rows are divided, the schema is fitted on the training rows, the network stops
 * by the validation rows, and the metrics come from the test rows, which neither has seen.
 */

import { diagnose } from "../diagnose/diagnose.ts";
import type { Epoch } from "../train/train.ts";
import { constantAnswers } from "./baseline.ts";
import { costsOf, encodeParts, trainingData } from "./examples.ts";
import { detailsOf, type Metrics, metricsOf, type Outcome } from "./metrics.ts";
import type { TableModel, TrainingLog } from "./model.ts";
import { defaultPenalty, linearNetwork, newNetwork, trainNetwork } from "./networks.ts";
import { divideRows, type Parts } from "./parts.ts";
import { reportOf, type TrainingReport } from "./report.ts";
import { featureNames, fitSchema, type TableSchema } from "./schema.ts";
import { areCounts, type Settings, settle, type TableOptions } from "./settings.ts";
import type { Table } from "./table.ts";
import { outputCount } from "./target.ts";
import { fitWeights } from "./weights.ts";

export interface TrainedTable {
  readonly model: TableModel;
  readonly report: TrainingReport;
  readonly run: TrainingRun;
}

/** How the model came about. */
export interface TrainingRun {
  readonly history: readonly Epoch[];
  /** The rows of the table by the part that each had. */
  readonly parts: Parts;
}

/**
 * Trains a network to predict one or several columns of a table from the others.
 * Throws where an option or a column does not suit, before anything is trained, and with the code
 * "diverged" where a step's cost or gradients are not finite: then there is no model.
 */
export async function trainTable(table: Table, options: TableOptions): Promise<TrainedTable> {
  const settings = settle(table, options);
  return trainParts(table, settings, divideRows(table, settings));
}

/** The same with rows that are divided already. */
export async function trainParts(
  table: Table,
  given: Settings,
  parts: Parts,
): Promise<TrainedTable> {
  const schema = schemaOf(table, given, parts.train);
  const data = encodeParts(schema, table, parts);
  const settings = { ...given, l2: given.l2 ?? defaultPenalty(data.train) };

  const { net, history, result, seconds } = await trainNetwork(
    newNetwork(schema, settings),
    data,
    settings,
  );
  const constant = constantAnswers(data, {
    outputs: outputCount(schema.target),
    cost: settings.cost,
    activation: settings.outputActivation,
  });
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
    cost: costsOf(net, data),
    metrics: judge(outputs),
    baseline: {
      constant: judge(constant.outputs),
      linear: linear === undefined ? {} : judge(linear.predict(inputs)),
    },
  };
  const model = { network: net, schema, training };
  const details = detailsOf(schema.target, { outputs, values, weights });
  const { findings } = diagnose(net, trainingData(data.train), {
    history,
    columns: featureNames(schema),
    ...(parts.validation.length > 0 && { validation: trainingData(data.validation) }),
  });
  const { singletons, dropped } = parts;
  const report = reportOf(model, {
    ...{ seconds, singletons, dropped, details, findings, constantCost: constant.cost },
  });
  return { model, report, run: { history, parts } };
}

/** Fitted on the training rows; going on with a model, its own. */
function schemaOf(table: Table, settings: Settings, rows: Uint32Array): TableSchema {
  const { from } = settings;
  if (from === undefined)
    return fitSchema(table, { ...settings, unscaled: areCounts(settings), rows });
  const { features, target } = from.schema;
  const weights = fitWeights(table, target, { ...settings, rows });
  return { features, target, ...(weights && { weights }) };
}
