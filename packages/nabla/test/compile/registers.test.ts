import {
  activationNames,
  adagrad,
  adam,
  adamw,
  type CostName,
  costNames,
  dense,
  dropout,
  type LayeredDefinition,
  layerNorm,
  type NetworkDefinition,
  network,
  type Optimizer,
  residual,
  rmsprop,
  rprop,
  sgd,
  type TrainingOptions,
  train,
} from "nabla";
import { afterEach, describe, expect, test, vi } from "vitest";
import { registerStep } from "../../src/compile/registers/step.ts";
import { randomStream } from "../../src/train/random.ts";

// The real one, which tells whether it was asked for
vi.mock("../../src/compile/registers/step.ts", async (original) => {
  const actual = await original<{ registerStep: typeof registerStep }>();
  return { registerStep: vi.fn(actual.registerStep) };
});
const writtenOut = (): boolean => vi.mocked(registerStep).mock.calls.length > 0;
afterEach(() => vi.mocked(registerStep).mockClear());

const random = randomStream(5, "split");
const ROWS = 7;
const inputsOf = (count: number) =>
  Array.from({ length: ROWS }, () => Array.from({ length: count }, () => random.normal()));

/** Targets that every cost takes: 0 or 1, with one 1 in a row; ±1 for the hinge. */
const targetsOf = (count: number, cost?: string) =>
  Array.from({ length: ROWS }, (_, n) =>
    Array.from({ length: count }, (_, k) => (k === n % count ? 1 : cost === "hinge" ? -1 : 0)),
  );

async function learn(
  definition: NetworkDefinition,
  data: { inputs: number[][]; targets?: number[][]; weights?: number[] },
  options: TrainingOptions,
): Promise<number[]> {
  const net = network(definition);
  const costs: number[] = [];
  for await (const { cost } of train(net, data, options)) costs.push(cost);
  return [...costs, ...[...net.parameters.values()].flatMap((values) => [...values])];
}

/** The largest difference from `evaluate`, in units of the largest number. */
async function distance(
  definition: NetworkDefinition,
  data: Parameters<typeof learn>[1],
  options: TrainingOptions,
): Promise<number> {
  const expected = await learn({ ...definition, backend: "evaluate" }, data, options);
  const actual = await learn({ ...definition, backend: "wasm" }, data, options);
  const largest = Math.max(...expected.map(Math.abs));
  expect(actual.length).toBe(expected.length);
  return Math.max(...actual.map((x, i) => Math.abs(x - expected[i]!))) / largest;
}

/** A few steps from equal parameters: rounding has had no time to grow. */
const tolerance = { float32: 2e-5, float64: 1e-12 };
const precisions = ["float32", "float64"] as const;
const step = { optimizer: sgd({ learningRate: 0.05 }), batchSize: 1, epochs: 2 };

const link: Partial<Record<CostName, string>> = {
  "cross-entropy": "softmax",
  "binary-cross-entropy": "sigmoid",
  poisson: "exp",
};

