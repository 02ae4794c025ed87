import { describe, expect, test } from "vitest";
import { lbfgs, sgd } from "../../src/functions/optimizers.ts";
import { exponential } from "../../src/functions/schedules.ts";
import { dense, dropout, network } from "../../src/network.ts";
import { evaluateTable, predictTable } from "../../src/tables/model.ts";
import type { TableOptions } from "../../src/tables/settings.ts";
import { createTable } from "../../src/tables/table.ts";
import { trainTable } from "../../src/tables/train.ts";
import type { Epoch } from "../../src/train/train.ts";
import { numbers, texts } from "./columns.ts";

const count = Array.from({ length: 100 }, (_, i) => i);
const line = createTable("line.csv", [
  numbers("x", count),
  numbers(
    "y",
    count.map((x) => 3 * x - 7),
  ),
]);

/** All rows to train on, and the optimum of a convex cost: figures in closed form. */
const exact = {
  ...{ hidden: [], l2: 0, optimizer: lbfgs(), precision: "float64", validation: 0, test: 0 },
} as const satisfies Partial<TableOptions>;

/** Of eight rows two are b, one for each x: x says nothing. */
const x = [-1, 1, -1, 1, -1, 1, -1, 1];
const kinds = createTable("kinds.csv", [
  numbers("x", x),
  texts("kind", ["a", "a", "a", "a", "a", "a", "b", "b"]),
  numbers("w", [1, 1, 1, 1, 0.5, 0.5, 2, 2]),
]);
async function probabilityOfB(options: Partial<TableOptions>) {
  const { model } = await trainTable(kinds, {
    ...{ target: "kind", ignore: ["w"], ...exact, ...options },
  });
  return predictTable(model, kinds).probabilities?.[1];
}

describe("the weights of rows", () => {
  // The gradient tolerance of 1e-7 leaves an error of about as much
  test.each<[string, Partial<TableOptions>, number]>([
    ["none", {}, 2 / 8],
    ["of classes", { classWeight: { b: 9 } }, 18 / 24],
    ["balanced", { classWeight: "balanced" }, 1 / 2],
    ["of a column", { ignore: [], weight: "w" }, 4 / 9],
    ["of a column and classes", { weight: "w", classWeight: { a: 2 } }, 4 / 14],
  ])("%s, are what rows count for in the fit", async (_, options, p) => {
    expect(await probabilityOfB(options)).toBeCloseTo(p, 6);
  });

  test("0 is as good as no row: the same division, scales, categories and parameters", async () => {
    const tableOf = (rows: readonly number[]) =>
      createTable("t.csv", [
        numbers(
          "x",
          rows.map((row) => (row % 7 === 3 ? 1e6 : row)),
        ),
        texts(
          "kind",
          rows.map((row) => (row % 7 === 3 ? `odd ${row % 2}` : `even ${row % 2}`)),
        ),
        numbers(
          "y",
          rows.map((row) => row * row),
        ),
        numbers(
          "w",
          rows.map((row) => (row % 7 === 3 ? 0 : 2)),
        ),
      ]);
    const trained = async (rows: readonly number[]) => {
      const { model, report } = await trainTable(tableOf(rows), {
        ...{ target: "y", weight: "w", hidden: [3], epochs: 3 },
      });
      return { report, parameters: [...model.network.parameters].map(([, own]) => [...own]) };
    };
    const [all, some] = [await trained(count), await trained(count.filter((i) => i % 7 !== 3))];
    expect(all.parameters).toEqual(some.parameters);
    expect(all.report.metrics).toEqual(some.report.metrics);
    expect(all.report.rows).toEqual({ train: 52, validation: 17, test: 17 });
    expect([all.report.dropped, some.report.dropped]).toEqual([14, 0]);
  });

  test("0 leaves a row out, of the fit, the costs and the metrics", async () => {
    const table = createTable("t.csv", [
      numbers("x", [-1, 1, -1, 1]),
      numbers("y", [0, 2, 100, 500]),
      numbers("w", [1, 1, 0, 0]),
    ]);
    const { model, report } = await trainTable(table, {
      ...{ target: "y", task: "regression", weight: "w", ...exact },
    });
    expect(report.features).toEqual(["x"]);
    expect(report.weights).toEqual({ column: "w" });
    expect(report.cost.train).toBeLessThan(1e-12);
    const { predictions } = predictTable(model, table);
    [0, 2, 0, 2].forEach((y, n) => {
      expect(predictions[n]).toBeCloseTo(y, 4);
    });
    const { cost, metrics } = evaluateTable(model, table);
    expect(cost).toBe(report.cost.train);
    expect(metrics.rmse).toBeLessThan(1e-4); // the error of the other rows is 100 and more
  });

  test("of a column weigh the metrics of the test rows and the constant baseline", async () => {
    const half = count.map((row) => (row < 50 ? 0.02 : 2));
    const weighted = createTable("line.csv", [...line.columns, numbers("w", half)]);
    const { report } = await trainTable(weighted, { target: "y", weight: "w", epochs: 1 });
    const rows = createTable("line.csv", [
      numbers("x", count.slice(50)),
      numbers(
        "y",
        count.slice(50).map((x) => 3 * x - 7),
      ),
    ]);
    // y is in [143, 290] where rows weigh 2, and so is its mean
    expect(rows.rows).toBe(50);
    expect(report.baseline.constant.mae).toBeLessThan((290 - 143) / 2);
    expect(report.constantCost.train).toBeLessThan(0.5);
  });

  test("of classes weigh costs, and not metrics", async () => {
    const options = { target: "kind", ignore: ["w"], ...exact };
    const { model, report } = await trainTable(kinds, { ...options, classWeight: { b: 3 } });
    // Six rows of a and two of b, which count three times: the cost is that of one half each
    expect(report.cost.train).toBeCloseTo(Math.log(2), 10);
    const { cost, metrics } = evaluateTable(model, kinds);
    expect(cost).toBe(report.cost.train);
    expect(metrics.logLoss).toBeCloseTo(Math.log(2), 6);
    expect(report.constantCost.train).toBeCloseTo(Math.log(2), 12);
  });
});

