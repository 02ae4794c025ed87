/** Predictions and what is true → all figures at once: the public door, where both are checked. */

import { checkCount } from "../checks.ts";
import { type GivenTensors, readData, type Values } from "../data.ts";
import type { Tensor } from "../equations/expression.ts";
import type { Floats } from "../equations/memory.ts";
import { NablaError } from "../errors.ts";
import {
  accuracy,
  confusionMatrix,
  likeliestClasses,
  logLoss,
  tallyClasses,
} from "./classification.ts";
import {
  hammingLoss,
  labelAreas,
  labelLogLoss,
  subsetAccuracy,
  tallyLabels,
} from "./multi-label.ts";
import { type Areas, classAreas } from "./ranking.ts";
import { type RegressionScores, regressionScores } from "./regression.ts";
import { matrixColumn, meanOf } from "./rows.ts";
import { balancedAccuracy, type ClassScores, classScores, macroF1, microF1 } from "./tally.ts";

/** What has no meaning is undefined: of no rows everything, of rows of one class the areas. */
export interface ClassificationMetrics extends Areas {
  /** The fraction of rows whose likeliest class is the right one. */
  readonly accuracy: number | undefined;
  /** The mean of recall over the classes that have rows. */
  readonly balancedAccuracy: number | undefined;
  /** −1/N Σ log p of the right class; a probability of 0 counts as 2⁻¹⁰⁷⁴. */
  readonly logLoss: number | undefined;
  /** The mean over the classes that occur among predictions or targets. */
  readonly f1: number | undefined;
  /** F1 of the sums over all classes: equal to the accuracy. */
  readonly f1Micro: number | undefined;
  readonly classes: readonly ClassScores[];
  /** The weight of the rows by [actual][predicted] class. */
  readonly confusion: readonly (readonly number[])[];
}

/**
 * Figures of one class per row: probabilities [rows, classes], targets the numbers of the classes.
 * `rocAuc` and `prAuc` are of the second of two classes; of more, the means of each against its rest.
 * @throws NablaError where shapes differ, or a number is no probability, class or weight
 */
export function classificationMetrics(
  probabilities: Values,
  targets: Values,
  { classes, weights }: { classes: number; weights?: Values | undefined },
): ClassificationMetrics {
  checkCount("classes", classes);
  const scores = readMatrix(probabilities, {
    called: "probabilities",
    width: classes,
    ...fraction,
  });
  const actual = readMatrix(targets, { called: "targets", width: 1, count: classes });
  checkRows(scores, actual);
  const weighting = readWeights(weights, actual);

  const counting = { classes, ...weighting };
  const predicted = likeliestClasses(scores.values, classes);
  const tally = tallyClasses(predicted, actual.values, counting);
  return {
    accuracy: accuracy(predicted, actual.values, weighting),
    balancedAccuracy: balancedAccuracy(tally),
    logLoss: logLoss(scores.values, actual.values, weighting),
    ...classAreas(scores.values, actual.values, counting),
    f1: macroF1(tally),
    f1Micro: microF1(tally),
    classes: classScores(tally),
    confusion: confusionMatrix(predicted, actual.values, counting),
  };
}

/** What has no meaning is undefined. The areas are means over the labels with both kinds of rows. */
export interface MultiLabelMetrics extends Areas {
  /** The fraction of rows all of whose labels are right. */
  readonly accuracy: number | undefined;
  /** The fraction of labels that are wrong. */
  readonly hammingLoss: number | undefined;
  /** The binary cross-entropy, its mean over rows and labels. */
  readonly logLoss: number | undefined;
  /** The mean over the labels that occur among predictions or targets. */
  readonly f1: number | undefined;
  /** F1 of the sums over all labels. */
  readonly f1Micro: number | undefined;
  readonly labels: readonly ClassScores[];
}

