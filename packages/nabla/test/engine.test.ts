import {
  adam,
  type EquationDefinition,
  type Floats,
  type Network,
  network,
  sgd,
  type TrainingData,
  type TrainingOptions,
  train,
} from "nabla";
import { describe, expect, test } from "vitest";
import { dropoutMask, permutation, randomStream } from "../src/train/random.ts";
import { unfused } from "./train/training.ts";

const UNITS = 5;
const KEEP = 0.8;

const hidden = "z1[n,j] = sum_i W1[j,i]*x[n,i] + b1[j]";
const rest = `
  z2[n,k] = sum_j W2[k,j]*h[n,j] + b2[k]
  c[n] = 1/2 * sum_k (z2[n,k] - y[n,k])^2
  C = 1/N * sum_n c[n]`;
const common = {
  extents: { i: 2, j: UNITS, k: 1 },
  ...{ targets: "y", outputs: "z2", cost: "C" },
  ...{ seed: 11, precision: "float64" as const },
};

/** Dropout behind the hidden layer, its mask drawn in training. */
const masked: EquationDefinition = {
  ...common,
  equations: `${hidden}
    h[n,j] = tanh(z1[n,j])
    h[n,j] = tanh(z1[n,j])*d1[n,j]   training ${rest}`,
  inputs: "x",
  masks: { d1: KEEP },
};

/** The same, with the mask as an ordinary input, in every phase. */
const given: EquationDefinition = {
  ...common,
  equations: `${hidden}
    h[n,j] = tanh(z1[n,j])*d1[n,j] ${rest}`,
  inputs: ["x", "d1"],
};

/** The same without a mask. */
const bare: EquationDefinition = {
  ...common,
  equations: `${hidden}
    h[n,j] = tanh(z1[n,j]) ${rest}`,
  inputs: "x",
};

function sample(rows: number) {
  const random = randomStream(1, "split");
  const inputs = Array.from({ length: rows }, () => [random.normal(), random.normal()]);
  return { inputs, targets: inputs.map(([a, b]) => [a! - b!]) };
}

function maskOf(step: number, rows: number, seed = 11): number[][] {
  const mask = new Float64Array(rows * UNITS);
  dropoutMask(mask, { seed, step, layer: 0, firstRow: 0, rows, units: UNITS, keep: KEEP });
  return Array.from({ length: rows }, (_, n) => [...mask.subarray(n * UNITS, (n + 1) * UNITS)]);
}

const finish = async (net: Network, data: TrainingData, options: TrainingOptions) => {
  for await (const _ of train(net, data, options));
  return structuredClone(net.parameters as Map<string, Floats>);
};

