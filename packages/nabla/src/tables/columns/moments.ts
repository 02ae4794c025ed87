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

/** Of some values, in a unit that their squares fit: what moments are made of. */
export interface Spread {
  readonly count: number;
  readonly mean: number;
  /** Σ (x − mean)² */
  readonly squares: number;
  readonly unit: number;
}

/** The moments of these values. */
export const momentsOf = (values: Iterable<number>): Moments => momentsFrom(spreadOf(values));

/** Two passes; NaN (missing) is left out. */
export function spreadOf(values: Iterable<number>): Spread {
  const present = Array.from(values).filter((value) => !Number.isNaN(value));
  const count = present.length;
  if (count === 0) return { count, mean: 0, squares: 0, unit: 1 };

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
  return {
    count,
    mean: center + drift / count,
    squares: Math.max(0, squares - (drift * drift) / count),
    unit,
  };
}

/**
 * Of the values of both: m and n of them.
 *
 *     mean = a + (b − a)·n/(m + n)        Σ = Σ_a + Σ_b + (b − a)²·m·n/(m + n)
 *
 * T. Chan, G. Golub, R. LeVeque: Updating formulae and a pairwise algorithm for computing sample variances (1979).
 */
export function joinSpreads(first: Spread, second: Spread): Spread {
  const unit = Math.max(first.count && first.unit, second.count && second.unit) || 1;
  const [a, b] = [inUnit(first, unit), inUnit(second, unit)];
  const count = a.count + b.count;
  if (a.count === 0 || b.count === 0) return a.count === 0 ? b : a;
  const step = b.mean - a.mean;
  const share = b.count / count;
  return {
    ...{ count, unit, mean: a.mean + step * share },
    squares: a.squares + b.squares + step * step * a.count * share,
  };
}

function inUnit({ count, mean, squares, unit: own }: Spread, unit: number): Spread {
  const ratio = own / unit; //  a power of two
  return { count, mean: mean * ratio, squares: squares * ratio * ratio, unit };
}

/**
 * The scale of a constant column is 1: a variance below n·ε·variance + (n·mean·ε)² is rounding, not
 * spread. Without any value: mean 0, scale 1.
 */
export function momentsFrom({ count, mean, squares, unit }: Spread): Moments {
  if (count === 0) return { mean: 0, scale: 1 };
  const variance = squares / count;
  const blur = count * mean * Number.EPSILON;
  const noise = count * Number.EPSILON * variance + blur * blur;
  return { mean: mean * unit, scale: variance <= noise ? 1 : Math.sqrt(variance) * unit };
}
