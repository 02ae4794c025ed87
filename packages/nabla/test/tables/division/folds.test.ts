import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Marks } from "../../../src/tables/division/division.ts";
import { foldRows } from "../../../src/tables/division/folds.ts";
import type { Split } from "../../../src/tables/division/split.ts";

const usual = { folds: 5, validation: 0.2, test: 0.2, seed: 1 };
const repeat = <T>(value: T, count: number) => new Array<T>(count).fill(value);
const sizes = (splits: readonly Split[]) =>
  splits.map(({ train, validation, test }) => [train.length, validation.length, test.length]);
const group = (values: readonly string[]) => ({ name: "patient", values });
const time = (values: readonly number[]) => ({ name: "day", values: Float64Array.from(values) });
const ofAll = (splits: readonly Split[]) =>
  splits.flatMap(({ test }) => [...test]).sort((a, b) => a - b);
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

describe("folds at random", () => {
  test("test every row once; the others are divided as without a test part", () => {
    const splits = foldRows({ rows: 100 }, usual);
    expect(sizes(splits)).toEqual(repeat([60, 20, 20], 5)); //  0.2/0.8 of 80 rows are 20
    expect(ofAll(splits)).toEqual(upTo(100));
  });

  test("share nothing between the parts of a fold", () => {
    const marks: fc.Arbitrary<Marks> = fc
      .tuple(fc.integer({ min: 12, max: 60 }), fc.integer({ min: 1, max: 2 }), fc.boolean())
      .map(([rows, classes, hasGroups]) => ({
        rows,
        strata: classes === 1 ? undefined : upTo(rows).map((n) => String(n % classes)),
        group: hasGroups ? group(upTo(rows).map((n) => `g${n % 12}`)) : undefined,
      }));
    fc.assert(
      fc.property(marks, fc.integer({ min: 2, max: 4 }), fc.nat(), (own, folds, seed) => {
        for (const { train, validation, test } of foldRows(own, { ...usual, folds, seed })) {
          const all = [...train, ...validation, ...test].sort((a, b) => a - b);
          expect(all).toEqual(upTo(own.rows));
          const names = own.group?.values;
          if (names === undefined) continue;
          const held = new Set(Array.from(test, (row) => names[row]!));
          expect([...train, ...validation].some((row) => held.has(names[row]!))).toBe(false);
        }
      }),
    );
  });

  test("have the classes in equal proportions", () => {
    const strata = [...repeat("a", 50), ...repeat("b", 25), ...repeat("c", 7)];
    const splits = foldRows({ rows: 82, strata }, usual);
    const count = (name: string) =>
      splits.map(({ test }) => test.filter((row) => strata[row] === name).length);
    expect(count("a")).toEqual([10, 10, 10, 10, 10]);
    expect(count("b")).toEqual([5, 5, 5, 5, 5]);
    expect(count("c")).toEqual([2, 2, 1, 1, 1]);
  });

  test("go on from class to class, so that they differ by a row at most", () => {
    const strata = [..."aabbccddee"]; //  two rows each
    const splits = foldRows({ rows: 10, strata }, { ...usual, folds: 4 });
    expect(splits.map(({ test }) => test.length)).toEqual([3, 3, 2, 2]);
  });

  test("always train on the only row of a class", () => {
    const strata = [...repeat("a", 20), "rare"];
    for (const { train, singletons } of foldRows({ rows: 21, strata }, usual)) {
      expect(train).toContain(20);
      expect(singletons).toEqual(["rare"]);
    }
  });

  test("are others for another seed, and have no validation rows where there are to be none", () => {
    const splits = foldRows({ rows: 50 }, usual);
    expect(foldRows({ rows: 50 }, { ...usual, seed: 2 })).not.toEqual(splits);
    expect(sizes(foldRows({ rows: 50 }, { ...usual, validation: 0 }))[0]).toEqual([40, 0, 10]);
  });
});

describe("folds by groups", () => {
  test("have whole groups, as equal in size as can be", () => {
    // 20 groups of 1, 2, 3, 4 and 5 rows in turn: 60 rows, 12 for each of five folds
    const names = upTo(20).flatMap((g) => repeat(`g${g}`, 1 + (g % 5)));
    const splits = foldRows({ rows: 60, group: group(names) }, usual);
    expect(splits.map(({ test }) => test.length)).toEqual([12, 12, 12, 12, 12]);
    expect(ofAll(splits)).toEqual(upTo(60));
  });

  test("always train on a group that alone has a class", () => {
    const names = [...upTo(30).map((n) => `g${n % 15}`), "only", "only"];
    const strata = [...upTo(30).map((n) => (n % 15 < 8 ? "a" : "b")), "c", "c"];
    for (const { train } of foldRows({ rows: 32, strata, group: group(names) }, usual)) {
      expect(train).toContain(30);
      expect(train).toContain(31);
    }
  });

  test("need a group for each fold", () => {
    expect(() => foldRows({ rows: 8, group: group([..."aabbccdd"]) }, usual)).toThrow(
      'group "patient" needs at least 5 groups, got 4 in all',
    );
  });
});

describe("folds in time", () => {
  test("are each trained on all that comes before", () => {
    // Six spans of ten rows; of those before, the last quarter is to stop by
    const days = upTo(60).map((n) => 100 - n);
    const splits = foldRows({ rows: 60, time: time(days) }, usual);
    expect(sizes(splits)).toEqual([
      [7, 3, 10], //  0.75 of 10 are 7.5, and the earlier of two cuts as near is taken
      [15, 5, 10],
      [22, 8, 10],
      [30, 10, 10],
      [37, 13, 10],
    ]);
    for (const { train, validation, test } of splits) {
      const at = (rows: Uint32Array) => Array.from(rows, (row) => days[row]!);
      expect(Math.max(...at(train))).toBeLessThan(Math.min(...at(validation)));
      expect(Math.max(...at(validation))).toBeLessThan(Math.min(...at(test)));
    }
  });

  test("need a time more than there are folds, and another to stop by", () => {
    const rows = 10;
    const few = time(upTo(rows).map((n) => n % 3));
    expect(() => foldRows({ rows, time: few }, usual)).toThrow(
      'time "day" needs at least 6 different times, got 3',
    );
    const marks = { rows: 6, time: time([1, 1, 2, 2, 3, 3]) };
    expect(() => foldRows(marks, { ...usual, folds: 2 })).toThrow(
      'time "day" needs at least 2 different times, got 1',
    );
    expect(sizes(foldRows(marks, { ...usual, folds: 2, validation: 0 }))).toEqual([
      [2, 0, 2],
      [4, 0, 2],
    ]);
  });

  test("refuse to test a class that was not there before", () => {
    const marks = { rows: 8, time: time(upTo(8)), strata: [..."aaaaaabb"] };
    expect(() => foldRows(marks, { ...usual, folds: 3, validation: 0 })).toThrow(
      'time "day" puts none of "b" among the training rows; leave its rows out, or divide them otherwise',
    );
  });
});

test.each([1, 0, 2.5, Number.NaN])("refuses %s folds", (folds) => {
  expect(() => foldRows({ rows: 10 }, { ...usual, folds })).toThrow(
    `folds must be a whole number ≥ 2, got ${folds}`,
  );
});

test("refuses more folds than there are rows to test", () => {
  expect(() => foldRows({ rows: 4 }, usual)).toThrow(
    "folds needs at least 5 rows to deal out, got 4",
  );
});
