import {
  dense,
  loadModel,
  network,
  predictTable,
  saveModel,
  type TableModel,
  trainTable,
} from "nabla";
import { describe, expect, test } from "vitest";
import { averageUnseen } from "../../../src/tables/columns/unseen.ts";
import { createTable } from "../../../src/tables/table.ts";
import { randomStream } from "../../../src/train/random.ts";
import { numbers, texts } from "../columns.ts";

test("the vector of a category that no row has is the mean over the rows", () => {
  const net = network({
    ...{ inputs: 0, embeddings: [{ categories: 3, units: 2 }], layers: [dense(1)] },
    ...{ cost: "squared-error", precision: "float64" },
  });
  net.parameters.get("E1")!.set([1, 10, 5, 50, -1, -1]);
  averageUnseen(net, { id1: Float64Array.of(0, 1, 0, 0) });
  expect([...net.parameters.get("E1")!]).toEqual([1, 10, 5, 50, 2, 20]);
  averageUnseen(net, { id1: Float64Array.of(0, 1, 2) });
  expect([...net.parameters.get("E1")!]).toEqual([1, 10, 5, 50, 2, 20]);
});

/** y is the number of the airport, of 60, by a tenth of what is drawn. */
const random = randomStream(1, "split");
const drawn = Array.from({ length: 1500 }, () => random.below(60));
const flights = createTable("flights", [
  texts(
    "airport",
    drawn.map((k) => `A${k}`),
  ),
  numbers(
    "y",
    drawn.map((k) => k + 0.1 * random.normal()),
  ),
]);
const unknown = createTable("new", [texts("airport", ["A7", "XXX", null])]);

const values = ({ schema }: TableModel) => schema.features[0];
const predicted = (model: TableModel) => predictTable(model, unknown).predictions as number[];

describe("a table of many categories", () => {
  const options = { target: "y", hidden: [], epochs: 60, l2: 0, seed: 2 } as const;

  test("learns each of them, and predicts the mean of the rows for one it has not seen", async () => {
    const { model, run, report } = await trainTable(flights, options);
    expect(values(model)).toMatchObject({ units: 6, missing: false, other: true });
    expect(report.metrics.r2).toBeGreaterThan(0.99);
    const [seven, other, missing] = predicted(model);
    expect(Math.abs(seven! - 7)).toBeLessThan(1);

    // Without hidden layers that is the mean of the predictions: z is linear in e
    const { train } = run.parts;
    const all = predictTable(model, flights).predictions as number[];
    const mean = train.reduce((sum, row) => sum + all[row]!, 0) / train.length;
    expect(other).toBeCloseTo(mean, 3);
    expect(missing).toBe(other);
  });

  test("goes on from a model, whose file has its vectors, to the bit", async () => {
    const { model } = await trainTable(flights, options);
    const read = loadModel(saveModel(model));
    if (!("schema" in read)) throw new Error("a model of tables");
    expect(predicted(read)).toEqual(predicted(model));

    const further = { target: "y", epochs: 1 } as const;
    const one = await trainTable(flights, { ...further, from: model });
    const other = await trainTable(flights, { ...further, from: read });
    expect(one.model.network.parameters).toEqual(other.model.network.parameters);
    expect(one.model.schema).toEqual(model.schema);
    // None of the rows is of another category: its vector stays, but for nothing
    const last = (of: TableModel) => of.network.parameters.get("E1")!.slice(-6);
    expect(last(one.model)).toEqual(last(model));
  });

  test("is told apart from its rare ones, which have a vector of their own", async () => {
    const rare = createTable("flights", [
      texts(
        "airport",
        drawn.map((k, i) => (i % 100 === 0 ? `once${i}` : `A${k}`)),
      ),
      numbers(
        "y",
        drawn.map((k, i) => (i % 100 === 0 ? 1000 : k)),
      ),
    ]);
    const { model } = await trainTable(rare, { ...options, validation: 0, test: 0 });
    expect(predicted(model)[1]).toBeCloseTo(1000, -1);
  });
});
