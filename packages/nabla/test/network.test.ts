import {
  activationNames,
  adam,
  type CostName,
  costNames,
  dense,
  type LayeredDefinition,
  type NetworkDefinition,
  network,
  sgd,
  train,
} from "nabla";
import { describe, expect, test } from "vitest";
import { costOf } from "../src/functions/costs.ts";
import { activation, dropout, layerNorm, residual, writeEquations } from "../src/network.ts";
import { byTextbook, difference, layered } from "./oracles/layered.ts";

const definition: LayeredDefinition = {
  inputs: 2,
  layers: [dense(3, "tanh"), dense(1, "sigmoid")],
  cost: "squared-error",
  seed: 1,
  precision: "float64",
};
// biome-ignore format: a table
const xor = { inputs: [[0, 0], [0, 1], [1, 0], [1, 1]], targets: [[0], [1], [1], [0]] };

describe("layers write equations", () => {
  const written = (changes: Partial<LayeredDefinition>) =>
    writeEquations({ ...definition, ...changes }).text.equations.split("\n");

  test("one for each symbol of the textbook", () => {
    expect(written({})).toEqual([
      "z1[n,j] = Σ_i W1[j,i]·x[n,i] + b1[j]",
      "a1[n,j] = tanh(z1[n,j])",
      "z2[n,k] = Σ_j W2[k,j]·a1[n,j] + b2[k]",
      "a2[n,k] = sigmoid(z2[n,k])",
      "c[n] = sum_k (1/2*(a2[n,k] - y[n,k])^2)",
      "C = 1/N · Σ_n c[n]",
    ]);
  });

  test("three for the softmax, which cross-entropy reads", () => {
    expect(written({ layers: [dense(4)], cost: "cross-entropy" })).toEqual([
      "z1[n,j] = Σ_i W1[j,i]·x[n,i] + b1[j]",
      "m1[n] = max_j z1[n,j]   stabiliser",
      "s1[n] = Σ_j exp(z1[n,j] − m1[n])",
      "a1[n,j] = exp(z1[n,j] − m1[n])/s1[n]",
      "c[n] = sum_j (y[n,j]*(log(s1[n]) - (z1[n,j] - m1[n])))",
      "C = 1/N · Σ_n c[n]",
    ]);
  });

  test("with penalties over weights, never biases", () => {
    const last = written({ l1: 0.25, l2: 1e-7 }).at(-1);
    expect(last).toBe(
      "C = 1/N · Σ_n c[n] + 0.25·Σ_{j,i} abs(W1[j,i]) + 0.25·Σ_{k,j} abs(W2[k,j])" +
        " + 1e-7/2·Σ_{j,i} W1[j,i]^2 + 1e-7/2·Σ_{k,j} W2[k,j]^2",
    );
  });

  test("and the network that has these equations has the same bits", () => {
    const { text } = writeEquations(definition);
    const own = network({ ...text, seed: 1, precision: "float64", initial: { b1: "zeros" } });
    const net = network(definition);
    for (let t = 0; t < 3; t++) {
      const optimizer = adam({ learningRate: 0.1 });
      expect(own.step(xor.inputs, xor.targets, optimizer)).toBe(
        net.step(xor.inputs, xor.targets, optimizer),
      );
    }
    expect(own.parameters).toEqual(net.parameters);
    expect(own.predict(xor.inputs)).toEqual(net.predict(xor.inputs));
  });

  test("for more layers than there are letters", () => {
    const layers = Array.from({ length: 12 }, () => dense(2, "tanh"));
    const net = network({ ...definition, layers: [...layers, dense(1)], cost: "squared-error" });
    expect([...net.shapes.keys()]).toHaveLength(26);
    expect(net.gradients(xor.inputs, xor.targets).get("W13")).toHaveLength(2);
  });
});

