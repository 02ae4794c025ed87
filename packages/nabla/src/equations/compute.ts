/** What the operations and relations of the expression form compute, in float64: the definition. */

import type { OperationName, Relation } from "./expression.ts";

export const compute = {
  add: (x, y) => x + y,
  subtract: (x, y) => x - y,
  multiply: (x, y) => x * y,
  divide: (x, y) => x / y,
  negate: (x) => -x,
  power: integerPower,
  exp: Math.exp,
  log: Math.log,
  log1p: Math.log1p,
  expm1: Math.expm1,
  tanh: Math.tanh,
  erf,
  sqrt: Math.sqrt,
  abs: Math.abs,
  sign: Math.sign,
  min: Math.min,
  max: Math.max,
} as const satisfies Readonly<Record<OperationName, (x: number, y: number) => number>>;

/** What a relation asks. NaN fulfils none. */
export const relations: Readonly<Record<Relation, (x: number, y: number) => boolean>> = {
  "<": (x, y) => x < y,
  "<=": (x, y) => x <= y,
  ">": (x, y) => x > y,
  ">=": (x, y) => x >= y,
  "=": (x, y) => x === y,
};

/** xᵖ for an integer p by repeated squaring: multiplications only, so the same bits everywhere. */
export function integerPower(x: number, p: number): number {
  let result = 1;
  let square = x;
  for (let rest = Math.abs(p); rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square;
    square *= square;
  }
  return p < 0 ? 1 / result : result;
}

/**
 * erf(x) = 2/√π ∫₀ˣ e^(−t²) dt to 1 ulp. Below 1 by its Taylor series, written as x plus a small part
 * of x; above, 1 − erfc(x) by the continued fraction of erfc, which converges like e^(−2x√(2n))
 * (Abramowitz & Stegun 7.1.5, 7.1.14).
 */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (!(a < 6)) return Number.isNaN(x) ? x : Math.sign(x); //  1 − erf(6) < 2⁻⁵³

  if (a < 1) {
    let series = 0; //  −x²/3 + x⁴/(2!·5) − x⁶/(3!·7) + …
    for (let n = 20; n > 0; n--) series = ((-x * x) / n) * (1 / (2 * n + 1) + series);
    const excess = 0.12837916709551256; //  2/√π − 1
    return x + x * (excess + (2 / Math.sqrt(Math.PI)) * series);
  }

  let fraction = a;
  for (let n = Math.ceil(200 / (a * a)); n > 0; n--) fraction = a + n / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-a * a) / Math.sqrt(Math.PI) / fraction);
}
