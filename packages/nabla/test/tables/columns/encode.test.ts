import { describe, expect, test } from "vitest";
import { encodeFeatures } from "../../../src/tables/columns/encode.ts";
import {
  embeddingsOf,
  type Feature,
  slotNames,
  type TableSchema,
} from "../../../src/tables/columns/schema.ts";
import { type Column, createTable } from "../../../src/tables/table.ts";
import { dates, texts } from "../columns.ts";

const schema: TableSchema = {
  features: [
    { name: "mass", type: "number", mean: 3, scale: 2, missing: true },
    { name: "seen", type: "date", mean: 10, scale: 4, cycles: [], missing: false },
    { name: "island", type: "text", categories: ["", "1", "1.0"], other: false, missing: true },
    {
      name: "ringed",
      type: "boolean",
      categories: ["false", "true"],
      other: false,
      missing: false,
    },
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
  [...encode([{ ...column, name: "mass" } as Column, seen, island, ringed]).inputs.x!].filter(
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
    expect([...inputs.x!]).toEqual(encoded.flat());
  });

  test("ignores the order of the columns, and columns that it does not know", () => {
    const other: Column = { name: "other", type: "text", values: ["x", "y", "z"] };
    expect([...encode([ringed, other, island, seen, mass]).inputs.x!]).toEqual(encoded.flat());
  });

  test("encodes the given rows in the given order", () => {
    const { inputs } = encode([mass, seen, island, ringed], Uint32Array.of(2, 0));
    expect([...inputs.x!]).toEqual([...encoded[2]!, ...encoded[0]!]);
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

  test("takes numbers for the text that they are written as", () => {
    const numbers: Column = { ...mass, name: "island", values: Float64Array.of(1, 2, Number.NaN) };
    const { x } = encode([mass, seen, numbers, ringed]).inputs;
    expect([...x!].filter((_, i) => i % 9 >= 3 && i % 9 < 7)).toEqual([
      ...[0, 1, 0, 0],
      ...[0, 0, 0, 0],
      ...[0, 0, 0, 1],
    ]);
  });

  test("refuses columns of another type", () => {
    const booleans: Column = { ...ringed, name: "island" };
    expect(() => encode([mass, seen, booleans, ringed])).toThrow(
      'new.csv: column "island" holds booleans, where the model expects text',
    );
    const dates: Column = { ...seen, name: "mass" };
    expect(() => encode([dates, seen, island, ringed])).toThrow(
      'new.csv: column "mass" holds dates, where the model expects numbers',
    );
  });
});

const target: TableSchema["target"] = {
  ...{ task: "regression", name: "y", type: "number", mean: 0, scale: 1 },
};
const encodeAs = (feature: Feature, column: Column) =>
  encodeFeatures({ features: [feature], target }, createTable("new.csv", [column]));

describe("a date", () => {
  const when: Feature = {
    ...{ name: "when", type: "date", mean: 0, scale: 1 },
    ...{ cycles: ["day", "week"], missing: true },
  };

  test("has the sine and cosine of each cycle after its slot, 0 where it is missing", () => {
    expect(slotNames(when)).toEqual([
      ...["when", "when (sin day)", "when (cos day)"],
      ...["when (sin week)", "when (cos week)", "when (missing)"],
    ]);
    // A quarter of a day, and half a week before the beginning
    const { x } = encodeAs(when, dates("when", [0.25, -3.5, Number.NaN])).inputs;
    const [sine, cosine] = [Math.sin((2 * Math.PI) / 28), Math.cos((2 * Math.PI) / 28)];
    [...[0.25, 1, 0, sine, cosine, 0], ...[-3.5, 0, -1, 0, -1, 0], ...[0, 0, 0, 0, 0, 1]].forEach(
      (value, i) => {
        expect(x![i]).toBeCloseTo(value, 15);
      },
    );
  });
});

describe("rare and unknown categories", () => {
  const island: Feature = {
    ...{ name: "island", type: "text", categories: ["a", "b"], other: true, missing: true },
  };
  const column = texts("island", ["b", "new", null]);

  test("share a slot after those of the others", () => {
    expect(slotNames(island)).toEqual([
      ...["island = a", "island = b", "island (other)", "island (missing)"],
    ]);
    expect([...encodeAs(island, column).inputs.x!]).toEqual([0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
  });

  test("have 0 in every slot where training had none", () => {
    const none = { ...island, other: false, missing: false };
    expect([...encodeAs(none, column).inputs.x!]).toEqual([0, 1, 0, 0, 0, 0]);
  });

  test("of an embedded column have a number after those of the others", () => {
    const embedded: Feature = { ...island, other: true, type: "text", units: 3 };
    expect(slotNames(embedded)).toEqual([]);
    expect(encodeAs(embedded, column)).toEqual({
      inputs: { id1: Float64Array.of(1, 2, 3) },
      rows: 3,
    });
    const { inputs } = encodeAs({ ...embedded, missing: false }, column);
    expect([...inputs.id1!]).toEqual([1, 2, 2]);
    expect(embeddingsOf({ features: [embedded, { ...embedded, missing: false }] })).toEqual([
      { categories: 4, units: 3 },
      { categories: 3, units: 3 },
    ]);
  });
});

test("inputs are in the precision of the network, which takes them as they are", () => {
  const table = createTable("new.csv", [mass, seen, island, ringed]);
  const { inputs } = encodeFeatures(schema, table, Uint32Array.of(0), "float32");
  expect(inputs.x).toEqual(Float32Array.from(encoded[0]!));
});
