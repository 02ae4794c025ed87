/** Whether probabilities mean what they say: of the rows said to have p, a fraction p should be hits. */

import { forEachRow, type Weighting } from "./rows.ts";

/** The rows whose probability is in (from, to]; that of 0 is in the first bin. */
export interface CalibrationBin {
  readonly from: number;
  readonly to: number;
  /** Of the probabilities. */
  readonly mean: number;
  /** The fraction that are hits. */
  readonly rate: number;
  /** The weight of the rows; without weights, how many. */
  readonly count: number;
}

export interface CalibrationOptions extends Weighting {
  /** How many bins of equal width there are; those without rows are left out. Default 10. */
  readonly bins?: number;
}

/** Probabilities and whether (1, or 0) each came true. */
export function calibrationCurve(
  probabilities: ArrayLike<number>,
  hits: ArrayLike<number>,
  { bins = 10, ...weighting }: CalibrationOptions = {},
): CalibrationBin[] {
  const count = new Float64Array(bins);
  const sum = new Float64Array(bins);
  const right = new Float64Array(bins);
  forEachRow(probabilities.length, weighting, (n, weight) => {
    const probability = probabilities[n]!;
    const bin = Math.min(Math.max(Math.ceil(probability * bins) - 1, 0), bins - 1);
    count[bin]! += weight;
    sum[bin]! += weight * probability;
    right[bin]! += weight * hits[n]!;
  });
  return Array.from(count, (weight, bin) => ({
    from: bin / bins,
    to: (bin + 1) / bins,
    mean: sum[bin]! / weight,
    rate: right[bin]! / weight,
    count: weight,
  })).filter((bin) => bin.count > 0);
}

/**
 * Σ_b count[b]/N · |rate[b] − mean[b]|: how far off the probabilities are on average.
 * M. Pakdaman Naeini, G. Cooper, M. Hauskrecht: Obtaining well calibrated probabilities using Bayesian
 * binning. AAAI 2015.
 */
export function expectedCalibrationError(bins: readonly CalibrationBin[]): number | undefined {
  let total = 0;
  let sum = 0;
  for (const { count, rate, mean } of bins) {
    total += count;
    sum += count * Math.abs(rate - mean);
  }
  return total > 0 ? sum / total : undefined;
}
