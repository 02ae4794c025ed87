/**
 * The error function, 2/√π ∫₀ˣ e^(−t²) dt:
 *
 *     erf x = x + x·P(x²)                near 0
 *     erf x = 1 − e^(x·Q(x))             elsewhere: x·Q(x) = ln erfc x, which needs few digits
 *                                        where erfc x is small beside 1
 */

import type { Arithmetic } from "./arithmetic.ts";
import { expm1OfRest } from "./exponential.ts";
import type { Value } from "./values.ts";

/**
 * erf x, ±1 where that is nearest. Error ≤ 1.21 ulp (float32), 1.26 (float64).
 * Fast: two polynomials for all x, and an exponential without limits.
 */
export function erf(x: Value, a: Arithmetic): Value {
  const { table, add, sub, mul, atMost, isLess, nearestToProduct, polynomial, scale, select } = a;
  return a.odd(x, (magnitude) => {
    const bounded = atMost(magnitude, table.erfEnd);
    const near = add(bounded, mul(bounded, polynomial(mul(bounded, bounded), table.erf)));

    const exponent = mul(bounded, polynomial(bounded, table.lnErfc));
    const n = nearestToProduct(exponent, Math.LOG2E);
    const erfc = mul(scale(1, n), add(1, expm1OfRest(exponent, n, a)));
    return select(isLess(bounded, table.erfSplit), near, sub(1, erfc));
  });
}
