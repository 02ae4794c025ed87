import { describe, expect, test } from "vitest";
import { loadModel, saveModel } from "../../src/files/model.ts";
import { sgd } from "../../src/functions/optimizers.ts";
import { network } from "../../src/network.ts";
import type { TableModel } from "../../src/tables/model.ts";
import type { TableOptions } from "../../src/tables/settings.ts";
import { createTable } from "../../src/tables/table.ts";
import { trainTable } from "../../src/tables/train.ts";
import { numbers, texts } from "./columns.ts";

const count = Array.from({ length: 60 }, (_, i) => i);
const x = numbers("x", count);
const table = createTable("t.csv", [
  x,
  texts(
    "kind",
    count.map((x) => (x % 7 < 3 ? "low" : "high")),
  ),
]);
const options = {
  ...{ target: "kind", hidden: [4], activation: "tanh", precision: "float64", seed: 5 },
  ...{ batchSize: 60, optimizer: sgd({ learningRate: 0.5 }), l2: 0.01, epochs: 2 },
} as const satisfies TableOptions;
const { model, report } = await trainTable(table, options);
const again: TableOptions = { target: "kind", epochs: 3, batchSize: 60, from: model };

const values = (model: TableModel) =>
  [...model.network.parameters.values()].flatMap((each) => [...each]);

describe("going on with a model", () => {
  test("two epochs and three more are five", async () => {
    const before = values(model);
    const { optimizer } = options;
    const { model: more } = await trainTable(table, { ...again, optimizer });
    const { model: whole } = await trainTable(table, { ...options, epochs: 5 });
    // The rows come in another order in their one batch, so the sums are rounded differently
    values(more).forEach((value, i) => {
      expect(value).toBeCloseTo(values(whole)[i]!, 13);
    });
    expect(values(model)).toEqual(before);
    expect(values(more)).not.toEqual(before);
  });

  test("keeps its columns, classes, network and seed", async () => {
    const kinds = ["high", "high", "low", "high"];
    const other = createTable("o.csv", [
      texts("kind", kinds),
      texts("more", kinds),
      numbers("x", [1000, 2000, 3000, 4000]),
    ]);
    const { model: more, report: then } = await trainTable(other, again);
    expect(more.schema).toEqual(model.schema);
    expect(more.network.definition).toEqual({ ...model.network.definition, weighted: false });
    expect(more.training.seed).toBe(5);
    expect(then).toMatchObject({ features: ["x"], classes: ["high", "low"], epochs: 3 });
  });

  test("divides the same table as it was, so that no test row is trained on", async () => {
    const { report: then } = await trainTable(table, again);
    expect(then.baseline.constant).toEqual(report.baseline.constant);
  });

  test("takes a model from a file", async () => {
    const loaded = loadModel(saveModel(model)) as TableModel;
    const { model: more } = await trainTable(table, { ...again, from: loaded });
    expect(values(more)).toEqual(values((await trainTable(table, again)).model));
  });

  test("keeps the weights of classes, unless others are given", async () => {
    const weighted = await trainTable(table, { ...options, classWeight: { low: 3 } });
    const from = weighted.model;
    const kept = await trainTable(table, { ...again, from });
    expect(kept.model.schema.weights).toEqual({ classes: [1, 3] });
    const other = await trainTable(table, { ...again, from, classWeight: { high: 2 } });
    expect(other.model.schema.weights).toEqual({ classes: [2, 1] });
    expect(other.model.network.definition).toMatchObject({ weighted: true });
  });

  test.each<[string, Partial<TableOptions>, string]>([
    [
      "other hidden layers",
      { hidden: [8] },
      "hidden must be [4] as in the model to go on from, got [8]; leave it out, or train a new model",
    ],
    ["another activation", { activation: "relu" }, 'activation must be "tanh" as in'],
    ["another cost", { cost: "huber" }, 'cost must be "cross-entropy" as in'],
    ["another task", { task: "regression" }, 'task must be "classification" as in'],
    ["another target", { target: "x" }, 'target must be "kind" as in the model to go on from'],
    ["another penalty", { l2: 0 }, "l2 must be 0.01 as in"],
    ["another precision", { precision: "float32" }, 'precision must be "float64" as in'],
    ["dropout", { dropout: 0.5 }, "dropout must be 0 as in"],
    [
      "to ignore what it reads",
      { ignore: ["x"] },
      'ignore must be columns that the model does not read, got "x"',
    ],
  ])("refuses %s", async (_, more, message) => {
    await expect(trainTable(table, { ...again, ...more })).rejects.toThrow(message);
  });

  test("allows what says the same", async () => {
    const same = { hidden: [4], activation: "tanh", cost: "cross-entropy", l2: 0.01 };
    const { report } = await trainTable(table, { ...again, ...same, epochs: 1 });
    expect(report.epochs).toBe(1);
  });

  test("needs the columns of the model and its classes", async () => {
    const kinds = texts("kind", ["low", "high", "low", "middle"]);
    const without = createTable("o.csv", [kinds, numbers("y", [1, 2, 3, 4])]);
    await expect(trainTable(without, again)).rejects.toThrow('o.csv has no column "x"');
    const other = createTable("o.csv", [kinds, numbers("x", [1, 2, 3, 4])]);
    await expect(trainTable(other, again)).rejects.toThrow(
      'o.csv, row 4: column "kind" holds "middle", which is not one of the classes "high", "low"',
    );
  });

  test("needs a model of layers", async () => {
    const net = network({
      equations: "z[n,k] = Σ_i W[k,i]·x[n,i]; C = 1/N·Σ_n Σ_k (z[n,k] − y[n,k])^2",
      ...{ extents: { i: 1, k: 2 }, inputs: "x", targets: "y", outputs: "z", cost: "C" },
    });
    await expect(trainTable(table, { ...again, from: { ...model, network: net } })).rejects.toThrow(
      "from must be a model of layers, got one of equations",
    );
  });
});
