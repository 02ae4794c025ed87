import { describe, expect, test } from "vitest";
import { dense, network } from "../../../src/network.ts";
import { judgeRows } from "../../../src/tables/inspection/judgement.ts";
import { evaluateTable, type TableModel } from "../../../src/tables/model.ts";
import { allRows, createTable } from "../../../src/tables/table.ts";
import type { Target } from "../../../src/tables/target.ts";
import { linearModel, number } from "../by-hand.ts";
import { booleans, numbers, texts } from "../columns.ts";

/** p = σ(x), or softmax([0, x, 2x, …]), of one column x. */
function probable(target: Target, outputs: number, weight?: string): TableModel {
  const cost = target.task === "multi-label" ? "binary-cross-entropy" : "cross-entropy";
  const net = network({
    ...{ inputs: 1, layers: [dense(outputs)], cost, precision: "float64", initial: { b1: 0 } },
    weighted: weight !== undefined,
  });
  net.parameters.get("W1")!.set(Array.from({ length: outputs }, (_, k) => k));
  const plain = linearModel([number("x")], { slopes: [1] });
  const weights = weight === undefined ? undefined : { column: weight };
  const schema = { ...plain.schema, target, ...(weights && { weights }) };
  return { ...plain, network: net, schema };
}

const x = numbers("x", [-2, -1, -0.5, 0.5, 1, 2]);
const weights = numbers("w", [1, 2, 0, 3, 1, 1]);
const two = { task: "classification", name: "y", type: "text", classes: ["no", "yes"] } as const;
const three = { ...two, classes: ["a", "b", "c"] } as const;
const labels = {
  task: "multi-label",
  targets: [
    { name: "p", type: "boolean" },
    { name: "q", type: "number" },
  ],
} as const;

test("quantities stand row by row in the unit of the target", () => {
  const table = createTable("t.csv", [x, numbers("y", [1, 2, 3, 4, 5, 6])]);
  const model = linearModel([number("x")], { slopes: [2] });
  const { quantities, curves, calibration } = judgeRows(model, table, Uint32Array.of(1, 4));
  expect(quantities).toEqual([
    { name: "y", predictions: Float64Array.of(-20, 20), values: Float64Array.of(2, 5) },
  ]);
  expect([curves, calibration]).toEqual([[], undefined]);
});

describe("the areas under the curves are the metrics", () => {
  test("of the second of two classes", () => {
    const table = createTable("t.csv", [
      ...[x, weights, texts("y", ["no", "yes", "no", "yes", "no", "yes"])],
    ]);
    const model = probable(two, 2, "w");
    const { curves } = judgeRows(model, table, allRows(table));
    const { rocAuc, prAuc } = evaluateTable(model, table).metrics;
    expect(curves).toMatchObject([{ name: "yes", rocAuc, prAuc }]);
  });

  test("of each class that has rows, in the mean", () => {
    const table = createTable("t.csv", [x, texts("y", ["a", "b", "a", "b", "b", "a"])]);
    const model = probable(three, 3);
    const { curves } = judgeRows(model, table, allRows(table));
    expect(curves.map(({ name, roc }) => [name, roc !== undefined])).toEqual([
      ["a", true],
      ["b", true],
      ["c", false],
    ]);
    const mean = (curves[0]!.rocAuc! + curves[1]!.rocAuc!) / 2;
    expect(mean).toBeCloseTo(evaluateTable(model, table).metrics.rocAuc!, 12);
  });

  test("of labels, in the mean", () => {
    const table = createTable("t.csv", [
      ...[x, weights, booleans("p", [true, false, true, false, true, true])],
      numbers("q", [0, 1, 0, 0, 1, 1]),
    ]);
    const model = probable(labels, 2, "w");
    const { curves, calibration } = judgeRows(model, table, allRows(table));
    const mean = (curves[0]!.prAuc! + curves[1]!.prAuc!) / 2;
    expect(mean).toBeCloseTo(evaluateTable(model, table).metrics.prAuc!, 12);
    // Each row stands in the bins with both its labels.
    expect(calibration!.of).toBe("labels");
    expect(calibration!.bins.reduce((sum, { count }) => sum + count, 0)).toBe(2 * 8);
  });
});

describe("calibration", () => {
  test("of two classes is that of the second", () => {
    const table = createTable("t.csv", [x, texts("y", ["no", "no", "yes", "no", "yes", "yes"])]);
    const { calibration } = judgeRows(probable(two, 2), table, allRows(table));
    const sigma = (z: number) => 1 / (1 + Math.exp(-z));
    expect(calibration).toMatchObject({ of: "second-class" });
    expect(calibration!.bins.map(({ mean, rate, count }) => [mean, rate, count])).toEqual([
      [expect.closeTo(sigma(-2), 12), 0, 1],
      [expect.closeTo(sigma(-1), 12), 0, 1],
      [expect.closeTo(sigma(-0.5), 12), 1, 1],
      [expect.closeTo(sigma(0.5), 12), 0, 1],
      [expect.closeTo(sigma(1), 12), 1, 1],
      [expect.closeTo(sigma(2), 12), 1, 1],
    ]);
  });

  test("of several is that of the class that is named", () => {
    const table = createTable("t.csv", [x, texts("y", ["a", "b", "a", "c", "b", "c"])]);
    const { calibration } = judgeRows(probable(three, 3), table, allRows(table));
    expect(calibration!.of).toBe("predicted-class");
    // The largest of three is at least 1/3, and by symmetry ±x have the same; rows 0, 2, 3, 5 are right.
    expect(calibration!.bins.reduce((sum, { rate, count }) => sum + rate * count, 0)).toBe(4);
    expect(calibration!.bins[0]!.from).toBeGreaterThanOrEqual(0.3);
  });
});

test("of no rows there is nothing to say", () => {
  const table = createTable("t.csv", [x, numbers("y", [1, 2, 3, 4, 5, 6])]);
  const model = linearModel([number("x")], { slopes: [2] });
  expect(judgeRows(model, table, new Uint32Array())).toEqual({ quantities: [], curves: [] });
});
