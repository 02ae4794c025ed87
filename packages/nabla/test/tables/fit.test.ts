import { describe, expect, expectTypeOf, test } from "vitest";
import { loadModel, saveModel } from "../../src/files/model.ts";
import { lbfgs, sgd } from "../../src/functions/optimizers.ts";
import { fit as fitRows, type Prediction, type RowModel, rowModel } from "../../src/tables/fit.ts";
import { evaluateTable, type TableModel } from "../../src/tables/model.ts";
import type { TableOptions } from "../../src/tables/settings.ts";
import { createTable } from "../../src/tables/table.ts";
import { booleans, numbers } from "./columns.ts";

const exact = {
  ...{ hidden: [], l2: 0, optimizer: lbfgs(), precision: "float64", validation: 0, test: 0 },
} as const satisfies Partial<TableOptions>;

/** y = 3x − 7, big where x is 2 and more, and a word for the same. */
const rows = Array.from({ length: 40 }, (_, i) => {
  const x = i / 10;
  return { x, y: 3 * x - 7, big: x >= 2, word: x >= 2 ? "grand" : "petit", size: x >= 2 ? 2 : 1 };
});
const only = <Name extends keyof (typeof rows)[0]>(name: Name) =>
  rows.map((row) => ({ x: row.x, [name]: row[name] }) as { x: number } & Pick<typeof row, Name>);

describe("a model fitted on rows", () => {
  test("predicts a quantity as a number", async () => {
    const model = await fitRows(only("y"), { target: "y", ...exact });
    expectTypeOf(model.predict({ x: 10 })).toEqualTypeOf<number>();
    expectTypeOf(model.predict([{ x: 10 }])).toEqualTypeOf<number[]>();
    expect(model.predict({ x: 10 })).toBeCloseTo(23, 4);
    const [first, second] = model.predict([{ x: 1, other: "" }, { x: "2" }]);
    expect(first).toBeCloseTo(-4, 4);
    expect(second).toBeCloseTo(-1, 4);
    expect(model.predict([])).toEqual([]);
  });

  test("predicts the label of a class as it stood: text, true and false, or a number", async () => {
    const word = await fitRows(only("word"), { target: "word", epochs: 30, hidden: [8] });
    expectTypeOf(word.predict({ x: 1 })).toEqualTypeOf<string>();
    expect(word.predict([{ x: 0 }, { x: 4 }])).toEqual(["petit", "grand"]);

    const big = await fitRows(only("big"), { target: "big", epochs: 30, hidden: [8] });
    expectTypeOf(big.predict({ x: 1 })).toEqualTypeOf<boolean>();
    expect(big.predict([{ x: 0 }, { x: 4 }])).toEqual([false, true]);

    const options = { target: "size", task: "classification", epochs: 30, hidden: [8] } as const;
    const size = await fitRows(only("size"), options);
    expectTypeOf(size.predict({ x: 1 })).toEqualTypeOf<number>();
    expect(size.predict([{ x: 0 }, { x: 4 }])).toEqual([1, 2]);
  });

  test("keeps classes of text that look like numbers", async () => {
    const names = rows.map(({ x, size }) => ({ x: String(x), size: `${size}.0` }));
    const options = { epochs: 30, hidden: [8] } as const;
    const model = await fitRows(names, { target: "size", task: "classification", ...options });
    expect(model.predict({ x: 4 })).toBe("2.0");
    expect(model.report.classes).toEqual(["1.0", "2.0"]);
    await expect(fitRows(names, { target: "size" })).rejects.toThrow(
      'rows: column "size" holds numbers written as text; name the task: classification or regression',
    );
    const quantity = await fitRows(names, { target: "size", task: "regression", ...exact });
    expectTypeOf(quantity.predict({ x: 1 })).toEqualTypeOf<number>();
    expect(quantity.predict({ x: 1.95 })).toBeCloseTo(1.5, 4);
  });

  test("predicts several targets by name", async () => {
    const pairs = rows.map(({ x, y }) => ({ x, up: y, down: -x }));
    const model = await fitRows(pairs, { target: ["up", "down"], ...exact });
    expectTypeOf(model.predict({ x: 1 })).toEqualTypeOf<{
      readonly up: number;
      readonly down: number;
    }>();
    const { up, down } = model.predict({ x: 10 });
    expect(up).toBeCloseTo(23, 4);
    expect(down).toBeCloseTo(-10, 4);
    expect(() => model.probabilities({ x: 1 })).toThrow(
      'this model predicts quantities, "up", "down", which have no probabilities; use predict',
    );
  });

  test("predicts several labels by name, with the probability of each", async () => {
    const labels = rows.map(({ x, big, size }) => ({ x, big, small: 2 - size }));
    const options = { target: ["big", "small"], epochs: 60, hidden: [8] } as const;
    const model = await fitRows(labels, { ...options, task: "multi-label" });
    expectTypeOf(model.predict({ x: 1 }).big).toEqualTypeOf<boolean>();
    expectTypeOf(model.predict({ x: 1 }).small).toEqualTypeOf<number>();
    expect(model.predict({ x: 4 })).toEqual({ big: true, small: 0 });
    const { big, small } = model.probabilities({ x: 4 });
    expect(big).toBeGreaterThan(0.5);
    expect(small).toBeLessThan(0.5);
  });

  test("gives the probability of each class, also of a class called __proto__", async () => {
    const kinds = ["a", "a", "a", "a", "a", "a", "__proto__", "__proto__"];
    const given = { x: [-1, 1, -1, 1, -1, 1, -1, 1], kind: kinds };
    const model = await fitRows(given, { target: "kind", ...exact });
    expectTypeOf(model.predict({ x: 1 })).toEqualTypeOf<string>();
    const [first] = model.probabilities([{ x: 1 }]);
    expect(Object.keys(first!)).toEqual(["__proto__", "a"]);
    expect(Object.entries(first!)[0]![1]).toBeCloseTo(0.25, 6);
    expect(model.predict({ x: 1 })).toBe("a");
  });

  test("takes columns, dates and missing values", async () => {
    const seen = rows.map((_, i) => new Date(i * 86_400_000));
    const y = rows.map((row, i) => (i === 7 ? null : row.y));
    const model = await fitRows({ seen, y }, { target: "y", ...exact });
    expect(model.report).toMatchObject({ features: ["seen"], dropped: 1 });
    expect(model.predict({ seen: seen[7] })).toBeCloseTo(rows[7]!.y, 4);
    expect(model.predict({ seen: null })).toBeTypeOf("number");
  });

  test("has the report and the model of tables", async () => {
    const model = await fitRows(only("y"), { target: "y", ...exact });
    expect(model.report).toMatchObject({ task: "regression", rows: { train: 40 } });
    const table = createTable("t", [numbers("x", [1]), numbers("y", [-4])]);
    expect(evaluateTable(model.table, table).metrics.mae).toBeLessThan(1e-4);
  });

  test("is saved, loaded, and reads rows again", async () => {
    const model = await fitRows(only("big"), { target: "big", epochs: 5 });
    const bytes = saveModel(model);
    expect(bytes).toEqual(saveModel(model.table));
    const again: RowModel = rowModel(loadModel(bytes) as TableModel);
    expectTypeOf(again.predict({ x: 1 })).toEqualTypeOf<Prediction>();
    expect(again.predict(rows)).toEqual(model.predict(rows));
    expect(again.probabilities(rows)).toEqual(model.probabilities(rows));
  });

  test("can go on with a model, whose types of columns stand", async () => {
    const names = rows.map(({ word }, i) => ({ id: i % 2 ? "a" : "1", word }));
    const { table: from } = await fitRows(names, { target: "word", epochs: 2 });
    const ones = names.slice(0, 12).map(({ word }) => ({ id: "1", word }));
    const model = await fitRows([...ones, { id: "1", word: "grand" }], { target: "word", from });
    expectTypeOf(model.predict({ id: "1" })).toEqualTypeOf<string>();
    expect(model.table.schema).toEqual(from.schema);
  });
});

