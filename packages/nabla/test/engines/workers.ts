/** Trainings as they run here, and as they run in a worker: the same, but for where the time goes. */

import {
  adam,
  dense,
  dropout,
  type Epoch,
  layerNorm,
  lbfgs,
  type Network,
  type NetworkDefinition,
  network,
  onPlateau,
  sgd,
  type TrainingData,
  type TrainingOptions,
  type TrainingResult,
  train,
} from "../../src/index.ts";
import { randomStream } from "../../src/train/random.ts";

const random = randomStream(7, "split");
const matrix = (rows: number, columns: number): number[][] =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => random.normal()));
const sample = (rows: number) => ({ inputs: matrix(rows, 6), targets: matrix(rows, 2) });

const plain: NetworkDefinition = {
  inputs: 6,
  layers: [dense(9, "tanh"), dense(2)],
  cost: "squared-error",
  seed: 5,
};
const rows = sample(40);
const validation = sample(20);
const wild = sgd({ learningRate: 1e6 });

interface Case {
  readonly definition?: NetworkDefinition;
  readonly data?: TrainingData;
  readonly options?: TrainingOptions;
  /** Trains, in its own way. */
  run?(net: Network, data: TrainingData, options: TrainingOptions): Promise<Outcome>;
}

const cases: Record<string, Case> = {
  "masks, normalised layers and another seed": {
    definition: { ...plain, layers: [dense(9, "gelu"), layerNorm(), dropout(0.3), dense(2)] },
    options: { seed: 11, epochs: 5 },
  },
  "every option": {
    options: {
      ...{ optimizer: adam({ learningRate: 0.1 }), epochs: 30, batchSize: 4, accumulate: 2 },
      ...{ validation, patience: 3, schedule: onPlateau({ patience: 1, factor: 0.5 }) },
      ...{ clipNorm: 0.5, freeze: ["b1"], reportEvery: 2, shuffle: false, reproducible: true },
    },
  },
  "weighted rows and inputs with names": {
    definition: {
      equations: `
        h[n,d] = tanh(E[id[n],d] + sum_i W[d,i]*x[n,i])
        o[n,k] = sum_d V[k,d]*h[n,d]
        c[n] = sum_k (o[n,k] - y[n,k])^2
        C = 1/N * sum_n w[n]*c[n]`,
      extents: { i: 6, d: 5, k: 2, id: 11 },
      ...{ inputs: ["x", "id"], targets: "y", outputs: "o", cost: "C", weights: "w" },
    },
    data: {
      inputs: { x: rows.inputs, id: rows.inputs.map((_, n) => n % 11) },
      targets: rows.targets,
      weights: rows.inputs.map((_, n) => n % 3),
    },
    options: { epochs: 4, batchSize: 7 },
  },
  "more numbers than are copied at once": {
    data: {
      inputs: Float32Array.from({ length: 6 * 200_000 }, (_, i) => (i % 97) / 97),
      targets: Float32Array.from({ length: 2 * 200_000 }, (_, i) => (i % 89) / 89),
    },
    options: { epochs: 1, batchSize: 2000 },
  },
  "plain loops in float64, searched by L-BFGS": {
    definition: { ...plain, precision: "float64", backend: "evaluate" },
    options: { optimizer: lbfgs(), epochs: 6 },
  },
  "a divergence": { options: { optimizer: wild } },
  "a divergence with patience": { options: { optimizer: wild, validation, patience: 50 } },
  "an abort before the first step": { options: { signal: AbortSignal.abort() } },
  "an abort between epochs": {
    run(net, data, options) {
      const controller = new AbortController();
      const { signal } = controller;
      return follow(net, train(net, data, { ...options, signal }), ({ epoch }) => {
        if (epoch === 2) controller.abort();
      });
    },
  },
  "a break, with the best parameters": {
    options: { optimizer: sgd({ learningRate: 0.6 }), validation, patience: 50 },
    async run(net, data, options) {
      const costs: number[] = [];
      for await (const { epoch, validationCost } of train(net, data, options)) {
        costs.push(validationCost!);
        if (epoch === 9) break;
      }
      return { epochs: costs, end: "break", parameters: parametersOf(net) };
    },
  },
  "parameters that the caller changes between epochs": {
    options: { epochs: 5 },
    run: (net, data, options) =>
      follow(net, train(net, data, options), () => {
        for (const values of net.parameters.values())
          for (const [p, value] of values.entries()) values[p] = Math.min(value, 0.3);
      }),
  },
  "a second training of a network that has been reproducible": {
    async run(net, data, options) {
      await follow(net, train(net, data, { ...options, epochs: 2, reproducible: true }));
      return follow(net, train(net, data, { ...options, epochs: 2 }));
    },
  },
  "a network that has been used, and then is reproducible": {
    options: { epochs: 3, reproducible: true, validation },
    run(net, data, options) {
      net.cost(data.inputs, data.targets); //  compiled as the engine has it
      return follow(net, train(net, data, options));
    },
  },
};

