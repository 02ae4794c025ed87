/**
 * The operations of the expression form, one line each: what it computes and its partial
 * derivatives. (A model that only predicts reads `compute.ts` alone.) A derivative may use the arguments and `value`, the result of the operation itself
 * (exp′ = exp), so that what is already computed is used again.
 */

import { compute } from "./compute.ts";
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
  select,
  sub,
  zero,
} from "./expression.ts";

export { erf, integerPower, relations } from "./compute.ts";

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

export const operations: Readonly<Record<OperationName, OperationRule>> = {
  add: { compute: compute.add, derivatives: [() => one, () => one] },
  subtract: { compute: compute.subtract, derivatives: [() => one, () => minusOne] },
  multiply: { compute: compute.multiply, derivatives: [(_x, y) => y, (x) => x] },
  divide: {
    compute: compute.divide,
    derivatives: [(_x, y) => div(one, y), (_x, y, value) => neg(div(value, y))],
  },
  negate: { compute: compute.negate, derivatives: [() => minusOne] },
  // The exponent is an integer, as a number or a scalar: nothing varies in it.
  power: {
    compute: compute.power,
    derivatives: [(x, p) => mul(p, power(x, sub(p, one))), () => zero],
  },
  exp: { compute: compute.exp, derivatives: [(_x, _y, value) => value] },
  log: { compute: compute.log, derivatives: [(x) => div(one, x)] },
  log1p: { compute: compute.log1p, derivatives: [(x) => div(one, add(one, x))] },
  // exp(x), not value + 1: at x = −40 that would have lost every digit.
  expm1: { compute: compute.expm1, derivatives: [(x) => apply("exp", x)] },
  tanh: {
    compute: compute.tanh,
    derivatives: [(_x, _y, value) => sub(one, power(value, number(2)))],
  },
  erf: {
    compute: compute.erf,
    derivatives: [
      (x) => mul(number(2 / Math.sqrt(Math.PI)), apply("exp", neg(power(x, number(2))))),
    ],
  },
  sqrt: { compute: compute.sqrt, derivatives: [(_x, _y, value) => div(half, value)] },
  abs: { compute: compute.abs, derivatives: [(x) => apply("sign", x)] },
  sign: { compute: compute.sign, derivatives: [() => zero] },
  min: {
    compute: compute.min,
    derivatives: [(x, y) => chosen(x, "<", y), (x, y) => chosen(y, "<", x)],
  },
  max: {
    compute: compute.max,
    derivatives: [(x, y) => chosen(x, ">", y), (x, y) => chosen(y, ">", x)],
  },
};