describe("an option", () => {
  const quick = { target: "y", epochs: 2, validation: 0, test: 0 } as const;

  test("labelSmoothing moves the probabilities towards each other", async () => {
    // (1 − 0.2)·2/8 + 0.2/2
    expect(await probabilityOfB({ labelSmoothing: 0.2 })).toBeCloseTo(0.3, 6);
    await expect(trainTable(line, { ...quick, labelSmoothing: 0.1 })).rejects.toThrow(
      'labelSmoothing goes with the cost cross-entropy or binary-cross-entropy, got "squared-error"',
    );
  });

  test("dropout follows every hidden layer, and costs are those of prediction", async () => {
    const { model, report } = await trainTable(line, { ...quick, dropout: 0.25, hidden: [8, 4] });
    expect(model.network.definition).toMatchObject({
      layers: [
        ...[dense(8, "relu"), dropout(0.25), dense(4, "relu"), dropout(0.25)],
        dense(1, "identity"),
      ],
    });
    expect(evaluateTable(model, line).cost).toBe(report.cost.train);
    await expect(trainTable(line, { ...quick, dropout: 1 })).rejects.toThrow(
      "layer 2: rate must be a number in [0, 1), got 1",
    );
  });

  test("schedule and clipNorm reach the trainer", async () => {
    const epochs: Epoch[] = [];
    const { model } = await trainTable(line, {
      ...{ ...quick, hidden: [], batchSize: 100, precision: "float64" },
      optimizer: sgd({ learningRate: 0.5 }),
      schedule: exponential({ factor: 0.1 }),
      clipNorm: 1e-3,
      onEpoch: (epoch) => epochs.push(epoch),
    });
    expect(epochs.map(({ learningRate }) => learningRate)).toEqual([0.5, 0.05]);
    const start = network(model.network.definition).parameters;
    const moved = [...model.network.parameters].flatMap(([name, values]) =>
      Array.from(values, (value, i) => value - start.get(name)![i]!),
    );
    // One step of 0.5 and one of 0.05 along nearly the same gradient, of norm 0.001
    expect(Math.hypot(...moved)).toBeCloseTo(0.55e-3, 8);
  });

  test("optimizer lbfgs takes all rows, and no batchSize", async () => {
    const { model } = await trainTable(line, { ...quick, optimizer: lbfgs() });
    expect(model.training.batchSize).toBe(100);
    await expect(trainTable(line, { ...quick, optimizer: lbfgs(), batchSize: 32 })).rejects.toThrow(
      "batchSize does not go with lbfgs",
    );
  });

  test("backend says what runs the network", async () => {
    const { report } = await trainTable(line, { ...quick, hidden: [2], backend: "evaluate" });
    expect(report.backend).toBe("evaluate");
    await expect(trainTable(line, { ...quick, backend: "gpu" as never })).rejects.toThrow(
      'unknown backend "gpu"',
    );
  });

  test("reproducible gives the same bits as loops do, where no sum is ordered differently", async () => {
    const options = { ...quick, hidden: [2], precision: "float64" } as const;
    const weights = async (more: Partial<TableOptions>) => {
      const { model } = await trainTable(line, { ...options, ...more });
      return [...model.network.parameters.values()].map((values) => [...values]);
    };
    expect(await weights({ reproducible: true })).toEqual(await weights({ reproducible: true }));
    await expect(trainTable(line, { ...quick, reproducible: 1 as never })).rejects.toThrow(
      "reproducible must be true or false, got 1",
    );
  });
});

