import {
  adagrad,
  adam,
  adamw,
  cosine,
  dense,
  dropout,
  exponential,
  type LayeredDefinition,
  lbfgs,
  network,
  oneCycle,
  onPlateau,
  rmsprop,
  rprop,
  sgd,
  type TrainingData,
  type TrainingOptions,
  type TrainingState,
} from "nabla";
import { describe, expect, test } from "vitest";
import { data, definition, run, sample, snapshot } from "./training.ts";

interface Case {
  readonly name: string;
  readonly definition?: Partial<LayeredDefinition>;
  readonly data?: TrainingData;
  readonly options: TrainingOptions;
}

const wide = { layers: [dense(40, "tanh"), dense(1)] };
const dropped = { layers: [dense(9, "tanh"), dropout(0.4), dense(1)] };
const validation = sample(6, 2);
const twenty = sample(20);
//  Unshuffled, the second batch of three in each epoch weighs nothing
const weighted = { ...data, weights: data.inputs.map((_, n) => (n >= 3 && n < 6 ? 0 : 1 + n)) };
//  So large a rate that the validation cost goes up and down
const restless = { optimizer: sgd({ learningRate: 0.6 }), validation };

const cases: readonly Case[] = [
  { name: "sgd", options: { optimizer: sgd({ learningRate: 0.1 }) } },
  {
    name: "sgd with momentum",
    options: { optimizer: sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true }) },
  },
  { name: "rmsprop", options: { optimizer: rmsprop({ momentum: 0.5 }) } },
  { name: "adagrad", options: { optimizer: adagrad() } },
  { name: "adam", options: { optimizer: adam({ learningRate: 0.05 }) } },
  { name: "adamw", options: { optimizer: adamw({ learningRate: 0.05 }) } },
  { name: "rprop", options: { optimizer: rprop(), batchSize: 10 } },
  { name: "lbfgs", options: { optimizer: lbfgs({ history: 3 }), epochs: 8 } },
  {
    name: "lbfgs that converges, reported now and then",
    options: { optimizer: lbfgs({ gradientTolerance: 0.01 }), epochs: 60, reportEvery: 7 },
  },
  {
    name: "lbfgs with dropout",
    definition: dropped,
    options: { optimizer: lbfgs(), epochs: 5 },
  },
  { name: "dropout", definition: dropped, options: {} },
  {
    name: "dropout of a wide layer",
    definition: { layers: [dense(40, "tanh"), dropout(0.5), dense(1)] },
    options: {},
  },
  { name: "a wide layer", definition: wide, options: {} },
  {
    name: "a schedule that waits for plateaus",
    options: {
      ...restless,
      schedule: onPlateau({ patience: 0, cooldown: 1, factor: 0.5 }),
      epochs: 9,
    },
  },
  {
    name: "a schedule that waits for plateaus of the training cost",
    options: {
      optimizer: sgd({ learningRate: 0.6 }),
      schedule: onPlateau({ patience: 1 }),
      epochs: 9,
    },
  },
  { name: "one cycle", options: { schedule: oneCycle({ warmup: 3 }) } },
  { name: "a cosine", options: { schedule: cosine() } },
  { name: "decay after each epoch", options: { schedule: exponential({ warmup: 5 }) } },
  {
    name: "batches that weigh nothing",
    definition: { weighted: true, layers: dropped.layers },
    data: weighted,
    options: { shuffle: false },
  },
  { name: "accumulation", data: twenty, options: { accumulate: 2 } },
  { name: "clipping", options: { clipNorm: 0.05 } },
  { name: "frozen parameters", options: { freeze: ["b1"] } },
  { name: "patience", options: { ...restless, patience: 2, epochs: 12 } },
  {
    name: "patience, reported now and then",
    options: { ...restless, patience: 3, epochs: 12, reportEvery: 5 },
  },
  { name: "epochs that are taken together", options: { epochs: 7, reportEvery: 3 } },
  { name: "rows in order", options: { shuffle: false } },
  { name: "single rows", options: { batchSize: 1, epochs: 3 } },
  { name: "a seed of its own", options: { seed: 77 } },
  { name: "reproducible", definition: wide, options: { reproducible: true } },
  { name: "large batches", data: sample(700), options: { batchSize: 300, epochs: 2 } },
];

/** As a file would give it back. */
const copyOf = ({ counters, arrays }: TrainingState): TrainingState => ({
  counters: JSON.parse(JSON.stringify(counters)),
  arrays: structuredClone(arrays),
});

/** Without the seconds. */
function timeless({ counters, arrays }: TrainingState) {
  const { seconds: _, ...others } = counters;
  return { counters: others, arrays };
}

type Kind = Pick<LayeredDefinition, "backend" | "precision">;

/** What a case leaves behind, and all states on the way. */
async function trained(given: Case, kind: Kind, more: TrainingOptions = {}) {
  const net = network({ ...definition, ...given.definition, ...kind });
  const isWhole = given.options.optimizer?.rule === "lbfgs";
  const options = { ...(!isWhole && { batchSize: 3 }), epochs: 4, ...given.options, ...more };
  const got = await run(net, given.data ?? data, options);
  return { ...got, parameters: snapshot(net) };
}

async function withStates(given: Case, kind: Kind, more: TrainingOptions = {}) {
  const states: TrainingState[] = [];
  const save = (state: TrainingState): void => void states.push(state);
  const checkpoint = { every: { steps: 1 }, save };
  return { got: await trained(given, kind, { ...more, checkpoint }), states };
}

describe.each(["evaluate", "wasm"] as const)("by %s", (backend) => {
  describe.each(["float32", "float64"] as const)("in %s, a training with", (precision) => {
    const kind = { backend, precision };

    test.each(cases)("$name goes on from every batch to the same bits", async (given) => {
      const once = await trained(given, kind);
      const { got, states } = await withStates(given, kind);
      expect(got).toEqual(once); //  states disturb nothing
      const all = Array.from({ length: once.result.steps }, (_, s) => s + 1);
      expect(states.map(({ counters }) => counters.step)).toEqual(all);
      for (const state of states) {
        const { step, epoch: ended } = state.counters;
        const after = await withStates(given, kind, { resume: copyOf(state) });
        const epochs = once.epochs.filter(({ epoch }) => epoch > ended);
        expect(after.got, `from step ${step}`).toEqual({ ...once, epochs });
        expect(after.states.map(timeless)).toEqual(states.slice(step).map(timeless));
      }
    });
  });
});
