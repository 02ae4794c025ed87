import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dealGroups, groupsOf } from "../../../src/tables/division/grouped.ts";
import { createTable } from "../../../src/tables/table.ts";
import { randomStream } from "../../../src/train/random.ts";
import { texts } from "../columns.ts";

const stream = () => randomStream(1, "split");
const repeat = <T>(value: T, count: number) => new Array<T>(count).fill(value);
const sizes = (parts: readonly Uint32Array[] = []) => parts.map(({ length }) => length);
const shares = [0.6, 0.2, 0.2];

describe("dealGroups", () => {
  test("gives the largest group to the part that lacks most, and so on", () => {
    // Of 20 rows the parts want 12, 4, 4. 6 → first (6 left), 5 → first (1 left), 4 → second (a tie
    // with the third), 3 → third (1 left), 2 → first or third, which both lack 1: the first.
    const names = ["a", "b", "c", "d", "e"].flatMap((name, i) => repeat(name, 6 - i));
    const { parts } = dealGroups(names, { shares, stream: stream() })!;
    expect(sizes(parts)).toEqual([13, 4, 3]);
    expect([...parts[1]!]).toEqual([11, 12, 13, 14]);
  });

  test("deals groups of one size in the order of the seed's permutation", () => {
    const names = [..."abcdefghijklmnopqrst"];
    const { parts } = dealGroups(names, { shares, stream: stream() })!;
    expect(sizes(parts)).toEqual([12, 4, 4]);
    const others = dealGroups(names, { shares, stream: randomStream(2, "split") })!;
    expect(others.parts).not.toEqual(parts);
  });

  test("gives each part its share of each class", () => {
    // 50 groups of four rows, one in five of them of the rare class only
    const names = Array.from({ length: 200 }, (_, n) => `g${n >> 2}`);
    const strata = Array.from({ length: 200 }, (_, n) => ((n >> 2) % 5 === 0 ? "rare" : "common"));
    const { parts, singletons } = dealGroups(names, { shares, strata, stream: stream() })!;
    const rare = parts.map((rows) => rows.filter((row) => strata[row] === "rare").length);
    expect(rare).toEqual([24, 8, 8]); //  of 40
    expect(sizes(parts)).toEqual([120, 40, 40]);
    expect(singletons).toEqual([]);
  });

  test("keeps the group that alone has a class in the first part, and names the class", () => {
    const names = [...repeat("big", 9), "a", "b", "c", "d", "only"];
    const strata = [...repeat("x", 9), "x", "x", "x", "x", "y"];
    for (let seed = 0; seed < 20; seed++) {
      const own = randomStream(seed, "split");
      const dealt = dealGroups(names, { shares, strata, stream: own })!;
      expect(dealt.parts[0]).toContain(13);
      expect(dealt.singletons).toEqual(["y"]);
    }
  });

  test("leaves no part empty, though the first lacks most to the end", () => {
    const names = [...repeat("a", 34), ...repeat("b", 33), ...repeat("c", 33)];
    expect(sizes(dealGroups(names, { shares, stream: stream() })?.parts)).toEqual([34, 33, 33]);
  });

  test("has no answer where there are fewer groups than parts", () => {
    expect(dealGroups(["a", "a", "b"], { shares, stream: stream() })).toBeUndefined();
    expect(dealGroups(["a", "b"], { shares: [0.8, 0, 0.2], stream: stream() })).toBeDefined();
  });

  test("puts every row in one part, and no group in two", () => {
    const groups = fc.array(fc.integer({ min: 0, max: 12 }).map(String), { maxLength: 60 });
    fc.assert(
      fc.property(groups, fc.nat(), fc.boolean(), (names, seed, hasClasses) => {
        const strata = hasClasses ? names.map((_, n) => String(n % 3)) : undefined;
        const dealt = dealGroups(names, { shares, strata, stream: randomStream(seed, "split") });
        if (dealt === undefined) return;
        const all = dealt.parts.flatMap((rows) => [...rows]);
        expect(all.sort((a, b) => a - b)).toEqual(names.map((_, row) => row));
        const homes = dealt.parts.map((rows) => new Set(Array.from(rows, (row) => names[row]!)));
        const count = homes.reduce((sum, { size }) => sum + size, 0);
        expect(count).toBe(new Set(names).size);
      }),
    );
  });
});

test("groupsOf names the row without a group, and what to do", () => {
  const column = texts("patient", ["1", "1.0", null]);
  const table = createTable("visits.csv", [column]);
  expect(groupsOf(table, column, Uint32Array.of(1, 0))).toEqual(["1.0", "1"]);
  expect(() => groupsOf(table, column, Uint32Array.of(0, 2))).toThrow(
    'visits.csv, row 3: column "patient" holds null, which is not a group; name the group of every row, or leave the row out',
  );
});
