import { describe, expect, test } from "vitest";
import { compareLabels, countLabels, labelOf } from "../../../src/tables/columns/labels.ts";
import type { Column } from "../../../src/tables/table.ts";

const labels = (column: Column) =>
  Array.from<unknown, string | null>(column.values, (_, row) => labelOf(column, row));

describe("labels", () => {
  test("keep text exactly as it is", () => {
    const values = ["1", "1.0", "", " ", "NaN", "null", "🐧", "__proto__"];
    expect(labels({ name: "x", type: "text", values })).toEqual(values);
  });

  test("write numbers as JavaScript does, and booleans as true and false", () => {
    const values = Float64Array.of(1, -0, 0.1, 1e21, Number.NaN);
    expect(labels({ name: "x", type: "number", values })).toEqual(["1", "0", "0.1", "1e+21", null]);
    expect(labels({ name: "x", type: "boolean", values: [true, false, null] })).toEqual([
      "true",
      "false",
      null,
    ]);
  });

  test("are counted without the missing ones, in the given rows only", () => {
    const column: Column = { name: "x", type: "text", values: ["a", "b", "a", null, "c"] };
    expect([...countLabels(column, [0, 1, 2, 3])]).toEqual([
      ["a", 2],
      ["b", 1],
    ]);
  });

  test("are ordered by code points, where JavaScript orders by UTF-16 units", () => {
    const [emoji, halfwidth] = ["\u{1f427}", "\uff76"];
    expect([emoji, halfwidth].sort()).toEqual([emoji, halfwidth]);
    expect([emoji, halfwidth].sort(compareLabels)).toEqual([halfwidth, emoji]);
    expect(["b", "a1", "", "a", "Z", "é", "10", "2"].sort(compareLabels)).toEqual([
      "",
      "10",
      "2",
      "Z",
      "a",
      "a1",
      "b",
      "é",
    ]);
    expect(compareLabels("🐧a", "🐧b")).toBeLessThan(0);
    expect(compareLabels("🐧", "🐧")).toBe(0);
  });
});