describe.each(precisions)("a step in registers, in %s, is that of evaluate", (precision) => {
  test.each(
    activationNames.flatMap((activation) => costNames.map((cost) => ({ activation, cost }))),
  )("with $activation and $cost", async ({ activation, cost }) => {
    const layers = [dense(3, activation), dense(2, link[cost] ?? "identity")];
    const definition = { inputs: 2, layers, cost, seed: 1, precision };
    const data = { inputs: inputsOf(2), targets: targetsOf(2, cost) };
    expect(await distance(definition, data, step)).toBeLessThan(tolerance[precision]);
    expect(writtenOut()).toBe(true);
  });

  test.each<Optimizer>([
    sgd({ momentum: 0.9, nesterov: true, weightDecay: 0.01 }),
    rmsprop({ momentum: 0.5 }),
    adagrad(),
    adam({ weightDecay: 0.01 }),
    adamw(),
    rprop(),
  ])("with $rule, in batches of 1, 3 and all rows", async (optimizer) => {
    for (const batchSize of [1, 3, 7]) {
      const layers = [dense(3, "tanh"), dense(1, "sigmoid")];
      const definition = { inputs: 2, layers, cost: "squared-error", seed: 1, precision, l2: 0.01 };
      const data = { inputs: inputsOf(2), targets: targetsOf(1) };
      const far = await distance(definition, data, { optimizer, batchSize, epochs: 3 });
      // rprop looks at signs alone, adam's first steps at little else: both make much of a rounded 0
      expect(far).toBeLessThan(tolerance[precision] * 10);
    }
    expect(writtenOut()).toBe(true);
  });

  test.each([
    [1, 1, 1],
    [2, 1, 3],
    [1, 5, 1],
    [3, 4, 2],
    [4, 4, 4],
    [5, 3, 5],
    [7, 2, 1],
    [2, 8, 2],
    [6, 5, 1],
  ])("of %i inputs, %i units and %i outputs", async (inputs, units, outputs) => {
    for (const batchSize of [1, 2, 7]) {
      const layers = [dense(units, "softplus"), dense(outputs)];
      const definition = { inputs, layers, cost: "squared-error", seed: 1, precision };
      const data = { inputs: inputsOf(inputs), targets: targetsOf(outputs) };
      const far = await distance(definition, data, { ...step, batchSize });
      expect(far).toBeLessThan(tolerance[precision]);
    }
    expect(writtenOut()).toBe(true);
  });

  const own: Readonly<Record<string, Partial<LayeredDefinition>>> = {
    dropout: { layers: [dense(4, "tanh"), dropout(0.5), dense(1)] },
    "layer normalisation": { layers: [dense(4), layerNorm(), dense(1)] },
    "a residual link": { layers: [residual([dense(2, "tanh")]), dense(1)] },
    penalties: { layers: [dense(2, "tanh"), dense(1)], l1: 0.01, l2: 0.1 },
  };
  test.each(Object.keys(own))("with %s", async (name) => {
    const definition = { inputs: 2, cost: "huber", seed: 1, precision, layers: [], ...own[name] };
    const data = { inputs: inputsOf(2), targets: targetsOf(1) };
    for (const batchSize of [1, 3])
      expect(await distance(definition, data, { ...step, batchSize })).toBeLessThan(
        tolerance[precision],
      );
    expect(writtenOut()).toBe(true);
  });

  test("with frozen parameters and clipped gradients", async () => {
    const layers = [dense(3, "tanh"), dense(2, "tanh"), dense(1)];
    const definition = { inputs: 2, layers, cost: "squared-error", seed: 1, precision };
    const data = { inputs: inputsOf(2), targets: targetsOf(1) };
    const options = { ...step, freeze: ["b1", "W2"], clipNorm: 0.1 };
    expect(await distance(definition, data, options)).toBeLessThan(tolerance[precision]);
    expect(writtenOut()).toBe(true);
  });
});

const given: Readonly<
  Record<string, { equations: string; extents: Record<string, number>; plain: boolean }>
> = {
  "tied weights": {
    equations: `h[n,j] = tanh(sum_i W[j,i]*x[n,i] + b[j])
      a[n,i] = sum_j W[j,i]*h[n,j]
      c[n] = sum_i (a[n,i] - x[n,i])^2
      C = 1/N * sum_n c[n]`,
    extents: { i: 3, j: 2 },
    plain: true,
  },
  "a sum that rows read": {
    equations: `G[j,k] = sum_i W[j,i]*W[k,i]
      a[n,j] = sum_k G[j,k]*x[n,k] + sum_i W[j,i]
      c[n] = sum_j abs(a[n,j])
      C = 1/N * sum_n c[n]`,
    extents: { i: 3, j: 3, k: 3 },
    plain: true,
  },
  "a diagonal": {
    equations: `a[n,i] = W[i,i]*x[n,i]
      c[n] = sum_i (a[n,i] - 1)^2
      C = 1/N * sum_n c[n]`,
    extents: { i: 3 },
    plain: false,
  },
  "the largest of a row": {
    equations: `z[n,j] = sum_i W[j,i]*x[n,i]
      a[n] = max_j z[n,j]
      c[n] = (a[n] - 1)^2
      C = 1/N * sum_n c[n]`,
    extents: { i: 3, j: 5 },
    plain: true,
  },
};

test.each(Object.keys(given))("equations of one's own: %s", async (name) => {
  const { equations, extents, plain } = given[name]!;
  const roles = { inputs: "x", outputs: "a", cost: "C", seed: 2, precision: "float64" } as const;
  const data = { inputs: inputsOf(3) };
  for (const batchSize of [1, 3]) {
    const definition = { equations, extents, ...roles };
    expect(await distance(definition, data, { ...step, batchSize })).toBeLessThan(1e-12);
  }
  expect(writtenOut()).toBe(plain);
});

test("rows that have weights are not written out, for N is not their number", async () => {
  const layers = [dense(2, "tanh"), dense(1)];
  const definition = {
    inputs: 2,
    layers,
    cost: "huber",
    weighted: true,
    precision: "float64",
  } as const;
  const data = { inputs: inputsOf(2), targets: targetsOf(1), weights: [0, 1, 2, 0, 3, 1, 0.5] };
  for (const batchSize of [1, 3])
    expect(await distance(definition, data, { ...step, batchSize })).toBeLessThan(1e-12);
  expect(writtenOut()).toBe(false);
});

test("a larger network is not written out", async () => {
  const layers = [dense(40, "tanh"), dense(1)];
  const data = { inputs: inputsOf(2), targets: targetsOf(1) };
  await learn({ inputs: 2, layers, cost: "huber", backend: "wasm" }, data, step);
  expect(writtenOut()).toBe(false);
});
