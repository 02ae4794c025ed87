/**
 * The operations of the expression form, one line each: what it computes and its partial
 * derivatives. A derivative may use the arguments and `value`, the result of the operation itself
 * (exp′ = exp), so that what is already computed is used again.
 */

import {
  add,
  apply,
  div,
  type Expression,
  mul,
  neg,
  number,
  type OperationName,
  one,
  power,
  type Relation,
  select,
  sub,
  zero,
} from "./expression.ts";

export interface OperationRule {
  /** The definition, in float64. */
  readonly compute: (x: number, y: number) => number;
  /** ∂/∂x, and ∂/∂y of an operation of two arguments. */
  readonly derivatives: readonly ((
    x: Expression,
    y: Expression,
    value: Expression,
  ) => Expression)[];
}

const half = number(0.5);
const minusOne = number(-1);

/** 1 where x is the chosen one of two, ½ where they tie. */
const chosen = (x: Expression, relation: "<" | ">", y: Expression): Expression =>
  select([x, relation, y], one, select([x, "=", y], half, zero));

/** What a relation asks. NaN fulfils none. */
export const relations: Readonly<Record<Relation, (x: number, y: number) => boolean>> = {
  "<": (x, y) => x < y,
  "<=": (x, y) => x <= y,
  ">": (x, y) => x > y,
  ">=": (x, y) => x >= y,
  "=": (x, y) => x === y,
};

export const operations: Readonly<Record<OperationName, OperationRule>> = {
  add: { compute: (x, y) => x + y, derivatives: [() => one, () => one] },
  subtract: { compute: (x, y) => x - y, derivatives: [() => one, () => minusOne] },
  multiply: { compute: (x, y) => x * y, derivatives: [(_x, y) => y, (x) => x] },
  divide: {
    compute: (x, y) => x / y,
    derivatives: [(_x, y) => div(one, y), (_x, y, value) => neg(div(value, y))],
  },
  negate: { compute: (x) => -x, derivatives: [() => minusOne] },
  // The exponent is an integer, as a number or a scalar: nothing varies in it.
  power: {
    compute: integerPower,
    derivatives: [(x, p) => mul(p, power(x, sub(p, one))), () => zero],
  },
  exp: { compute: Math.exp, derivatives: [(_x, _y, value) => value] },
  log: { compute: Math.log, derivatives: [(x) => div(one, x)] },
  log1p: { compute: Math.log1p, derivatives: [(x) => div(one, add(one, x))] },
  // exp(x), not value + 1: at x = −40 that would have lost every digit.
  expm1: { compute: Math.expm1, derivatives: [(x) => apply("exp", x)] },
  tanh: { compute: Math.tanh, derivatives: [(_x, _y, value) => sub(one, power(value, number(2)))] },
  erf: {
    compute: erf,
    derivatives: [
      (x) => mul(number(2 / Math.sqrt(Math.PI)), apply("exp", neg(power(x, number(2))))),
    ],
  },
  sqrt: { compute: Math.sqrt, derivatives: [(_x, _y, value) => div(half, value)] },
  abs: { compute: Math.abs, derivatives: [(x) => apply("sign", x)] },
  sign: { compute: Math.sign, derivatives: [() => zero] },
  min: {
    compute: Math.min,
    derivatives: [(x, y) => chosen(x, "<", y), (x, y) => chosen(y, "<", x)],
  },
  max: {
    compute: Math.max,
    derivatives: [(x, y) => chosen(x, ">", y), (x, y) => chosen(y, ">", x)],
  },
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
