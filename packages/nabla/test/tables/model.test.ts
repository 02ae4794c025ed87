import { describe, expect, test } from "vitest";
import { dense, network } from "../../src/network.ts";
import type { Feature } from "../../src/tables/columns/schema.ts";
import {
  evaluateTable,
  predictTable,
  type TableModel,
  type TrainingLog,
} from "../../src/tables/model.ts";
import { createTable } from "../../src/tables/table.ts";
import type { Target } from "../../src/tables/target.ts";

const feature: Feature = { name: "x", type: "number", mean: 3, scale: 2, missing: false };
const kind: Target = { task: "classification", name: "y", type: "text", classes: ["", "1.0"] };
const size: Target = { task: "regression", name: "y", type: "number", mean: 10, scale: 4 };

/** One input and no hidden layer, with weights of 2 for the last output and biases of 0. */
function modelOf(target: Target): TableModel {
  const classes = target.task === "classification";
  const layer = classes ? dense(2, "softmax") : dense(1);
  const net = network({
    inputs: 1,
    layers: [layer],
    cost: classes ? "cross-entropy" : "squared-error",
    precision: "float64",
  });
  net.parameters.get("W1")?.set(classes ? [0, 2] : [2]);
  return { network: net, schema: { features: [feature], target }, training: {} as TrainingLog };
}

const table = createTable("new.csv", [
  { name: "y", type: "text", values: ["", null, "1.0"] },
  { name: "x", type: "number", values: Float64Array.of(5, 3, 1) }, // 1, 0, −1 standardised
]);
const sizes = createTable("new.csv", [
  { name: "y", type: "number", values: Float64Array.of(20, Number.NaN, 8) },
  { name: "x", type: "number", values: Float64Array.of(5, 3, 1) },
]);

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

describe("predictTable", () => {
  test("gives the label of the likeliest class, and the probability of each", () => {
    const { predictions, probabilities } = predictTable(modelOf(kind), table);
    expect(predictions).toEqual(["1.0", "", ""]); // a tie goes to the first
    const expected = [sigmoid(-2), sigmoid(2), 0.5, 0.5, sigmoid(2), sigmoid(-2)];
    expect(probabilities).toHaveLength(6);
    expected.forEach((p, i) => {
      expect(probabilities?.[i]).toBeCloseTo(p, 15);
    });
  });

  test("gives quantities in the unit of the target", () => {
    // 2·1 = 2, and 2·4 + 10 = 18
    const { predictions, probabilities } = predictTable(modelOf(size), table);
    expect(predictions).toEqual([18, 10, 2]);
    expect(probabilities).toBeUndefined();
  });

  test("predicts no rows for no rows", () => {
    const empty = createTable("empty.csv", [
      { name: "x", type: "number", values: new Float64Array(0) },
    ]);
    expect(predictTable(modelOf(size), empty).predictions).toEqual([]);
  });
});

describe("evaluateTable", () => {
  test("compares classes in the rows that have one", () => {
    const { rows, cost, metrics } = evaluateTable(modelOf(kind), table);
    expect(rows).toBe(2);
    // Both rows have the probability σ(−2) for the right class.
    expect(cost).toBeCloseTo(-Math.log(sigmoid(-2)), 14);
    expect(metrics.logLoss).toBeCloseTo(-Math.log(sigmoid(-2)), 14);
    expect(metrics.accuracy).toBe(0);
  });

  test("compares quantities in the unit of the target, and their cost in its own", () => {
    const { rows, cost, metrics } = evaluateTable(modelOf(size), sizes);
    expect(rows).toBe(2);
    // Predictions 18 and 2 for 20 and 8: errors −2 and −6, standardised −0.5 and −1.5
    expect(cost).toBe((0.5 * 0.25 + 0.5 * 2.25) / 2);
    expect(metrics.rmse).toBe(Math.sqrt(20));
    expect(metrics.mae).toBe(4);
    expect(metrics.r2).toBeCloseTo(1 - 40 / 72, 15);
  });

  test("needs a target", () => {
    const { columns } = table;
    const without = createTable("new.csv", columns.slice(1));
    expect(() => evaluateTable(modelOf(kind), without)).toThrow('new.csv has no column "y"');
  });
});
