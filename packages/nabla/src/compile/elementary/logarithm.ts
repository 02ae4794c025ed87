/**
 * ln x and ln(1 + x) by x = 2ᵉ·(1 + f), √½ ≤ 1 + f < √2:
 *
 *     ln x      = e·ln 2 + ln(1 + f)
 *     ln(1 + f) = 2·artanh s          s = f/(2 + f)
 *               = 2s + s·R            R = z·P(z), z = s²
 *               = f − s·(f − R)       since 2s = f − s·f; f is exact, what follows is small
 */

import type { Arithmetic } from "./arithmetic.ts";
import type { Value } from "./values.ts";

/** ln(1 + f) + correction, a small one. */
function log1pOfRest(f: Value, correction: Value, a: Arithmetic): Value {
  const { table, add, sub, mul, div, polynomial } = a;
  const s = div(f, add(2, f));
  const z = mul(s, s);
  const remainder = mul(z, polynomial(z, table.log));
  return sub(f, sub(mul(s, sub(f, remainder)), correction));
}

/** y, but for x = ∞ and NaN itself, −∞ at the pole and NaN below it. */
function withLimits(y: Value, x: Value, pole: number, a: Arithmetic): Value {
  const { isEqual, isLess, or, select } = a;
  const finite = select(isLess(x, Number.POSITIVE_INFINITY), y, x);
  const real = or(finite, isLess(x, pole)); //  all bits set: NaN
  return select(isEqual(x, pole), Number.NEGATIVE_INFINITY, real);
}

/**
 * ln x: −∞ at ±0, NaN below. A subnormal x is first multiplied by 2²³ or 2⁵².
 * Error ≤ 0.96 ulp (float32), 0.99 (float64). Fast: one division, e taken from the bits.
 */
export function log(x: Value, a: Arithmetic): Value {
  const { table, add, sub, mul, and, isLess, select, fractionBits, twoToBits } = a;
  const isSmall = isLess(x, table.smallestNormal);
  const { e: raised, m } = a.split(select(isSmall, mul(x, twoToBits), x));
  const e = sub(raised, and(isSmall, fractionBits));
  const rest = log1pOfRest(sub(m, 1), mul(e, table.ln2Low), a);
  return withLimits(add(mul(e, table.ln2High), rest), x, 0, a);
}

/**
 * ln(1 + x) = ln u + lost/u, where u = 1 + x as rounded, and lost is what that left out.
 * With e = 0 it is f = x that is exact: small x keep all their digits, and −0 its sign.
 * Error ≤ 0.96 ulp (float32), 0.95 (float64). Fast: two divisions, which do not wait for each other.
 */
export function log1p(x: Value, a: Arithmetic): Value {
  const { table, add, sub, mul, div, andNot, atLeast, atMost, isEqual, select } = a;
  const u = add(1, x);
  const lost = sub(atMost(x, 1), sub(u, atLeast(x, 1)));
  const { e, m } = a.split(u);
  const isNear = isEqual(e, 0);
  const f = select(isNear, x, sub(m, 1));
  const correction = add(mul(e, table.ln2Low), andNot(div(lost, u), isNear));
  const rest = log1pOfRest(f, correction, a);
  return withLimits(select(isNear, rest, add(mul(e, table.ln2High), rest)), x, -1, a);
}
