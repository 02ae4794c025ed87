import { describe, expect, test } from "vitest";
import { allRows, createTable } from "../../src/tables/table.ts";
import type { Target } from "../../src/tables/target.ts";
import { type ClassWeight, costWeights, fitWeights, rowWeights } from "../../src/tables/weights.ts";
import { numbers, texts } from "./columns.ts";

const table = createTable("t.csv", [
  texts("kind", ["a", "b", "a", "a", "b"]),
  numbers("w", [1, 0.5, 0, 2, -3]),
]);
const target: Target = {
  task: "classification",
  name: "kind",
  type: "text",
  classes: ["a", "b"],
};
const size: Target = { task: "regression", name: "w", type: "number", mean: 0, scale: 1 };
const rows = Uint32Array.of(0, 1, 2, 3);

describe("the weights of classes", () => {
  const fitted = (classWeight: ClassWeight) => fitWeights(table, target, { classWeight, rows });

  test("balanced, are rows/(classes·rows of the class), of the training rows", () => {
    expect(fitted("balanced")).toEqual({ classes: [4 / (2 * 3), 4 / (2 * 1)] });
  });

  test("are those given, and 1 for the others", () => {
    expect(fitted({ b: 7 })).toEqual({ classes: [1, 7] });
    expect(fitted({ b: 0, a: 0.25 })).toEqual({ classes: [0.25, 0] });
  });

  test("must be of known classes, not below 0, and there must be classes", () => {
    expect(() => fitted({ A: 1 })).toThrow('unknown class "A"; did you mean "a"? known: a, b');
    expect(() => fitted({ a: -1 })).toThrow('classWeight of "a" must be a number ≥ 0, got -1');
    expect(() => fitWeights(table, size, { classWeight: "balanced", rows })).toThrow(
      "classWeight goes with classification, got regression; leave it out",
    );
  });
});

describe("the weights of rows", () => {
  test("are none where none are asked for", () => {
    expect(fitWeights(table, target, { rows })).toBeUndefined();
    expect(costWeights({ target }, table, rows)).toBeUndefined();
    expect(rowWeights({ classes: [1, 2] }, table, rows)).toBeUndefined();
  });

  test("are those of the column, times those of the classes in the cost", () => {
    const weights = { column: "w", classes: [3, 5] };
    expect([...rowWeights(weights, table, rows)!]).toEqual([1, 0.5, 0, 2]);
    expect([...costWeights({ target, weights }, table, rows)!]).toEqual([3, 2.5, 0, 6]);
  });

  test("are refused with row and column where they are missing or below 0", () => {
    expect(() => rowWeights({ column: "w" }, table, allRows(table))).toThrow(
      't.csv, row 5: column "w" holds -3, which is not a weight, a number ≥ 0; write 0 to leave the row out',
    );
    const missing = createTable("t.csv", [numbers("w", [1, Number.NaN])]);
    expect(() => rowWeights({ column: "w" }, missing, allRows(missing))).toThrow(
      't.csv, row 2: column "w" holds NaN, which is not a weight',
    );
    expect(() => fitWeights(table, target, { weight: "W", rows })).toThrow(
      't.csv has no column "W"; did you mean "w"?',
    );
  });
});
