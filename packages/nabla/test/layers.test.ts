import {
  type EquationDefinition,
  type Inputs,
  type LayeredDefinition,
  type Network,
  network,
  sgd,
  train,
} from "nabla";
import { describe, expect, test } from "vitest";
import {
  activation,
  dense,
  dropout,
  type Layer,
  layerNorm,
  residual,
  writeEquations,
} from "../src/network.ts";
import { internalsOf } from "../src/running.ts";
import { dropoutMask, randomStream } from "../src/train/random.ts";
import { centralDifferences, relativeError } from "./equations/points.ts";
import { dualGradient, type Point } from "./oracles/dual.ts";
import { byTextbook } from "./oracles/layered.ts";

const SEED = 5;
const definition = (layers: readonly Layer[], cost = "squared-error"): LayeredDefinition => ({
  ...{ inputs: 3, layers, cost, seed: SEED, precision: "float64" },
});

/** A network whose parameters are all in motion, gains and offsets too. */
function moved(given: LayeredDefinition): Network {
  const net = network(given);
  const random = randomStream(2, "split");
  for (const values of net.parameters.values()) {
    for (const [i, value] of values.entries()) values[i] = value + random.uniform() - 0.5;
  }
  return net;
}

function sample(rows: number, units: number) {
  const random = randomStream(rows, "split");
  const inputs = Array.from({ length: rows }, () => Array.from({ length: 3 }, random.normal));
  const targets = inputs.map((_, n) =>
    Array.from({ length: units }, (_, k) => Number(n % units === k)),
  );
  return { inputs, targets };
}

const linesOf = (layers: readonly Layer[], cost?: string) =>
  writeEquations(definition(layers, cost)).text.equations.split("\n");

describe("layers write equations", () => {
  test("under the number of the dense layer before", () => {
    const layers = [dense(4), layerNorm(), activation("relu"), dropout(0.5), dense(1)];
    const { text, initial } = writeEquations({ ...definition(layers), l2: 0.5 });
    expect(text.equations.split("\n")).toEqual([
      "z1[n,j] = Σ_i W1[j,i]·x[n,i] + b1[j]",
      "mu1[n] = mean_j z1[n,j]",
      "dev1[n,j] = z1[n,j] − mu1[n]",
      "var1[n] = mean_j dev1[n,j]^2",
      "sd1[n] = sqrt(var1[n] + 1e-5)",
      "h1[n,j] = g1[j]·dev1[n,j]/sd1[n] + o1[j]",
      "a1[n,j] = relu(h1[n,j])",
      "d1[n,j] = a1[n,j]",
      "d1[n,j] = a1[n,j]·mask1[n,j]   training",
      "z2[n,k] = Σ_j W2[k,j]·d1[n,j] + b2[k]",
      "a2[n,k] = z2[n,k]",
      "c[n] = sum_k (1/2*(a2[n,k] - y[n,k])^2)",
      "C = 1/N · Σ_n c[n] + 0.5/2·Σ_{j,i} W1[j,i]^2 + 0.5/2·Σ_{k,j} W2[k,j]^2",
    ]);
    expect(text.masks).toEqual({ mask1: 0.5 });
    expect(initial).toMatchObject({ g1: "ones", o1: "zeros" });
  });

  test("under the number 0 before the first dense layer, and twice under one number apart", () => {
    const layers = [layerNorm(), dropout(0.1), dense(2, "tanh"), activation("softmax"), dense(1)];
    expect(linesOf(layers).slice(4, 11)).toEqual([
      "h0[n,i] = g0[i]·dev0[n,i]/sd0[n] + o0[i]",
      "d0[n,i] = h0[n,i]",
      "d0[n,i] = h0[n,i]·mask0[n,i]   training",
      "z1[n,j] = Σ_i W1[j,i]·d0[n,i] + b1[j]",
      "a1[n,j] = tanh(z1[n,j])",
      "m1_2[n] = max_j a1[n,j]   stabiliser",
      "s1_2[n] = Σ_j exp(a1[n,j] − m1_2[n])",
    ]);
    const twice = [dense(2), layerNorm(), layerNorm(), dropout(0.5), dropout(0.25)];
    expect([...network(definition(twice)).shapes.keys()]).toEqual([
      "W1",
      "b1",
      "g1",
      "o1",
      "g1_2",
      "o1_2",
    ]);
    expect(writeEquations(definition(twice)).text.masks).toEqual({ mask1: 0.5, mask1_2: 0.75 });
  });

  test("that add what went in, in a residual link", () => {
    const layers = [dense(4), residual([dense(8, "relu"), dense(4)]), dense(1)];
    expect(linesOf(layers).slice(0, 5)).toEqual([
      "z1[n,j] = Σ_i W1[j,i]·x[n,i] + b1[j]",
      "z2[n,k] = Σ_j W2[k,j]·z1[n,j] + b2[k]",
      "a2[n,k] = relu(z2[n,k])",
      "z3[n,l] = Σ_k W3[l,k]·a2[n,k] + b3[l]",
      "r3[n,j] = z1[n,j] + z3[n,j]",
    ]);
  });

  test.each(["relu", "softmax", "z*tanh(z)"])(
    "alike for dense, then %s, as two layers or one",
    (name) => {
      const [one, two] = [[dense(3, name)], [dense(3), activation(name)]].map((layers) =>
        writeEquations(definition([...layers, dense(2)])),
      );
      expect(two).toEqual(one);
    },
  );

  test("alike where the dropout's rate is 0 or it is not there", () => {
    expect(linesOf([dense(3, "tanh"), dropout(0), dense(1)])).toEqual(
      linesOf([dense(3, "tanh"), dense(1)]),
    );
  });

  test("of the cost for the pre-activations of an activation layer", () => {
    const layers = [dense(2), layerNorm(), activation("softmax")];
    expect(linesOf(layers, "cross-entropy").at(-2)).toBe(
      "c[n] = sum_j (y[n,j]*(log(s1[n]) - (h1[n,j] - m1[n])))",
    );
  });
});

