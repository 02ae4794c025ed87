import { describe, expect, test } from "vitest";
import { allRows, type Column, createTable } from "../../src/tables/table.ts";
import {
  decodeOutputs,
  encodeTarget,
  fitTarget,
  rowsWithTarget,
  type Target,
  targetValues,
} from "../../src/tables/target.ts";
import { inferTask } from "../../src/tables/task.ts";

const tableOf = (column: Column) => createTable("t.csv", [column]);
const numbers = (...values: number[]): Column => ({
  name: "y",
  type: "number",
  values: Float64Array.from(values),
});
const text = (...values: (string | null)[]): Column => ({ name: "y", type: "text", values });
const boolean: Column = { name: "y", type: "boolean", values: [true, false, null] };
const date: Column = { name: "y", type: "date", values: Float64Array.of(1, 2, 3) };

const size: Target = { task: "regression", name: "y", type: "number", mean: 10, scale: 4 };
const kind: Target = {
  task: "classification",
  name: "y",
  type: "text",
  classes: ["", "1", "1.0", "🐧"],
};

describe("inferTask", () => {
  const infer = (column: Column) => inferTask(tableOf(column), "y");

  test("takes text and booleans for classes, and numbers for quantities", () => {
    expect(infer(text("1", "2"))).toBe("classification");
    expect(infer(boolean)).toBe("classification");
    expect(infer(numbers(1, 2.5))).toBe("regression");
    expect(infer(numbers(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10))).toBe("regression");
  });

  test("asks where whole numbers have ten values or fewer", () => {
    expect(() => infer(numbers(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, Number.NaN))).toThrow(
      expect.objectContaining({
        code: "usage",
        message:
          't.csv: column "y" holds whole numbers of 10 different values; name the task: classification or regression',
      }),
    );
  });

  test("refuses dates", () => {
    expect(() => infer(date)).toThrow('t.csv: the target "y" holds date values, expected numbers');
  });
});

describe("rowsWithTarget", () => {
  test("are those with a value, an empty text among them", () => {
    const rows = (column: Column) => [...rowsWithTarget(tableOf(column), [column])];
    expect(rows(text("a", null, ""))).toEqual([0, 2]);
    expect(rows(numbers(Number.NaN, 0))).toEqual([1]);
    expect(rows(boolean)).toEqual([0, 1]);
  });

  test("must be some", () => {
    const column = text(null, null);
    expect(() => rowsWithTarget(tableOf(column), [column])).toThrow(
      't.csv: the target "y" has no value in 2 rows',
    );
  });
});

describe("fitTarget", () => {
  const targetOf = (column: Column, task: Target["task"], rows = [0, 1, 2]) =>
    fitTarget(tableOf(column), { target: "y", task, rows: Uint32Array.from(rows) });

  test("standardises quantities by the training rows", () => {
    expect(targetOf(numbers(6, 14, 1000), "regression", [0, 1])).toEqual(size);
  });

  test("orders classes by code points and keeps their labels exactly", () => {
    expect(targetOf(text("🐧", "1", "1.0", "", "1"), "classification", [0, 1, 2, 3, 4])).toEqual(
      kind,
    );
    expect(targetOf(numbers(2, 10, 2), "classification")).toMatchObject({ classes: ["10", "2"] });
    expect(targetOf(boolean, "classification")).toMatchObject({ classes: ["false", "true"] });
  });

  test("refuses infinite numbers, as quantities and as classes", () => {
    for (const task of ["regression", "classification"] as const) {
      expect(() => targetOf(numbers(1, Number.POSITIVE_INFINITY, 2), task)).toThrow(
        't.csv, row 2: column "y" holds Infinity, which is not a finite number',
      );
    }
  });

  test("refuses a single class", () => {
    expect(() => targetOf(text("a", "a", "a"), "classification")).toThrow(
      't.csv: the target "y" needs two classes or more, got only "a"',
    );
  });

  test("refuses a column that does not suit the task", () => {
    expect(() => targetOf(text("a", "b", "c"), "regression")).toThrow(
      't.csv: the target "y" holds text values, expected numbers',
    );
    expect(() => targetOf(date, "classification")).toThrow(
      '"y" holds date values, expected classes',
    );
  });
});

describe("a target", () => {
  const rows = Uint32Array.of(0, 2);

  test("of quantities is encoded in units of their spread, and decoded again", () => {
    const table = tableOf(numbers(12, 0, 4));
    expect([...targetValues(size, table, rows)]).toEqual([12, 4]);
    expect([...encodeTarget(size, table, rows)]).toEqual([0.5, -1.5]);
    expect([...decodeOutputs(size, Float32Array.of(0.5, -1.5))]).toEqual([12, 4]);
  });

  test("of classes is encoded as distributions, and decoded to the likeliest class", () => {
    const table = tableOf(text("🐧", "unknown", "1"));
    expect([...targetValues(kind, table, rows)]).toEqual([3, 1]);
    expect([...encodeTarget(kind, table, rows)]).toEqual([0, 0, 0, 1, 0, 1, 0, 0]);
    const outputs = Float32Array.of(0.1, 0.2, 0.3, 0.4, 0.3, 0.4, 0.2, 0.1);
    expect([...decodeOutputs(kind, outputs)]).toEqual([3, 1]);
  });

  test("refuses a class that training lacked, and a missing one", () => {
    const table = tableOf(text("🐧", "unknown", null));
    expect(() => targetValues(kind, table, allRows(table))).toThrow(
      't.csv, row 2: column "y" holds "unknown", which is not one of the classes "", "1", "1.0", "🐧"',
    );
    expect(() => targetValues(kind, table, rows)).toThrow(
      't.csv, row 3: column "y" holds null, which is not one of the classes',
    );
  });
});

describe("several targets", () => {
  const rows = Uint32Array.of(0, 2);
  const quantities: Target = {
    task: "regression",
    targets: [
      { name: "a", type: "number", mean: 10, scale: 4 },
      { name: "b", type: "number", mean: 0, scale: 0.5 },
    ],
  };
  const labels: Target = {
    task: "multi-label",
    targets: [
      { name: "a", type: "number" },
      { name: "b", type: "boolean" },
    ],
  };

  test("of quantities are encoded each in units of its spread, and decoded again", () => {
    const a: Column = { name: "a", type: "number", values: Float64Array.of(12, 0, 4) };
    const b: Column = { name: "b", type: "number", values: Float64Array.of(1, 0, -2) };
    const table = createTable("t.csv", [b, a]);
    expect([...targetValues(quantities, table, rows)]).toEqual([12, 1, 4, -2]);
    expect([...encodeTarget(quantities, table, rows)]).toEqual([0.5, 2, -1.5, -4]);
    expect([...decodeOutputs(quantities, Float32Array.of(0.5, 2, -1.5, -4))]).toEqual([
      12, 1, 4, -2,
    ]);
  });

  test("of labels are 0 and 1, and decoded by what is more probable than not", () => {
    const a: Column = { name: "a", type: "number", values: Float64Array.of(1, 0, 0) };
    const b: Column = { name: "b", type: "boolean", values: [false, null, true] };
    const table = createTable("t.csv", [a, b]);
    expect([...rowsWithTarget(table, [a, b])]).toEqual([0, 2]);
    expect([...encodeTarget(labels, table, rows)]).toEqual([1, 0, 0, 1]);
    expect([...decodeOutputs(labels, Float32Array.of(0.6, 0.5, 0.4, 1))]).toEqual([1, 0, 0, 1]);
    expect(() => targetValues(labels, table, allRows(table))).toThrow(
      't.csv, row 2: column "b" holds null, which is not 0 or 1',
    );
  });
});
