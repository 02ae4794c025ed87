/**
 * The training loop: epochs of steps over shuffled batches, as an async generator. Between steps it
 * gives way about every 50 ms, so that pages stay alive and an AbortSignal is heard.
 */

import { type Data, gatherRows, type Inputs, type Values } from "../data.ts";
import type { Segment } from "../engine.ts";
import { NablaError, unknownName } from "../errors.ts";
import { adam, checkOptimizer, type Optimizer } from "../functions/optimizers.ts";
import { type Internals, internalsOf, type Network } from "../running.ts";
import { permutation, randomStream } from "./random.ts";
import { newUpdater } from "./update.ts";

export interface TrainingData {
  readonly inputs: Inputs;
  readonly targets?: Values;
}

export interface TrainingOptions {
  /** Default adam(). */
  readonly optimizer?: Optimizer;
  /** Passes over the data, at most. Default 100. */
  readonly epochs?: number;
  /** Rows of a step; the last batch of an epoch may be shorter. Default 32. */
  readonly batchSize?: number;
  /** A new order of the rows for every epoch, from the seed. Default true. */
  readonly shuffle?: boolean;
  /** Rows to stop by, which are not trained on. */
  readonly validation?: TrainingData;
  /** Epochs without a lower validation cost before training stops, with the best parameters restored. */
  readonly patience?: number;
  /** Names of parameters that do not move. */
  readonly freeze?: readonly string[];
  /** Epochs between yields. Default 1. */
  readonly reportEvery?: number;
  /** Stops the training after the step at hand. */
  readonly signal?: AbortSignal;
  /** Of the order of the rows and the masks. Default: the network's. */
  readonly seed?: number;
}

export interface Epoch {
  /** From 1. */
  readonly epoch: number;
  /** The steps taken so far. */
  readonly step: number;
  /** The mean of the steps' costs in this epoch, each before its update. */
  readonly cost: number;
  readonly validationCost?: number;
  /** Since the training began. */
  readonly seconds: number;
  readonly learningRate: number;
}

export interface TrainingResult {
  readonly epochs: number;
  readonly steps: number;
  readonly stopped: "epochs" | "patience" | "aborted";
  /** With validation rows: the epoch whose parameters the network now has, where patience was given. */
  readonly best?: { readonly epoch: number; readonly validationCost: number };
}

/**
 * Trains the network in place and yields after each epoch; `break` stops it.
 * All options are checked, and all data read, before any parameter changes.
 * @throws NablaError on bad options or data
 */
export function train(
  net: Network,
  data: TrainingData,
  options: TrainingOptions = {},
): AsyncGenerator<Epoch, TrainingResult> {
  const { optimizer = adam(), epochs = 100, batchSize = 32, reportEvery = 1 } = options;
  checkOptions(options);
  checkOptimizer(optimizer);
  const inner = internalsOf(net);
  const rows = inner.readData(data.inputs, data.targets);
  const held = options.validation;
  const plan: Plan = {
    ...{ optimizer, epochs, batchSize, reportEvery },
    shuffle: options.shuffle ?? true,
    rows,
    validation: held && inner.readData(held.inputs, held.targets),
    patience: options.patience,
    moving: movingSegments(inner, options.freeze ?? []),
    signal: options.signal,
    seed: options.seed ?? inner.seed,
  };
  return trainingLoop(inner, plan);
}

interface Plan {
  readonly optimizer: Optimizer;
  readonly epochs: number;
  readonly batchSize: number;
  readonly reportEvery: number;
  readonly shuffle: boolean;
  readonly rows: Data;
  readonly validation: Data | undefined;
  readonly patience: number | undefined;
  readonly moving: readonly Segment[];
  readonly signal: AbortSignal | undefined;
  readonly seed: number;
}

