import { expect, test } from "vitest";
import { dense, network } from "../../../src/network.ts";
import type { Feature } from "../../../src/tables/columns/schema.ts";
import { permutationImportance } from "../../../src/tables/inspection/importance.ts";
import { evaluateTable } from "../../../src/tables/model.ts";
import { allRows, createTable } from "../../../src/tables/table.ts";
import { permutation, randomStream } from "../../../src/train/random.ts";
import { linearModel, number } from "../by-hand.ts";
import { numbers, texts } from "../columns.ts";

const stream = randomStream(1, "shuffle");
const drawn = (count: number) => Array.from({ length: count }, () => stream.normal());

/** y = 10·(3a + b), and c says nothing. */
const [a, b, c] = [drawn(1500), drawn(1500), drawn(1500)];
const y = a.map((value, n) => 10 * (3 * value + b[n]!));
const table = createTable("t.csv", [
  ...[numbers("a", a), numbers("b", b), numbers("c", c), numbers("y", y)],
]);
const features = [number("a"), number("b"), number("c")];
const model = linearModel(features, { slopes: [3, 1, 0] });

test("it is how far the error grows with the column shuffled", () => {
  const { metric, value, columns, rows } = permutationImportance(model, table, {
    rows: allRows(table),
  })!;
  expect({ metric, rows }).toEqual({ metric: "rmse", rows: 1500 });
  expect(value).toBeCloseTo(0, 9);
  // 10·(3a′ − 3a) and 10·(b′ − b) have the variances 100·2·9 and 100·2. A root mean square of 1,500
  // rows has a standard error of 2 %, the draw of a and b alike in all shuffles.
  expect(columns[0]!.mean / Math.sqrt(1800)).toBeCloseTo(1, 1);
  expect(columns[1]!.mean / Math.sqrt(200)).toBeCloseTo(1, 1);
  expect(columns[2]).toEqual({ name: "c", mean: 0, low: 0, high: 0 });
  for (const { low, mean, high } of columns) {
    expect(low).toBeLessThanOrEqual(mean);
    expect(mean).toBeLessThanOrEqual(high);
  }
});

test("a shuffled column scores as the table with that column shuffled", () => {
  const rows = allRows(table);
  const { columns } = permutationImportance(model, table, { rows, repeats: 1, seed: 7 })!;
  const order = permutation(1500, randomStream(7, "importance", 2, 0));
  const shuffled = numbers(
    "b",
    [...order].map((n) => b[n]!),
  );
  const own = createTable(
    "t.csv",
    table.columns.map((column) => (column.name === "b" ? shuffled : column)),
  );
  expect(columns[1]!.mean).toBeCloseTo(evaluateTable(model, own).metrics.rmse!, 9);
});

test("of many rows some are drawn, the same ones for the same seed", () => {
  const options = { rows: allRows(table), most: 100, repeats: 2 };
  const first = permutationImportance(model, table, { ...options, seed: 1 })!;
  expect(first.rows).toBe(100);
  expect(permutationImportance(model, table, { ...options, seed: 1 })).toEqual(first);
  expect(permutationImportance(model, table, { ...options, seed: 2 })).not.toEqual(first);
});

test("slots of a category move together, with that of what is missing", () => {
  const kinds = texts("kind", ["red", null, "blue", "red", "blue", null]);
  const y = numbers("y", [10, 50, 20, 10, 20, 50]);
  const features = [
    number("a"),
    {
      name: "kind",
      type: "text",
      categories: ["blue", "red"],
      other: false,
      missing: true,
    } as const,
  ];
  const model = linearModel(features, { slopes: [0, 2, 1, 5] });
  const own = createTable("t.csv", [numbers("a", drawn(6)), kinds, y]);
  const { columns, value } = permutationImportance(model, own, { rows: allRows(own), repeats: 1 })!;
  expect(value).toBe(0);
  const order = permutation(6, randomStream(0, "importance", 2, 0));
  const squares = [...order].map((from, n) => (y.values[from] as number) - (y.values[n] as number));
  const error = squares.reduce((sum, difference) => sum + difference ** 2, 0);
  expect(columns[1]!.mean).toBeCloseTo(Math.sqrt(error / 6), 12);
});

test("it has no meaning without rows, and where rows weigh nothing", () => {
  expect(permutationImportance(model, table, { rows: new Uint32Array() })).toBeUndefined();
  const weighted = linearModel(features, { slopes: [3, 1, 0], weights: { column: "w" } });
  const idle = createTable("t.csv", [...table.columns, numbers("w", new Float64Array(1500))]);
  expect(permutationImportance(weighted, idle, { rows: allRows(idle) })).toBeUndefined();
});

test("embedded columns, which are inputs of their own, are shuffled too", () => {
  // e[id] is 3, 7 and 11 of the categories p, q and all others.
  const features: Feature[] = [
    number("a"),
    { name: "kind", type: "text", categories: ["p", "q"], other: true, missing: false, units: 1 },
  ];
  const net = network({
    ...{ inputs: 1, embeddings: [{ categories: 3, units: 1 }], layers: [dense(1, "identity")] },
    ...{ cost: "squared-error", precision: "float64", initial: { b1: 0 } },
  });
  net.parameters.get("W1")!.set([2]);
  net.parameters.get("V1")!.set([1]);
  net.parameters.get("E1")!.set([3, 7, 11]);
  const plain = linearModel(features, { slopes: [1] });
  const embedded = { ...plain, network: net, schema: { ...plain.schema, features } };
  const own = createTable("t.csv", [
    ...[numbers("a", [0, 1, 2, 0]), texts("kind", ["p", "q", "p", "new"])],
    numbers("y", [30, 90, 70, 110]),
  ]);
  const { value, columns } = permutationImportance(embedded, own, {
    ...{ rows: allRows(own), repeats: 1 },
  })!;
  expect(value).toBe(0);
  const order = permutation(4, randomStream(0, "importance", 2, 0));
  const units = [3, 7, 3, 11];
  const error = [...order].reduce(
    (sum, from, n) => sum + (10 * (units[from]! - units[n]!)) ** 2,
    0,
  );
  expect(columns[1]!.mean).toBeCloseTo(Math.sqrt(error / 4), 12);
});
