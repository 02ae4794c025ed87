/** What a report says of predictions: a few numbers to compare by, and the details behind them. */

import type { Floats } from "../equations/memory.ts";
import {
  accuracy,
  confusionMatrix,
  likeliestClasses,
  logLoss,
  tallyClasses,
} from "../metrics/classification.ts";
import {
  hammingLoss,
  labelAreas,
  labelLogLoss,
  subsetAccuracy,
  tallyLabels,
} from "../metrics/multi-label.ts";
import { classAreas } from "../metrics/ranking.ts";
import { type RegressionScores, regressionScores } from "../metrics/regression.ts";
import { matrixColumn, meanOf, type Weighting } from "../metrics/rows.ts";
import { balancedAccuracy, type ClassScores, classScores, macroF1 } from "../metrics/tally.ts";
import { decodeOutputs, quantitiesOf, type Target } from "./target.ts";

/**
 * Those of the task, in this order; of several quantities their means. What has no meaning is left
 * out: of no rows everything.
 */
export interface Metrics {
  /** The fraction of rows whose class, or all of whose labels, are right. */
  readonly accuracy?: number;
  /** The mean over the classes that have rows of the fraction that is right. */
  readonly balancedAccuracy?: number;
  /** The fraction of labels that are wrong. */
  readonly hammingLoss?: number;
  readonly logLoss?: number;
  /** Of the second of two classes; of more, the mean of each against its rest. */
  readonly rocAuc?: number;
  /** Average precision of the second of two classes; the mean over labels. */
  readonly prAuc?: number;
  /** The mean over the classes or labels. */
  readonly f1?: number;
  /** Left out where all targets are equal. */
  readonly r2?: number;
  readonly rmse?: number;
  readonly mae?: number;
}

/** What a network put out for each row, and the values of the target, [rows, targets]. */
export interface Outcome extends Weighting {
  readonly outputs: Floats;
  readonly values: Float64Array;
}

/** How far outputs are from the values of the target. */
export function metricsOf(target: Target, outcome: Outcome): Metrics {
  switch (target.task) {
    case "regression": {
      const scores = quantityScores(target, outcome);
      const mean = (name: keyof RegressionScores) => meanOf(scores.map((figures) => figures[name]));
      return meaningful({ r2: mean("r2"), rmse: mean("rmse"), mae: mean("mae") });
    }
    case "classification":
      return classMetrics(target.classes.length, outcome);
    case "multi-label":
      return labelMetrics(target.targets.length, outcome);
    default:
      return target satisfies never;
  }
}

function classMetrics(classes: number, { outputs, values, weights }: Outcome): Metrics {
  const predictions = likeliestClasses(outputs, classes);
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

function labelMetrics(labels: number, { outputs, values, weights }: Outcome): Metrics {
  const labelling = { labels, weights };
  return meaningful({
    accuracy: subsetAccuracy(outputs, values, labelling),
    hammingLoss: hammingLoss(outputs, values, labelling),
    logLoss: labelLogLoss(outputs, values, labelling),
    ...labelAreas(outputs, values, labelling),
    f1: macroF1(tallyLabels(outputs, values, labelling)),
  });
}

function quantityScores(
  target: Extract<Target, { task: "regression" }>,
  { outputs, values, weights }: Outcome,
): RegressionScores[] {
  const width = quantitiesOf(target).length;
  const predictions = decodeOutputs(target, outputs);
  return Array.from({ length: width }, (_, c) =>
    regressionScores(matrixColumn(predictions, { width, c }), matrixColumn(values, { width, c }), {
      weights,
    }),
  );
}

/** What stands behind the metrics. */
export interface Details {
  /** In the order of the target's classes. */
  readonly classes?: readonly (ClassScores & { readonly name: string })[];
  /** How many rows, or their weight, by [actual][predicted] class. */
  readonly confusion?: readonly (readonly number[])[];
  /** Of each of several labels. */
  readonly labels?: readonly (ClassScores & { readonly name: string })[];
  /** Of each of several quantities. */
  readonly quantities?: readonly (Pick<Metrics, "r2" | "rmse" | "mae"> & {
    readonly name: string;
  })[];
}

/** By class, label or quantity; of a single quantity there is no more to say. */
export function detailsOf(target: Target, outcome: Outcome): Details {
  const { outputs, values, weights } = outcome;
  switch (target.task) {
    case "regression": {
      if (!("targets" in target)) return {};
      const scores = quantityScores(target, outcome).map(meaningful);
      return { quantities: named(target.targets, scores) };
    }
    case "classification": {
      const counting = { classes: target.classes.length, weights };
      const predictions = likeliestClasses(outputs, counting.classes);
      const classes = target.classes.map((name) => ({ name }));
      return {
        classes: named(classes, classScores(tallyClasses(predictions, values, counting))),
        confusion: confusionMatrix(predictions, values, counting),
      };
    }
    case "multi-label": {
      const { targets } = target;
      const labelling = { labels: targets.length, weights };
      return { labels: named(targets, classScores(tallyLabels(outputs, values, labelling))) };
    }
    default:
      return target satisfies never;
  }
}

const named = <T>(
  columns: readonly { readonly name: string }[],
  figures: readonly T[],
): (T & { readonly name: string })[] => columns.map(({ name }, i) => ({ name, ...figures[i]! }));

type Figures = { readonly [Name in keyof Metrics]: number | undefined };

/** Without what has no meaning or leaves the range of numbers: JSON has neither. */
function meaningful(figures: Figures): Metrics {
  return Object.fromEntries(
    Object.entries(figures).filter((entry): entry is [string, number] => Number.isFinite(entry[1])),
  );
}
