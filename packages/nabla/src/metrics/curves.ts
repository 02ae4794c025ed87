/**
 * The curves whose areas are `rocAuc` and `prAuc`: a point for each threshold, from above all scores to
 * below. Rows of equal scores pass a threshold together, and make one point.
 */

import type { Ranking } from "./ranking.ts";

/** Of the negatives and of the positives, the fractions at or above a threshold. */
export interface RocPoint {
  readonly falsePositives: number;
  readonly truePositives: number;
}

/** From (0, 0) to (1, 1); joined by straight lines. Undefined unless there are rows of both kinds. */
export function rocCurve(ranking: Ranking): RocPoint[] | undefined {
  const { positives, negatives, steps } = passed(ranking);
  if (!(positives > 0 && negatives > 0)) return undefined;
  const points = steps.map(({ right, wrong }) => ({
    falsePositives: wrong / negatives,
    truePositives: right / positives,
  }));
  return [{ falsePositives: 0, truePositives: 0 }, ...points];
}

export interface PrPoint {
  /** Of the positives, the fraction at or above a threshold. */
  readonly recall: number;
  /** Of the rows at or above it, the fraction that is positive. */
  readonly precision: number;
}

/**
 * With rising recall; a step function, which between two points has the precision of the second.
 * Undefined unless there are rows of both kinds.
 */
export function prCurve(ranking: Ranking): PrPoint[] | undefined {
  const { positives, negatives, steps } = passed(ranking);
  if (!(positives > 0 && negatives > 0)) return undefined;
  return steps.map(({ right, wrong }) => ({
    recall: right / positives,
    precision: right / (right + wrong),
  }));
}

/** The weight of the rows of each kind at or above each score, from the highest, and of all. */
function passed(ranking: Ranking) {
  const steps: { right: number; wrong: number }[] = [];
  let right = 0;
  let wrong = 0;
  for (let place = ranking.positives.length - 1; place >= 0; place--) {
    const [positives, negatives] = [ranking.positives[place]!, ranking.negatives[place]!];
    if (positives === 0 && negatives === 0) continue; // no row, or one of the equal scores below
    right += positives;
    wrong += negatives;
    steps.push({ right, wrong });
  }
  return { positives: right, negatives: wrong, steps };
}
