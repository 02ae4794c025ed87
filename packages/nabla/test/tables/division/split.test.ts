import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Split, splitRows } from "../../../src/tables/division/split.ts";
import { permutation, randomStream } from "../../../src/train/random.ts";

const seed = 1;
const fifths = { validation: 0.2, test: 0.2, seed };
const sizes = ({ train, validation, test }: Split) =>
  [train, validation, test].map((p) => p.length);
const repeat = (label: string, count: number) => new Array<string>(count).fill(label);

/** The rows of each part that belong to the class. */
function sizesOf(label: string, { strata, split }: { strata: readonly string[]; split: Split }) {
  const { train, validation, test } = split;
  return [train, validation, test].map((rows) => rows.filter((r) => strata[r] === label).length);
}

describe("splitRows", () => {
  test("deals out the seed's permutation: training first, then validation, then test", () => {
    const order = permutation(10, randomStream(seed, "split"));
    const split = splitRows({ rows: 10, ...fifths });
    expect(split.train).toEqual(order.slice(0, 6).sort());
    expect(split.validation).toEqual(order.slice(6, 8).sort());
    expect(split.test).toEqual(order.slice(8).sort());
    expect(split.singletons).toEqual([]);
  });

  test("gives other rows for another seed, and the same rows for the same", () => {
    const split = splitRows({ rows: 100, ...fifths });
    expect(splitRows({ rows: 100, ...fifths })).toEqual(split);
    expect(splitRows({ rows: 100, ...fifths, seed: 2 })).not.toEqual(split);
  });

  test("divides every class by largest remainder, ties to the part that is behind", () => {
    // Adelie     91.2, 30.4, 30.4: one over, to validation (a tie, nothing given yet)
    // Chinstrap  40.8, 13.6, 13.6: two over, to training, then to test, which has 1 less so far
    // Gentoo     74.4, 24.8, 24.8: two over, to validation and test
    const strata = [...repeat("Gentoo", 124), ...repeat("Adelie", 152), ...repeat("Chinstrap", 68)];
    const split = splitRows({ rows: 344, ...fifths, strata });
    expect(sizesOf("Adelie", { strata, split })).toEqual([91, 31, 30]);
    expect(sizesOf("Chinstrap", { strata, split })).toEqual([41, 13, 14]);
    expect(sizesOf("Gentoo", { strata, split })).toEqual([74, 25, 25]);
  });

  test("deals small classes to validation and test in turn", () => {
    const strata = ["a", "a", "b", "b", "c", "c", "d", "d"]; // each 1.2, 0.4, 0.4
    const split = splitRows({ rows: 8, ...fifths, strata });
    expect(sizes(split)).toEqual([4, 2, 2]);
  });

  test("keeps a class of one row in training and names it", () => {
    const strata = [...repeat("common", 10), "rare", "", ...repeat("twice", 2)];
    const split = splitRows({ rows: 14, ...fifths, strata });
    expect(split.train).toContain(10);
    expect(split.train).toContain(11);
    expect(split.singletons).toEqual(["", "rare"]);
  });

  test("leaves every class a training row, whatever the fractions", () => {
    const strata = [...repeat("a", 2), ...repeat("b", 3)]; // 0.2, 0.9, 0.9 and 0.3, 1.35, 1.35
    const split = splitRows({ rows: 5, validation: 0.45, test: 0.45, seed, strata });
    expect(sizesOf("a", { strata, split })).toEqual([1, 1, 0]);
    expect(sizesOf("b", { strata, split })).toEqual([1, 1, 1]);
  });

  test("leaves no part empty from ten rows on, and goes by the remainders below", () => {
    const small = { validation: 0.01, test: 0.01, seed };
    expect(sizes(splitRows({ rows: 10, ...small }))).toEqual([8, 1, 1]);
    expect(sizes(splitRows({ rows: 9, ...small }))).toEqual([9, 0, 0]);
    expect(sizes(splitRows({ rows: 10, ...small, test: 0 }))).toEqual([9, 1, 0]);
  });

  test("leaves a part empty where all classes have one row", () => {
    const strata = [..."abcdefghij"];
    const split = splitRows({ rows: 10, ...fifths, strata });
    expect(sizes(split)).toEqual([10, 0, 0]);
    expect(split.singletons).toEqual(strata);
  });

  test("puts every row in exactly one part, in ascending order, within a row of its share", () => {
    const fraction = fc.double({ min: 0, max: 0.49, noNaN: true });
    const labels = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 60 });
    fc.assert(
      fc.property(labels, fraction, fraction, fc.nat(), (strata, validation, test, seed) => {
        const split = splitRows({ rows: strata.length, validation, test, seed, strata });
        const all = [...split.train, ...split.validation, ...split.test];
        expect(all.sort((a, b) => a - b)).toEqual(strata.map((_, row) => row));
        for (const part of [split.train, split.validation, split.test])
          expect(part).toEqual(part.toSorted());
        for (const label of new Set(strata)) {
          const size = strata.filter((other) => other === label).length;
          const [train = 0, ...held] = sizesOf(label, { strata, split });
          expect(train).toBeGreaterThanOrEqual(1);
          expect(held[0]).toBeLessThan(size * validation + 1 + 1e-9);
          expect(held[1]).toBeLessThan(size * test + 1 + 1e-9);
        }
      }),
    );
  });

  test.each([
    [{ validation: 1.5, test: 0 }, "validation must be in [0, 1), got 1.5"],
    [{ validation: 0, test: -0.1 }, "test must be in [0, 1), got -0.1"],
    [{ validation: 0, test: Number.NaN }, "test must be in [0, 1), got NaN"],
    [{ validation: 0.5, test: 0.5 }, "validation + test must be below 1, got 0.5 + 0.5"],
  ])("refuses the fractions %o", (fractions, message) => {
    expect(() => splitRows({ rows: 10, ...fractions, seed })).toThrow(message);
  });
});
