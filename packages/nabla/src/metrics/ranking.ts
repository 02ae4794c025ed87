/**
 * How well scores put the rows of a class (positive) before the others (negative), whatever the
 * threshold. Rows of equal scores are inseparable: they pass a threshold together.
 */

import type { Floats } from "../equations/memory.ts";
import { matrixColumn, meanOf, type Weighting } from "./rows.ts";

/** The weight of the rows at each place, scores ascending; equal scores share the first of theirs. */
export interface Ranking {
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
}

/** O(n log n): a sort without a comparison function, and a binary search for each row. */
export const rank = (
  scores: ArrayLike<number>,
  isPositive: (n: number) => boolean,
  weighting: Weighting = {},
): Ranking => rankPlaced(placed(scores, isPositive), weighting);

/** Rows in their places: what does not depend on their weights. */
export interface Placed {
  /** Of each row, scores ascending; equal scores share the first of theirs. */
  readonly places: Uint32Array;
  /** 1 where the row is positive. */
  readonly positive: Uint8Array;
}

export function placed(scores: ArrayLike<number>, isPositive: (n: number) => boolean): Placed {
  const sorted = new Float64Array(scores).sort();
  return {
    places: Uint32Array.from(scores, (score) => firstPlace(sorted, score)),
    positive: Uint8Array.from(sorted, (_, n) => (isPositive(n) ? 1 : 0)),
  };
}

/** O(n), without a call for each row: it is done for many weights. */
export function rankPlaced({ places, positive }: Placed, { weights }: Weighting): Ranking {
  const positives = new Float64Array(places.length);
  const negatives = new Float64Array(places.length);
  for (let n = 0; n < places.length; n++) {
    const weight = weights === undefined ? 1 : weights[n]!;
    if (!(weight > 0)) continue;
    if (positive[n] === 1) positives[places[n]!]! += weight;
    else negatives[places[n]!]! += weight;
  }
  return { positives, negatives };
}

/**
 * The area under the ROC curve: the probability that a positive has a higher score than a negative,
 * equal scores counting one half. It needs both kinds of rows.
 */
export function rocAuc({ positives, negatives }: Ranking): number | undefined {
  let pairs = 0;
  let allPositives = 0;
  let below = 0;
  for (let place = 0; place < positives.length; place++) {
    pairs += positives[place]! * (below + negatives[place]! / 2);
    allPositives += positives[place]!;
    below += negatives[place]!;
  }
  return allPositives > 0 && below > 0 ? pairs / (allPositives * below) : undefined;
}

/**
 * The area under the precision-recall curve as average precision: Σ (R[k] − R[k−1])·P[k] over the
 * thresholds from above, without interpolation. It needs both kinds of rows.
 */
export function prAuc({ positives, negatives }: Ranking): number | undefined {
  let sum = 0;
  let right = 0;
  let wrong = 0;
  for (let place = positives.length - 1; place >= 0; place--) {
    const gained = positives[place]!;
    right += gained;
    wrong += negatives[place]!;
    if (gained > 0) sum += (gained * right) / (right + wrong);
  }
  return right > 0 && wrong > 0 ? sum / right : undefined;
}

export interface Areas {
  readonly rocAuc: number | undefined;
  readonly prAuc: number | undefined;
}

/**
 * Of two classes, the areas of the second, which is called positive. Of more, the means over the
 * classes against their rests, where these have rows of both kinds. Probabilities [rows, classes].
 */
export const classAreas = (
  probabilities: Floats,
  targets: ArrayLike<number>,
  { classes, ...weighting }: Weighting & { readonly classes: number },
): Areas => weighedAreas(probabilities, targets, classes)(weighting);

/** The same as a function of the weights, for many of them. */
export function weighedAreas(
  probabilities: Floats,
  targets: ArrayLike<number>,
  classes: number,
): (weighting: Weighting) => Areas {
  const present = new Set(Array.from(targets));
  const judged = classes === 2 ? [1] : [...present].sort((a, b) => a - b);
  const rows = judged.map((c) =>
    placed(matrixColumn(probabilities, { width: classes, c }), (n) => targets[n] === c),
  );
  return (weighting) => meanAreas(rows.map((own) => rankPlaced(own, weighting)));
}

export const meanAreas = (rankings: readonly Ranking[]): Areas => ({
  rocAuc: meanOf(rankings.map(rocAuc)),
  prAuc: meanOf(rankings.map(prAuc)),
});

/** The first place in ascending order that holds `score`. */
function firstPlace(sorted: Float64Array, score: number): number {
  let from = 0;
  let to = sorted.length - 1;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (sorted[middle]! < score) from = middle + 1;
    else to = middle;
  }
  return from;
}
