import { describe, expect, test } from "vitest";
import { loadModel, saveModel } from "../../src/files/model.ts";
import { lbfgs } from "../../src/functions/optimizers.ts";
import { evaluateTable, predictTable, type TableModel } from "../../src/tables/model.ts";
import type { TableOptions } from "../../src/tables/settings.ts";
import { createTable } from "../../src/tables/table.ts";
import { trainTable } from "../../src/tables/train.ts";
import { booleans, numbers, texts } from "./columns.ts";

const exact = {
  ...{ hidden: [], l2: 0, optimizer: lbfgs(), precision: "float64", validation: 0, test: 0 },
} as const satisfies Partial<TableOptions>;
const count = Array.from({ length: 40 }, (_, i) => i);

describe("several quantities", () => {
  const lines = createTable("lines.csv", [
    numbers("x", count),
    numbers(
      "up",
      count.map((x) => 3 * x - 7),
    ),
    numbers(
      "down",
      count.map((x) => (x === 3 ? Number.NaN : -1000 * x)),
    ),
  ]);
  const options = { target: ["up", "down"], ...exact };

  test("are predicted together, each in its own unit", async () => {
    const { model, report } = await trainTable(lines, options);
    expect(report).toMatchObject({
      task: "regression",
      target: ["up", "down"],
      features: ["x"],
      rows: { train: 39 },
      dropped: 1,
      parameters: 4,
    });
    // Each is standardised, so each costs ½ where it is not known better
    expect(report.constantCost.train).toBeCloseTo(1, 12);
    const predicted = predictTable(model, lines);
    expect(predicted.columns.map(({ name }) => name)).toEqual(["up", "down"]);
    expect(predicted.probabilities).toBeUndefined();
    expect(predicted.predictions).toBe(predicted.columns[0]?.values);
    for (const row of [0, 3, 39]) {
      expect(predicted.columns[0]?.values[row]).toBeCloseTo(3 * row - 7, 4);
      expect(predicted.columns[1]?.values[row]).toBeCloseTo(-1000 * row, 1);
    }
  });

  test("have metrics of their own, and the means of these", async () => {
    const { report } = await trainTable(lines, { ...options, test: 0.25 });
    const { metrics, details } = report;
    expect(details.quantities?.map(({ name }) => name)).toEqual(["up", "down"]);
    expect(metrics.r2).toBeGreaterThan(1 - 1e-9);
    const [up, down] = details.quantities!;
    expect(metrics.rmse).toBe((up!.rmse! + down!.rmse!) / 2);
  });

  test("come back from a model file", async () => {
    const { model } = await trainTable(lines, options);
    const loaded = loadModel(saveModel(model)) as TableModel;
    expect(loaded.schema).toEqual(model.schema);
    expect(predictTable(loaded, lines)).toEqual(predictTable(model, lines));
  });

  test("must all be numbers", async () => {
    const mixed = createTable("t.csv", [...lines.columns, texts("kind", count.map(String))]);
    const target = ["up", "kind"];
    await expect(trainTable(mixed, { target, task: "regression" })).rejects.toThrow(
      't.csv: the target "kind" holds text values, expected numbers',
    );
    const dropping = createTable("t.csv", [
      numbers("x", [1, 2]),
      numbers("a", [1, Number.NaN]),
      numbers("b", [Number.NaN, 1]),
    ]);
    await expect(trainTable(dropping, { target: ["a", "b"], task: "regression" })).rejects.toThrow(
      't.csv: the targets "a", "b" have no value in 2 rows',
    );
  });
});

describe("several labels", () => {
  // For x = −1 one of four rows is red and one is ripe, for x = 1 three and three
  const fruit = createTable("fruit.csv", [
    numbers("x", [-1, -1, -1, -1, 1, 1, 1, 1]),
    numbers("red", [0, 0, 0, 1, 0, 1, 1, 1]),
    booleans("ripe", [true, false, false, false, false, true, true, true]),
  ]);
  const options = { target: ["red", "ripe"], ...exact };

  test("have each a probability of its own", async () => {
    const { model, report } = await trainTable(fruit, options);
    expect(report).toMatchObject({ task: "multi-label", target: ["red", "ripe"], parameters: 4 });
    const { columns, probabilities } = predictTable(model, fruit);
    expect(columns[0]).toEqual({ name: "red", values: [0, 0, 0, 0, 1, 1, 1, 1] });
    expect(columns[1]?.values).toEqual([...Array(4).fill("false"), ...Array(4).fill("true")]);
    [0.25, 0.25, 0.75, 0.75].forEach((p, i) => {
      expect(probabilities?.[i < 2 ? i : i + 6]).toBeCloseTo(p, 6);
    });
  });

  test("are judged all together and one by one", async () => {
    const { model, report } = await trainTable(fruit, options);
    // ½ for each label: 2·ln 2 for a row
    expect(report.constantCost.train).toBeCloseTo(2 * Math.log(2), 12);
    const { metrics, details, cost } = evaluateTable(model, fruit);
    const entropy = -(0.25 * Math.log(0.25) + 0.75 * Math.log(0.75));
    expect(cost).toBeCloseTo(2 * entropy, 10);
    expect(metrics.logLoss).toBeCloseTo(entropy, 6);
    expect(details.labels?.[0]).toEqual({
      ...{ name: "red", precision: 3 / 4, recall: 3 / 4, f1: 3 / 4, support: 4 },
    });
  });

  test("come back from a model file", async () => {
    const { model } = await trainTable(fruit, options);
    const loaded = loadModel(saveModel(model)) as TableModel;
    expect(loaded.schema).toEqual(model.schema);
    expect(predictTable(loaded, fruit)).toEqual(predictTable(model, fruit));
  });

  test("must be true or false, 1 or 0", async () => {
    const [x, red] = fruit.columns;
    const count = numbers("count", [0, 0, 0, 1, 0, 2, 1, 1]);
    const table = createTable("fruit.csv", [x!, red!, count]);
    const wrong = { ...options, target: ["red", "count"], task: "multi-label" } as const;
    await expect(trainTable(table, wrong)).rejects.toThrow(
      'fruit.csv, row 6: column "count" holds 2, which is not 0 or 1',
    );
  });
});
