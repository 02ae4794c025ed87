import { dense, network } from "nabla";
import { describe, expect, test } from "vitest";
import { newFloats } from "../../src/equations/memory.ts";
import { activations } from "../../src/functions/activations.ts";
import { type InitializerName, initializers } from "../../src/functions/initializers.ts";
import { randomStream } from "../../src/train/random.ts";

const [fanIn, fanOut] = [300, 200];

/** W of a layer of 200 units that read 300 inputs. */
const drawn = (initializer: InitializerName, seed = 1): number[] => {
  const initial = { W1: initializer };
  const layers = [dense(fanOut)];
  const net = network({ inputs: fanIn, layers, cost: "squared-error", initial, seed });
  return [...net.parameters.get("W1")!];
};

/** Mean, variance, and the largest magnitude. */
function moments(values: readonly number[]) {
  const mean = values.reduce((a, b) => a + b) / values.length;
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
  return { mean, variance, most: values.reduce((a, b) => Math.max(a, Math.abs(b)), 0) };
}

describe("the weights", () => {
  const variances: Readonly<Record<string, number>> = {
    glorot: 2 / (fanIn + fanOut),
    he: 2 / fanIn,
    lecun: 1 / fanIn,
    normal: 0.01,
  };
  const random = (Object.keys(initializers) as InitializerName[]).filter(
    (name) => name !== "zeros" && name !== "ones",
  );
  // 60,000 numbers: five standard errors of the mean and of the variance (kurtosis at most 3).
  test.each(random)("of %s have mean 0 and the variance of the paper", (name) => {
    const expected = variances[name.split("-")[0] as string] as number;
    const { mean, variance, most } = moments(drawn(name));
    const count = fanIn * fanOut;
    expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(expected / count));
    expect(Math.abs(variance / expected - 1)).toBeLessThan(5 * Math.sqrt(2 / count));
    if (name.endsWith("uniform")) expect(most).toBeLessThanOrEqual(Math.sqrt(3 * expected));
    else expect(most).toBeGreaterThan(3 * Math.sqrt(expected));
  });

  test("of zeros and ones are these", () => {
    expect(new Set(drawn("zeros"))).toEqual(new Set([0]));
    expect(new Set(drawn("ones"))).toEqual(new Set([1]));
  });

  // Few numbers are drawn here, many inside a module; float64 keeps all of their bits
  test.each([
    ["few", 7, "float32"],
    ["an odd number", 8193, "float32"],
    ["many", 60_000, "float32"],
    ["many", 60_000, "float64"],
  ] as const)("are those of the stream, row after row: %s, %i of %s", (_, inputs, precision) => {
    const seed = 2 ** 40 + 5;
    const layers = [dense(1), dense(1)];
    const initial = { W1: "he-uniform", W2: "lecun-uniform", b1: 0.25 } as const;
    const cost = "squared-error";
    const { parameters } = network({ inputs, layers, cost, initial, seed, precision });
    const stream = randomStream(seed, "initialisation", 0);
    const limit = Math.sqrt(6 / inputs);
    const expected = newFloats(precision, inputs).map(() => limit * (2 * stream.uniform() - 1));
    expect(parameters.get("W1")).toEqual(expected);
    expect([...parameters.get("b1")!]).toEqual([0.25]);
    const next = Math.sqrt(3) * (2 * randomStream(seed, "initialisation", 2).uniform() - 1);
    expect([...parameters.get("W2")!]).toEqual([...newFloats(precision, 1).fill(next)]);
  });

  test("that lead to an activation start as its table says, and biases at 0", () => {
    for (const [name, { initializer }] of Object.entries(activations)) {
      const build = (initial = {}) =>
        network({ inputs: 5, layers: [dense(4, name)], cost: "squared-error", seed: 3, initial });
      const { parameters } = build();
      expect(parameters.get("W1"), name).toEqual(build({ W1: initializer }).parameters.get("W1"));
      expect([...parameters.get("b1")!]).toEqual([0, 0, 0, 0]);
    }
  });
});

describe("a network", () => {
  const layers = [dense(3, "tanh"), dense(2)];
  const build = (definition = {}) =>
    network({ inputs: 2, layers, cost: "squared-error", ...definition });

  test("starts a parameter at a number where that is given", () => {
    const { parameters } = build({ initial: { b1: 0.5, W2: "ones" } });
    expect([...parameters.get("b1")!]).toEqual([0.5, 0.5, 0.5]);
    expect([...parameters.get("W2")!]).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test("draws each parameter from a stream of its own: another layer changes none before it", () => {
    const longer = build({ layers: [dense(3, "tanh"), dense(2), dense(7)] });
    for (const name of ["W1", "W2"]) {
      expect(longer.parameters.get(name)).toEqual(build().parameters.get(name));
    }
    expect(build({ initial: { W1: "zeros" } }).parameters.get("W2")).toEqual(
      build().parameters.get("W2"),
    );
  });

  test.each([
    [
      { W1: "glorot" },
      'unknown initializer "glorot"; known: glorot-uniform, glorot-normal, he-uniform, he-normal, lecun-uniform, lecun-normal, normal, zeros, ones',
    ],
    [{ W3: "zeros" }, 'unknown parameter "W3"; did you mean "W1"? known: W1, b1, W2, b2'],
    [{ W1: Number.NaN }, "initial W1 must be a finite number or an initializer's name, got NaN"],
    [{ b1: Infinity }, "initial b1 must be a finite number or an initializer's name, got Infinity"],
  ])("refuses initial: %o", (initial, message) => {
    expect(() => build({ initial })).toThrow(
      expect.objectContaining({ name: "NablaError", code: "usage", message }),
    );
  });
});
