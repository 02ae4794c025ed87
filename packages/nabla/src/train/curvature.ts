/**
 * What the last iterations showed of a cost's curvature, as pairs s (how far θ went) and y (how the
 * gradient changed): the product of the inverse Hessian and a gradient, without either matrix.
 *
 * J. Nocedal, S. J. Wright: Numerical Optimization, 2nd ed. (2006), 7.2: algorithm 7.4.
 */

export interface Pair {
  readonly s: Float64Array;
  readonly y: Float64Array;
  /** ρ = 1/(sᵀy) */
  readonly rho: number;
}

export interface Curvature {
  /** Those remembered, the oldest first. */
  readonly pairs: readonly Pair[];
  /** Remembers a pair, unless the gradient did not grow along it; of too many, forgets the oldest. */
  learn(s: Float64Array, y: Float64Array): void;
  /** d = −Hg; H is the identity while no pair is known. */
  direction(gradient: Float64Array): Float64Array;
}

/** Remembers at most so many pairs. */
export function newCurvature(history: number): Curvature {
  const pairs: Pair[] = [];
  return {
    pairs,
    learn(s, y) {
      // H stays positive definite, so that −Hg leads downwards, where every sᵀy > 0
      const sy = dot(s, y);
      if (!(sy > Number.EPSILON * Math.sqrt(dot(s, s)) * Math.sqrt(dot(y, y)))) return;
      pairs.push({ s, y, rho: 1 / sy });
      if (pairs.length > history) pairs.shift();
    },
    direction(gradient) {
      const d = gradient.map((g) => -g);
      const alphas = new Map<Pair, number>();
      for (const pair of pairs.toReversed()) {
        const alpha = pair.rho * dot(pair.s, d);
        alphas.set(pair, alpha);
        addTimes(d, -alpha, pair.y);
      }
      const gamma = firstScale(pairs.at(-1));
      for (let p = 0; p < d.length; p++) d[p]! *= gamma;
      for (const pair of pairs) {
        const beta = pair.rho * dot(pair.y, d);
        addTimes(d, (alphas.get(pair) ?? 0) - beta, pair.s);
      }
      return d;
    },
  };
}

/** The first H is γI, γ = sᵀy / yᵀy of the newest pair (7.20). */
const firstScale = (newest: Pair | undefined): number =>
  newest === undefined ? 1 : 1 / (newest.rho * dot(newest.y, newest.y));

/** Σ_p a[p]·b[p] */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let p = 0; p < a.length; p++) sum += a[p]! * b[p]!;
  return sum;
}

/** a ← a + f·b; returns a. */
export function addTimes(a: Float64Array, f: number, b: Float64Array): Float64Array {
  for (let p = 0; p < a.length; p++) a[p]! += f * b[p]!;
  return a;
}
