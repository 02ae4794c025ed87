import { describe, expect, test } from "vitest";
import {
  type ColumnSettings,
  checkColumnSettings,
} from "../../../src/tables/columns/column-settings.ts";
import { featureNames, fitSchema } from "../../../src/tables/columns/schema.ts";
import { allRows, type Column, createTable } from "../../../src/tables/table.ts";
import { numbers, texts } from "../columns.ts";

const species: Column = { name: "species", type: "text", values: ["a", "b", "a", "b", "b", "a"] };
const mass: Column = {
  name: "mass",
  type: "number",
  values: Float64Array.of(1, 5, Number.NaN, 3, 1000, Number.NaN),
};
const seen: Column = {
  name: "seen",
  type: "date",
  values: Float64Array.of(10, 10, 14, 14, 12, 12),
};
const island: Column = {
  name: "island",
  type: "text",
  values: ["1.0", "1", null, "", "other", "NaN"],
};
const ringed: Column = {
  name: "ringed",
  type: "boolean",
  values: [true, false, true, false, null, true],
};
const table = createTable("p.json", [mass, seen, species, island, ringed]);
const rows = Uint32Array.of(0, 1, 2, 3);
const fitted = fitSchema(table, { target: "species", task: "classification", rows });

describe("fitSchema", () => {
  test("describes the columns by the training rows alone", () => {
    expect(fitted).toEqual({
      features: [
        // 1, 5, 3: Σ (x − 3)² = 8
        { name: "mass", type: "number", mean: 3, scale: Math.sqrt(8 / 3), missing: true },
        { name: "seen", type: "date", mean: 12, scale: 2, cycles: [], missing: false },
        { name: "island", type: "text", categories: ["", "1", "1.0"], other: false, missing: true },
        {
          ...{ name: "ringed", type: "boolean", categories: ["false", "true"] },
          ...{ other: false, missing: false },
        },
      ],
      target: { task: "classification", name: "species", type: "text", classes: ["a", "b"] },
    });
  });

  test("is plain data", () => {
    expect(JSON.parse(JSON.stringify(fitted))).toEqual(fitted);
  });

  test("names the inputs", () => {
    expect(featureNames(fitted)).toEqual([
      "mass",
      "mass (missing)",
      "seen",
      "island = ",
      "island = 1",
      "island = 1.0",
      "island (missing)",
      "ringed = false",
      "ringed = true",
    ]);
  });

  test("leaves ignored columns out", () => {
    const ignore = ["mass", "island", "ringed"];
    const schema = fitSchema(table, { target: "species", task: "classification", ignore, rows });
    expect(featureNames(schema)).toEqual(["seen"]);
  });

  test("leaves the column of weights out, and all targets", () => {
    const options = { weight: "mass", target: "species", task: "classification", rows } as const;
    const schema = fitSchema(table, options);
    expect(schema.features.map(({ name }) => name)).toEqual(["seen", "island", "ringed"]);
    expect(schema.weights).toEqual({ column: "mass" });

    const target = ["ringed", "more"];
    const more: Column = { ...ringed, name: "more" };
    const wider = createTable("p.json", [...table.columns, more]);
    const several = fitSchema(wider, { target, task: "multi-label", rows });
    expect(several.target).toEqual({
      task: "multi-label",
      targets: target.map((name) => ({ name, type: "boolean" })),
    });
    expect(several.features.map(({ name }) => name)).toEqual(["mass", "seen", "species", "island"]);
    expect(() => fitSchema(table, { ...options, weight: "species" })).toThrow(
      'weight must be a column that is no target, got "species"',
    );
  });

  test("gives a column without any value mean 0 and scale 1, where it is asked for", () => {
    const empty: Column = {
      name: "x",
      type: "number",
      values: new Float64Array(6).fill(Number.NaN),
    };
    const schema = fitSchema(createTable("p", [empty, species]), {
      target: "species",
      task: "classification",
      columns: { x: "number" },
      rows,
    });
    const feature = { name: "x", type: "number", mean: 0, scale: 1, missing: true };
    expect(schema.features).toEqual([feature]);
  });

  test("keeps the 50 most frequent of 52 categories, ties by code points", () => {
    const categories = Array.from({ length: 52 }, (_, i) => `c${String(i).padStart(2, "0")}`);
    const values = [...categories, ...categories, "c51", "c50"];
    const y: Column = { name: "y", type: "number", values: Float64Array.from(values, (_, i) => i) };
    const wide = createTable("p", [texts("x", values), y]);
    const schema = fitSchema(wide, { target: "y", task: "regression", rows: allRows(wide) });
    const kept = [...categories.slice(0, 48), "c50", "c51"];
    expect(schema.features[0]).toMatchObject({ categories: kept });
  });

  test("embeds text of more than 50 categories that repeat, and numbers those that are rare", () => {
    const categories = Array.from({ length: 60 }, (_, i) => `c${String(i).padStart(2, "0")}`);
    const values = [...Array.from({ length: 600 }, (_, i) => categories[i % 60]!), "once"];
    const y: Column = { name: "y", type: "number", values: Float64Array.from(values, (_, i) => i) };
    const table = createTable("p", [texts("x", values), y]);
    const schemaOf = (columns?: ColumnSettings) =>
      fitSchema(table, {
        ...{ target: "y", task: "regression", rows: allRows(table) },
        ...(columns && { columns }),
      });
    expect(schemaOf().features).toEqual([
      { name: "x", type: "text", categories, other: true, missing: false, units: 6 }, // 2·60^¼ = 5.6
    ]);
    expect(featureNames(schemaOf())).toEqual([]);
    expect(schemaOf({ x: { type: "text", embed: 9 } }).features[0]).toHaveProperty("units", 9);
    const slots = schemaOf({ x: { type: "text", embed: false } }).features[0];
    expect(slots).toMatchObject({ categories: categories.slice(0, 50), other: true });
    expect(slots).not.toHaveProperty("units");
  });

  test("reads columns as they are named, and leaves out those that are to be ignored", () => {
    const columns: ColumnSettings = {
      mass: "ignore",
      seen: { type: "date", cycles: ["year", "day"] },
      island: { type: "text", embed: 2 },
    };
    const options = { target: "species", task: "classification", rows } as const;
    const { features } = fitSchema(table, { ...options, columns: checkColumnSettings(columns) });
    expect(features.map(({ name }) => name)).toEqual(["seen", "island", "ringed"]);
    expect(features[0]).toHaveProperty("cycles", ["day", "year"]);
    expect(features[1]).toMatchObject({ categories: ["", "1", "1.0"], units: 2, missing: true });

    const years = createTable("p", [species, { ...mass, name: "year" }]);
    const { features: read } = fitSchema(years, { ...options, columns: { year: "text" } });
    expect(read).toEqual([
      { name: "year", type: "text", categories: ["1", "3", "5"], other: false, missing: true },
    ]);
    expect(() => fitSchema(table, { ...options, columns: { specie: "text" } })).toThrow(
      'p.json has no column "specie"; did you mean "species"?',
    );
    expect(() => fitSchema(table, { ...options, columns: { species: "text" } })).toThrow(
      'columns must name columns to predict from, got "species"; leave it out',
    );
  });

  test("leaves out identifiers and constants, unless they are named", () => {
    const many = Array.from({ length: 40 }, (_, i) => i);
    const table = createTable("p", [
      numbers("id", many),
      texts(
        "name",
        many.map((i) => `n${i}`),
      ),
      numbers(
        "one",
        many.map(() => 1),
      ),
      numbers("x", many),
      numbers("y", many),
    ]);
    const options = { target: "y", task: "regression", rows: allRows(table) } as const;
    expect(featureNames(fitSchema(table, options))).toEqual(["x"]);
    const columns = { one: "number", id: "number" } as const;
    expect(featureNames(fitSchema(table, { ...options, columns }))).toEqual(["id", "one", "x"]);
  });

  test("refuses an infinite number with its row and column", () => {
    const values = Float64Array.of(1, 2, Number.NEGATIVE_INFINITY, 4, 5, 6);
    const infinite = createTable("p.csv", [{ name: "x", type: "number", values }, species]);
    expect(() => fitSchema(infinite, { target: "species", task: "classification", rows })).toThrow(
      'p.csv, row 3: column "x" holds -Infinity, which is not a finite number; correct it, or leave it empty to treat it as missing',
    );
  });

  test("refuses names that the table has not", () => {
    const schemaOf = (target: string, ignore: string[]) => () =>
      fitSchema(table, { target, task: "classification", ignore, rows });
    expect(schemaOf("specie", [])).toThrow(
      'p.json has no column "specie"; did you mean "species"?',
    );
    expect(schemaOf("species", ["Mass"])).toThrow(
      'p.json has no column "Mass"; did you mean "mass"?',
    );
  });

  test("refuses a table without a column to predict from", () => {
    const alone = createTable("p.json", [species]);
    expect(() => fitSchema(alone, { target: "species", task: "classification", rows })).toThrow(
      'p.json lacks a column besides "species" to predict it from',
    );
  });

  test("says why the columns that are there are none to predict from", () => {
    const letters = Array.from({ length: 24 }, (_, i) => String.fromCharCode(97 + i));
    const named = createTable("p.json", [
      texts("name", letters),
      texts(
        "species",
        letters.map((_, i) => (i % 2 === 0 ? "gull" : "tern")),
      ),
    ]);
    const all = Uint32Array.from(letters, (_, row) => row);
    const options = { target: "species", task: "classification", rows: all } as const;
    expect(() => fitSchema(named, options)).toThrow(
      'p.json lacks a column besides "species" to predict it from, got column "name", which has 24 different texts in 24 training rows; keep it by --columns',
    );
  });
});