describe("equations marked training", () => {
  const { inputs, targets } = sample(12);

  test("do not hold in prediction: the mask changes neither outputs, cost nor gradients", () => {
    const [net, plain] = [network(masked), network(bare)];
    expect(net.parameters).toEqual(plain.parameters);
    expect(net.predict(inputs)).toEqual(plain.predict(inputs));
    expect(net.cost(inputs, targets)).toBe(plain.cost(inputs, targets));
    expect(net.gradients(inputs, targets)).toEqual(plain.gradients(inputs, targets));
  });

  test.each([1, 7])("hold in the training of step %d, with the mask of that step", (step) => {
    const [net, twin] = [network(masked), network(given)];
    const withMask = { x: inputs, d1: maskOf(step, 12) };
    const phase = { training: { step } };
    expect(net.cost(inputs, targets, phase)).toBe(twin.cost(withMask, targets));
    expect(net.gradients(inputs, targets, phase)).toEqual(twin.gradients(withMask, targets));
    const other = { training: { step, seed: 12 } };
    const otherMask = { x: inputs, d1: maskOf(step, 12, 12) };
    expect(net.cost(inputs, targets, other)).toBe(twin.cost(otherMask, targets));
    expect(net.cost(inputs, targets, other)).not.toBe(net.cost(inputs, targets, phase));
  });

  test("have the mask of the whole batch in each of its blocks of rows", () => {
    const large = sample(600);
    const [net, twin] = [network(masked), network(given)];
    const withMask = { x: large.inputs, d1: maskOf(4, 600) };
    expect(net.gradients(large.inputs, large.targets, { training: { step: 4 } })).toEqual(
      twin.gradients(withMask, large.targets),
    );
  });

  test("hold in net.step, whose steps count the masks", () => {
    const [net, twin] = [network(masked), network(given)];
    const optimizer = sgd({ learningRate: 0.1 });
    for (let step = 1; step <= 4; step++) {
      const cost = net.step(inputs, targets, optimizer);
      expect(cost).toBe(twin.step({ x: inputs, d1: maskOf(step, 12) }, targets, optimizer));
    }
    expect(net.parameters).toEqual(twin.parameters);
  });

  test("hold in train, each step with its own mask from the training's seed", async () => {
    const optimizer = adam({ learningRate: 0.05 });
    for (const seed of [11, 4]) {
      const options = { optimizer, epochs: 3, batchSize: 5, seed };
      const trained = await finish(unfused(network(masked)), { inputs, targets }, options);

      const twin = unfused(network(given));
      let step = 0;
      for (let epoch = 1; epoch <= 3; epoch++) {
        const order = permutation(12, randomStream(seed, "shuffle", epoch));
        for (let from = 0; from < 12; from += 5) {
          const rows = [...order.subarray(from, from + 5)];
          step++;
          const x = rows.map((row) => inputs[row]!);
          const y = rows.map((row) => targets[row]!);
          twin.step({ x, d1: maskOf(step, rows.length, seed) }, y, optimizer);
        }
      }
      expect(trained).toEqual(structuredClone(twin.parameters as Map<string, Floats>));
    }
  });

  test("do not hold in the validation of a training", async () => {
    const net = network(masked);
    const held = sample(9);
    const options = { epochs: 3, batchSize: 4, validation: held };
    for await (const { validationCost } of train(net, { inputs, targets }, options)) {
      expect(validationCost).toBe(net.cost(held.inputs, held.targets));
    }
  });

  test("train to the same bits again", async () => {
    const options = { epochs: 3, batchSize: 5 };
    const first = await finish(network(masked), { inputs, targets }, options);
    expect(await finish(network(masked), { inputs, targets }, options)).toEqual(first);
    const other = await finish(network({ ...masked, seed: 12 }), { inputs, targets }, options);
    expect(other).not.toEqual(first);
  });
});

test("an equation that only training needs may read a mask without a mark", () => {
  const net = network({
    ...masked,
    equations: `${hidden}
      h[n,j] = tanh(z1[n,j])
      dropped[n,j] = tanh(z1[n,j])*d1[n,j]
      h[n,j] = dropped[n,j]   training ${rest}`,
  });
  const { inputs, targets } = sample(4);
  expect(net.predict(inputs)).toEqual(network(bare).predict(inputs));
  const phase = { training: { step: 2 } };
  expect(net.cost(inputs, targets, phase)).toBe(network(masked).cost(inputs, targets, phase));
});

test("a mask that prediction would read is refused", () => {
  expect(() => network({ ...given, inputs: "x", masks: { d1: KEEP } })).toThrow(
    expect.objectContaining({
      name: "NablaError",
      code: "usage",
      message:
        'mask d1 is drawn in training only, and prediction reads it; mark its equation "training", or name d1 among the inputs',
    }),
  );
});

describe("a mask that is an ordinary input", () => {
  test("is needed only where an equation of the phase reads it", () => {
    const onlyInTraining: EquationDefinition = { ...masked, inputs: ["x", "d1"], masks: {} };
    const net = network(onlyInTraining);
    const { inputs, targets } = sample(3);
    const d1 = maskOf(1, 3);
    expect(net.predict({ x: inputs })).toEqual(network(bare).predict(inputs));
    expect(net.predict(inputs)).toEqual(network(bare).predict(inputs));
    expect(net.cost({ x: inputs, d1 }, targets)).toBe(network(bare).cost(inputs, targets));
    expect(net.cost({ x: inputs, d1 }, targets, { training: { step: 9 } })).toBe(
      network(given).cost({ x: inputs, d1 }, targets),
    );
  });
});