/** All that is given in a step, with the masks that the engine draws. */
function pointOf(net: Network, data: { inputs: Inputs; targets: number[][] }, step: number): Point {
  const { engine, readData } = internalsOf(net);
  const { rows, values } = readData(data);
  const { parameters, masks } = engine.system;
  const own = parameters.map((tensor) => [tensor, net.parameters.get(tensor.name)!] as const);
  const drawn = [...masks.keys()].map(
    (tensor, layer) => [tensor, maskOf(net, { step, rows, layer })] as const,
  );
  return { rows, values: new Map([...values, ...own, ...drawn]) };
}

function maskOf(net: Network, place: { step: number; rows: number; layer: number }): Float64Array {
  const [tensor, keep] = [...internalsOf(net).engine.system.masks][place.layer]!;
  const units = tensor.shape[1] as number;
  const mask = new Float64Array(place.rows * units);
  dropoutMask(mask, { seed: SEED, firstRow: 0, units, keep, ...place });
  return mask;
}

describe.each<[string, string, readonly Layer[]]>([
  ["layer normalisation", "squared-error", [dense(4), layerNorm(), activation("tanh"), dense(2)]],
  [
    "the inputs and outputs normalised",
    "squared-error",
    [layerNorm(), dense(2, "tanh"), layerNorm()],
  ],
  ["softmax of normalised values", "cross-entropy", [dense(3), layerNorm(), activation("softmax")]],
  ["dropout", "binary-cross-entropy", [dropout(0.2), dense(5, "tanh"), dropout(0.5), dense(2)]],
  ["dropout of the outputs", "mean-squared-error", [dense(3, "silu"), dropout(0.3)]],
  [
    "residual links",
    "huber",
    [residual([dense(4, "tanh"), dense(3)]), residual([dense(3, "silu")])],
  ],
  [
    "all of them, one in another",
    "cross-entropy",
    [
      dense(4, "gelu"),
      residual([layerNorm(), dense(3, "tanh"), dropout(0.5), residual([dense(3)]), dense(4)]),
      ...[layerNorm(), activation("silu"), dropout(0.1), dense(3)],
    ],
  ],
])("the derived gradients of %s", (_, cost, layers) => {
  const net = (backend: "evaluate" | "wasm") =>
    moved({ ...definition(layers, cost), l2: 0.01, backend });
  const reference = net("evaluate");
  const { system } = internalsOf(reference).engine;
  const data = sample(5, system.outputs.shape[1] as number);

  test.each(["evaluate", "wasm"] as const)(
    "by %s are those of dual numbers, in both phases",
    (backend) => {
      for (const [phase, options] of [
        ["prediction", {}],
        ["training", { training: { step: 3 } }],
      ] as const) {
        const dual = dualGradient(system, phase, pointOf(reference, data, 3));
        const own = net(backend);
        const near = Math.abs(own.cost(data.inputs, data.targets, options) - dual.cost);
        expect(near, phase).toBeLessThanOrEqual(1e-12 * Math.max(1, dual.cost));
        const gradients = own.gradients(data.inputs, data.targets, options);
        for (const [{ name }, expected] of dual.gradients) {
          // Biases before a normalisation have the slope 0: what is left of it is measured by 1
          const scale = Math.max(1, ...expected.map(Math.abs));
          expect(
            relativeError(gradients.get(name)!, expected, scale),
            `${name}, ${phase}`,
          ).toBeLessThanOrEqual(1e-12);
        }
      }
    },
  );

  test("are those of finite differences", () => {
    const options = { training: { step: 3 } };
    const gradients = reference.gradients(data.inputs, data.targets, options);
    const point = pointOf(reference, data, 3);
    for (const [{ name }, expected] of centralDifferences({ system, phase: "training" }, point)) {
      for (const [i, got] of gradients.get(name)!.entries()) {
        const apart = Math.abs(got - expected[i]!);
        expect(apart, `${name}[${i}]`).toBeLessThanOrEqual(1e-5 + 1e-3 * Math.abs(expected[i]!));
      }
    }
  });
});

