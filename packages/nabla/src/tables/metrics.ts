/** What a report says of predictions: a few numbers to compare by, and the details behind them. */

import type { Floats } from "../equations/memory.ts";
import {
  type CalibrationBin,
  calibrationCurve,
  expectedCalibrationError,
} from "../metrics/calibration.ts";
import {
  confusionMatrix,
  likeliestClasses,
  rowHits,
  rowLosses,
  tallyClasses,
} from "../metrics/classification.ts";
import {
  hammingLoss,
  labelLosses,
  subsetAccuracy,
  tallyLabels,
  weighedLabelAreas,
} from "../metrics/multi-label.ts";
import { weighedAreas } from "../metrics/ranking.ts";
import { type RegressionScores, weighedScores } from "../metrics/regression.ts";
import { matrixColumn, meanOf, meanOfRows, type Weighting } from "../metrics/rows.ts";
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

/** Their names, in the same order. */
export const metricNames = [
  ...(["accuracy", "balancedAccuracy", "hammingLoss", "logLoss", "rocAuc", "prAuc", "f1"] as const),
  ...(["r2", "rmse", "mae"] as const),
] as const satisfies readonly (keyof Metrics)[];

/** How far outputs are from the values of the target. */
export const metricsOf = (target: Target, outcome: Outcome): Metrics =>
  judgeOf(target, outcome)({ weights: outcome.weights });

/** The same as a function of the rows' weights: what does not depend on them is worked out once. */
export function judgeOf(target: Target, outcome: Outcome): (weighting: Weighting) => Metrics {
  switch (target.task) {
    case "regression": {
      const score = quantityJudge(target, outcome);
      return (weighting) => {
        const scores = score(weighting);
        const mean = (name: keyof RegressionScores) => meanScore(scores, name);
        return meaningful({ r2: mean("r2"), rmse: mean("rmse"), mae: mean("mae") });
      };
    }
    case "classification":
      return classJudge(target.classes.length, outcome);
    case "multi-label":
      return labelJudge(target.targets.length, outcome);
    default:
      return target satisfies never;
  }
}

/** The metrics that networks are compared by, and whether more of them is better. */
export const comparedBy = {
  ...{ logLoss: "lower", balancedAccuracy: "higher", rmse: "lower", mae: "lower" },
} as const satisfies Partial<Record<keyof Metrics, "higher" | "lower">>;

export type ComparedBy = keyof typeof comparedBy;

/**
 * What a network was trained to make small, as a metric: the log loss, or the error as the cost counts it.
 * Where classes weigh more than they are frequent, the log loss is not what was asked for.
 */
export function mainMetric(
  target: Target,
  { cost, classWeight }: { cost: string; classWeight?: unknown },
): ComparedBy {
  if (target.task === "regression") return cost === "mean-absolute-error" ? "mae" : "rmse";
  return classWeight === undefined ? "logLoss" : "balancedAccuracy";
}

/** One of them, as a function of the rows' weights. */
export function judgeBy(
  metric: ComparedBy,
  target: Target,
  outcome: Outcome,
): (weighting: Weighting) => number | undefined {
  const { outputs, values } = outcome;
  if (target.task === "regression") {
    const name = metric === "mae" ? "mae" : "rmse";
    const score = quantityJudge(target, outcome);
    return (weighting) => meanScore(score(weighting), name);
  }
  if (metric === "balancedAccuracy" && target.task === "classification") {
    const { length: classes } = target.classes;
    const predictions = likeliestClasses(outputs, classes);
    return ({ weights }) =>
      balancedAccuracy(tallyClasses(predictions, values, { classes, weights }));
  }
  const losses =
    target.task === "classification"
      ? rowLosses(outputs, values)
      : labelLosses(outputs, values, target.targets.length);
  return (weighting) => meanOfRows(losses, weighting);
}

const meanScore = (scores: readonly RegressionScores[], name: keyof RegressionScores) =>
  meanOf(scores.map((figures) => figures[name]));