describe("the constant baseline", () => {
  test("costs one half where a quantity is standardised, and a network that learns beats it", async () => {
    const { report } = await trainTable(line, { target: "y", ...exact });
    expect(report.constantCost.train).toBeCloseTo(0.5, 12);
    expect(report.beatsConstant).toBe(true);
  });

  test("is beaten by a network that has learnt, however much penalties add to its cost", async () => {
    const xor = createTable("xor.csv", [
      numbers("a", [0, 0, 1, 1]),
      numbers("b", [0, 1, 0, 1]),
      numbers("y", [0, 1, 1, 0]),
    ]);
    const { report } = await trainTable(xor, {
      ...{ target: "y", task: "regression", validation: 0, test: 0 },
    });
    expect(report.constantCost.train).toBeCloseTo(0.5, 12);
    expect(report.cost.train).toBeGreaterThan(0.5); // of which the penalty is nearly all
    expect(report.beatsConstant).toBe(true);
  });

  test("is not beaten by a network whose hidden layer says nothing", async () => {
    const { report } = await trainTable(line, {
      ...{ target: "y", hidden: [1], activation: "0*z", epochs: 300, l2: 0, test: 0 },
    });
    // The bias is the one that suits the validation rows, not the training rows
    expect(report.cost.validation).toBeLessThan(report.constantCost.validation!);
    expect(report.cost.train).toBeGreaterThan(report.constantCost.train);
    expect(report.beatsConstant).toBe(false);
  });
});

describe("a training that diverges", () => {
  test("ends in its error, and there is no model", async () => {
    await expect(
      trainTable(line, { target: "y", optimizer: sgd({ learningRate: 1e30 }) }),
    ).rejects.toMatchObject({ name: "NablaError", code: "diverged" });
  });

  test("of the linear baseline leaves its metrics empty", async () => {
    // Two equal features have curvature 2, and steps of 1.5 grow; the bias alone has curvature 1
    const twice = createTable("t.csv", [...line.columns, numbers("again", count)]);
    const { report } = await trainTable(twice, {
      ...{ target: "y", hidden: [1], activation: "0*z", epochs: 400, patience: 400 },
      optimizer: sgd({ learningRate: 1.5 }),
      batchSize: 100,
    });
    expect(report.baseline.linear).toEqual({});
    expect(report.metrics.rmse).toBeCloseTo(report.baseline.constant.rmse!, 3);
  });
});

describe("the cost poisson", () => {
  const visits = createTable("t.csv", [
    numbers("x", [-1, 1, -1, 1]),
    numbers("visits", [1, 4, 3, 8]),
  ]);

  test("predicts the mean count of each group, and does not standardise", async () => {
    const options = { target: "visits", task: "regression", cost: "poisson", ...exact } as const;
    const { model } = await trainTable(visits, options);
    expect(model.schema.target).toMatchObject({ mean: 0, scale: 1 });
    const { predictions } = predictTable(model, visits);
    [2, 6, 2, 6].forEach((mean, n) => {
      expect(predictions[n]).toBeCloseTo(mean, 5);
    });
  });

  test("refuses a number below 0 with its row, whatever part the row is in", async () => {
    const table = createTable("t.csv", [
      numbers("x", count),
      numbers("y", [...count].fill(-2, 41)),
    ]);
    await expect(trainTable(table, { target: "y", cost: "poisson" })).rejects.toThrow(
      't.csv, row 42: column "y" holds -2, which is not a number ≥ 0',
    );
  });
});

test.each([
  ["poisson", "classification", "kind", "cross-entropy"],
  ["binary-cross-entropy", "classification", "kind", "cross-entropy"],
  ["hinge", "regression", "x", "poisson"],
])("the cost %s does not suit %s", async (cost, task, target, known) => {
  const options = { target, cost, task: task as "regression" };
  await expect(trainTable(kinds, options)).rejects.toThrow(
    new RegExp(`cost "${cost}" does not suit ${task}; known: .*${known}`),
  );
});