// As in the contract of the backends: in float32 the sums are taken in another order.
describe.each([
  ["float64", 1e-12],
  ["float32", 2e-4],
] as const)("in %s the compiled module agrees with evaluate", (precision, tolerance) => {
  test.each([1, 3, 4, 5, 7, 8, 31, 32, 33, 67])("for all layers of %i units", (units) => {
    const inner = [layerNorm(), dense(units, "gelu"), dropout(0.2), dense(units)];
    const layers = [dense(units), residual(inner), layerNorm(), activation("silu"), dense(2)];
    const { inputs, targets } = sample(units + 2, 2);
    const gradientsBy = (backend: "evaluate" | "wasm") => {
      const net = moved({ ...definition(layers, "cross-entropy"), precision, backend });
      return net.gradients(inputs, targets, { training: { step: 2 } });
    };
    const [expected, got] = [gradientsBy("evaluate"), gradientsBy("wasm")];
    const scale = Math.max(...[...expected.values()].flatMap((g) => [...g].map(Math.abs)));
    for (const [name, gradient] of got) {
      const apart = relativeError(gradient, expected.get(name)!, scale);
      expect(apart, name).toBeLessThanOrEqual(tolerance);
    }
  });
});

describe("layer normalisation", () => {
  /** h = g·(x − μ)/√(v + ε) + o, the inputs as they are. */
  const normalised = (inputs: number) =>
    network({ inputs, layers: [layerNorm()], cost: "squared-error", precision: "float64" });

  test("worked by hand: of [1, 5] the mean is 3 and the variance 4", () => {
    const net = normalised(2);
    net.parameters.get("g0")!.set([2, 3]);
    net.parameters.get("o0")!.set([10, 20]);
    const sd = Math.sqrt(4 + 1e-5);
    const [predicted] = net.predict([[1, 5]]);
    expect(predicted![0]).toBeCloseTo(10 - 4 / sd, 14);
    expect(predicted![1]).toBeCloseTo(20 + 6 / sd, 14);
    // δ = a − y = [1, 2]: ∂C/∂o = δ, ∂C/∂g = δ·(x − μ)/sd
    const gradients = net.gradients([[1, 5]], [[predicted![0]! - 1, predicted![1]! - 2]]);
    for (const [i, expected] of [-2 / sd, 4 / sd].entries())
      expect(gradients.get("g0")![i]).toBeCloseTo(expected, 13);
    for (const [i, expected] of [1, 2].entries())
      expect(gradients.get("o0")![i]).toBeCloseTo(expected, 13);
  });

  test("begins with gains of 1 and offsets of 0", () => {
    const { parameters } = normalised(3);
    expect([...parameters]).toEqual([
      ["g0", Float64Array.of(1, 1, 1)],
      ["o0", Float64Array.of(0, 0, 0)],
    ]);
  });

  test("has the gradients of the textbook: δ = (∂a − mean ∂a − â·mean(∂a·â))/sd", () => {
    const net = network(definition([dense(4), layerNorm(), dense(3), layerNorm(), dense(2)]));
    const data = sample(6, 2);
    const activations = ["layer-norm", "layer-norm", "identity"];
    const textbook = byTextbook({ net, activations, ...data }, "squared-error");
    const gradients = net.gradients(data.inputs, data.targets);
    for (const name of ["W1", "W2", "b2", "W3", "b3"]) {
      const expected = textbook.get(name)!;
      expect(relativeError(gradients.get(name)!, expected, 1), name).toBeLessThanOrEqual(1e-12);
    }
  });

  test.each(["float32", "float64"] as const)(
    "of a constant row is its offset, its gradients finite, in %s",
    (precision) => {
      const layers = [dense(4), layerNorm(), dense(1)];
      const net = network({ inputs: 2, layers, cost: "squared-error", precision });
      net.parameters.get("W1")!.fill(0.5); //  z = ½x₁ + ½x₂ in every unit: powers of two, no rounding
      net.parameters.get("o1")!.set([1, 2, 3, 4]);
      net.parameters.get("W2")!.set([1, 10, 100, 1000]);
      expect(
        net.predict([
          [1, 3],
          [0, 0],
        ]),
      ).toEqual([[4321], [4321]]);

      // δ2 = 1, ∂C/∂h = W2, ∂C/∂dev = W2/√ε, and ∂C/∂z = ∂C/∂dev − mean ∂C/∂dev
      const gradients = net.gradients([[1, 3]], [[4320]]);
      const slope = [1, 10, 100, 1000].map((w) => (w - 1111 / 4) / Math.sqrt(1e-5));
      const tolerance = precision === "float32" ? 2 ** -22 : 1e-14;
      expect(relativeError(gradients.get("b1")!, slope)).toBeLessThanOrEqual(tolerance);
      expect([...gradients.get("g1")!]).toEqual([0, 0, 0, 0]);
      expect([...gradients.get("o1")!]).toEqual([1, 10, 100, 1000]);
    },
  );

  test("does not see what all units of a row have in common", () => {
    const net = moved(definition([dense(4), layerNorm(), dense(2)]));
    const { inputs, targets } = sample(5, 2);
    const before = net.predict(inputs);
    const shifted = net.parameters.get("b1")!;
    shifted.set(shifted.map((b) => b + 3));
    for (const [n, row] of net.predict(inputs).entries())
      expect(relativeError(row, before[n]!, 1)).toBeLessThanOrEqual(1e-12);
    const slopes = [...net.gradients(inputs, targets).get("b1")!];
    const sum = slopes.reduce((a, b) => a + b);
    expect(Math.abs(sum)).toBeLessThanOrEqual(1e-14);
  });
});

