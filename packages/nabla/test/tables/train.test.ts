import { describe, expect, test } from "vitest";
import { adam, sgd } from "../../src/functions/optimizers.ts";
import type { LayeredDefinition } from "../../src/network.ts";
import { splitRows } from "../../src/tables/division/split.ts";
import { evaluateTable } from "../../src/tables/model.ts";
import type { TableOptions } from "../../src/tables/settings.ts";
import { type Column, columnOf, createTable, type Table } from "../../src/tables/table.ts";
import { trainTable } from "../../src/tables/train.ts";
import { readPenguins } from "./penguins.ts";

const penguins = readPenguins();
const count = (length: number) => Float64Array.from({ length }, (_, i) => i);
const column = (name: string, values: ArrayLike<number>): Column => {
  return { name, type: "number", values: Float64Array.from(values) };
};

/** y = 3x − 7 on 100 rows, and a column that says nothing. */
const line = createTable("line.csv", [
  column("x", count(100)),
  column(
    "y",
    count(100).map((x) => 3 * x - 7),
  ),
  column(
    "noise",
    count(100).map((x) => (x * 37) % 11),
  ),
]);
const split = splitRows({ rows: 100, validation: 0.2, test: 0.2, seed: 0 });
const quick = { target: "y", epochs: 3, hidden: [4] } as const;

