/**
 * Any number of labels per row: probabilities and targets are flat matrices [rows, labels], the
 * targets 0 or 1. A label is predicted where its probability is above ½.
 */

import type { Floats } from "../equations/memory.ts";
import { surprise } from "./classification.ts";
import { type Areas, meanAreas, placed, rankPlaced } from "./ranking.ts";
import { forEachRow, matrixColumn, meanOfRows, type Weighting, weightedMean } from "./rows.ts";
import { newTally, type Tally } from "./tally.ts";

export interface Labelling extends Weighting {
  /** How many labels there are. */
  readonly labels: number;
}

/** The fraction of rows all of whose labels are right. */
export function subsetAccuracy(
  probabilities: Floats,
  targets: Floats,
  { labels, ...weighting }: Labelling,
): number | undefined {
  const wrong = wrongLabels(probabilities, targets);
  const right = (n: number) => (wrong(n * labels, (n + 1) * labels) === 0 ? 1 : 0);
  return weightedMean(targets.length / labels, weighting, right);
}

/** The fraction of all labels of all rows that are wrong. */
export function hammingLoss(
  probabilities: Floats,
  targets: Floats,
  { labels, ...weighting }: Labelling,
): number | undefined {
  const wrong = wrongLabels(probabilities, targets);
  const ofRow = (n: number) => wrong(n * labels, (n + 1) * labels) / labels;
  return weightedMean(targets.length / labels, weighting, ofRow);
}

/** −1/(N·L) Σ_n Σ_l y·log p + (1 − y)·log(1 − p): the mean over rows and labels. */
export function labelLogLoss(
  probabilities: Floats,
  targets: Floats,
  { labels, ...weighting }: Labelling,
): number | undefined {
  return meanOfRows(labelLosses(probabilities, targets, labels), weighting);
}

/** The mean over the labels, of each row. */
export function labelLosses(probabilities: Floats, targets: Floats, labels: number): Float64Array {
  const ofLabel = (i: number) =>
    surprise(targets[i] === 1 ? probabilities[i]! : 1 - probabilities[i]!);
  return Float64Array.from({ length: targets.length / labels }, (_, n) => {
    let sum = 0;
    for (let i = n * labels; i < (n + 1) * labels; i++) sum += ofLabel(i);
    return sum / labels;
  });
}

export function tallyLabels(
  probabilities: Floats,
  targets: Floats,
  { labels, ...weighting }: Labelling,
): Tally {
  const tally = newTally(labels);
  forEachRow(targets.length / labels, weighting, (n, weight) => {
    for (let l = 0; l < labels; l++) {
      const predicted = isPredicted(probabilities[n * labels + l]!);
      const actual = targets[n * labels + l] === 1;
      if (predicted) tally.predicted[l]! += weight;
      if (actual) tally.actual[l]! += weight;
      if (predicted && actual) tally.right[l]! += weight;
    }
  });
  return tally;
}

/** The means over the labels that some rows have and others have not. */
export const labelAreas = (
  probabilities: Floats,
  targets: Floats,
  { labels, ...weighting }: Labelling,
): Areas => weighedLabelAreas(probabilities, targets, labels)(weighting);

/** The same as a function of the weights, for many of them. */
export function weighedLabelAreas(
  probabilities: Floats,
  targets: Floats,
  labels: number,
): (weighting: Weighting) => Areas {
  const rows = Array.from({ length: labels }, (_, l) => {
    const scores = matrixColumn(probabilities, { width: labels, c: l });
    return placed(scores, (n) => targets[n * labels + l] === 1);
  });
  return (weighting) => meanAreas(rows.map((own) => rankPlaced(own, weighting)));
}

const isPredicted = (probability: number): boolean => probability > 0.5;

/** Counts the wrong ones among the elements [from, to). */
const wrongLabels =
  (probabilities: Floats, targets: Floats) =>
  (from: number, to: number): number => {
    let count = 0;
    for (let i = from; i < to; i++) {
      if (isPredicted(probabilities[i]!) !== (targets[i] === 1)) count++;
    }
    return count;
  };
