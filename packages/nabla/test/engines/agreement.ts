/**
 * Networks whose compiled form is held against `evaluate` in the engine that runs this: each activation,
 * each cost, products of every kind, more rows than a block has.
 */

import { activationNames } from "../../src/functions/activations.ts";
import { costNames } from "../../src/functions/costs.ts";
import {
  dense,
  type Floats,
  type LayeredDefinition,
  network,
  type Precision,
  sgd,
  train,
} from "../../src/index.ts";
import { writeEquations } from "../../src/network.ts";
import { internalsOf } from "../../src/running.ts";
import { randomStream } from "../../src/train/random.ts";

export interface Agreement {
  /** Whether products use fused multiply-add, which is relaxed SIMD. */
  readonly fused: boolean;
  readonly networks: readonly Compared[];
}

export interface Compared {
  readonly name: string;
  readonly precision: Precision;
  /** By what was compared: the largest difference, as a part of the largest magnitude. */
  readonly errors: Readonly<Record<string, number>>;
}

interface Case {
  readonly name: string;
  readonly definition: LayeredDefinition;
  readonly rows: number;
  /** Default: 16. */
  readonly batchSize?: number;
}

const cases: readonly Case[] = [
  ...activationNames.map((activation, i): Case => {
    const cost = costNames[i % costNames.length] as string;
    const layers = [dense(9, activation), dense(3)];
    return { name: `${activation}, ${cost}`, definition: { inputs: 2, layers, cost }, rows: 33 };
  }),
  // Of one row and of three; two outputs are summed over, and added across lanes. Where it is one
  // instruction, a·(1 − a) becomes a − a·a, and 2 − z is no such rest
  ...[...activationNames, "z*(2 - z)"].flatMap((activation) =>
    [1, 3].map((batchSize): Case => {
      const layers = [dense(3, activation), dense(2, "sigmoid")];
      const definition = { inputs: 2, layers, cost: "squared-error" };
      return { name: `tiny, ${activation}, ${batchSize}`, definition, rows: 20, batchSize };
    }),
  ),
  {
    name: "products of many tiles",
    definition: {
      inputs: 130,
      layers: [dense(97, "gelu"), dense(35, "tanh"), dense(10)],
      ...{ cost: "cross-entropy", l1: 1e-4, l2: 1e-3 },
    },
    rows: 40,
  },
  {
    name: "rows of two blocks",
    definition: { inputs: 17, layers: [dense(16, "tanh"), dense(5)], cost: "squared-error" },
    rows: 300,
  },
];

export async function main(): Promise<Agreement> {
  const networks: Compared[] = [];
  for (const precision of ["float32", "float64"] as const) {
    for (const { name, definition, ...sizes } of cases) {
      const expected = await measure({ ...definition, precision, backend: "evaluate" }, sizes);
      const got = await measure({ ...definition, precision, backend: "wasm" }, sizes);
      const errors = Object.entries(expected).map(
        ([what, values]) => [what, difference(got[what] ?? [], values)] as const,
      );
      networks.push({ name, precision, errors: Object.fromEntries(errors) });
    }
  }
  const { engine } = internalsOf(network({ inputs: 1, layers: [dense(1)], cost: "huber" }));
  return { fused: engine.backend.fused, networks };
}

type Measured = Readonly<Record<string, readonly number[]>>;

/** What a network gives on random data, before and after an epoch of training. */
async function measure(
  definition: LayeredDefinition,
  { rows, batchSize = 16 }: Pick<Case, "rows" | "batchSize">,
): Promise<Measured> {
  const net = network({ ...definition, seed: 1 });
  const random = randomStream(2, "split");
  const outputs = writeEquations(definition).outputs;
  const others = definition.cost === "hinge" ? -1 : 0;
  const inputs = Array.from({ length: rows }, () =>
    Array.from({ length: definition.inputs }, () => Math.fround(random.normal())),
  );
  const targets = Array.from({ length: rows }, () => {
    const own = random.below(outputs);
    return Array.from({ length: outputs }, (_, k) => (k === own ? 1 : others));
  });

  const predictions = net.predict(inputs).flat();
  const cost = [net.cost(inputs, targets)];
  const gradients = flat(net.gradients(inputs, targets));

  const options = {
    optimizer: sgd({ learningRate: 0.01, momentum: 0.9 }),
    epochs: 1,
    batchSize,
  };
  const costs: number[] = [];
  for await (const epoch of train(net, { inputs, targets }, options)) costs.push(epoch.cost);
  const trained = { "cost in training": costs, "trained parameters": flat(net.parameters) };
  return { predictions, cost, gradients, ...trained };
}

const flat = (tensors: ReadonlyMap<string, Floats>): number[] =>
  [...tensors.values()].flatMap((values) => [...values]);

/** The largest of JSON's numbers where the lengths differ or where there is a NaN. */
function difference(got: readonly number[], expected: readonly number[]): number {
  const largest = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), 0);
  const apart = largest(expected.map((value, i) => Math.abs(value - (got[i] ?? Number.NaN))));
  const error = apart / largest(expected.map(Math.abs));
  return got.length === expected.length && error >= 0 ? error : Number.MAX_VALUE;
}
