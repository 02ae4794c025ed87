/** What a layered definition says about its cost beyond the name: smoothed labels, weighted rows. */

import { dense, type Layer, type LayeredDefinition, network } from "nabla";
import { describe, expect, test } from "vitest";
import { writeEquations } from "../src/network.ts";
import { randomStream } from "../src/train/random.ts";
import { evaluateAt, pointAt, relativeError, systemOf } from "./equations/points.ts";

const definition = (layers: readonly Layer[], cost = "squared-error"): LayeredDefinition => ({
  ...{ inputs: 3, layers, cost, seed: 5, precision: "float64" },
});

const linesOf = (layers: readonly Layer[], changes: Partial<LayeredDefinition> = {}) =>
  writeEquations({ ...definition(layers), ...changes }).text.equations.split("\n");

describe("label smoothing", () => {
  const layers = [dense(4, "tanh"), dense(3)];
  const random = randomStream(5, "split");
  const inputs = Array.from({ length: 5 }, () => Array.from({ length: 3 }, random.normal));
  const targets = inputs.map((_, n) => [0, 1, 2].map((k) => Number(n % 3 === k)));
  test.each([
    ["cross-entropy", 1 / 3],
    ["binary-cross-entropy", 1 / 2],
  ])("of %s trains on targets moved towards %d, and only trains", (cost, towards) => {
    const plain = network(definition(layers, cost));
    const smooth = network({ ...definition(layers, cost), labelSmoothing: 0.1 });
    const phase = { training: { step: 1 } };
    const smoothed = targets.map((row) => row.map((y) => 0.9 * y + 0.1 * towards));
    const [c, expected] = [plain.cost(inputs, smoothed), plain.gradients(inputs, smoothed)];
    expect(smooth.cost(inputs, targets, phase)).toBeCloseTo(c, 14);
    for (const [name, gradient] of smooth.gradients(inputs, targets, phase))
      expect(relativeError(gradient, expected.get(name)!), name).toBeLessThanOrEqual(1e-14);

    expect(smooth.cost(inputs, targets)).toBe(plain.cost(inputs, targets));
    expect(smooth.gradients(inputs, targets)).toEqual(plain.gradients(inputs, targets));
  });

  test("is two equations more, or none where ε is 0", () => {
    const lines = linesOf([dense(3)], { cost: "cross-entropy", labelSmoothing: 0.1 });
    expect(lines.slice(4, 7)).toEqual([
      "ys[n,j] = y[n,j]",
      "ys[n,j] = (1 - 0.1)*y[n,j] + 0.1/3   training",
      "c[n] = sum_j (ys[n,j]*(log(s1[n]) - (z1[n,j] - m1[n])))",
    ]);
    expect(linesOf(layers, { labelSmoothing: 0 })).toEqual(linesOf(layers));
  });

  test.each([
    [{ labelSmoothing: 1 }, "labelSmoothing must be a number in [0, 1), got 1"],
    [{ labelSmoothing: Number.NaN }, "labelSmoothing must be a number in [0, 1), got NaN"],
    [
      { cost: "squared-error" },
      'labelSmoothing goes with the cost cross-entropy or binary-cross-entropy, got "squared-error"; leave it out',
    ],
  ])("of %o is refused", (changes, message) => {
    const given = { ...definition(layers, "cross-entropy"), labelSmoothing: 0.1, ...changes };
    expect(() => network(given)).toThrow(
      expect.objectContaining({ name: "NablaError", code: "usage", message }),
    );
  });
});

describe("weights of rows", () => {
  const weighted = writeEquations({ ...definition([dense(1)]), inputs: 1, weighted: true, l2: 1 });
  const plain = writeEquations({ ...definition([dense(1)]), inputs: 1, l2: 1 });
  const given = { x: [1, 2, 3, 4], y: [3, 5, 4, 9], W1: [2], b1: [0.5] };
  const costAt = (text: typeof plain.text, data: Record<string, readonly number[]>) => {
    const system = systemOf(text);
    const point = pointAt(system, 4, data);
    const weights = system.weights && ([system.weights, data.w!] as const);
    const values = new Map([...point.values, ...(weights ? [weights] : [])]);
    return evaluateAt(system.equations, { rows: 4, values })(system.cost)[0];
  };

  test("are w[n] of the cost, and a tensor of their own", () => {
    expect(weighted.text.equations).toBe(plain.text.equations.replace("Σ_n c[n]", "Σ_n w[n]·c[n]"));
    const { weights, inputs, parameters } = systemOf(weighted.text);
    expect(weights).toMatchObject({ name: "w", shape: ["rows"], role: "input" });
    expect([...inputs, ...parameters].map(({ name }) => name)).toEqual(["x", "W1", "b1"]);
    expect(systemOf(plain.text).weights).toBeUndefined();
  });

  test("worked by hand: 2 counts a row twice, 0 leaves it out", () => {
    // c = ½(2x + ½ − y)² = ½[¼, ¼, 6¼, ¼]; Σw = 4; ½W² = 2
    expect(costAt(weighted.text, { ...given, w: [2, 0, 1, 1] })).toBe(
      (0.25 + 3.125 + 0.125) / 4 + 2,
    );
    expect(costAt(weighted.text, { ...given, w: [1, 1, 1, 1] })).toBe(costAt(plain.text, given));
    const twice = { ...given, x: [1, 1, 3, 4], y: [3, 3, 4, 9] };
    expect(costAt(weighted.text, { ...given, w: [2, 0, 1, 1] })).toBe(costAt(plain.text, twice));
  });

  test("have one index, the rows'", () => {
    const equations = weighted.text.equations.replace("w[n]", "w[n,j]").replace("Σ_n", "Σ_{n,j}");
    expect(() => systemOf({ ...weighted.text, equations })).toThrow(
      "the weights w must be [rows], got [rows, 1]",
    );
  });

  test("stand in an equation", () => {
    expect(() => systemOf({ ...plain.text, weights: "w" })).toThrow(
      'unknown weights "w"; did you mean "W1"? known: z1, W1, x, b1, a1, c, y, C',
    );
  });

  test("are asked for by true or false", () => {
    const wrong = { ...definition([dense(1)]), weighted: "w" as never };
    expect(() => network(wrong)).toThrow("weighted must be true or false, got w");
  });
});