test("shapes are W [units, inputs] and b [units]", () => {
  const { shapes, parameters } = network({ ...definition, layers: [dense(3), dense(4), dense(1)] });
  expect([...shapes]).toEqual([
    ["W1", [3, 2]],
    ["b1", [3]],
    ["W2", [4, 3]],
    ["b2", [4]],
    ["W3", [1, 4]],
    ["b3", [1]],
  ]);
  expect([...parameters].map(([name, values]) => [name, values.length])).toEqual([
    ["W1", 6],
    ["b1", 3],
    ["W2", 12],
    ["b2", 4],
    ["W3", 4],
    ["b3", 1],
  ]);
});

describe("activations", () => {
  test("are those of each layer, by the textbook", () => {
    const given = layered({ activation: "tanh", cost: "squared-error", depth: 4, rows: 5 });
    const mixed = ["softplus", "softmax", "mish", "sigmoid"];
    const layers = mixed.map((name, l) => dense([2, 3, 2, 3][l]!, name));
    const net = network({ inputs: 3, layers, cost: "squared-error", precision: "float64" });
    for (const [name, values] of net.parameters) values.set(given.net.parameters.get(name)!);
    const textbook = byTextbook({ ...given, net, activations: mixed }, "squared-error");
    for (const [name, gradient] of net.gradients(given.inputs, given.targets)) {
      const { largest, scale } = difference(gradient, textbook.get(name)!);
      expect(largest, name).toBeLessThanOrEqual(1e-12 * scale);
    }
  });

  test("that are left out are the cost's link at the end, else the identity", () => {
    const activationsOf = (cost: string) => {
      const { equations } = writeEquations({ inputs: 2, layers: [dense(3), dense(2)], cost }).text;
      return equations.split("\n").filter((line) => line.startsWith("a"));
    };
    expect(activationsOf("squared-error")).toEqual(["a1[n,j] = z1[n,j]", "a2[n,k] = z2[n,k]"]);
    expect(activationsOf("poisson")[1]).toBe("a2[n,k] = exp(z2[n,k])");
    expect(activationsOf("hinge")[1]).toBe("a2[n,k] = z2[n,k]");
  });

  test("may be a formula in z: z·σ(z) is silu, to the last digits", () => {
    const build = (activation: string) => {
      const net = network({ ...definition, layers: [dense(3, activation), dense(1)] });
      for (const values of net.parameters.values())
        values.set(values.map((_, i) => Math.sin(i + 1)));
      return net;
    };
    const [own, silu] = [build("z / (1 + exp(-z))"), build("silu")];
    expect(own.cost(xor.inputs, xor.targets)).toBeCloseTo(silu.cost(xor.inputs, xor.targets), 14);
    const expected = silu.gradients(xor.inputs, xor.targets);
    for (const [name, gradient] of own.gradients(xor.inputs, xor.targets)) {
      const { largest, scale } = difference(gradient, expected.get(name)!);
      expect(largest, name).toBeLessThanOrEqual(1e-14 * Math.max(1, scale));
    }
    expect(build("select(z < 0, -z, z)^2").predict([[3, 1]])).toEqual(
      build("z^2").predict([[3, 1]]),
    );
  });
});

describe("a definition", () => {
  const definitions: NetworkDefinition[] = [
    { ...definition, l1: 0.1, l2: 0.01, initial: { b1: 0.5, W2: "normal" } },
    { inputs: 4, layers: [dense(3)], cost: "cross-entropy" },
    {
      inputs: 4,
      layers: [dropout(0.5), residual([dense(4), layerNorm(), activation("tanh")]), dense(3)],
      ...{ cost: "cross-entropy", labelSmoothing: 0.1, weighted: true },
    },
    {
      equations: "z[n,j] = sum_i W[j,i]*x[n,i]; c[n] = sum_j (z - y)^2; C = 1/N*sum_n c[n]",
      extents: { i: 2, j: 1 },
      ...{ inputs: "x", targets: "y", outputs: "z", cost: "C", seed: 7 },
    },
  ];
  test.each(definitions)("is JSON that builds the same network: %o", (given) => {
    const net = network(given);
    const again = network(JSON.parse(JSON.stringify(net.definition)));
    expect(again.definition).toEqual(net.definition);
    expect(again.precision).toBe(net.precision);
    expect(again.parameters).toEqual(net.parameters);
    expect(again.shapes).toEqual(net.shapes);
  });
});