/** How a training went: its epochs but for their seconds, with the parameters after each. */
interface Outcome {
  readonly epochs: readonly unknown[];
  readonly end: unknown;
  readonly parameters: readonly number[];
}

const parametersOf = (net: Network): number[] =>
  [...net.parameters.values()].flatMap((values) => [...values]);

async function follow(
  net: Network,
  training: AsyncGenerator<Epoch, TrainingResult>,
  look: (epoch: Epoch) => void = () => {},
): Promise<Outcome> {
  const epochs: unknown[] = [];
  const outcome = (end: unknown) => ({ epochs, end, parameters: parametersOf(net) });
  try {
    for (;;) {
      const { done, value } = await training.next();
      if (done) return outcome(value);
      const { seconds: _, ...epoch } = value;
      epochs.push({ ...epoch, parameters: parametersOf(net) });
      look(value);
    }
  } catch (error) {
    return outcome({ ...(error as object), message: (error as Error).message });
  }
}

const outcomeOf = (
  { definition = plain, data = rows, options = {}, run }: Case,
  worker: boolean,
) => {
  const net = network(definition);
  const settings = { epochs: 20, ...options, worker };
  return run?.(net, data, settings) ?? follow(net, train(net, data, settings));
};

/** An abort that a worker hears at its work: the steps that it took, taken here. */
async function aborted(): Promise<{ stopped: string; inWorker: number[]; here: number[] }> {
  const [net, twin] = [network(plain), network(plain)];
  const options = { batchSize: 40, reportEvery: 1e9 };
  const { signal } = { signal: AbortSignal.timeout(200) };
  const training = train(net, rows, { ...options, epochs: 1e9, signal, worker: true });
  const { value } = await training.next();
  const { steps, stopped } = value as TrainingResult;
  await follow(twin, train(twin, rows, { ...options, epochs: steps }));
  return { stopped, inWorker: parametersOf(net), here: parametersOf(twin) };
}

/** What a training leaves of views of one array, the caller's own. */
async function given(): Promise<number[]> {
  const all = Float32Array.from(rows.inputs.flat());
  const targets = Float64Array.from(rows.targets.flat()).subarray(20);
  const data = { inputs: all.subarray(60), targets };
  await follow(network(plain), train(network(plain), data, { epochs: 1, worker: true }));
  return [all.length, data.inputs.length, targets.length, all[60]!, targets[0]!];
}

/** Takes an epoch, and asks for no more: the worker that stays must not keep a process alive. */
async function abandon(): Promise<void> {
  await train(network(plain), rows, { worker: true }).next();
}

/** How often a timer went off during a step, as long as the whole epoch. */
async function ticks(worker: boolean): Promise<{ ticks: number; seconds: number }> {
  const net = network({ ...plain, layers: [dense(900, "tanh"), dense(2)], backend: "evaluate" });
  const data = sample(1500);
  const training = train(net, data, { epochs: 1, batchSize: 1500, worker });
  let count = 0;
  const timer = setInterval(() => count++, 5);
  const { value } = await training.next();
  clearInterval(timer);
  await training.next();
  return { ticks: count, seconds: (value as Epoch).seconds };
}

export async function main() {
  const outcomes: Record<string, { here: Outcome; inWorker: Outcome }> = {};
  for (const [name, tried] of Object.entries(cases)) {
    const here = await outcomeOf(tried, false);
    outcomes[name] = { here, inWorker: await outcomeOf(tried, true) };
  }
  await abandon();
  return {
    outcomes,
    aborted: await aborted(),
    given: {
      got: await given(),
      expected: [240, 180, 60, Math.fround(rows.inputs[10]![0]!), rows.targets[10]![0]!],
    },
    ticks: { here: await ticks(false), inWorker: await ticks(true) },
  };
}
