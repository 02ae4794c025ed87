import { dense, dropout, layerNorm, network } from "nabla";
import { describe, expect, it } from "vitest";
import { check } from "../../../src/explain/check/check.ts";

const inputs = [
  [0.3, -0.7],
  [0.9, 0.2],
  [-0.4, 0.6],
];
const targets = [
  [1, 0],
  [0, 1],
  [1, 0],
];

describe("check", () => {
  it("finds derived, numeric and compiled gradients equal, for every parameter", () => {
    for (const precision of ["float32", "float64"] as const) {
      const net = network({
        ...{ inputs: 2, layers: [dense(3, "tanh"), layerNorm(), dense(2)] },
        ...{ cost: "cross-entropy", l2: 0.1, precision, seed: 4 },
      });
      const result = check(net, inputs, targets);
      expect(result.passed).toBe(true);
      expect(result.parameters.map(({ name, shape, checked }) => [name, shape, checked])).toEqual([
        ["W1", [3, 2], 6],
        ["b1", [3], 3],
        ["g1", [3], 3],
        ["o1", [3], 3],
        ["W2", [2, 3], 6],
        ["b2", [2], 2],
      ]);
      expect(result.maxRelativeError).toBeLessThan(1e-6);
      expect(result.compiled.maxRelativeError).toBeLessThan(precision === "float32" ? 1e-4 : 1e-12);
      expect(result.kinks).toEqual([]);
    }
  });

  it("shows the three numbers of the worst element: ½·2·(0.5·3 − 1)·3 by hand", () => {
    const net = network({
      inputs: 1,
      layers: [dense(1)],
      cost: "squared-error",
      precision: "float64",
    });
    net.parameters.get("W1")?.fill(0.5);
    const [W1] = check(net, [[3]], [[1]]).parameters;
    expect(W1?.worst?.at).toEqual([0, 0]);
    expect(W1?.worst?.derived).toBe(1.5);
    expect(W1?.worst?.compiled).toBe(1.5);
    expect(W1?.worst?.numeric).toBeCloseTo(1.5, 8);
  });

  it("says that a relu is at its kink, and does not count that", () => {
    const net = network({
      ...{ inputs: 2, layers: [dense(3, "relu"), dense(2, "sigmoid")], cost: "squared-error" },
      ...{ initial: { W1: "zeros", W2: "ones" }, precision: "float64" },
    });
    const result = check(net, [[1, -1]], [[1, 1]]);
    expect(result.passed).toBe(true);
    expect(result.kinks).toContainEqual({ parameter: "b1", at: [0], comparison: "z1[n,j] <= 0" });
    expect(result.kinks.map(({ parameter }) => parameter)).not.toContain("W2");
  });

  it("takes a smaller step where the larger one reaches over a kink", () => {
    const net = network({
      ...{ inputs: 1, layers: [dense(1, "relu"), dense(1)], cost: "squared-error" },
      ...{ initial: { W1: 3e-7, W2: 1 }, precision: "float64" },
    });
    const result = check(net, [[1]], [[1]]);
    expect(result.kinks).toEqual([]);
    expect(result.passed).toBe(true);
    expect(result.parameters[0]?.worst?.derived).toBeCloseTo(-1, 5);
  });

  it("draws elements of a large parameter, the same ones for the same seed", () => {
    const net = network({ inputs: 40, layers: [dense(30)], cost: "squared-error" });
    const x = [Array.from({ length: 40 }, (_, i) => Math.sqrt(i) / 7)];
    const y = [Array.from({ length: 30 }, (_, i) => i / 30)];
    const first = check(net, x, y, { samples: 10, seed: 3 });
    expect(first.parameters.map(({ checked }) => checked)).toEqual([10, 10]);
    expect(check(net, x, y, { samples: 10, seed: 3 })).toEqual(first);
  });

  it("checks the training equations of a step, masks included", () => {
    const net = network({
      ...{ inputs: 2, layers: [dense(8, "relu"), dropout(0.5), dense(2)] },
      ...{ cost: "mean-absolute-error", seed: 2 },
    });
    const result = check(net, inputs, targets, { training: { step: 3 } });
    expect(result.passed).toBe(true);
  });

  it("weighs rows", () => {
    const net = network({
      ...{ inputs: 2, layers: [dense(2)], cost: "cross-entropy", weighted: true },
      precision: "float64",
    });
    const result = check(net, inputs, targets, { weights: [1, 0, 2.5] });
    expect(result.passed).toBe(true);
    expect(result.maxRelativeError).toBeLessThan(1e-6);
  });

  it("names an option that it does not know", () => {
    const net = network({ inputs: 2, layers: [dense(2)], cost: "cross-entropy" });
    const wrong = { sample: 3 } as object;
    expect(() => check(net, inputs, targets, wrong)).toThrow('did you mean "samples"?');
  });
});