describe("a definition is refused", () => {
  const counted = (what: string, got: unknown) => `${what} must be a positive integer, got ${got}`;
  test.each<[string, object]>([
    [counted("inputs", 0), { inputs: 0 }],
    [counted("inputs", 1.5), { inputs: 1.5 }],
    [counted("inputs", "2"), { inputs: "2" }],
    [counted("layer 2: units", -1), { layers: [dense(3), dense(-1)] }],
    [counted("layer 1: units", Number.NaN), { layers: [dense(Number.NaN), dense(1)] }],
    ["a network needs at least one layer", { layers: [] }],
    ["l1 must be a number ≥ 0, got -1", { l1: -1 }],
    [
      'unknown field "L2"; did you mean "l2"? known: inputs, layers, cost, l1, l2, embeddings, weighted, labelSmoothing, seed, precision, backend, initial',
      { L2: 0.1 },
    ],
    [
      'unknown layer "conv"; known: dense, activation, layer-norm, dropout, residual',
      { layers: [{ layer: "conv", units: 3 }] },
    ],
    [
      'unknown field of layer 2 "dropout"; known: layer, units, activation',
      { layers: [dense(3), { ...dense(1), dropout: 0.5 }] },
    ],
    ["l2 must be a number ≥ 0, got NaN", { l2: Number.NaN }],
    ["seed must be an integer in [0, 2⁵³), got -1", { seed: -1 }],
    [
      'unknown precision "float16"; did you mean "float32"? known: float32, float64',
      { precision: "float16" },
    ],
    [
      `unknown activation "rleu"; did you mean "relu"? known: ${activationNames.join(", ")}`,
      { layers: [dense(3, "rleu"), dense(1)] },
    ],
    [
      `unknown activation "constructor"; known: ${activationNames.join(", ")}`,
      { layers: [dense(3, "constructor"), dense(1)] },
    ],
    [
      `unknown cost "squarederror"; did you mean "squared-error"? known: ${costNames.join(", ")}`,
      { cost: "squarederror" },
    ],
    [`unknown cost "toString"; known: ${costNames.join(", ")}`, { cost: "toString" }],
  ])("%s", (message, changes) => {
    expect(() => network({ ...definition, ...changes } as NetworkDefinition)).toThrow(
      expect.objectContaining({ name: "NablaError", code: "usage", message }),
    );
  });

  test("where a field of an equation definition is misspelt", () => {
    const { text } = writeEquations(definition);
    expect(() => network({ ...text, extent: {} } as NetworkDefinition)).toThrow(
      'unknown field "extent"; did you mean "extents"? known: equations, extents, inputs, targets, outputs, cost, weights, masks, seed, precision, backend, initial',
    );
  });

  const linked = costNames.filter((name) => costOf(name).link !== undefined);
  test.each(linked)("where %s meets another output activation than its link", (cost) => {
    const { link } = costOf(cost);
    for (const other of [...activationNames, "z*tanh(z)"].filter((name) => name !== link)) {
      const remedy = `dense(units, "${link}")`;
      expect(() => network({ ...definition, layers: [dense(3), dense(1, other)], cost })).toThrow(
        expect.objectContaining({
          code: "usage",
          message: `cost "${cost}" goes with the output activation "${link}", got "${other}"; write ${remedy}, or leave the activation out`,
          details: { expected: link, got: other, remedy },
        }),
      );
    }
  });

  test.each([
    ["z + q", 'line 1, column 5: unknown name "q"; known: z\n    z + q\n        ^'],
    [
      "z stabiliser",
      'line 1, column 3: expected an operator or the end, got "stabiliser"\n    z stabiliser\n      ^',
    ],
    [
      "z; b = z",
      'line 1, column 4: expected an operator or the end, got "b"\n    z; b = z\n       ^',
    ],
    ["sum_j z", "line 1, column 1: a function has no sums over indices\n    sum_j z\n    ^"],
  ])("where an activation is the text %j", (activation, message) => {
    const layers = [dense(3, activation), dense(1)];
    expect(() => network({ ...definition, layers })).toThrow(
      expect.objectContaining({ name: "NablaError", code: "usage", message }),
    );
  });

  test.each([
    [
      "(a - y)^2 + W1",
      'line 1, column 13: unknown name "W1"; known: a, z, y\n    (a - y)^2 + W1\n                ^',
    ],
    [
      "a*y; z = y",
      'line 1, column 6: expected an operator or the end, got "z"\n    a*y; z = y\n         ^',
    ],
    ["a*y)", 'line 1, column 4: expected an operator or the end, got ")"\n    a*y)\n       ^'],
  ])("where the cost is the text %j", (cost, message) => {
    expect(() => network({ ...definition, cost })).toThrow(
      expect.objectContaining({ name: "NablaError", code: "usage", message }),
    );
  });
});

