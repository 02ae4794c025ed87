/**
 * What counting says of classes, or of labels: each has rows that are of it (actual), rows that
 * were said to be (predicted), and rows where both hold (right).
 *
 *     precision = right/predicted      recall = right/actual      F1 = 2·right/(predicted + actual)
 */

import { meanOf } from "./rows.ts";

/** The weight of such rows, by class. */
export interface Tally {
  readonly right: Float64Array;
  readonly predicted: Float64Array;
  readonly actual: Float64Array;
}

/** 0/0 counts as 0: the precision of a class that is never predicted, say. */
export interface ClassScores {
  readonly precision: number;
  readonly recall: number;
  /** The harmonic mean of the two. */
  readonly f1: number;
  /** The weight of the rows that are of the class; without weights, how many. */
  readonly support: number;
}

export const newTally = (classes: number): Tally => ({
  right: new Float64Array(classes),
  predicted: new Float64Array(classes),
  actual: new Float64Array(classes),
});

export function classScores({ right, predicted, actual }: Tally): ClassScores[] {
  return Array.from(right, (hits, c) => ({
    precision: ratio(hits, predicted[c]!) ?? 0,
    recall: ratio(hits, actual[c]!) ?? 0,
    f1: ratio(2 * hits, predicted[c]! + actual[c]!) ?? 0,
    support: actual[c]!,
  }));
}

/** The mean of F1 over the classes that occur among predictions or targets. */
export const macroF1 = ({ right, predicted, actual }: Tally): number | undefined =>
  meanOf(Array.from(right, (hits, c) => ratio(2 * hits, predicted[c]! + actual[c]!)));

/** F1 of the sums over all classes. Where each row has one class it is the accuracy. */
export const microF1 = ({ right, predicted, actual }: Tally): number | undefined =>
  ratio(2 * sum(right), sum(predicted) + sum(actual));

/** The mean of recall over the classes that occur among the targets. */
export const balancedAccuracy = ({ right, actual }: Tally): number | undefined =>
  meanOf(Array.from(right, (hits, c) => ratio(hits, actual[c]!)));

const ratio = (part: number, whole: number): number | undefined =>
  whole > 0 ? part / whole : undefined;

const sum = (weights: Float64Array): number => weights.reduce((total, weight) => total + weight, 0);
