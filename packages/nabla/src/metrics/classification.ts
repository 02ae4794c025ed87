/**
 * One class per row: predicted and actual classes are numbers from 0, probabilities a flat matrix
 * [rows, classes]. Nothing is trained on these figures: the cost is, and it needs no floor to stay
 * finite.
 */

import type { Floats } from "../equations/memory.ts";
import { log } from "../train/log.ts";
import { forEachRow, meanOfRows, type Weighting } from "./rows.ts";
import { newTally, type Tally } from "./tally.ts";

/** The class of the largest probability in each row of [rows, classes]; among equals the first. */
export function likeliestClasses(probabilities: Floats, classes: number): Uint32Array {
  return Uint32Array.from({ length: probabilities.length / classes }, (_, n) => {
    let best = 0;
    const of = (c: number) => probabilities[n * classes + c]!;
    for (let c = 1; c < classes; c++) if (of(c) > of(best)) best = c;
    return best;
  });
}

/** 1/N Σ_n [prediction = target]: the fraction of rows whose predicted class is the right one. */
export function accuracy(
  predictions: ArrayLike<number>,
  targets: ArrayLike<number>,
  weighting: Weighting = {},
): number | undefined {
  return meanOfRows(rowHits(predictions, targets), weighting);
}

/** 1 for each row whose predicted class is the right one, else 0. */
export const rowHits = (predictions: ArrayLike<number>, targets: ArrayLike<number>): Float64Array =>
  Float64Array.from(targets, (target, n) => (predictions[n] === target ? 1 : 0));

/** −log p, where a probability of 0 counts as the smallest positive number: 744.4 at most. */
export const surprise = (probability: number): number =>
  -log(Math.max(probability, Number.MIN_VALUE));

/** −1/N Σ_n log p[n, target[n]]. */
export function logLoss(
  probabilities: Floats,
  targets: ArrayLike<number>,
  weighting: Weighting = {},
): number | undefined {
  return meanOfRows(rowLosses(probabilities, targets), weighting);
}

/** −log p[n, target[n]] of each row. */
export function rowLosses(probabilities: Floats, targets: ArrayLike<number>): Float64Array {
  const classes = probabilities.length / targets.length;
  return Float64Array.from(targets, (target, n) => surprise(probabilities[n * classes + target]!));
}

export interface ClassCounting extends Weighting {
  /** How many classes there are, those without rows included. */
  readonly classes: number;
}

/** The weight of the rows of each class that are predicted to be of each: [actual][predicted]. */
export function confusionMatrix(
  predictions: ArrayLike<number>,
  targets: ArrayLike<number>,
  { classes, ...weighting }: ClassCounting,
): number[][] {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  forEachRow(targets.length, weighting, (n, weight) => {
    matrix[targets[n]!]![predictions[n]!]! += weight;
  });
  return matrix;
}

/** The sums along the confusion matrix and its diagonal, without the matrix. */
export function tallyClasses(
  predictions: ArrayLike<number>,
  targets: ArrayLike<number>,
  { classes, weights }: ClassCounting,
): Tally {
  const tally = newTally(classes);
  for (let n = 0; n < targets.length; n++) {
    const weight = weights === undefined ? 1 : weights[n]!;
    if (!(weight > 0)) continue;
    const predicted = predictions[n]!;
    const actual = targets[n]!;
    tally.predicted[predicted]! += weight;
    tally.actual[actual]! += weight;
    if (predicted === actual) tally.right[actual]! += weight;
  }
  return tally;
}