describe("trainTable on the penguins", () => {
  test("classifies 0.97 of the test rows with the defaults, on average over ten seeds", async () => {
    let sum = 0;
    for (let seed = 1; seed <= 10; seed++) {
      const { report } = await trainTable(penguins, { target: "Species", seed });
      sum += report.metrics.accuracy ?? 0;
    }
    expect(sum / 10).toBeGreaterThanOrEqual(0.97);
  }, 180_000);

  test("reports what was done", async () => {
    const { model, report } = await trainTable(penguins, { target: "Species", epochs: 2, seed: 1 });
    const width = model.network.shapes.get("W1")?.[1] ?? 0;
    expect(report).toMatchObject({
      task: "classification",
      target: "Species",
      rows: { train: 206, validation: 69, test: 69 },
      features: [
        "Island",
        "Sex",
        "Beak Length (mm)",
        "Beak Depth (mm)",
        "Flipper Length (mm)",
        "Body Mass (g)",
      ],
      classes: ["Adelie", "Chinstrap", "Gentoo"],
      parameters: 64 * width + 64 + 32 * 64 + 32 + 3 * 32 + 3,
      epochs: 2,
      backend: "wasm",
      stopped: "epochs",
      singletons: [],
      dropped: 0,
    });
    expect(report.samplesPerSecond).toBe((206 * 2) / report.seconds);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  test("compares with the most frequent class, as probable as it is in the training rows", async () => {
    const { report } = await trainTable(penguins, { target: "Species", epochs: 1 });
    const { accuracy, logLoss } = report.baseline.constant;
    // Adelie, Chinstrap, Gentoo: 91, 41, 74 of 206 training rows and 30, 14, 25 of 69 test rows
    expect(accuracy).toBe(30 / 69);
    const sum = 30 * Math.log(91 / 206) + 14 * Math.log(41 / 206) + 25 * Math.log(74 / 206);
    expect(logLoss).toBeCloseTo(-sum / 69, 14);
  });

  test("finds the flippers' relation to body mass", async () => {
    const ignore = ["Species", "Island", "Sex"];
    const { report } = await trainTable(penguins, { target: "Body Mass (g)", ignore, seed: 1 });
    expect(report.dropped).toBe(2);
    expect(report.task).toBe("regression");
    // Ordinary least squares on the three other measures has r² = 0.76 over all 342 rows.
    expect(report.metrics.r2).toBeGreaterThan(0.7);
  });
});

describe("trainTable", () => {
  test("learns a line exactly enough without hidden layers", async () => {
    const { model, report } = await trainTable(line, {
      target: "y",
      ignore: ["noise"],
      hidden: [],
      l2: 0,
      optimizer: sgd({ learningRate: 0.1 }),
      precision: "float64",
    });
    // The standardised problem has curvature 1: every epoch of two steps shrinks the error by 0.9².
    expect(report.metrics.rmse).toBeLessThan(1e-6);
    expect(report.baseline.linear).toEqual(report.metrics);
    expect([...model.network.parameters.keys()]).toEqual(["W1", "b1"]);
  });

  test("expects weights of about 0 ± 1/√3 unless told, from rows that weigh something", async () => {
    const rows = Array.from({ length: 2000 }, (_, n) => n);
    const weigh = (w: (n: number) => number) =>
      createTable("t", [column("x", rows), column("y", rows), column("w", rows.map(w))]);
    const penalty = async (table: Table, weight?: string) => {
      const { model } = await trainTable(table, {
        ...quick,
        ...(weight && { weight }),
        test: 0.25,
      });
      return (model.network.definition as LayeredDefinition).l2;
    };
    const half = weigh((n) => n % 2);
    expect(await penalty(half)).toBe(3 / 1100); // 2000·(1 − 0.25 − 0.2)
    expect(await penalty(half, "w")).toBe(3 / 550);
    expect(await penalty(line)).toBe(0.03); // 3/60 is more
  });

  test("compares with the mean of the training targets, in the unit of the target", async () => {
    const { report } = await trainTable(line, quick);
    const { train, test } = split;
    const y = (row: number) => 3 * row - 7;
    const mean = train.reduce((sum, row) => sum + y(row), 0) / train.length;
    const errors = Array.from(test, (row) => y(row) - mean);
    const squares = errors.reduce((sum, error) => sum + error * error, 0);
    const sizes = errors.reduce((sum, error) => sum + Math.abs(error), 0);
    expect(report.baseline.constant.rmse).toBeCloseTo(Math.sqrt(squares / 20), 10);
    expect(report.baseline.constant.mae).toBeCloseTo(sizes / 20, 10);
  });

  test("logs the cost of the parameters that it kept", async () => {
    const { model, report } = await trainTable(line, { ...quick, validation: 0, test: 0 });
    const { cost, rows } = evaluateTable(model, line);
    expect(rows).toBe(100);
    expect(report.cost).toEqual({ train: cost });
    expect(report.metrics).toEqual({});
    expect(report.baseline).toEqual({ constant: {}, linear: {} });
    expect(model.training).toMatchObject({
      seed: 0,
      optimizer: adam({ learningRate: 0.003 }),
      batchSize: 32,
      rows: { train: 100, validation: 0, test: 0 },
    });
  });

  test("gives the same bits for the same seed, and others for another", async () => {
    const weights = async (seed: number) => {
      const { model } = await trainTable(line, { ...quick, seed });
      return [...model.network.parameters.values()].map((values) => [...values]);
    };
    expect(await weights(1)).toEqual(await weights(1));
    expect(await weights(1)).not.toEqual(await weights(2));
  });

  test("learns nothing from the test rows", async () => {
    const changed = columnOf(line, "x").values.slice() as Float64Array;
    for (const row of split.test) changed[row] = 1e6;
    const others = line.columns.filter(({ name }) => name !== "x");
    const other = createTable("line.csv", [column("x", changed), ...others]);
    const { model } = await trainTable(line, quick);
    const { model: same } = await trainTable(other, quick);
    expect(same.network.parameters).toEqual(model.network.parameters);
    expect(same.training.metrics.rmse).not.toBe(model.training.metrics.rmse);
  });

  test("tells of every epoch, and stops at an abort with what is there", async () => {
    const seen: number[] = [];
    const controller = new AbortController();
    const { report } = await trainTable(line, {
      ...quick,
      epochs: 1000,
      signal: controller.signal,
      onEpoch: ({ epoch }) => {
        seen.push(epoch);
        if (epoch === 3) controller.abort();
      },
    });
    expect(seen).toEqual([1, 2, 3]);
    expect(report).toMatchObject({ stopped: "aborted", epochs: 3 });
    expect(report.metrics.rmse).toBeGreaterThan(0);
  });

  test("names classes of a single row, and drops rows without a target", async () => {
    const labels = Array.from({ length: 30 }, (_, i) => (i < 20 ? "common" : "other"));
    const values = [...labels, "rare", null, null];
    const table = createTable("t.csv", [
      { name: "y", type: "text", values },
      column("x", count(33)),
    ]);
    const { report } = await trainTable(table, quick);
    expect(report.singletons).toEqual(["rare"]);
    expect(report.dropped).toBe(2);
    expect(report.rows).toEqual({ train: 19, validation: 6, test: 6 });
  });

  test.each<[string, TableOptions, string]>([
    [
      "an unknown option",
      { ...quick, ...{ epoch: 3 } },
      'unknown option "epoch"; did you mean "epochs"?',
    ],
    ["an unknown task", { ...quick, task: "ranking" as never }, 'unknown task "ranking"'],
    ["an unknown target", { target: "Y" }, 'line.csv has no column "Y"; did you mean "y"?'],
    ["an unknown cost", { ...quick, cost: "square-error" }, 'unknown cost "square-error"'],
    [
      "a cost of another task",
      { ...quick, cost: "cross-entropy" },
      'cost "cross-entropy" does not suit regression; known: squared-error, mean-squared-error, mean-absolute-error, huber',
    ],
    [
      "patience without rows to watch",
      { ...quick, validation: 0, patience: 5 },
      "patience needs validation rows",
    ],
    [
      "layers without units",
      { ...quick, hidden: [0] },
      "layer 1: units must be a positive integer, got 0",
    ],
  ])("refuses %s", async (_, options, message) => {
    await expect(trainTable(line, options)).rejects.toThrow(message);
  });

  test("refuses fewer than three rows with a target, or than two where all are trained on", async () => {
    const y = column("y", [0.5, Number.NaN, 1.5]);
    const table = createTable("t.csv", [column("x", [1, 2, 3]), y, column("w", [1, 1, 0])]);
    const { report } = await trainTable(table, { ...quick, validation: 0, test: 0 });
    expect(report.rows).toEqual({ train: 2, validation: 0, test: 0 });
    const weighed = { ...quick, weight: "w", validation: 0, test: 0 };
    await expect(trainTable(table, weighed)).rejects.toThrow(
      "t.csv: training needs at least 2 rows with a target and a weight above 0, got 1",
    );
    await expect(trainTable(table, quick)).rejects.toThrow(
      "t.csv: training needs at least 3 rows with a target, got 2",
    );
  });
});
