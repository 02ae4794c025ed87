import { expect, test } from "vitest";
import { describeTable } from "../../../src/tables/inspection/summary.ts";
import { createTable } from "../../../src/tables/table.ts";
import { booleans, dates, numbers, texts } from "../columns.ts";
import { readPenguins } from "../penguins.ts";

const describeOne = (column: Parameters<typeof createTable>[1][number]) =>
  describeTable(createTable("t.csv", [column]))[0]!;

test("numbers have a range, quartiles and a histogram of twenty parts", () => {
  const values = [...Array.from({ length: 41 }, (_, i) => i), Number.NaN, 40];
  const summary = describeOne(numbers("x", values));
  expect(summary).toEqual({
    ...{ name: "x", type: "number", missing: 1, distinct: 41 },
    range: { least: 0, lowerQuartile: 10, median: 21, upperQuartile: 31, most: 40 },
    histogram: [...new Array(19).fill(2), 4], // 38, 39, 40, 40 are in the last
  });
});

test("a constant column is one bar, an empty one none", () => {
  expect(describeOne(numbers("x", [3, 3, Number.NaN]))).toMatchObject({
    ...{ missing: 1, distinct: 1, histogram: [2] },
    range: { least: 3, most: 3 },
  });
  expect(describeOne(dates("day", [Number.NaN, Number.NaN]))).toEqual({
    ...{ name: "day", type: "date", missing: 2, distinct: 0, histogram: [] },
  });
});

test("the range may be wider than a number, and infinite values lie beyond it", () => {
  const most = Number.MAX_VALUE;
  const summary = describeOne(numbers("x", [-most, 0, most, Number.POSITIVE_INFINITY]));
  expect(summary).toMatchObject({ distinct: 4, missing: 0, range: { least: -most, most } });
  const { histogram } = summary as Extract<typeof summary, { type: "number" | "date" }>;
  expect([histogram[0], histogram[10], histogram[19]]).toEqual([1, 1, 1]);
});

test("labels are counted exactly, the most frequent first", () => {
  expect(describeOne(texts("t", ["1", "1.0", null, "", "1", "NaN"]))).toEqual({
    ...{ name: "t", type: "text", missing: 1, distinct: 4 },
    top: [
      { label: "1", count: 2 },
      { label: "", count: 1 },
      { label: "1.0", count: 1 },
      { label: "NaN", count: 1 },
    ],
  });
  expect(describeOne(booleans("b", [true, null, false, true]))).toMatchObject({
    ...{ missing: 1, distinct: 2 },
    top: [
      { label: "true", count: 2 },
      { label: "false", count: 1 },
    ],
  });
});

test("the penguins, as the data set's own page counts them", () => {
  const columns = new Map(describeTable(readPenguins()).map((column) => [column.name, column]));
  expect(columns.get("Species")).toMatchObject({
    top: [
      { label: "Adelie", count: 152 },
      { label: "Gentoo", count: 124 },
      { label: "Chinstrap", count: 68 },
    ],
  });
  expect(columns.get("Body Mass (g)")).toMatchObject({
    ...{ missing: 2, range: { least: 2700, most: 6300 } },
  });
});
