/**
 * Mean and scale of a column, so that (x − mean)/scale has mean 0 and variance 1.
 *
 *     mean = 1/n Σ x        variance = 1/n Σ (x − mean)²        scale = √variance
 */

export interface Moments {
  readonly mean: number;
  readonly scale: number;
}

// Far outside 2^±500 a square leaves the format: such columns are measured in another unit.
const HUGE = 2 ** 500;
const TINY = 2 ** -500;
const UNIT = 2 ** 600;

/**
 * Two passes; NaN (missing) is left out. The scale of a constant column is 1: a variance below
 * n·ε·variance + (n·mean·ε)² is rounding, not spread. Without any value: mean 0, scale 1.
 */
export function momentsOf(values: Iterable<number>): Moments {
  const present = Array.from(values).filter((value) => !Number.isNaN(value));
  const count = present.length;
  if (count === 0) return { mean: 0, scale: 1 };

  const largest = present.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const unit = largest > HUGE ? UNIT : largest > 0 && largest < TINY ? 1 / UNIT : 1;

  let sum = 0;
  for (const value of present) sum += value / unit;
  const center = sum / count;

  let drift = 0; //   Σ (x − center): what rounding left in the first pass
  let squares = 0; // Σ (x − center)²
  for (const value of present) {
    const deviation = value / unit - center;
    drift += deviation;
    squares += deviation * deviation;
  }
  const mean = center + drift / count;
  const variance = Math.max(0, squares - (drift * drift) / count) / count;

  const blur = count * mean * Number.EPSILON;
  const noise = count * Number.EPSILON * variance + blur * blur;
  return { mean: mean * unit, scale: variance <= noise ? 1 : Math.sqrt(variance) * unit };
}
