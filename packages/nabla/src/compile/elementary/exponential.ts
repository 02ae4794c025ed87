/**
 * eˣ and eˣ − 1 by x = n·ln 2 + r, eˣ = 2ⁿ·eʳ. The rest is high − low: n times the first digits of
 * ln 2 is exact, so high = x − n·ln2High is too, and low = n·ln2Low is small.
 *
 * Where small x may lose digits, by polynomials that wait for little but r:
 *
 *     eʳ = 1 + r + r²·Q(r)
 *        = sum + (lost − low + r²·Q(r))          sum + lost = 1 + high, sum as rounded
 *
 * Only the last addition rounds by more than a fraction of an ulp, and all but r²·Q(r) is ready early.
 *
 * Where they may not, with few operations:
 *
 *     coth(r/2) = (eʳ + 1)/(eʳ − 1)              so
 *     eʳ − 1 = 2r/(r·coth(r/2) − r)
 *            = 2r/(2 − c) = r + r·c/(2 − c)      c = r − z·P(z), z = r²
 *
 * r·coth(r/2) = 2 + z·P(z) is even and all but constant: P has two coefficients in float32, five in
 * float64, where Q needs five and ten.
 */

import type { Arithmetic, Integer } from "./arithmetic.ts";
import type { Value } from "./values.ts";

/** x − n·ln 2 as high − low, and as rounded. */
function restOf(x: Value, { n }: Integer, { table, sub, mul, multiplyAdd }: Arithmetic) {
  const high = multiplyAdd(n, -table.ln2High, x); //  exact
  const low = mul(n, table.ln2Low);
  return { high, low, r: sub(high, low) };
}

/**
 * eˣ: ∞ above the largest logarithm, 0 (never subnormal) below that of the smallest normal number.
 * Error ≤ 0.75 ulp (float32), 0.76 (float64). Fast: no division, and at most 14 operations (float64: 15)
 * wait for one another; what lies beyond the limits is found meanwhile.
 */
export function exp(x: Value, a: Arithmetic): Value {
  const { table, add, sub, mul, and, andNot, or, isAtMost } = a;
  const n = a.nearestToProduct(x, Math.LOG2E);
  const { high, low, r } = restOf(x, n, a);
  const sum = add(1, high);
  const lost = sub(high, sub(sum, 1));
  const small = a.estrin(mul(r, r), [sub(lost, low), ...a.pairs(r, table.exp)]);
  const power = add(sum, small);

  const isBelow = isAtMost(x, table.lnLargest);
  const isWithin = and(isBelow, isAtMost(table.lnSmallest, x));
  const beyond = andNot(add(x, Number.POSITIVE_INFINITY), isBelow); //  or NaN
  return a.addBits(and(power, isWithin), or(and(a.exponent(n), isWithin), beyond));
}

/**
 * 1/(1 + e⁻ˣ), with −x = n·ln 2 + r and eʳ = 1 + r·q:
 *
 *     1 + e⁻ˣ = (1 + 2ⁿ) + 2ⁿ·r·q
 *
 * 0 (never subnormal) below the logarithm of the smallest normal number.
 * Error ≤ 1.97 ulp, most of it where 1 is about half a place of e⁻ˣ. Fast: 1 + 2ⁿ and 2ⁿ·r are ready
 * before q is, so that fewer operations wait than for eˣ and what follows it.
 */
export function logistic(x: Value, a: Arithmetic): Value {
  const { table, add, sub, mul, div, and, or, atMost, isAtMost, multiplyAdd } = a;
  const n = a.nearestToProduct(x, -Math.LOG2E);
  const { rough, r } = roughRestOf(a.negate(x), n, a);
  const z = mul(rough, rough);
  const [half, ...smaller] = table.exp as [number, ...number[]];
  const q = multiplyAdd(z, a.estrin(z, a.pairs(rough, smaller)), multiplyAdd(r, half, 1));

  const isWithin = isAtMost(a.abs(x), -table.lnSmallest);
  const power = and(a.scale(1, n), isWithin);
  const sum = add(1, power);
  const below = multiplyAdd(and(mul(r, power), isWithin), and(q, isWithin), sum);

  // What 1 + 2ⁿ lost by rounding is a part lost/2ⁿ of the whole
  const lost = sub(1, sub(sum, power));
  const inverse = and(a.subBits(1, a.exponent(n)), isWithin);
  const above = sub(1, mul(lost, atMost(inverse, 1)));
  return div(or(and(above, isAtMost(table.lnSmallest, x)), a.isNaN(x)), below);
}

/**
 * x − n·ln 2, and what is ready earlier and good enough for powers of it: fused, n·ln 2 is not rounded,
 * so that its first part may have all digits, and the second one is below 2⁻²² in float32.
 */
function roughRestOf(x: Value, n: Integer, a: Arithmetic) {
  if (!a.fused || a.precision !== "float32") {
    const { r } = restOf(x, n, a);
    return { rough: r, r };
  }
  const rough = a.multiplyAdd(n.n, -a.table.ln2Nearest, x); //  exact
  return { rough, r: a.multiplyAdd(n.n, -a.table.ln2Rest, rough) };
}

/** eʳ − 1 for r = x − n·ln 2, |r| ≤ 0.406; r·c/(2 − c) also takes what r lost by rounding. */
export function expm1OfRest(x: Value, n: Integer, a: Arithmetic): Value {
  const { table, sub, mul, div, polynomial } = a;
  const { high, low, r } = restOf(x, n, a);
  const z = mul(r, r);
  const c = sub(r, mul(z, polynomial(z, table.expm1)));
  return sub(high, sub(low, div(mul(r, c), sub(2, c))));
}

/** log₂ 1.5 − ½. With it n is 1 from eˣ − 1 = ½ on, and r from −0.288 to 0.406. */
const OFFSET = 0.08496250072115619;

/**
 * eˣ − 1 = eʳ − 1 for n = 0, else 2·(2ⁿ⁻¹·(eʳ − 1) + (2ⁿ⁻¹ − ½)): no cancellation, and 2¹²⁸ is not needed.
 * Error ≤ 1.21 ulp (float32), 1.31 (float64). Fast: one polynomial and one division for both cases.
 */
export function expm1(x: Value, a: Arithmetic): Value {
  const { table, add, sub, mul, atLeast, atMost, isEqual, nearest, scale, select } = a;
  const bounded = atMost(atLeast(x, table.expm1End), Math.ceil(table.lnLargest));
  const n = nearest(sub(mul(bounded, Math.LOG2E), OFFSET));
  const rest = expm1OfRest(bounded, n, a);
  const power = scale(0.5, n);
  const half = add(mul(power, rest), sub(power, 0.5));
  return select(isEqual(n.n, 0), rest, add(half, half));
}
