import { createTable, describeTable } from "nabla";
import { expect, test } from "vitest";
import { columnsData, columnsTable } from "../src/columns-table.ts";

const columns = describeTable(
  createTable("t.csv", [
    { name: "mass", type: "number", values: Float64Array.of(2700, 6300, Number.NaN, 4050) },
    { name: "seen", type: "date", values: Float64Array.of(0, 1, 19_737.5, 2) },
    { name: "kind", type: "text", values: ["b", "b", "", null] },
    { name: "new", type: "boolean", values: [true, true, true, true] },
    { name: "none", type: "number", values: new Float64Array(4).fill(Number.NaN) },
  ]),
);

test("each column has its type, missing and different values and range", () => {
  expect(columnsTable(columns, { width: 80 })).toBe(`column     type  missing  distinct  range
mass     number        1         3  2700 to 6300
seen       date        –         4  1970-01-01 to 2024-01-15 12:00
kind       text        1         2  b, ""
new     boolean        –         1  true
none     number        4         0
`);
});

test("lines fit the terminal, and of many columns the first ones are shown", () => {
  const long = Array.from({ length: 30 }, (_, i) => `${i} ${"very ".repeat(30)}long`);
  const wide = describeTable(
    createTable(
      "t.csv",
      long.map((name) => ({ name, type: "text", values: [name, "b"] }) as const),
    ),
  );
  const lines = columnsTable(wide, { width: 80 }).trimEnd().split("\n");
  expect(lines).toHaveLength(22);
  expect(lines.at(-1)).toBe("and 10 columns more");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
});

test("names and values do nothing to the terminal", () => {
  const hostile = describeTable(
    createTable("t.csv", [
      { name: "\u001b[2J", type: "text", values: ["\u001b]0;x\u0007", "\r\n"] },
    ]),
  );
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(columnsTable(hostile, { width: 80 })).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
});

test("as data, dates are text and pictures are left out", () => {
  expect(columnsData(columns)[1]).toEqual({
    ...{ name: "seen", type: "date", missing: 0, distinct: 4 },
    range: {
      ...{ least: "1970-01-01", lowerQuartile: "1970-01-02", median: "1970-01-03" },
      ...{ upperQuartile: "1970-01-03", most: "2024-01-15 12:00" },
    },
  });
  expect(JSON.stringify(columnsData(columns))).not.toContain("histogram");
});
