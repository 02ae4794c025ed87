import { describe, expect, test } from "vitest";
import { encodeFeatures } from "../../src/tables/encode.ts";
import type { TableSchema } from "../../src/tables/schema.ts";
import { type Column, createTable } from "../../src/tables/table.ts";

const schema: TableSchema = {
  features: [
    { name: "mass", type: "number", mean: 3, scale: 2, missing: true },
    { name: "seen", type: "date", mean: 10, scale: 4, missing: false },
    { name: "island", type: "text", categories: ["", "1", "1.0"], missing: true },
    { name: "ringed", type: "boolean", categories: ["false", "true"], missing: false },
  ],
  target: { task: "regression", name: "y", type: "number", mean: 0, scale: 1 },
};

const mass: Column = { name: "mass", type: "number", values: Float64Array.of(3, 7, Number.NaN) };
const seen: Column = { name: "seen", type: "date", values: Float64Array.of(10, Number.NaN, 8) };
const island: Column = { name: "island", type: "text", values: ["1.0", null, "unknown"] };
const ringed: Column = { name: "ringed", type: "boolean", values: [true, null, false] };

const encode = (columns: readonly Column[], rows?: Uint32Array) =>
  encodeFeatures(schema, createTable("new.csv", columns), rows);
const massOf = (column: Pick<Column, "type" | "values">) =>
  [...encode([{ ...column, name: "mass" } as Column, seen, island, ringed]).inputs.x].filter(
    (_, i) => i % 9 < 2,
  );

const encoded = [
  [0, 0, 0, 0, 0, 1, 0, 0, 1],
  [2, 0, 0, 0, 0, 0, 1, 0, 0],
  [0, 1, -0.5, 0, 0, 0, 0, 1, 0],
];

describe("encodeFeatures", () => {
  test("standardises numbers and dates, and gives every category and missing value its slot", () => {
    const { inputs, rows } = encode([mass, seen, island, ringed]);
    expect(rows).toBe(3);
    expect([...inputs.x]).toEqual(encoded.flat());
  });

  test("ignores the order of the columns, and columns that it does not know", () => {
    const other: Column = { name: "other", type: "text", values: ["x", "y", "z"] };
    expect([...encode([ringed, other, island, seen, mass]).inputs.x]).toEqual(encoded.flat());
  });

  test("encodes the given rows in the given order", () => {
    const { inputs } = encode([mass, seen, island, ringed], Uint32Array.of(2, 0));
    expect([...inputs.x]).toEqual([...encoded[2]!, ...encoded[0]!]);
  });

  test("takes a column without any value for missing, whatever its type", () => {
    const missing = [0, 1, 0, 1, 0, 1];
    expect(massOf({ type: "text", values: [null, null, null] })).toEqual(missing);
    expect(massOf({ type: "boolean", values: [null, null, null] })).toEqual(missing);
  });

  test("takes text that is a number for that number", () => {
    expect(massOf({ type: "text", values: ["3", " 7.0", null] })).toEqual([0, 0, 2, 0, 0, 1]);
  });

  test.each([
    ["n/a", '"n/a"'],
    ["", '""'],
    [" ", '" "'],
    ["1,5", '"1,5"'],
    ["1e400", '"1e400"'],
  ])("refuses the text %j in a column of numbers", (text, shown) => {
    expect(() => massOf({ type: "text", values: ["3", text, null] })).toThrow(
      `new.csv, row 2: column "mass" holds ${shown}, which is not a number; name it with --missing ${shown} to treat it as missing`,
    );
  });

  test("refuses an infinite number with its row and column", () => {
    const values = Float64Array.of(1, 2, Number.POSITIVE_INFINITY);
    expect(() => massOf({ type: "number", values })).toThrow(
      'new.csv, row 3: column "mass" holds Infinity, which is not a finite number',
    );
  });

  test("refuses a number so far from the training rows that float32 has none for it", () => {
    expect(massOf({ type: "number", values: Float64Array.of(3, 3, 1e38) })[4]).toBe(5e37);
    expect(() => massOf({ type: "number", values: Float64Array.of(3, -1e39, 3) })).toThrow(
      'new.csv, row 2: column "mass" holds -1e+39, which is not a number within 3.4e38 × 2 of 3',
    );
  });

  test("refuses a table without a column that the model reads", () => {
    const renamed: Column = { ...mass, name: "Mass" };
    expect(() => encode([renamed, seen, island, ringed])).toThrow(
      expect.objectContaining({
        code: "data",
        message:
          'new.csv has no column "mass"; did you mean "Mass"? columns: Mass, seen, island, ringed',
      }),
    );
  });

  test("refuses columns of another type", () => {
    const numbers: Column = { ...mass, name: "island" };
    expect(() => encode([mass, seen, numbers, ringed])).toThrow(
      'new.csv: column "island" holds numbers, where the model expects text',
    );
    const dates: Column = { ...seen, name: "mass" };
    expect(() => encode([dates, seen, island, ringed])).toThrow(
      'new.csv: column "mass" holds dates, where the model expects numbers',
    );
  });
});
