import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { spansOf, timeline } from "../../../src/tables/division/ordered.ts";

describe("timeline", () => {
  test("orders rows by time, and cuts between times only", () => {
    const { order, cuts } = timeline([3, 1, 2, 1, 3]);
    expect([...order]).toEqual([1, 3, 2, 0, 4]);
    expect(cuts).toEqual([2, 3]);
  });

  test("does not cut a group: between its first row and its last there is none", () => {
    // a is there at times 1 and 3, b at 4 and 5, c at 6
    expect(timeline([1, 2, 3, 4, 5, 6], ["a", "x", "a", "b", "b", "c"]).cuts).toEqual([3, 5]);
    expect(timeline([1, 2, 3], ["a", "b", "a"]).cuts).toEqual([]);
  });

  test("orders dates before 1970 and beyond 2¹⁵, and infinitely many days apart", () => {
    expect([...timeline([20_000, -400.5, 1e300, -1e300]).order]).toEqual([3, 1, 0, 2]);
  });
});

describe("spansOf", () => {
  const spans = (times: readonly number[], begins: readonly number[]) =>
    spansOf(timeline(times), begins)?.map((rows) => [...rows]);

  test("begins each span at the cut that is nearest to its share", () => {
    // Ten rows: 0.6 of them are six, 0.8 eight; the time does not change after six rows, but after five
    expect(spans([1, 2, 3, 4, 5, 6, 6, 7, 8, 9], [0.6, 0.8])).toEqual([
      [0, 1, 2, 3, 4],
      [5, 6, 7],
      [8, 9],
    ]);
  });

  test("takes the earlier of two cuts that are as near", () => {
    expect(spans([1, 2, 2, 3], [0.5])).toEqual([[0], [1, 2, 3]]);
  });

  test("leaves a cut for each span that follows", () => {
    expect(spans([1, 1, 1, 1, 1, 1, 2, 3], [0.2, 0.4])).toEqual([[0, 1, 2, 3, 4, 5], [6], [7]]);
    expect(spans([1, 2, 3, 3, 3, 3, 3, 3], [0.8, 0.9])).toEqual([[0], [1], [2, 3, 4, 5, 6, 7]]);
  });

  test("has no answer where there are too few times", () => {
    expect(spans([1, 1, 2], [0.6, 0.8])).toBeUndefined();
  });

  test("puts every row in one span, none empty, each after those before it", () => {
    const times = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 5 }), (given, count) => {
        const begins = Array.from({ length: count }, (_, i) => (i + 1) / (count + 1));
        const found = spans(given, begins);
        const enough = new Set(given).size > count;
        expect(found !== undefined).toBe(enough);
        if (found === undefined) return;
        expect(found.flat().sort((a, b) => a - b)).toEqual(given.map((_, row) => row));
        const at = found.map((rows) => rows.map((row) => given[row]!));
        for (const [i, later] of at.slice(1).entries())
          expect(Math.max(...at[i]!)).toBeLessThan(Math.min(...later));
      }),
    );
  });
});
