import { describe, expect, test } from "vitest";
import { resamples } from "../../../src/metrics/bootstrap.ts";
import { mainMetric, metricsOf, type Outcome } from "../../../src/tables/metrics.ts";
import { surenessOf } from "../../../src/tables/quality/intervals.ts";
import type { Target } from "../../../src/tables/target.ts";
import { randomStream } from "../../../src/train/random.ts";

const kind: Target = { task: "classification", name: "y", type: "text", classes: ["a", "b"] };
const size: Target = { task: "regression", name: "y", type: "number", mean: 0, scale: 1 };
const labels: Target = {
  task: "multi-label",
  targets: [
    { name: "u", type: "boolean" },
    { name: "v", type: "boolean" },
  ],
};

/** Rows of class 1 with the probability p, which is what is predicted of all. */
function coins(rows: number, { p, seed }: { p: number; seed: number }): Outcome {
  const stream = randomStream(seed, "shuffle");
  const values = Float64Array.from({ length: rows }, () => (stream.uniform() < p ? 1 : 0));
  const outputs = Float64Array.from({ length: 2 * rows }, (_, i) => (i % 2 ? p : 1 - p));
  return { values, outputs };
}

describe("intervals", () => {
  test("are those of metricsOf with the weights of each draw", () => {
    const stream = randomStream(5, "shuffle");
    const rows = 30;
    const outputs = Float64Array.from({ length: rows * 2 }, () => stream.uniform());
    const values = Float64Array.from({ length: rows * 2 }, () => stream.below(2));
    const weights = Float64Array.from({ length: rows }, () => stream.uniform());
    const outcome = { outputs, values, weights };
    const { intervals } = surenessOf(labels, outcome, { seed: 7 });
    const drawn = Array.from(resamples({ rows, weights, seed: 7, draws: 999 }), (own) =>
      metricsOf(labels, { outputs, values, weights: own }),
    );
    expect(Object.keys(intervals)).toEqual(Object.keys(metricsOf(labels, outcome)));
    for (const name of ["accuracy", "hammingLoss", "logLoss", "rocAuc", "prAuc", "f1"] as const) {
      const sorted = drawn.map((metrics) => metrics[name]!).sort((a, b) => a - b);
      expect(intervals[name]).toEqual({ low: sorted[24], high: sorted[974] });
    }
  });

  test("cover the true accuracy and error in 95 % of 120 tests", () => {
    // 80 rows. Of coins the accuracy is 0.7 (the likelier side is said); of normal errors the root
    // of the mean square is 1. By theory the percentile interval covers about 94 %; the standard
    // error of 120 trials is 2.2 %: two of them
    const covered = { accuracy: 0, rmse: 0 };
    for (let seed = 0; seed < 120; seed++) {
      const { accuracy } = surenessOf(kind, coins(80, { p: 0.7, seed }), { seed }).intervals;
      if (accuracy!.low <= 0.7 && 0.7 <= accuracy!.high) covered.accuracy++;
      const stream = randomStream(seed, "initialisation");
      const outputs = new Float64Array(80);
      const values = outputs.map(() => stream.normal());
      const { rmse } = surenessOf(size, { outputs, values }, { seed }).intervals;
      if (rmse!.low <= 1 && 1 <= rmse!.high) covered.rmse++;
    }
    for (const count of Object.values(covered)) {
      expect(count / 120).toBeGreaterThan(0.895);
      expect(count / 120).toBeLessThan(0.985);
    }
  }, 60_000);

  test("of rows that come in copies are right by group, and too narrow without", () => {
    // 40 rows, each ten times: the interval by group is that of the 40 rows
    const { values, outputs } = coins(40, { p: 0.7, seed: 1 });
    const copies = (flat: ArrayLike<number>, width: number) =>
      Float64Array.from({ length: flat.length * 10 }, (_, i) => {
        const row = Math.floor(i / width / 10);
        return flat[row * width + (i % width)]!;
      });
    const many = { values: copies(values, 1), outputs: copies(outputs, 2) };
    const groups = Array.from(many.values, (_, n) => `patient ${Math.floor(n / 10)}`);
    const width = (own: Parameters<typeof surenessOf>[1], names?: string[]) => {
      const { accuracy } = surenessOf(kind, own, { seed: 2, groups: names }).intervals;
      return accuracy!.high - accuracy!.low;
    };
    expect(width(many, groups)).toBeCloseTo(width({ values, outputs }), 12);
    expect(width(many, groups) / width(many)).toBeGreaterThan(2.5); //  √10 = 3.2
  });

  test("are none of figures without a meaning, of no rows and of a single one", () => {
    const { intervals } = surenessOf(kind, coins(40, { p: 0, seed: 1 }), { seed: 1 });
    expect(Object.keys(intervals)).toEqual(["accuracy", "balancedAccuracy", "logLoss", "f1"]);
    const nothing = { values: new Float64Array(0), outputs: new Float64Array(0) };
    expect(surenessOf(kind, nothing, { seed: 1 })).toEqual({ intervals: {} });
    const one = { values: Float64Array.of(1), outputs: Float64Array.of(2) };
    expect(surenessOf(size, one, { seed: 1 })).toEqual({ intervals: {} });
  });
});

describe("the lead on a rival", () => {
  const values = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
  const off = (by: (n: number) => number) => ({ values, outputs: values.map((y, n) => y + by(n)) });

  test("is how much smaller the error is, by the same rows in each draw", () => {
    // Errors of 1 and of 3 in every row: the difference is 2 in every draw
    const { comparison } = surenessOf(
      size,
      off((n) => (n % 2 ? 1 : -1)),
      {
        seed: 1,
        rivals: { metric: "mae", constant: off(() => 3), linear: off(() => -1) },
      },
    );
    expect(comparison).toEqual({
      metric: "mae",
      constant: { difference: 2, low: 2, high: 2 },
      linear: { difference: 0, low: 0, high: 0 },
    });
  });

  test("is negative where the network is worse", () => {
    const rivals = { metric: "rmse", constant: off(() => 1) } as const;
    const { comparison } = surenessOf(
      size,
      off(() => 3),
      { seed: 1, rivals },
    );
    expect(comparison?.constant).toEqual({ difference: -2, low: -2, high: -2 });
  });

  test("of more right answers is turned the other way", () => {
    const right = {
      values: Float64Array.of(0, 0, 1, 1),
      outputs: Float64Array.of(1, 0, 1, 0, 0, 1, 0, 1),
    };
    const always = { ...right, outputs: Float64Array.of(1, 0, 1, 0, 1, 0, 1, 0) };
    const rivals = { metric: "balancedAccuracy", constant: always } as const;
    const { comparison } = surenessOf(kind, right, { seed: 1, rivals });
    expect(comparison?.constant?.difference).toBe(0.5);
  });

  test("is by what the network was trained to make small", () => {
    expect(mainMetric(size, { cost: "squared-error" })).toBe("rmse");
    expect(mainMetric(size, { cost: "mean-absolute-error" })).toBe("mae");
    expect(mainMetric(kind, { cost: "cross-entropy" })).toBe("logLoss");
    expect(mainMetric(kind, { cost: "cross-entropy", classWeight: "balanced" })).toBe(
      "balancedAccuracy",
    );
    expect(mainMetric(labels, { cost: "binary-cross-entropy" })).toBe("logLoss");
  });
});
