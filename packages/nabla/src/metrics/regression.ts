/** How far predicted quantities ŷ are from the true ones y. */

import type { Weighting } from "./rows.ts";

export interface RegressionScores {
  /**
   * 1 − Σ (ŷ − y)² / Σ (y − ȳ)²: 1 is exact, 0 no better than the mean ȳ of these targets. It has no
   * meaning where all targets are equal (a single row, say).
   */
  readonly r2: number | undefined;
  /** √(1/N Σ (ŷ − y)²), in the unit of the target. */
  readonly rmse: number | undefined;
  /** 1/N Σ |ŷ − y|, in the unit of the target. */
  readonly mae: number | undefined;
}

/** Of one target. */
export const regressionScores = (
  predictions: ArrayLike<number>,
  targets: ArrayLike<number>,
  weighting: Weighting = {},
): RegressionScores => weighedScores(predictions, targets)(weighting);

/** The same as a function of the weights, for many of them: plain loops, without a call for each row. */
export function weighedScores(
  predictions: ArrayLike<number>,
  targets: ArrayLike<number>,
): (weighting: Weighting) => RegressionScores {
  const given = { predictions: new Float64Array(predictions), targets: new Float64Array(targets) };
  let measured = measure(given, 1);
  return ({ weights }) => {
    const rows = weights === undefined ? ones(targets.length) : new Float64Array(weights);
    const { unit, constant } = surveyed(given, rows);
    if (unit !== measured.unit) measured = measure(given, unit);
    const { actual, errors } = measured;
    let total = 0;
    let sum = 0; //     Σ w·y
    let sizes = 0; //   Σ w·|ŷ − y|
    let squares = 0; // Σ w·(ŷ − y)²
    for (let n = 0; n < rows.length; n++) {
      const weight = rows[n]!;
      if (!(weight > 0)) continue;
      const error = errors[n]!;
      total += weight;
      sum += weight * actual[n]!;
      sizes += weight * Math.abs(error);
      squares += weight * (error * error);
    }
    if (total === 0) return { r2: undefined, rmse: undefined, mae: undefined };

    const center = sum / total;
    let spread = 0; // Σ w·(y − ȳ)²
    for (let n = 0; n < rows.length; n++) {
      const weight = rows[n]!;
      const deviation = actual[n]! - center;
      if (weight > 0) spread += weight * (deviation * deviation);
    }
    const variance = constant ? 0 : spread / total;
    return {
      r2: variance === 0 ? undefined : 1 - squares / total / variance,
      rmse: Math.sqrt(squares / total) * unit,
      mae: (sizes / total) * unit,
    };
  };
}

const ones = (rows: number): Float64Array => new Float64Array(rows).fill(1);

interface Given {
  readonly predictions: Float64Array;
  readonly targets: Float64Array;
}

/** y and ŷ − y in this unit. */
function measure({ predictions, targets }: Given, unit: number) {
  const actual = targets.map((target) => target / unit);
  return { unit, actual, errors: predictions.map((guess, n) => guess / unit - actual[n]!) };
}

// Far outside 2^±400 a square leaves the format, or that of a deviation 2⁻⁵² times as large: such
// quantities are measured in another unit, a power of two, which costs no accuracy.
const HUGE = 2 ** 400;
const TINY = 2 ** -400;
const UNIT = 2 ** 600;

/** The unit to compute in, and whether all targets are equal. */
function surveyed(
  { predictions, targets }: Given,
  weights: Float64Array,
): { unit: number; constant: boolean } {
  let largest = 0;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let n = 0; n < targets.length; n++) {
    if (!(weights[n]! > 0)) continue;
    const target = targets[n]!;
    const guess = Math.abs(predictions[n]!);
    if (guess > largest) largest = guess;
    if (target < least) least = target;
    if (target > most) most = target;
  }
  largest = Math.max(largest, Math.abs(least), Math.abs(most));
  const unit = largest > HUGE ? UNIT : largest > 0 && largest < TINY ? 1 / UNIT : 1;
  return { unit, constant: least === most };
}
