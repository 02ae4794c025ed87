/**
 * A table → a model: the rows are divided, the schema is fitted on the training rows, the network stops
 * by the validation rows, and the metrics come from the test rows, which neither has seen.
 */

import { diagnose } from "../diagnose/diagnose.ts";
import type { Epoch } from "../train/train.ts";
import { featureNames } from "./columns/schema.ts";
import { groupsOf } from "./division/grouped.ts";
import { divideFolds, divideRows, type Parts } from "./division/parts.ts";
import { areBelow, costsOf, trainingData } from "./examples.ts";
import { ignoredColumns, type Learnt, learn, metricsOfAll } from "./learn.ts";
import { detailsOf, mainMetric } from "./metrics.ts";
import type { TableModel, TrainingLog } from "./model.ts";
import { unpenalised } from "./networks.ts";
import { crossValidate } from "./quality/cross-validate.ts";
import { columnFindings } from "./quality/findings.ts";
import { surenessOf } from "./quality/intervals.ts";
import { reportOf, type TrainingReport } from "./report.ts";
import { type Settings, settle, type TableOptions } from "./settings.ts";
import { columnOf, type Table } from "./table.ts";

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
 * Trains a network to predict one or several columns of a table from the others, and, where folds are
 * asked for, one more for each of them.
 * Throws where an option or a column does not suit, before anything is trained, and with the code
 * "diverged" where a step's cost or gradients are not finite: then there is no model.
 */
export async function trainTable(table: Table, options: TableOptions): Promise<TrainedTable> {
  const settings = settle(table, options);
  const parts = divideRows(table, settings);
  const { folds } = settings;
  if (folds === undefined) return trainParts(table, settings, parts);

  const divided = divideFolds(table, { ...settings, folds });
  const trained = await trainParts(table, settings, parts);
  const found = await crossValidate(table, settings, divided);
  return found === undefined ? trained : withFolds(trained, { folds: found });
}

const withFolds = (
  { model, report, run }: TrainedTable,
  found: Pick<TrainingLog, "folds">,
): TrainedTable => ({
  model: { ...model, training: { ...model.training, ...found } },
  report: { ...report, ...found },
  run,
});

/** The same with rows that are divided already, without folds. */
export async function trainParts(
  table: Table,
  settings: Settings,
  parts: Parts,
): Promise<TrainedTable> {
  return conclude(await learn(table, settings, parts), { table, settings, parts });
}

export interface Conclusion {
  /** The rows of the parts; of what is trained on perhaps some only. */
  readonly table: Table;
  readonly settings: Settings;
  readonly parts: Parts;
  /** How many have been trained on. Default: those of the part. */
  readonly trained?: number;
}

/** What there is to say of what has been learnt. */
export function conclude(learnt: Learnt, conclusion: Conclusion): TrainedTable {
  const { table, settings, parts, trained = parts.train.length } = conclusion;
  const { net, schema, data, history, result, judged, constant, seconds } = learnt;
  const { group, time } = settings;
  const { train, validation, test } = parts;
  const training: TrainingLog = {
    seed: settings.seed,
    optimizer: settings.optimizer,
    batchSize: settings.batchSize ?? trained,
    epochs: result.epochs,
    stopped: result.stopped,
    rows: { train: trained, validation: validation.length, test: test.length },
    ...(group !== undefined && { group }),
    ...(time !== undefined && { time }),
    cost: costsOf(net, data),
    ...metricsOfAll(learnt),
    ...howSure(learnt, { table, settings, parts }),
  };
  const model = { network: net, schema, training };
  const { findings: found } = diagnose(net, trainingData(data.train), {
    history,
    columns: featureNames(schema),
    ...(validation.length > 0 && { validation: trainingData(data.validation) }),
  });
  const options = { ...settings, ignore: ignoredColumns(settings), rows: train, schema };
  const ofColumns = settings.from === undefined ? columnFindings(table, options) : [];
  const findings = [...ofColumns, ...found];
  const details = detailsOf(schema.target, judged.network);
  const { singletons, dropped } = parts;
  const isBelow = (cost: TrainingLog["cost"]) => areBelow(cost, constant.cost);
  const beatsConstant = isBelow(training.cost) || isBelow(costsOf(unpenalised(net), data)); // penalties are ≥ 0
  const report = reportOf(model, {
    ...{ seconds, singletons, dropped, details, findings, constantCost: constant.cost },
    beatsConstant,
  });
  return { model, report, run: { history, parts } };
}

/** Of the metrics, and of the lead on the baselines. An interruption leaves none to train the linear one. */
function howSure(
  { schema: { target }, judged, result }: Learnt,
  { table, settings, parts }: { table: Table; settings: Settings; parts: Parts },
) {
  const { group, hidden, seed } = settings;
  const { network, constant, linear } = judged;
  const isLinear = hidden.length === 0 || result.stopped === "aborted";
  return surenessOf(target, network, {
    ...(group !== undefined && { groups: groupsOf(table, columnOf(table, group), parts.test) }),
    seed,
    rivals: {
      metric: mainMetric(target, settings),
      ...{ constant, linear: isLinear ? undefined : linear },
    },
  });
}
