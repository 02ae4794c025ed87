import { expect, test } from "vitest";
import { type Feature, slotNames } from "../../../src/tables/columns/features.ts";
import { categoryNumbers, slotCount, slotWriter } from "../../../src/tables/columns/slots.ts";

const category = { name: "c", type: "text", categories: ["a", "b"] } as const;
const date = { name: "d", type: "date", mean: 10, scale: 2 } as const;
const features: readonly Feature[] = [
  { name: "x", type: "number", mean: 1, scale: 4, missing: false },
  { name: "x", type: "number", mean: 1, scale: 4, missing: true },
  { ...date, cycles: [], missing: true },
  { ...date, cycles: ["day", "year"], missing: false },
  { ...category, other: false, missing: false },
  { ...category, other: true, missing: true },
  { ...category, other: true, missing: true, units: 3 },
];

test("a column has as many slots as it has names for them", () => {
  expect(features.map(slotCount)).toEqual([1, 2, 2, 5, 2, 4, 0]);
  expect(features.map(slotCount)).toEqual(features.map((feature) => slotNames(feature).length));
});

const written = (feature: Feature, cell: number | string | null) => {
  const x = new Float64Array(slotCount(feature) + 2);
  const isHeld = slotWriter(feature as Parameters<typeof slotWriter>[0])(cell, x, 1);
  return { isHeld, x: [...x].map((value) => Math.round(value * 1e9) / 1e9) };
};

test.each<[number, number | string | null, readonly number[]]>([
  [0, 9, [0, 2, 0]],
  [1, 9, [0, 2, 0, 0]],
  [1, Number.NaN, [0, 0, 1, 0]],
  [0, Number.NaN, [0, 0, 0]],
  [3, 0.25, [0, -4.875, 1, 0, 0.004300681, 0.999990752, 0]],
  [4, "b", [0, 0, 1, 0]],
  [4, "z", [0, 0, 0, 0]],
  [5, "z", [0, 0, 0, 1, 0, 0]],
  [5, null, [0, 0, 0, 0, 1, 0]],
  [4, null, [0, 0, 0, 0]],
])("the column %i holding %j becomes %j", (f, cell, x) => {
  expect(written(features[f]!, cell)).toEqual({ isHeld: true, x });
});

test("what float32 cannot hold is told", () => {
  expect(written(features[0]!, 1e300).isHeld).toBe(false);
});

test("an embedded category is a number: K is any other, K + 1 a missing one", () => {
  const numberOf = categoryNumbers(features[6] as Parameters<typeof categoryNumbers>[0]);
  expect(["a", "b", "z", null].map(numberOf)).toEqual([0, 1, 2, 3]);
});