describe("dropout", () => {
  const layers = [dropout(0.2), dense(5, "tanh"), dropout(0.5), dense(2)];
  const bare = [dense(5, "tanh"), dense(2)];
  const { inputs, targets } = sample(7, 2);

  test("is not there in prediction, not to the bit", () => {
    const [net, plain] = [network(definition(layers)), network(definition(bare))];
    expect(net.parameters).toEqual(plain.parameters);
    expect(net.predict(inputs)).toEqual(plain.predict(inputs));
    expect(net.cost(inputs, targets)).toBe(plain.cost(inputs, targets));
    expect(net.gradients(inputs, targets)).toEqual(plain.gradients(inputs, targets));
  });

  test("has the masks of (seed, step, layer), as if they were given", () => {
    const { text } = writeEquations(definition(layers));
    const given: EquationDefinition = {
      ...{ ...text, masks: {}, inputs: ["x", "mask0", "mask1"], seed: SEED, precision: "float64" },
      equations: text.equations
        .split("\n")
        .filter((line) => !/^d\d/.test(line) || line.endsWith("training"))
        .join("\n")
        .replaceAll("training", ""),
      initial: { W1: "glorot-uniform", b1: "zeros", b2: "zeros" },
    };
    for (const step of [1, 2, 9]) {
      const [net, twin] = [network(definition(layers)), network(given)];
      const [mask0, mask1] = [0, 1].map((layer) => maskOf(net, { step, rows: 7, layer })) as [
        Float64Array,
        Float64Array,
      ];
      const x = Float64Array.from(inputs.flat());
      const phase = { training: { step } };
      expect(net.gradients(inputs, targets, phase)).toEqual(
        twin.gradients({ x, mask0, mask1 }, targets),
      );
    }
  });

  test("leaves the mean over the steps where it was", () => {
    // c = Σ_k a_k is linear in the mask: of C over 2000 steps and 7 rows, three standard errors
    const net = network(definition([dropout(0.3)], "a - y"));
    const steps = 2000;
    let mean = 0;
    for (let step = 1; step <= steps; step++) {
      mean += net.cost(inputs, inputs, { training: { step } }) / steps;
    }
    const squares = inputs.flat().reduce((sum, x) => sum + x ** 2, 0);
    const deviation = Math.sqrt((squares * 0.3) / 0.7) / 7;
    expect(Math.abs(mean)).toBeLessThanOrEqual((3 * deviation) / Math.sqrt(steps));
    expect(net.cost(inputs, inputs)).toBe(0);
  });

  test("trains in the compiled module as by the definition", async () => {
    const learn = async (backend: "evaluate" | "wasm") => {
      const net = network({ ...definition(layers), backend });
      const options = { optimizer: sgd({ learningRate: 0.1 }), epochs: 4, batchSize: 3 };
      const costs: number[] = [];
      for await (const { cost } of train(net, { inputs, targets }, options)) costs.push(cost);
      return [...costs, ...[...net.parameters.values()].flatMap((values) => [...values])];
    };
    const [expected, got] = [await learn("evaluate"), await learn("wasm")];
    expect(relativeError(got, expected)).toBeLessThanOrEqual(1e-12);
  });
});