describe("fit refuses", () => {
  const y = { target: "y", validation: 0, test: 0, epochs: 1 } as const;
  const numbered = [0.5, 1.5, 2.5, 3.5].map((x) => ({ x, y: x }));

  test.each<[string, () => Promise<unknown>, string]>([
    ["one row", () => fitRows(numbered.slice(0, 1), y), "rows: training needs at least 2 rows"],
    ["no row", () => fitRows([] as typeof numbered, y), "rows: expected objects with a field"],
    [
      "columns of no rows",
      () => fitRows({ x: [], y: [] }, y),
      'rows: the target "y" has no value in 0 rows',
    ],
    [
      "a target that is missing everywhere",
      () => fitRows({ x: [1, 2, 3], y: [null, null, ""] }, y),
      'rows: the target "y" has no value in 3 rows',
    ],
    [
      "a single class",
      () => fitRows({ x: [1, 2, 3], y: ["a", "a", "a"] }, y),
      'rows: the target "y" needs two classes or more, got only "a"',
    ],
    [
      "NaN in a target",
      () => fitRows([...numbered, { x: 1, y: Number.NaN }], y),
      'rows, row 5: column "y" holds NaN, which is not a finite number',
    ],
    [
      "a target that no row has",
      () => fitRows(numbered, { ...y, target: "Y" as "y" }),
      'rows has no column "Y"; did you mean "y"? columns: x, y',
    ],
    [
      "the target alone",
      () => fitRows({ y: [0.5, 1.5, 2.5] }, y),
      'rows lacks a column besides "y" to predict it from',
    ],
    [
      "whole numbers of few values without a task",
      () => fitRows({ x: [1, 2, 3], y: [1, 2, 3] }, y),
      'rows: column "y" holds whole numbers of 3 different values; name the task',
    ],
    [
      "dates as a target",
      () => fitRows({ x: [1], y: [new Date(0)] }, y),
      'rows: the target "y" holds date values, expected numbers, text or booleans',
    ],
    [
      "a training that diverges",
      () => fitRows(numbered, { ...y, epochs: 50, optimizer: sgd({ learningRate: 1e30 }) }),
      "training diverged in epoch",
    ],
    [
      "an option that is none",
      () => fitRows(numbered, { ...y, ...{ hiden: [3] } }),
      'unknown option "hiden"; did you mean "hidden"?',
    ],
  ])("%s", async (_, fitted, message) => {
    await expect(fitted()).rejects.toMatchObject({
      name: "NablaError",
      message: expect.stringContaining(message),
    });
  });

  test("rows to predict that lack a field or hold something else, by their number", async () => {
    const model = await fitRows(numbered, y);
    expect(() => model.predict([{ x: 1 }, { X: 1 }])).toThrow(
      'rows, row 2 has no "x"; did you mean "X"? write null for a missing value',
    );
    expect(() => model.predict({ x: "one" })).toThrow(
      'rows, row 1: column "x" holds "one", which is not a number',
    );
    expect(() => model.predict({ x: Number.POSITIVE_INFINITY })).toThrow(
      'rows, row 1: column "x" holds Infinity, which is not a finite number',
    );
    expect(() => model.predict("x" as never)).toThrow("rows, row 1: expected an object");
  });
});

test("two columns of one name are refused", () => {
  expect(() => createTable("t.csv", [numbers("x", [1]), booleans("x", [true])])).toThrow(
    't.csv has two columns named "x"; rename one',
  );
});
