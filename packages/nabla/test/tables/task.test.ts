import { describe, expect, test } from "vitest";
import { createTable } from "../../src/tables/table.ts";
import { checkTask, inferTask } from "../../src/tables/task.ts";
import { booleans, dates, numbers, texts } from "./columns.ts";

const table = createTable("t.csv", [
  numbers("size", [1.5, 2, Number.NaN]),
  numbers("count", [1, 2, 3]),
  numbers("red", [0, 1, Number.NaN]),
  numbers("round", [1, 1, 0]),
  booleans("ripe", [true, false, null]),
  booleans("sweet", [false, false, true]),
  texts("kind", ["a", "b", "c"]),
  dates("seen", [1, 2, 3]),
]);

describe("the task of several columns", () => {
  test("is regression where they are numbers, also whole ones", () => {
    expect(inferTask(table, ["size", "count"])).toBe("regression");
    expect(inferTask(table, ["count", "red"])).toBe("regression");
  });

  test("is multi-label where they are booleans, with 0 and 1 beside them", () => {
    expect(inferTask(table, ["ripe", "sweet"])).toBe("multi-label");
    expect(inferTask(table, ["red", "ripe"])).toBe("multi-label");
    expect(inferTask(table, ["sweet"])).toBe("multi-label");
  });

  test("is of no matter where one has no value: there is no row to train on", () => {
    const nothing = numbers("nothing", [Number.NaN, Number.NaN, Number.NaN]);
    const wider = createTable("t.csv", [...table.columns, nothing]);
    expect(inferTask(wider, ["ripe", "nothing"])).toBe("regression");
    expect(inferTask(wider, "nothing")).toBe("regression");
  });

  test("is asked for where all are 0 and 1", () => {
    expect(() => inferTask(table, ["red", "round"])).toThrow(
      expect.objectContaining({
        code: "usage",
        message:
          't.csv: the columns "red", "round" hold 0 and 1; name the task: multi-label or regression',
      }),
    );
  });

  test.each([
    [
      ["ripe", "size"],
      't.csv: several targets must be all numbers, or all booleans (or 0 and 1), got booleans in "ripe" and quantities in "size"; train a model for each kind',
    ],
    [
      ["size", "kind"],
      't.csv: the target "kind" holds text values, expected all numbers, or all booleans (or 0 and 1); train it by itself',
    ],
    [["seen", "size"], 't.csv: the target "seen" holds date values'],
    [["size", "sise"], 't.csv has no column "sise"; did you mean "size"?'],
  ])("cannot be found for %j", (names, message) => {
    expect(() => inferTask(table, names)).toThrow(message);
  });
});

test.each([
  ["ranking", "size", 'unknown task "ranking"; known: regression, classification, multi-label'],
  ["regression", [], "target must be a column to predict, got an empty list"],
  ["regression", ["a", "b", "a"], 'target must be different columns, got "a" twice'],
  [
    "classification",
    ["a", "b"],
    'target must be a single column in classification, got "a", "b"; name the task multi-label',
  ],
  [
    "multi-label",
    "a",
    'target must be a list of columns in multi-label, got "a"; name several columns',
  ],
])("refuses %s of %j", (task, target, message) => {
  expect(() => checkTask(task as never, target)).toThrow(message);
});
