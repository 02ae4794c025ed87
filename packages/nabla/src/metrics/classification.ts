/**
 * One class per row: predicted and actual classes are numbers from 0, probabilities a flat matrix
 * [rows, classes]. Nothing is trained on these figures: the cost is, and it needs no floor to stay
 * finite.
 */

import type { Floats } from "../equations/memory.ts";
import { log } from "../train/log.ts";
import { forEachRow, type Weighting, weightedMean } from "./rows.ts";
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
  const right = (n: number) => (predictions[n] === targets[n] ? 1 : 0);
  return weightedMean(targets.length, weighting, right);
}

/** −log p, where a probability of 0 counts as the smallest positive number: 744.4 at most. */
export const surprise = (probability: number): number =>
  -log(Math.max(probability, Number.MIN_VALUE));

/** −1/N Σ_n log p[n, target[n]]. */
export function logLoss(
  probabilities: Floats,
  targets: ArrayLike<number>,
  weighting: Weighting = {},
): number | undefined {
  const classes = probabilities.length / targets.length;
  const ofRow = (n: number) => surprise(probabilities[n * classes + targets[n]!]!);
  return weightedMean(targets.length, weighting, ofRow);
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
  { classes, ...weighting }: ClassCounting,
): Tally {
  const tally = newTally(classes);
  forEachRow(targets.length, weighting, (n, weight) => {
    const [predicted, actual] = [predictions[n]!, targets[n]!];
    tally.predicted[predicted]! += weight;
    tally.actual[actual]! += weight;
    if (predicted === actual) tally.right[actual]! += weight;
  });
  return tally;
}
