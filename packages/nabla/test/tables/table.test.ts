import { describe, expect, test } from "vitest";
import { type Column, columnOf, createTable, selectRows } from "../../src/tables/table.ts";

const mass: Column = { name: "mass", type: "number", values: Float64Array.of(3.5, Number.NaN, 4) };
const island: Column = { name: "island", type: "text", values: ["Biscoe", null, ""] };
const alive: Column = { name: "alive", type: "boolean", values: [true, false, null] };
const penguins = createTable("penguins.json", [mass, island, alive]);

describe("a table", () => {
  test("counts the rows of its columns", () => {
    expect(penguins.rows).toBe(3);
    expect(createTable("empty", []).rows).toBe(0);
  });

  test("refuses two columns of one name", () => {
    expect(() => createTable("penguins.json", [mass, mass])).toThrow(
      'penguins.json has two columns named "mass"; rename one',
    );
  });

  test("refuses columns of different lengths", () => {
    const short: Column = { name: "short", type: "text", values: ["a"] };
    expect(() => createTable("penguins.json", [mass, short])).toThrow(
      'penguins.json: column "short" has 1 values, expected 3',
    );
  });

  test("finds a column by its exact name", () => {
    expect(columnOf(penguins, "island")).toBe(island);
  });

  test("names the nearest column where there is none of that name", () => {
    expect(() => columnOf(penguins, "Mass")).toThrow(
      'penguins.json has no column "Mass"; did you mean "mass"? columns: mass, island, alive',
    );
    expect(() => columnOf(penguins, "Mass")).toThrow(expect.objectContaining({ code: "usage" }));
  });

  test("lists the columns where none has a name like it", () => {
    expect(() => columnOf(penguins, "flipper length")).toThrow(
      'penguins.json has no column "flipper length"; columns: mass, island, alive',
    );
  });

  test("gives the selected rows in the order asked for", () => {
    const selected = selectRows(penguins, [2, 0, 0]);
    expect(selected.rows).toBe(3);
    expect(selected.columns.map(({ values }) => Array.from<unknown>(values))).toEqual([
      [4, 3.5, 3.5],
      ["", "Biscoe", "Biscoe"],
      [null, true, true],
    ]);
  });
});
