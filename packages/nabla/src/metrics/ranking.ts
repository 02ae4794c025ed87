/**
 * How well scores put the rows of a class (positive) before the others (negative), whatever the
 * threshold. Rows of equal scores are inseparable: they pass a threshold together.
 */

import type { Floats } from "../equations/memory.ts";
import { forEachRow, matrixColumn, meanOf, type Weighting } from "./rows.ts";

/** The weight of the rows at each place, scores ascending; equal scores share the first of theirs. */
export interface Ranking {
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
}

/** O(n log n): a sort without a comparison function, and a binary search for each row. */
export function rank(
  scores: ArrayLike<number>,
  isPositive: (n: number) => boolean,
  weighting: Weighting = {},
): Ranking {
  const sorted = new Float64Array(scores).sort();
  const positives = new Float64Array(sorted.length);
  const negatives = new Float64Array(sorted.length);
  forEachRow(sorted.length, weighting, (n, weight) => {
    const side = isPositive(n) ? positives : negatives;
    side[firstPlace(sorted, scores[n]!)]! += weight;
  });
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
export function classAreas(
  probabilities: Floats,
  targets: ArrayLike<number>,
  { classes, ...weighting }: Weighting & { readonly classes: number },
): Areas {
  const present = new Set<number>();
  forEachRow(targets.length, weighting, (n) => present.add(targets[n]!));
  const judged = classes === 2 ? [1] : [...present].sort((a, b) => a - b);
  const rankings = judged.map((c) =>
    rank(matrixColumn(probabilities, { width: classes, c }), (n) => targets[n] === c, weighting),
  );
  return meanAreas(rankings);
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
