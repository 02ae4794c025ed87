import { describe, expect, test } from "vitest";
import { chooseCategories, fewestRows, unitsFor } from "../../../src/tables/columns/categories.ts";

const counted = (...counts: number[]) =>
  new Map(counts.map((count, i) => [`c${String(i).padStart(6, "0")}`, count]));
const alike = (categories: number, count: number) =>
  counted(...new Array<number>(categories).fill(count));

test("a category is rare with less than a thousandth of the rows, and with less than ten", () => {
  expect([1, 206, 1000, 1001, 5000, 10_000, 3_000_000].map(fewestRows)).toEqual([
    ...[1, 1, 1, 2, 5, 10, 10],
  ]);
});

test("units are 2·K^¼, 16 at most", () => {
  expect([1, 16, 51, 300, 1000, 4096, 10_000].map(unitsFor)).toEqual([2, 4, 5, 8, 11, 16, 16]);
});

describe("of a column of up to 50 categories", () => {
  test("those of few rows all have a slot in a small table", () => {
    expect(chooseCategories(counted(3, 1), { rows: 1000 })).toEqual({
      categories: ["c000000", "c000001"],
      other: false,
    });
  });

  test("rare ones share a slot, where they have rows enough together", () => {
    const rare = counted(4000, 6, 4);
    expect(chooseCategories(rare, { rows: 10_000 })).toEqual({
      categories: ["c000000"],
      other: true,
    });
    expect(chooseCategories(counted(4000, 5, 4), { rows: 10_000 })).toEqual({
      categories: ["c000000"],
      other: false,
    });
  });
});

describe("of a column of more categories", () => {
  test("the 50 most frequent have slots where the vectors would have few rows to learn from", () => {
    const { categories, other, units } = chooseCategories(alike(60, 9), { rows: 540 });
    expect([categories.length, other, units]).toEqual([50, true, undefined]);
  });

  test("none that occurs once has one", () => {
    const names = counted(2, ...new Array<number>(50).fill(1));
    expect(chooseCategories(names, { rows: 52 })).toEqual({ categories: ["c000000"], other: true });
  });

  test("those that have ten rows each become vectors", () => {
    const { categories, other, units } = chooseCategories(alike(60, 10), { rows: 600 });
    expect([categories.length, other, units]).toEqual([60, true, 6]);
  });

  test("10 000 do, and no more", () => {
    const all = chooseCategories(alike(10_001, 10), { rows: 100_010 });
    expect([all.categories.length, all.units]).toEqual([10_000, 16]);
  });
});

test("what is asked for is done, whatever the counts are", () => {
  expect(chooseCategories(alike(2, 3), { rows: 6, embed: 4 })).toMatchObject({ units: 4 });
  expect(chooseCategories(alike(60, 10), { rows: 600, embed: false })).not.toHaveProperty("units");
});