function classJudge(
  classes: number,
  { outputs, values }: Outcome,
): (weighting: Weighting) => Metrics {
  const predictions = likeliestClasses(outputs, classes);
  const hits = rowHits(predictions, values);
  const losses = rowLosses(outputs, values);
  const areas = weighedAreas(outputs, values, classes);
  return (weighting) => {
    const tally = tallyClasses(predictions, values, { classes, ...weighting });
    const { rocAuc, prAuc } = areas(weighting);
    return meaningful({
      accuracy: meanOfRows(hits, weighting),
      balancedAccuracy: balancedAccuracy(tally),
      logLoss: meanOfRows(losses, weighting),
      rocAuc,
      prAuc: classes === 2 ? prAuc : undefined,
      f1: macroF1(tally),
    });
  };
}

function labelJudge(
  labels: number,
  { outputs, values }: Outcome,
): (weighting: Weighting) => Metrics {
  const losses = labelLosses(outputs, values, labels);
  const areas = weighedLabelAreas(outputs, values, labels);
  return ({ weights }) => {
    const labelling = { labels, weights };
    return meaningful({
      accuracy: subsetAccuracy(outputs, values, labelling),
      hammingLoss: hammingLoss(outputs, values, labelling),
      logLoss: meanOfRows(losses, { weights }),
      ...areas({ weights }),
      f1: macroF1(tallyLabels(outputs, values, labelling)),
    });
  };
}

const quantityScores = (
  target: Extract<Target, { task: "regression" }>,
  outcome: Outcome,
): RegressionScores[] => quantityJudge(target, outcome)({ weights: outcome.weights });

function quantityJudge(
  target: Extract<Target, { task: "regression" }>,
  { outputs, values }: Outcome,
): (weighting: Weighting) => RegressionScores[] {
  const width = quantitiesOf(target).length;
  const predictions = decodeOutputs(target, outputs);
  const scores = Array.from({ length: width }, (_, c) =>
    weighedScores(matrixColumn(predictions, { width, c }), matrixColumn(values, { width, c })),
  );
  return (weighting) => scores.map((score) => score(weighting));
}

/** What stands behind the metrics. */
export interface Details {
  /**
   * How far probabilities are off, on average over ten bins of equal width: of the second of two classes,
   * of more of the likeliest, of each label.
   */
  readonly calibrationError?: number;
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
        ...calibration(target, outcome),
        classes: named(classes, classScores(tallyClasses(predictions, values, counting))),
        confusion: confusionMatrix(predictions, values, counting),
      };
    }
    case "multi-label": {
      const { targets } = target;
      const labelling = { labels: targets.length, weights };
      const scores = classScores(tallyLabels(outputs, values, labelling));
      return { ...calibration(target, outcome), labels: named(targets, scores) };
    }
    default:
      return target satisfies never;
  }
}

function calibration(
  target: Exclude<Target, { task: "regression" }>,
  outcome: Outcome,
): Pick<Details, "calibrationError"> {
  const error = expectedCalibrationError(calibrationBins(target, outcome));
  return error === undefined ? {} : { calibrationError: error };
}

/** Of every label; of the second of two classes; of more, of the class that is predicted. */
export function calibrationBins(
  target: Exclude<Target, { task: "regression" }>,
  { outputs, values, weights }: Outcome,
): CalibrationBin[] {
  const [probabilities, hits] = sayings(target, outputs, values);
  const width = probabilities.length / (weights?.length ?? probabilities.length);
  const each = weights && Float64Array.from(hits, (_, i) => weights[Math.floor(i / width)]!);
  return calibrationCurve(probabilities, hits, { weights: each });
}

/** Probabilities, and whether what they are of came true. */
function sayings(
  target: Exclude<Target, { task: "regression" }>,
  outputs: Floats,
  values: Float64Array,
): [probabilities: Floats, hits: Float64Array] {
  if (target.task === "multi-label") return [outputs, values];
  const width = target.classes.length;
  if (width === 2) return [matrixColumn(outputs, { width, c: 1 }), values];
  const predictions = likeliestClasses(outputs, width);
  const likeliest = Float64Array.from(predictions, (c, n) => outputs[n * width + c]!);
  return [likeliest, rowHits(predictions, values)];
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
