import { describe, expect, test } from "vitest";
import { log } from "../../src/train/log.ts";
import { randomStream } from "../../src/train/random.ts";

// ln x rounded from 60 digits (mpmath): both ends of each range, and both sides of √½, 1 and √2.
const stored: readonly (readonly [number, number])[] = [
  [5e-324, -744.4400719213812],
  [2.225073858507201e-308, -708.3964185322641],
  [2.2250738585072014e-308, -708.3964185322641],
  [1e-300, -690.7755278982137],
  [0.1, -2.3025850929940455],
  [0.6, -0.5108256237659907],
  [0.7071, -0.346583180371942],
  [0.7072, -0.3464417676587033],
  [0.75, -0.2876820724517809],
  [0.9999999999999999, -1.1102230246251565e-16],
  [1.0000000000000002, 2.2204460492503128e-16],
  [1.0001, 9.999500033329732e-5],
  [1.4142, 0.3465640001880033],
  [1.4143, 0.34663470904431704],
  [1.5, 0.4054651081081644],
  [3, 1.0986122886681098],
  [20, 2.995732273553991],
  [1e10, 23.025850929940457],
  [1.7976931348623157e308, 709.782712893384],
];

const order = (x: number): bigint => new BigInt64Array(new Float64Array([x]).buffer)[0]!;

/** How many float64 lie between two of the same sign. */
function ulps(a: number, b: number): number {
  return Math.sign(a) === Math.sign(b) ? Math.abs(Number(order(a) - order(b))) : Number.NaN;
}

describe("log", () => {
  test.each(stored)("of %d is within 1 ulp of its 60-digit value", (x, expected) => {
    expect(ulps(log(x), expected)).toBeLessThanOrEqual(1);
  });

  test("is within 2 ulp of Math.log, each of the two being within 1 ulp of the truth", () => {
    const stream = randomStream(1, "split");
    let worst = 0;
    for (let i = 0; i < 200_000; i++) {
      const x = (stream.uniform() + 0.5) * 2 ** (stream.below(2098) - 1074); // all exponents
      if (x < Number.POSITIVE_INFINITY) worst = Math.max(worst, ulps(log(x), Math.log(x)));
      const near = 0.5 + 1.5 * stream.uniform(); // 0.5 to 2, where terms cancel
      worst = Math.max(worst, ulps(log(near), Math.log(near)));
    }
    expect(worst).toBeLessThanOrEqual(2);
  });

  test("has the limits of a logarithm", () => {
    expect([log(1), log(0), log(-0)]).toEqual([0, -Infinity, -Infinity]);
    expect([log(Infinity), log(-1), log(Number.NaN)]).toEqual([Infinity, Number.NaN, Number.NaN]);
  });
});
