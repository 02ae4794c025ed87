/**
 * What a report says of predictions. Nothing is trained on these numbers: the cost is, and it
 * needs no floor to stay finite. There must be at least one row.
 */

import type { Floats } from "../equations/memory.ts";
import { log } from "./log.ts";

/** 1/N Σ [prediction = target]: the fraction of rows whose predicted class is the right one. */
export function accuracy(predictions: ArrayLike<number>, targets: ArrayLike<number>): number {
  return mean(targets.length, (n) => (predictions[n] === targets[n] ? 1 : 0));
}

/**
 * −1/N Σ_n log p[n, target[n]]; probabilities are [rows, classes], targets the numbers of classes.
 * A probability of 0 counts as the smallest positive number, so a row adds 744.4 at most and the
 * mean is a number; the cost of training has no such floor.
 */
export function logLoss(probabilities: Floats, targets: ArrayLike<number>): number {
  const classes = probabilities.length / targets.length;
  return mean(targets.length, (n) => {
    const probability = probabilities[n * classes + targets[n]!]!;
    return -log(Math.max(probability, Number.MIN_VALUE));
  });
}

/** √(1/N Σ (ŷ − y)²), in the unit of the target. */
export function rmse(predictions: ArrayLike<number>, targets: ArrayLike<number>): number {
  return Math.sqrt(meanSquare(predictions, targets));
}

/** 1/N Σ |ŷ − y|, in the unit of the target. */
export function mae(predictions: ArrayLike<number>, targets: ArrayLike<number>): number {
  return mean(targets.length, (n) => Math.abs(predictions[n]! - targets[n]!));
}

/**
 * 1 − Σ (ŷ − y)² / Σ (y − ȳ)²: 1 is exact, 0 no better than the mean ȳ of these targets. Where all
 * targets are equal (a single row, say) it has no meaning and is undefined, which JSON leaves out.
 */
export function r2(predictions: ArrayLike<number>, targets: ArrayLike<number>): number | undefined {
  const values = Array.from(targets);
  if (values.every((value) => value === values[0])) return undefined;

  const center = mean(values.length, (n) => values[n]!);
  const constant = values.map(() => center);
  return 1 - meanSquare(predictions, values) / meanSquare(constant, values);
}

/** The class of the largest probability in each row of [rows, classes]; among equals the first. */
export function likeliestClasses(probabilities: Floats, classes: number): Uint32Array {
  return Uint32Array.from({ length: probabilities.length / classes }, (_, n) => {
    let best = 0;
    const of = (c: number) => probabilities[n * classes + c]!;
    for (let c = 1; c < classes; c++) if (of(c) > of(best)) best = c;
    return best;
  });
}

function meanSquare(predictions: ArrayLike<number>, targets: ArrayLike<number>): number {
  return mean(targets.length, (n) => {
    const error = predictions[n]! - targets[n]!;
    return error * error;
  });
}

function mean(count: number, term: (n: number) => number): number {
  let sum = 0;
  for (let n = 0; n < count; n++) sum += term(n);
  return sum / count;
}
