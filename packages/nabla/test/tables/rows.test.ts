import { describe, expect, test } from "vitest";
import { type GivenRows, tableOfColumns, tableOfRows } from "../../src/tables/rows.ts";
import { booleans, dates, numbers, texts } from "./columns.ts";

const day = (text: string) => new Date(text);

describe("rows of objects", () => {
  test("become columns of numbers, text, booleans and dates, in the order of their fields", () => {
    const rows = [
      { size: 1.5, kind: "a", ripe: true, seen: day("1970-01-02"), price: "3", none: null },
      { kind: "", size: null, ripe: null, seen: undefined, price: " -1e3 ", none: "" },
      { kind: "1", size: -0, ripe: false, seen: day("1969-12-31T12:00Z"), price: ".5", none: null },
    ];
    expect(tableOfRows(rows)).toEqual({
      name: "rows",
      rows: 3,
      columns: [
        numbers("size", [1.5, Number.NaN, -0]),
        texts("kind", ["a", null, "1"]),
        booleans("ripe", [true, null, false]),
        dates("seen", [1, Number.NaN, -0.5]),
        numbers("price", [3, -1000, 0.5]),
        numbers("none", [Number.NaN, Number.NaN, Number.NaN]),
      ],
    });
  });

  test("may be given as columns, typed arrays among them", () => {
    const table = tableOfRows({ x: Float32Array.of(1, 2), kind: ["a", null] });
    expect(table.columns).toEqual([numbers("x", [1, 2]), texts("kind", ["a", null])]);
  });

  test("keep text that is no plain number as it stands", () => {
    for (const values of [["1", "a"], ["007", "1"], ["1234567890123456"], ["Infinity"], ["0x1"]]) {
      expect(tableOfRows({ x: values }).columns[0]).toEqual(texts("x", values));
    }
    expect(tableOfRows({ x: ["1", "2"] }, { words: ["x"] }).columns[0]?.type).toBe("text");
    const types = new Map([["x", "text"]] as const);
    expect(tableOfRows({ x: ["1", "2"] }, { types }).columns[0]?.type).toBe("text");
  });

  test("may hold anything in columns to ignore, which become blank", () => {
    const rows = [
      { x: 1, junk: { a: 1 } },
      { x: 2, junk: NaN, more: [] },
    ];
    const table = tableOfRows(rows, { ignore: ["junk", "more"] });
    const blank = [Number.NaN, Number.NaN];
    expect(table.columns).toEqual([
      ...[numbers("x", [1, 2]), numbers("junk", blank), numbers("more", blank)],
    ]);
    const columns = tableOfRows({ x: [1, 2], junk: ["a", 1] }, { ignore: ["junk"] });
    expect(columns.columns).toEqual([numbers("x", [1, 2]), numbers("junk", blank)]);
  });

  test("may have fields of any name", () => {
    const rows = JSON.parse('[{"__proto__": 1, "constructor": 2, "": 3}]');
    expect(tableOfRows(rows).columns).toEqual([
      numbers("__proto__", [1]),
      numbers("constructor", [2]),
      numbers("", [3]),
    ]);
  });

  test.each<[string, unknown, string]>([
    ["no rows", [], "rows: expected objects with a field for each column, got none"],
    ["no fields", [{}, {}], "rows: expected objects with a field for each column, got none"],
    ["text", "x,y", "rows: expected objects with a field for each column, got x,y"],
    ["null", null, "rows: expected objects with a field for each column, got null"],
    [
      "a list",
      [{ x: 1 }, [2]],
      "rows, row 2: expected an object with a field for each column, got a list",
    ],
    ["a number", [1], "rows, row 1: expected an object with a field for each column, got 1"],
    [
      "a hole",
      [{ x: 1 }, null],
      "rows, row 2: expected an object with a field for each column, got null",
    ],
    ["no list", { x: 3 }, 'rows, column "x": expected a list of values, got 3'],
    ["columns of two lengths", { x: [1, 2], y: [1] }, 'rows: column "y" has 1 values, expected 2'],
    [
      "a row without a field",
      [
        { mass: 1, y: 2 },
        { Mass: 1, y: 2 },
      ],
      'rows, row 2 has no "mass"; did you mean "Mass"? write null for a missing value',
    ],
    ["a field in a later row alone", [{ x: 1 }, { x: 1, y: 2 }], 'rows, row 1 has no "y"'],
    [
      "NaN",
      [{ x: 1 }, { x: Number.NaN }],
      'rows, row 2: column "x" holds NaN, which is not a finite number; write null where it is missing',
    ],
    ["an infinite number", { x: [1, 2, -Infinity] }, 'rows, row 3: column "x" holds -Infinity'],
    [
      "a number beyond all",
      { x: ["1e999"] },
      'rows, row 1: column "x" holds "1e999", which is not a finite number',
    ],
    [
      "a Date of no day",
      [{ x: day("never") }],
      'rows, row 1: column "x" holds Invalid Date, which is not a valid Date',
    ],
    [
      "text among numbers",
      { x: [null, 1, "2", "three"] },
      'rows, row 4: column "x" holds "three", which is not a number as in row 2',
    ],
    [
      "a number among booleans",
      { x: [true, 1] },
      'rows, row 2: column "x" holds 1, which is not true or false as in row 1',
    ],
    [
      "an object as a value",
      [{ x: { y: 1 } }],
      'rows, row 1: column "x" holds [object Object], which is not a number, text, true or false, or a Date',
    ],
    ["a bigint", [{ x: 5n }], 'rows, row 1: column "x" holds 5, which is not a number, text'],
  ])("refuse %s", (_, rows, message) => {
    expect(() => tableOfRows(rows as GivenRows)).toThrow(
      expect.objectContaining({ name: "NablaError", message: expect.stringContaining(message) }),
    );
  });
});

describe("rows of known columns", () => {
  const columns = [
    { name: "x", type: "number" },
    { name: "kind", type: "text" },
  ] as const;

  test("have these, and others are not looked at", () => {
    const rows = [{ other: {}, kind: "1", x: "2" }];
    expect(tableOfColumns(rows, columns).columns).toEqual([
      numbers("x", [2]),
      texts("kind", ["1"]),
    ]);
    expect(tableOfColumns([{}, {}], [])).toEqual({ name: "rows", rows: 2, columns: [] });
  });

  test("are text where they are numbers in a column of text", () => {
    const { columns: read } = tableOfColumns([{ x: 1, kind: 1970 }], columns);
    expect(read[1]).toEqual(texts("kind", ["1970"]));
  });

  test("refuse values of another type", () => {
    expect(() =>
      tableOfColumns(
        [
          { x: 1, kind: "a" },
          { x: "two", kind: "a" },
        ],
        columns,
      ),
    ).toThrow('rows, row 2: column "x" holds "two", which is not a number');
    expect(() => tableOfColumns([{ x: 1, kind: true }], columns)).toThrow(
      'rows, row 1: column "kind" holds true, which is not text',
    );
    expect(() => tableOfColumns([{ kind: "a" }], columns)).toThrow('rows, row 1 has no "x"');
  });
});