describe("it trains", () => {
  const finalCost = async (given: NetworkDefinition, data = xor) => {
    const net = network(given);
    const options = { optimizer: adam({ learningRate: 0.01 }), epochs: 500, batchSize: 4 };
    for await (const _ of train(net, data, options));
    return net.cost(data.inputs, data.targets);
  };

  // Stored: from 0.134980 to 0.000862.
  test("as the README's example on XOR", async () => {
    const example: NetworkDefinition = { ...definition, precision: "float32" };
    expect(network(example).cost(xor.inputs, xor.targets)).toBeCloseTo(0.13498, 5);
    expect(await finalCost(example)).toBeLessThan(0.0009);
  });

  // Stored: from 0.285331 to 6.9e-15.
  test("given wholly as equation text", async () => {
    const own: NetworkDefinition = {
      equations: `
        z[n,j] = sum_i W[j,i]*x[n,i] + b[j]
        a[n,j] = z*sigmoid(z)
        p[n,k] = sum_j V[k,j]*a[n,j] + d[k]
        c[n]   = 1/2 * sum_k (p[n,k] - y[n,k])^2
        C = 1/N * sum_n c[n]`,
      extents: { i: 2, j: 3, k: 1 },
      ...{ inputs: "x", targets: "y", outputs: "p", cost: "C", seed: 2 },
    };
    expect(network(own).cost(xor.inputs, xor.targets)).toBeCloseTo(0.285331, 6);
    expect(await finalCost(own)).toBeLessThan(1e-12);
  });

  test("on the cost that was asked for, and no other", () => {
    const gradients = (cost: CostName | "abs(a - y)^3") => {
      const layers = [dense(3, "tanh"), dense(2)];
      const net = network({ ...definition, layers, cost });
      const derived = net.gradients(Float64Array.of(1, 2, 0.5, -1), Float64Array.of(1, 1, 1, 1));
      return [...derived.values()].join();
    };
    const all = [...costNames, "abs(a - y)^3" as const].map(gradients);
    expect(new Set(all).size).toBe(all.length - 1); //  squared = mean-squared error at two outputs
    expect(gradients("squared-error")).toBe(gradients("mean-squared-error"));
  });

  test("with another rate than 0 only", () => {
    const net = network(definition);
    const before = structuredClone([...net.parameters]);
    net.step(xor.inputs, xor.targets, sgd({ learningRate: 0 }));
    expect([...net.parameters]).toEqual(before);
    net.step(xor.inputs, xor.targets, sgd({ learningRate: 0.1 }));
    expect([...net.parameters]).not.toEqual(before);
  });
});
