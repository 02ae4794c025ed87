import { expect, test } from "vitest";
import { NablaError } from "../../../src/errors.ts";
import { partialDependence } from "../../../src/tables/inspection/partial-dependence.ts";
import { allRows, createTable } from "../../../src/tables/table.ts";
import { linearModel, number } from "../by-hand.ts";
import { booleans, dates, numbers, texts } from "../columns.ts";

const a = numbers(
  "a",
  Array.from({ length: 101 }, (_, n) => n),
);
const kind = texts(
  "kind",
  Array.from({ length: 101 }, (_, n) => (n < 60 ? "red" : n < 100 ? "blue" : null)),
);
const table = createTable("t.csv", [kind, a]);
const features = [
  { name: "kind", type: "text", categories: ["blue", "red"], other: false, missing: true } as const,
  number("a"),
];
/** 10·(2·[blue] + [red] + 5·[missing] + 3a) */
const model = linearModel(features, { slopes: [2, 1, 5, 3] });
const rows = allRows(table);

test("of a linear model it is a line of that slope, over the means of the others", () => {
  const { type, points, rows: count } = partialDependence(model, table, { column: "a", rows });
  expect({ type, count, points: points.length }).toEqual({
    type: "number",
    count: 101,
    points: 40,
  });
  const others = (40 * 20 + 60 * 10 + 50) / 101;
  for (const [g, { value, means }] of points.entries()) {
    expect(value).toBeCloseTo(1 + (g / 39) * 98, 12); // from the hundredth 1 to 99
    expect(means).toHaveLength(1);
    expect(means[0]).toBeCloseTo(others + 30 * Number(value), 9);
  }
});

test("categories stand by how frequent they are, then what is missing", () => {
  const { points } = partialDependence(model, table, { column: "kind", rows });
  const mean = 30 * 50;
  expect(points).toEqual([
    { value: "red", means: [expect.closeTo(10 + mean, 9)] },
    { value: "blue", means: [expect.closeTo(20 + mean, 9)] },
    { value: null, means: [expect.closeTo(50 + mean, 9)] },
  ]);
});

test("few numbers stand for themselves, and rows count by their weights", () => {
  const columns = [
    numbers("a", [1, 2, 2, Number.NaN]),
    numbers("b", [1, 2, 3, 4]),
    numbers("w", [0, 1, 2, 0]),
  ];
  const own = createTable("t.csv", columns);
  const weighted = linearModel([number("a"), number("b")], {
    ...{ slopes: [1, 1], weights: { column: "w" } },
  });
  const { points } = partialDependence(weighted, own, { column: "a", rows: allRows(own) });
  const others = 10 * ((1 * 2 + 2 * 3) / 3);
  expect(points).toEqual([
    { value: 1, means: [expect.closeTo(10 + others, 9)] },
    { value: 2, means: [expect.closeTo(20 + others, 9)] },
  ]);
});

test("dates are numbers, booleans are categories", () => {
  const own = createTable("t.csv", [dates("day", [5, 7, 9]), booleans("new", [true, true, false])]);
  const features = [
    { name: "day", type: "date", mean: 0, scale: 1, cycles: [], missing: false } as const,
    {
      name: "new",
      type: "boolean",
      categories: ["false", "true"],
      other: false,
      missing: false,
    } as const,
  ];
  const model = linearModel(features, { slopes: [1, 0, 6] });
  const of = (column: string) => partialDependence(model, own, { column, rows: allRows(own) });
  expect(of("day").points.map(({ value, means }) => [value, ...means])).toEqual([
    [5, 90],
    [7, 110],
    [9, 130],
  ]);
  expect(of("new").points.map(({ value, means }) => [value, ...means])).toEqual([
    ["true", 130],
    ["false", 70],
  ]);
});

test("without rows there is nothing to say; a column that is not read is an error", () => {
  const none = { column: "a", rows: new Uint32Array() };
  expect(partialDependence(model, table, none)).toMatchObject({ rows: 0, points: [] });
  const other = () => partialDependence(model, table, { column: "b", rows });
  expect(other).toThrow(NablaError);
  expect(other).toThrow('the model does not read a column "b"; it reads kind, a');
});