/**
 * Figures of any number of labels per row: probabilities and targets [rows, labels], targets 0 or 1.
 * A label is predicted where its probability is above ½.
 * @throws NablaError where shapes differ, or a number is no probability, target or weight
 */
export function multiLabelMetrics(
  probabilities: Values,
  targets: Values,
  { labels, weights }: { labels: number; weights?: Values | undefined },
): MultiLabelMetrics {
  checkCount("labels", labels);
  const scores = readMatrix(probabilities, { called: "probabilities", width: labels, ...fraction });
  const actual = readMatrix(targets, { called: "targets", width: labels, count: 2 });
  checkRows(scores, actual);

  const labelling = { labels, ...readWeights(weights, actual) };
  const tally = tallyLabels(scores.values, actual.values, labelling);
  return {
    accuracy: subsetAccuracy(scores.values, actual.values, labelling),
    hammingLoss: hammingLoss(scores.values, actual.values, labelling),
    logLoss: labelLogLoss(scores.values, actual.values, labelling),
    ...labelAreas(scores.values, actual.values, labelling),
    f1: macroF1(tally),
    f1Micro: microF1(tally),
    labels: classScores(tally),
  };
}

/** The means over the outputs; that of `r2` over those whose targets are not all equal. */
export interface RegressionMetrics extends RegressionScores {
  readonly outputs: readonly RegressionScores[];
}

/**
 * Figures of quantities: predictions and targets [rows, outputs].
 * @throws NablaError where shapes differ, a number is not finite or a weight below 0
 */
export function regressionMetrics(
  predictions: Values,
  targets: Values,
  { outputs = 1, weights }: { outputs?: number; weights?: Values | undefined } = {},
): RegressionMetrics {
  checkCount("outputs", outputs);
  const guesses = readMatrix(predictions, { called: "predictions", width: outputs });
  const actual = readMatrix(targets, { called: "targets", width: outputs });
  checkRows(guesses, actual);

  const weighting = readWeights(weights, actual);
  const scores = Array.from({ length: outputs }, (_, c) => {
    const column = ({ values }: Matrix) => matrixColumn(values, { width: outputs, c });
    return regressionScores(column(guesses), column(actual), weighting);
  });
  return {
    r2: meanOf(scores.map(({ r2 }) => r2)),
    rmse: meanOf(scores.map(({ rmse }) => rmse)),
    mae: meanOf(scores.map(({ mae }) => mae)),
    outputs: scores,
  };
}

interface Matrix {
  readonly called: string;
  readonly rows: number;
  readonly values: Floats;
}

interface Expected {
  readonly called: string;
  readonly width: number;
  /** Set where the elements are integers in [0, count). */
  readonly count?: number;
  readonly accept?: GivenTensors["accept"];
}

const fraction = {
  accept: { accept: (p: number) => p >= 0 && p <= 1, expected: "a probability in [0, 1]" },
};
const atLeastZero = { accept: { accept: (w: number) => w >= 0, expected: "a number ≥ 0" } };

function readMatrix(given: Values, { called, width, count, accept }: Expected): Matrix {
  const tensor: Tensor = {
    name: called,
    shape: ["rows", width],
    role: "input",
    ...(count !== undefined && { count }),
  };
  const options = { tensors: [tensor], precision: "float64", called } as const;
  const { rows, values } = readData(given, { ...options, ...(accept && { accept }) });
  return { called, rows, values: values.get(tensor)! };
}

function readWeights(given: Values | undefined, targets: Matrix): { weights?: Floats } {
  if (given === undefined) return {};
  const weights = readMatrix(given, { called: "weights", width: 1, ...atLeastZero });
  checkRows(weights, targets);
  return { weights: weights.values };
}

function checkRows({ called, rows }: Matrix, targets: Matrix): void {
  if (rows === targets.rows) return;
  throw new NablaError("data", `${called} have ${rows} rows, targets have ${targets.rows}`, {
    where: called,
    expected: `${targets.rows} rows`,
    got: `${rows} rows`,
  });
}
