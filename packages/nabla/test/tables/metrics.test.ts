import { describe, expect, test } from "vitest";
import { detailsOf, metricsOf } from "../../src/tables/metrics.ts";
import type { Target } from "../../src/tables/target.ts";

const size: Target = { task: "regression", name: "y", type: "number", mean: 10, scale: 4 };
const kindOf = (...classes: string[]) =>
  ({ task: "classification", name: "y", type: "text", classes }) as const;

const kind = kindOf("", "__proto__");
// Three rows, of which the second is taken for the first class by a tie.
const outcome = {
  outputs: Float64Array.of(0.75, 0.25, 0.5, 0.5, 0.25, 0.75),
  values: Float64Array.of(0, 1, 1),
};

describe("metricsOf", () => {
  test("says nothing of no rows", () => {
    const nothing = { outputs: new Float64Array(0), values: new Float64Array(0) };
    expect(metricsOf(size, nothing)).toStrictEqual({});
    expect(metricsOf(kind, nothing)).toStrictEqual({});
  });

  test("leaves r2 out where all targets are equal", () => {
    const metrics = metricsOf(size, { outputs: Float64Array.of(0), values: Float64Array.of(13) });
    expect(metrics).toStrictEqual({ rmse: 3, mae: 3 });
  });

  test("compares quantities in the unit of the target", () => {
    // 6 and 18 for 8 and 14: errors −2 and 4, deviations −3 and 3
    const outputs = Float64Array.of(-1, 2);
    const metrics = metricsOf(size, { outputs, values: Float64Array.of(8, 14) });
    expect(Object.entries(metrics)).toEqual([
      ["r2", 1 - 20 / 18],
      ["rmse", Math.sqrt(10)],
      ["mae", 3],
    ]);
  });

  test("leaves out what passes the largest number, which JSON cannot say", () => {
    const outputs = Float64Array.of(Number.MAX_VALUE, 0);
    expect(metricsOf(size, { outputs, values: Float64Array.of(8, 14) })).toStrictEqual({});
  });

  test("names the figures of two classes in the order in which they are printed", () => {
    const { logLoss, ...metrics } = metricsOf(kind, outcome);
    expect(logLoss).toBeCloseTo(-(2 * Math.log(0.75) + Math.log(0.5)) / 3, 15);
    expect(Object.entries(metrics)).toEqual([
      ["accuracy", 2 / 3],
      ["balancedAccuracy", (1 + 1 / 2) / 2],
      ["rocAuc", 1],
      ["prAuc", 1],
      ["f1", (2 / 3 + 2 / 3) / 2],
    ]);
  });

  test("has the precision-recall area of two classes only, and areas of two that occur", () => {
    const outputs = Float64Array.of(0.5, 0.25, 0.25, 0.25, 0.5, 0.25);
    const names = (values: number[]) =>
      Object.keys(metricsOf(kindOf("a", "b", "c"), { outputs, values: Float64Array.from(values) }));
    expect(names([0, 1])).toEqual(["accuracy", "balancedAccuracy", "logLoss", "rocAuc", "f1"]);
    expect(names([1, 1])).toEqual(["accuracy", "balancedAccuracy", "logLoss", "f1"]);
  });

  test("weighs rows", () => {
    const { accuracy, rocAuc } = metricsOf(kind, { ...outcome, weights: [1, 2, 0] });
    expect([accuracy, rocAuc]).toEqual([1 / 3, 1]);
    const { mae } = metricsOf(size, {
      outputs: Float64Array.of(0, 0),
      values: Float64Array.of(11, 14),
      weights: [3, 1],
    });
    expect(mae).toBe((3 * 1 + 4) / 4);
  });
});

test("detailsOf names the classes and counts what was taken for what", () => {
  expect(detailsOf(kind, outcome)).toEqual({
    calibrationError: (0.25 + 0.5 + 0.25) / 3, // 0.25 came not true, 0.5 and 0.75 did
    classes: [
      { name: "", precision: 1 / 2, recall: 1, f1: 2 / 3, support: 1 },
      { name: "__proto__", precision: 1, recall: 1 / 2, f1: 2 / 3, support: 2 },
    ],
    confusion: [
      [1, 0],
      [1, 1],
    ],
  });
});

describe("of several targets", () => {
  const unit = { type: "number", mean: 0, scale: 1 } as const;
  const quantities: Target = {
    task: "regression",
    targets: [
      { name: "a", ...unit },
      { name: "b", ...unit },
    ],
  };

  test("the metrics of quantities are means, and the details one by one", () => {
    // a: 1 and 3 for 2 and 4, errors −1, −1; b: 0 and 7 for 5 and 5, errors −5, 2
    const outcome = {
      outputs: Float64Array.of(1, 0, 3, 7),
      values: Float64Array.of(2, 5, 4, 5),
    };
    expect(metricsOf(quantities, outcome)).toStrictEqual({
      ...{ r2: 0, rmse: (1 + Math.sqrt(14.5)) / 2, mae: (1 + 3.5) / 2 },
    });
    expect(detailsOf(quantities, outcome)).toStrictEqual({
      quantities: [
        { name: "a", r2: 0, rmse: 1, mae: 1 },
        { name: "b", rmse: Math.sqrt(14.5), mae: 3.5 },
      ],
    });
  });

  test("labels are judged together, and rows by their weight", () => {
    const labels: Target = {
      task: "multi-label",
      targets: [
        { name: "a", type: "number" },
        { name: "b", type: "boolean" },
      ],
    };
    const outcome = {
      outputs: Float64Array.of(0.75, 0.25, 0.75, 0.75, 0.25, 0.25),
      values: Float64Array.of(1, 0, 0, 1, 1, 1),
      weights: [1, 2, 0],
    };
    // Row 1 is right; of row 2, which counts twice, a is wrong
    const metrics = metricsOf(labels, outcome);
    expect(metrics).toMatchObject({ accuracy: 1 / 3, hammingLoss: 1 / 3, rocAuc: 0.75 });
    expect(Object.keys(metrics)).toEqual([
      ...["accuracy", "hammingLoss", "logLoss", "rocAuc", "prAuc", "f1"],
    ]);
    expect(detailsOf(labels, outcome).labels).toEqual([
      { name: "a", precision: 1 / 3, recall: 1, f1: 1 / 2, support: 1 },
      { name: "b", precision: 1, recall: 1, f1: 1, support: 2 },
    ]);
  });
});
