/** What a report says of predictions: a few numbers to compare by, and the details behind them. */

import type { Floats } from "../equations/memory.ts";
import {
  accuracy,
  confusionMatrix,
  likeliestClasses,
  logLoss,
  tallyClasses,
} from "../metrics/classification.ts";
import { classAreas } from "../metrics/ranking.ts";
import { regressionScores } from "../metrics/regression.ts";
import type { Weighting } from "../metrics/rows.ts";
import { balancedAccuracy, type ClassScores, classScores, macroF1 } from "../metrics/tally.ts";
import { decodeOutputs, type Target } from "./target.ts";

/** Those of the task, in this order. What has no meaning is left out: of no rows everything. */
export interface Metrics {
  readonly accuracy?: number;
  /** The mean over the classes that have rows of the fraction that is right. */
  readonly balancedAccuracy?: number;
  readonly logLoss?: number;
  /** Of the second of two classes; of more, the mean of each against its rest. */
  readonly rocAuc?: number;
  /** Average precision of the second of two classes. */
  readonly prAuc?: number;
  /** The mean over the classes. */
  readonly f1?: number;
  /** Left out where all targets are equal. */
  readonly r2?: number;
  readonly rmse?: number;
  readonly mae?: number;
}

/** What a network put out for each row, and the value of the target (the number of its class). */
export interface Outcome extends Weighting {
  readonly outputs: Floats;
  readonly values: Float64Array;
}

/** How far outputs are from the values of the target. */
export function metricsOf(target: Target, { outputs, values, weights }: Outcome): Metrics {
  const predictions = decodeOutputs(target, outputs);
  if (target.task === "regression") {
    return meaningful(regressionScores(predictions, values, { weights }));
  }
  const classes = target.classes.length;
  const tally = tallyClasses(predictions, values, { classes, weights });
  const { rocAuc, prAuc } = classAreas(outputs, values, { classes, weights });
  return meaningful({
    accuracy: accuracy(predictions, values, { weights }),
    balancedAccuracy: balancedAccuracy(tally),
    logLoss: logLoss(outputs, values, { weights }),
    rocAuc,
    prAuc: classes === 2 ? prAuc : undefined,
    f1: macroF1(tally),
  });
}

/** What stands behind the metrics of a classification. */
export interface Details {
  /** In the order of the target's classes. */
  readonly classes: readonly (ClassScores & { readonly name: string })[];
  /** How many rows, or their weight, by [actual][predicted] class. */
  readonly confusion: readonly (readonly number[])[];
}

export function detailsOf(
  target: Extract<Target, { task: "classification" }>,
  { outputs, values, weights }: Outcome,
): Details {
  const counting = { classes: target.classes.length, weights };
  const predictions = likeliestClasses(outputs, counting.classes);
  const scores = classScores(tallyClasses(predictions, values, counting));
  return {
    classes: scores.map((figures, c) => ({ name: target.classes[c]!, ...figures })),
    confusion: confusionMatrix(predictions, values, counting),
  };
}

type Figures = { readonly [Name in keyof Metrics]: number | undefined };

/** Without what has no meaning or leaves the range of numbers: JSON has neither. */
function meaningful(figures: Figures): Metrics {
  return Object.fromEntries(
    Object.entries(figures).filter((entry): entry is [string, number] => Number.isFinite(entry[1])),
  );
}