test("outputs that read no input have as many rows as the inputs", () => {
  const net = network({
    equations: "z[n,k] = b[k]; c[n] = sum_k (z[n,k] - x[n])^2; C = 1/N * sum_n c[n]",
    extents: { k: 2 },
    ...{ inputs: "x", outputs: "z", cost: "C", initial: { b: 0.5 } },
  });
  const half = [0.5, 0.5];
  expect(net.predict([7, 8, 9])).toEqual([half, half, half]);
});

describe("data by name", () => {
  const embedding: EquationDefinition = {
    equations: `
      z[n,d] = E[id[n],d] + sum_i W[d,i]*x[n,i]
      c[n] = 1/2 * sum_d (z[n,d] - y[n,d])^2
      C = 1/N * sum_n c[n]`,
    extents: { i: 1, d: 2, id: 4 },
    ...{ inputs: ["x", "id"], targets: "y", outputs: "z", cost: "C", precision: "float64" },
    initial: { E: "zeros", W: "zeros" },
  };

  test("trains: one step on an embedding, worked by hand", async () => {
    const net = network(embedding);
    const inputs = { x: [[1], [2], [0]], id: [3, 1, 3] };
    const targets = [
      [1, 0],
      [2, 4],
      [3, 6],
    ];
    const optimizer = sgd({ learningRate: 1 });
    await finish(net, { inputs, targets }, { optimizer, epochs: 1, batchSize: 3 });
    //  z = 0, so ∂C/∂z = −y/3: row 3 of E gets (1 + 3, 0 + 6)/3, row 1 (2, 4)/3, the others nothing
    const third = (...numbers: number[]) => numbers.map((x) => expect.closeTo(x / 3, 15));
    expect([...net.parameters.get("E")!]).toEqual(third(0, 0, 2, 4, 0, 0, 4, 6));
    //  W[d] gets Σ_n y[n,d]·x[n]/3
    expect([...net.parameters.get("W")!]).toEqual(third(1 + 2 * 2, 4 * 2));
  });

  test("is shuffled together: rows of all inputs and of the targets keep company", async () => {
    const random = randomStream(2, "split");
    const rows = Array.from({ length: 40 }, () => random.below(4));
    const inputs = { x: rows.map((id) => [id]), id: rows };
    const targets = rows.map((id) => [id, -id]);
    const net = network(embedding);
    const optimizer = sgd({ learningRate: 0.2 });
    await finish(net, { inputs, targets }, { optimizer, epochs: 400, batchSize: 7 });
    // Only rows that belong together can be told without an error.
    expect(net.cost(inputs, targets)).toBeLessThan(1e-20);
  });
});

describe("a cost without targets", () => {
  test("needs none: a tied autoencoder", async () => {
    const net = network({
      equations: `
        h[n,j] = tanh(sum_i W[j,i]*x[n,i])
        r[n,i] = sum_j W[j,i]*h[n,j]
        c[n] = 1/2 * sum_i (r[n,i] - x[n,i])^2
        C = 1/N * sum_n c[n]`,
      extents: { i: 2, j: 2 },
      ...{ inputs: "x", outputs: "r", cost: "C", seed: 5 },
    });
    const { inputs } = sample(8);
    const before = net.cost(inputs);
    expect(net.step(inputs, undefined, sgd({ learningRate: 0.1 }))).toBe(before);
    await finish(net, { inputs }, { epochs: 20, batchSize: 4 });
    expect(net.cost(inputs)).toBeLessThan(before);
  });
});

test("a penalty alone is a cost: weights decay as θ ← θ − ηλθ says", () => {
  const net = network({
    equations: "z[n] = w[]*x[n]; c[n] = 0*z[n]; C = 1/N * sum_n c[n] + 1/2*w[]^2",
    extents: {},
    ...{ inputs: "x", outputs: "z", cost: "C", precision: "float64", initial: { w: 4 } },
  });
  expect(net.cost([1, 2, 3])).toBe(8);
  expect(net.step([1, 2, 3], undefined, sgd({ learningRate: 0.25 }))).toBe(8);
  expect([...net.parameters.get("w")!]).toEqual([3]);
});
