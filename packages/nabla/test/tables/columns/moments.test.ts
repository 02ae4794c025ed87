import { describe, expect, test } from "vitest";
import {
  joinSpreads,
  momentsFrom,
  momentsOf,
  spreadOf,
} from "../../../src/tables/columns/moments.ts";

describe("moments", () => {
  test("are the mean and the root of the mean squared deviation", () => {
    // 2, 4, 4, 4, 5, 5, 7, 9: Σ = 40, Σ (x − 5)² = 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32, 32/8 = 4
    expect(momentsOf([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({ mean: 5, scale: 2 });
  });

  test("leave missing values out", () => {
    expect(momentsOf([Number.NaN, 1, Number.NaN, 3])).toEqual({ mean: 2, scale: 1 });
    expect(momentsOf([Number.NaN, 1, Number.NaN, 5])).toEqual({ mean: 3, scale: 2 });
  });

  test("of no value are 0 and 1", () => {
    expect(momentsOf([])).toEqual({ mean: 0, scale: 1 });
    expect(momentsOf([Number.NaN])).toEqual({ mean: 0, scale: 1 });
  });

  test("of a constant column are that constant, exactly, and 1", () => {
    for (const value of [0.1, -7, 1e8, 1e300, 1e-300]) {
      expect(momentsOf(new Array<number>(10).fill(value))).toEqual({ mean: value, scale: 1 });
    }
  });

  test("see a spread of 1e-3 around 1e8", () => {
    const { mean, scale } = momentsOf([1e8 - 1e-3, 1e8 + 1e-3, 1e8 - 1e-3, 1e8 + 1e-3]);
    expect(mean).toBe(1e8);
    // Neighbouring numbers at 1e8 lie 1.5e-8 apart: the deviations are 1e-3 to half of that.
    expect(Math.abs(scale - 1e-3)).toBeLessThan(0.75e-8);
  });

  test("take a spread that is only rounding for none", () => {
    const ulp = 2 ** -26; // of numbers in [2²⁶, 2²⁷), where 1e8 lies
    expect(momentsOf([1e8, 1e8 + ulp, 1e8, 1e8 + ulp]).scale).toBe(1);
  });

  test("are right where squares would overflow or vanish", () => {
    expect(momentsOf([-(2 ** 1000), 2 ** 1000])).toEqual({ mean: 0, scale: 2 ** 1000 });
    expect(momentsOf([2 ** -1000, 3 * 2 ** -1000])).toEqual({
      mean: 2 ** -999,
      scale: 2 ** -1000,
    });
  });
});

describe("spreads", () => {
  test("join to that of all values", () => {
    // 2, 4, 4, 4: mean 3.5, Σ 3; 5, 5, 7, 9: mean 6.5, Σ 11; together Σ = 3 + 11 + 3²·4·4/8 = 32
    const joined = joinSpreads(spreadOf([2, 4, 4, 4]), spreadOf([5, 5, 7, 9]));
    expect(joined).toEqual({ count: 8, mean: 5, squares: 32, unit: 1 });
    expect(momentsFrom(joined)).toEqual({ mean: 5, scale: 2 });
  });

  test("of no value change nothing", () => {
    const own = spreadOf([1, Number.NaN, 3]);
    expect(joinSpreads(own, spreadOf([Number.NaN]))).toEqual(own);
    expect(joinSpreads(spreadOf([]), own)).toEqual(own);
  });

  test("of one constant join to that constant, exactly", () => {
    for (const value of [0.1, -7, 1e8, 1e300, 1e-300]) {
      const tenfold = spreadOf(new Array<number>(10).fill(value));
      const joined = momentsFrom(joinSpreads(tenfold, joinSpreads(tenfold, tenfold)));
      expect(joined).toEqual({ mean: value, scale: 1 });
    }
  });

  test("of other units join in the larger one", () => {
    const joined = joinSpreads(spreadOf([2 ** 1000]), spreadOf([0]));
    expect(momentsFrom(joined)).toEqual({ mean: 2 ** 999, scale: 2 ** 999 });
  });
});