async function* trainingLoop(
  { engine }: Internals,
  plan: Plan,
): AsyncGenerator<Epoch, TrainingResult> {
  const { rows, validation, signal, seed } = plan;
  const updater = newUpdater(plan.optimizer, { ...engine, moving: plan.moving });
  const learningRate = plan.optimizer.learningRate as number;
  const stopper = newStopper(plan.patience);
  const giveWay = pauses();
  const started = performance.now();
  const result = (stopped: TrainingResult["stopped"], epochs: number): TrainingResult => ({
    epochs,
    steps: updater.steps,
    stopped,
    ...(stopper.best && {
      best: { epoch: stopper.best.epoch, validationCost: stopper.best.validationCost },
    }),
  });

  try {
    for (let epoch = 1; epoch <= plan.epochs; epoch++) {
      let total = 0;
      let steps = 0;
      for (const batch of batches(rows, epoch, plan)) {
        total += engine.differentiate(batch, { step: updater.steps + 1, seed });
        updater.step(learningRate);
        steps++;
        await giveWay();
        if (signal?.aborted) return result("aborted", epoch - 1);
      }

      const validationCost = validation && engine.cost(validation);
      if (validationCost !== undefined) stopper.look(epoch, validationCost, engine.parameters);
      const stops = stopper.hasWaited(epoch);
      if (epoch % plan.reportEvery === 0 || epoch === plan.epochs || stops) {
        yield {
          epoch,
          step: updater.steps,
          cost: total / steps,
          ...(validationCost !== undefined && { validationCost }),
          seconds: (performance.now() - started) / 1000,
          learningRate,
        };
      }
      if (stops) return result("patience", epoch);
    }
    return result("epochs", plan.epochs);
  } finally {
    // Also after `break`: with patience, what stays is the best
    const best = stopper.best?.parameters;
    if (best !== undefined) engine.parameters.set(best);
  }
}

/** The batches of one epoch; the order of its rows follows from the seed and the epoch alone. */
function* batches(rows: Data, epoch: number, { shuffle, batchSize, seed }: Plan): Generator<Data> {
  const order = shuffle
    ? permutation(rows.rows, randomStream(seed, "shuffle", epoch))
    : Uint32Array.from({ length: rows.rows }, (_, row) => row);
  for (let from = 0; from < rows.rows; from += batchSize) {
    yield gatherRows(rows, order.subarray(from, from + batchSize));
  }
}

interface Best {
  readonly epoch: number;
  readonly validationCost: number;
  /** A copy, where patience will restore it. */
  readonly parameters?: Float32Array | Float64Array;
}

/** Early stopping: remembers the best validation cost and, with patience, its parameters. */
function newStopper(patience: number | undefined) {
  let best: Best | undefined;
  return {
    get best() {
      return best;
    },
    look(epoch: number, validationCost: number, parameters: Float32Array | Float64Array): void {
      if (best !== undefined && !(validationCost < best.validationCost)) return;
      best = {
        epoch,
        validationCost,
        ...(patience !== undefined && { parameters: parameters.slice() }),
      };
    },
    hasWaited: (epoch: number): boolean =>
      patience !== undefined && best !== undefined && epoch - best.epoch >= patience,
  };
}

/** Returns to the event loop when 50 ms have passed since it last did. */
function pauses(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < 50) return;
    await new Promise((resolve) => setTimeout(resolve));
    last = performance.now();
  };
}

/** What is left of the flat buffer without the frozen parameters; neighbours are joined. */
function movingSegments({ engine }: Internals, freeze: readonly string[]): Segment[] {
  const names = [...engine.layout.keys()].map((tensor) => tensor.name);
  for (const name of freeze) {
    if (!names.includes(name)) throw unknownName("parameter to freeze", name, names);
  }
  const segments: Segment[] = [];
  for (const [tensor, { start, end }] of engine.layout) {
    if (freeze.includes(tensor.name)) continue;
    const last = segments.at(-1);
    if (last?.end === start) segments[segments.length - 1] = { start: last.start, end };
    else segments.push({ start, end });
  }
  return segments;
}

const counts = ["epochs", "batchSize", "patience", "reportEvery"] as const;
const known = [...counts, "optimizer", "shuffle", "validation", "freeze", "signal", "seed"];

function checkOptions(options: TrainingOptions): void {
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw unknownName("training option", name, known);
  }
  for (const name of counts) {
    const value = options[name];
    if (value === undefined || (Number.isSafeInteger(value) && value > 0)) continue;
    const expected = "a positive integer";
    throw new NablaError("usage", `${name} must be ${expected}, got ${value}`, {
      where: name,
      expected,
      got: String(value),
    });
  }
  if (options.patience !== undefined && options.validation === undefined) {
    throw new NablaError("usage", "patience needs validation rows", {
      where: "patience",
      remedy: "give validation: { inputs, targets }",
    });
  }
}
