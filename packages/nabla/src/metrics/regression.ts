/** How far predicted quantities ŷ are from the true ones y. */

import { forEachRow, type Weighting, weightedMean } from "./rows.ts";

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
export function regressionScores(
  predictions: ArrayLike<number>,
  targets: ArrayLike<number>,
  weighting: Weighting = {},
): RegressionScores {
  const { unit, constant } = surveyed(predictions, targets, weighting);
  const mean = (term: (n: number) => number) => weightedMean(targets.length, weighting, term);
  const target = (n: number) => targets[n]! / unit;
  const error = (n: number) => predictions[n]! / unit - target(n);

  const center = mean(target);
  const meanError = mean((n) => Math.abs(error(n)));
  const meanSquare = mean((n) => square(error(n)));
  if (center === undefined || meanError === undefined || meanSquare === undefined) {
    return { r2: undefined, rmse: undefined, mae: undefined };
  }
  const variance = constant ? undefined : mean((n) => square(target(n) - center));
  return {
    r2: variance ? 1 - meanSquare / variance : undefined,
    rmse: Math.sqrt(meanSquare) * unit,
    mae: meanError * unit,
  };
}

const square = (x: number): number => x * x;

// Far outside 2^±400 a square leaves the format, or that of a deviation 2⁻⁵² times as large: such
// quantities are measured in another unit, a power of two, which costs no accuracy.
const HUGE = 2 ** 400;
const TINY = 2 ** -400;
const UNIT = 2 ** 600;

/** The unit to compute in, and whether all targets are equal. */
function surveyed(
  predictions: ArrayLike<number>,
  targets: ArrayLike<number>,
  weighting: Weighting,
): { unit: number; constant: boolean } {
  let largest = 0;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  forEachRow(targets.length, weighting, (n) => {
    const target = targets[n]!;
    largest = Math.max(largest, Math.abs(target), Math.abs(predictions[n]!));
    least = Math.min(least, target);
    most = Math.max(most, target);
  });
  const unit = largest > HUGE ? UNIT : largest > 0 && largest < TINY ? 1 / UNIT : 1;
  return { unit, constant: least === most };
}
