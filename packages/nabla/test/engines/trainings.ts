/** Five seeded trainings, and the bits that they end with. */

import {
  adam,
  adamw,
  dense,
  type Inputs,
  type NetworkDefinition,
  network,
  type Optimizer,
  rmsprop,
  sgd,
  train,
} from "../../src/index.ts";
import { randomStream } from "../../src/train/random.ts";

interface Training {
  readonly definition: NetworkDefinition;
  readonly optimizer: Optimizer;
  readonly inputs: Inputs;
  readonly targets: number[][];
}

const random = randomStream(7, "split");
const matrix = (columns: number, draw = () => random.normal()): number[][] =>
  Array.from({ length: 90 }, () => Array.from({ length: columns }, draw));
const classes = (count: number): number[][] =>
  Array.from({ length: 90 }, () => {
    const own = random.below(count);
    return Array.from({ length: count }, (_, k) => Number(k === own));
  });

const trainings: Record<string, Training> = {
  "a classifier with Adam": {
    definition: {
      inputs: 6,
      layers: [dense(24, "relu"), dense(3)],
      cost: "cross-entropy",
      l2: 1e-3,
    },
    optimizer: adam({ learningRate: 0.01 }),
    inputs: matrix(6),
    targets: classes(3),
  },
  "a regression with Nesterov momentum": {
    definition: { inputs: 5, layers: [dense(17, "gelu"), dense(2)], cost: "squared-error" },
    optimizer: sgd({ learningRate: 0.01, momentum: 0.9, nesterov: true }),
    inputs: matrix(5),
    targets: matrix(2),
  },
  "a float64 network of every kind of curve": {
    definition: {
      inputs: 4,
      layers: [dense(9, "mish"), dense(9, "selu"), dense(9, "tanh"), dense(2)],
      cost: "binary-cross-entropy",
      precision: "float64",
    },
    optimizer: rmsprop({ momentum: 0.5 }),
    inputs: matrix(4),
    targets: matrix(2, () => random.below(2)),
  },
  "a dropout mask": {
    definition: {
      equations: `
        h[n,j] = softplus(sum_i W[j,i]*x[n,i] + b[j])
        d[n,j] = h
        d[n,j] = h*mask   training
        o[n,k] = sum_j V[k,j]*d[n,j]
        C = mean_n sum_k (o[n,k] - y[n,k])^2`,
      extents: { i: 4, j: 33, k: 2 },
      ...{ inputs: "x", targets: "y", outputs: "o", cost: "C", masks: { mask: 0.8 } },
    },
    optimizer: adamw(),
    inputs: matrix(4),
    targets: matrix(2),
  },
  "an embedding": {
    definition: {
      equations: `
        h[n,d] = erf(E[id[n],d] + sum_i W[d,i]*x[n,i])
        o[n,k] = sum_d V[k,d]*h[n,d]
        C = mean_n sum_k abs(o[n,k] - y[n,k])`,
      extents: { i: 3, d: 5, k: 1, id: 11 },
      ...{ inputs: ["x", "id"], targets: "y", outputs: "o", cost: "C" },
      initial: { E: "normal" },
    },
    optimizer: adam(),
    inputs: { x: matrix(3), id: Array.from({ length: 90 }, () => random.below(11)) },
    targets: matrix(1),
  },
};

/** For each training a hash of the costs of its epochs and of the parameters that it ends with. */
export async function main(): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const [name, training] of Object.entries(trainings)) hashes[name] = await hashOf(training);
  return hashes;
}

async function hashOf({ definition, optimizer, inputs, targets }: Training): Promise<string> {
  const net = network({ ...definition, seed: 5, backend: "wasm" });
  const options = { optimizer, epochs: 20, batchSize: 16, reproducible: true };
  const costs: number[] = [];
  for await (const { cost } of train(net, { inputs, targets }, options)) costs.push(cost);
  const parameters = [...net.parameters.values()].map((values) => values.slice());
  return sha256([Float64Array.from(costs), ...parameters]);
}

/** Its first 64 bits. */
async function sha256(parts: readonly ArrayBufferView<ArrayBuffer>[]): Promise<string> {
  const bytes = await new Blob([...parts]).arrayBuffer();
  const digest = new DataView(await crypto.subtle.digest("SHA-256", bytes));
  return digest.getBigUint64(0).toString(16).padStart(16, "0");
}