test("a residual link has the bits of the equations written by hand", () => {
  const layers = [dense(4, "tanh"), residual([dense(6, "relu"), dense(4)]), dense(1)];
  const own: EquationDefinition = {
    equations: `
      z1[n,j] = Σ_i W1[j,i]·x[n,i] + b1[j]
      a1[n,j] = tanh(z1[n,j])
      z2[n,k] = Σ_j W2[k,j]·a1[n,j] + b2[k]
      a2[n,k] = relu(z2[n,k])
      z3[n,j] = Σ_k W3[j,k]·a2[n,k] + b3[j]
      r[n,j] = a1[n,j] + z3[n,j]
      o[n,l] = Σ_j W4[l,j]·r[n,j] + b4[l]
      C = 1/N·Σ_n Σ_l 1/2·(o[n,l] − y[n,l])^2`,
    extents: { i: 3, j: 4, k: 6, l: 1 },
    ...{ inputs: "x", targets: "y", outputs: "o", cost: "C", precision: "float64" },
  };
  const [net, twin] = [network(definition(layers)), network(own)];
  for (const [name, values] of net.parameters) twin.parameters.get(name)!.set(values);
  const { inputs, targets } = sample(6, 1);
  for (let step = 0; step < 3; step++) {
    const optimizer = sgd({ learningRate: 0.1 });
    expect(net.step(inputs, targets, optimizer)).toBe(twin.step(inputs, targets, optimizer));
  }
  expect([...net.parameters]).toEqual([...twin.parameters]);
});

describe("a definition is refused", () => {
  test.each<[string, readonly Layer[], string?]>([
    ["layer 2: rate must be a number in [0, 1), got 1", [dense(3), dropout(1), dense(1)]],
    ["layer 2: rate must be a number in [0, 1), got -0.1", [dense(3), dropout(-0.1), dense(1)]],
    ["layer 1: rate must be a number in [0, 1), got NaN", [dropout(Number.NaN), dense(1)]],
    [
      "layer 2 (residual 5 → 4) expects layers that end in 5 units, got 4; end them with dense(5)",
      [dense(5), residual([dense(8), dense(4)]), dense(1)],
    ],
    [
      "layer 1.2 (residual 7 → 3) expects layers that end in 7 units, got 3; end them with dense(7)",
      [residual([dense(7), residual([dense(3)])]), dense(1)],
    ],
    [
      "layer 1.2: units must be a positive integer, got 0",
      [residual([dense(3), dense(0)]), dense(1)],
    ],
    ["layer 1 (residual) needs at least one layer", [residual([]), dense(1)]],
    ["layer 1 (residual) needs at least one layer", [residual(dense(3) as never), dense(1)]],
    ["a network needs at least one layer", dense(3) as never],
    [
      'unknown layer "layernorm"; did you mean "layer-norm"? known: dense, activation, layer-norm, dropout, residual',
      [{ layer: "layernorm" } as never, dense(1)],
    ],
    [
      'unknown layer "undefined"; known: dense, activation, layer-norm, dropout, residual',
      [null as never, dense(1)],
    ],
    [
      'unknown field of layer 1.1 "rates"; did you mean "rate"? known: layer, rate',
      [residual([{ ...dropout(0.5), rates: 1 } as never]), dense(1)],
    ],
    [
      'cost "cross-entropy" reads pre-activations z, and a dropout layer at the end has none; end with dense(units, "softmax")',
      [dense(3), dropout(0)],
      "cross-entropy",
    ],
    [
      'cost "abs(z - y)" reads pre-activations z, and a residual layer at the end has none; end with dense(units)',
      [residual([dense(3)])],
      "abs(z - y)",
    ],
    [
      'cost "poisson" goes with the output activation "exp", got "relu"; write activation("exp")',
      [dense(3), layerNorm(), activation("relu")],
      "poisson",
    ],
  ])("%s", (message, layers, cost) => {
    expect(() => network(definition(layers, cost))).toThrow(
      expect.objectContaining({ name: "NablaError", code: "usage", message }),
    );
  });
});
