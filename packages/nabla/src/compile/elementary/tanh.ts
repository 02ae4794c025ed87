/**
 * tanh from v·coth v = T = 1 + t, where t = z·P(z), z = v²:
 *
 *     tanh v = v/T = v − v·t/(1 + t)                             near 0
 *
 *     |x| = n·½ln 2 + v,   e^(2v) = (T + v)/(T − v)              elsewhere
 *     tanh|x| = 1 − 2/(e^(2|x|) + 1)
 *             = 1 − 2(T − v)/(2ⁿ(T + v) + (T − v))
 *             = 1 − 2(1 − w)/(2ⁿ + 1 + (2ⁿ(v + t) − w))          w = v − t = 1 − (T − v)
 */

import type { Arithmetic } from "./arithmetic.ts";
import type { Value } from "./values.ts";

/**
 * tanh x, ±1 where that is nearest. Error ≤ 1.28 ulp (float32), 1.29 (float64).
 * Fast: one polynomial and one division for both formulas; near 0, n is 0.
 */
export function tanh(x: Value, a: Arithmetic): Value {
  const { table, add, sub, mul, div, andNot, atMost, isLess, polynomial, select } = a;
  return a.odd(x, (magnitude) => {
    const bounded = atMost(magnitude, table.tanhEnd);
    const isNear = isLess(bounded, table.tanhSplit);
    const turns = a.nearestToProduct(bounded, 2 * Math.LOG2E);
    const n = andNot(turns.n, isNear);
    const v = sub(sub(bounded, mul(n, table.ln2High / 2)), mul(n, table.ln2Low / 2));

    const z = mul(v, v);
    const t = mul(z, polynomial(z, table.tanh));
    const w = sub(v, t);
    const power = a.scale(1, turns);

    const above = select(isNear, mul(v, t), mul(2, sub(1, w)));
    const below = select(isNear, add(1, t), add(add(power, 1), sub(mul(power, add(v, t)), w)));
    return sub(select(isNear, v, 1), div(above, below));
  });
}
