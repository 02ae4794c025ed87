/** What a model file says of its training, field by field. */

import { checkOptimizer, type Optimizer } from "../functions/optimizers.ts";
import type { TrainingLog } from "../tables/model.ts";
import {
  count,
  dictionary,
  list,
  number,
  oneOf,
  type Reader,
  record,
  scalar,
  text,
} from "./plain.ts";

const optimizer: Reader<Optimizer> = (value, where) => {
  const { rule = null, ...options } = dictionary(scalar)(value, where);
  return checkOptimizer({ ...options, rule: text(rule, `${where}.rule`) } as Optimizer);
};

/** Figures by the names of metrics. */
const byMetric = <T>(figure: Reader<T>) =>
  record(
    {},
    {
      ...{ accuracy: figure, balancedAccuracy: figure, hammingLoss: figure, logLoss: figure },
      ...{ rocAuc: figure, prAuc: figure, f1: figure },
      ...{ r2: figure, rmse: figure, mae: figure },
    },
  );
const metrics = byMetric(number);
const interval = record({ low: number, high: number });
const lead = record({ difference: number }, { low: number, high: number });
const comparison = record(
  { metric: oneOf("logLoss", "balancedAccuracy", "rmse", "mae") },
  { constant: lead, linear: lead },
);
const figureOrNull: Reader<number | null> = (value, where) =>
  value === null ? null : number(value, where);
const overFolds = byMetric(
  record({ mean: number, values: list(figureOrNull) }, { standardError: number }),
);
const folds = record({
  count,
  kind: oneOf("random", "stratified", "grouped", "time-ordered", "grouped, time-ordered"),
  metrics: overFolds,
  baseline: record({ constant: overFolds, linear: overFolds }),
});

export const trainingLog: Reader<TrainingLog> = record(
  {
    seed: count,
    optimizer,
    batchSize: count,
    epochs: count,
    stopped: oneOf("epochs", "patience", "aborted", "converged"),
    rows: record({ train: count, validation: count, test: count }),
    cost: record({ train: number }, { validation: number }),
    metrics,
    baseline: record({ constant: metrics, linear: metrics }),
  },
  { group: text, time: text, intervals: byMetric(interval), comparison, folds },
);
