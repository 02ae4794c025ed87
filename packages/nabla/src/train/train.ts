/**
 * The training loop: epochs of steps over shuffled batches, as an async generator. Between steps it
 * gives way about every 50 ms, so that pages stay alive and an AbortSignal is heard.
 */

import type { Data, Inputs, Values } from "../data.ts";
import type { Segment } from "../engine.ts";
import { NablaError, unknownName } from "../errors.ts";
import { adam, checkOptimizer, type Optimizer } from "../functions/optimizers.ts";
import { type Internals, internalsOf, type Network } from "../running.ts";
import { checkSeed } from "./random.ts";
import { newStepper } from "./stepper.ts";

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
  /**
   * The same bits in every engine and on every machine, at the price of the fused multiply-add. Stays
   * on for the network. Default: false, the same bits on one machine.
   */
  readonly reproducible?: boolean;
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
  const { epochs = 100, batchSize = 32, reportEvery = 1 } = options;
  checkOptions(options);
  const optimizer = checkOptimizer(options.optimizer ?? adam());
  const inner = internalsOf(net);
  const rows = inner.readData(data.inputs, data.targets);
  const held = options.validation;
  const plan: Plan = {
    ...{ optimizer, epochs, batchSize, reportEvery },
    shuffle: options.shuffle ?? true,
    rows,
    validation: held && inner.readData(held.inputs, held.targets, "validation "),
    patience: options.patience,
    moving: movingSegments(inner, options.freeze ?? []),
    signal: options.signal,
    seed: checkSeed(options.seed ?? inner.seed),
  };
  if (options.reproducible === true) inner.engine.backend.fused = false;
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
  const { validation, signal } = plan;
  const stepper = newStepper(engine, plan);
  const batches = Math.ceil(plan.rows.rows / plan.batchSize);
  const learningRate = plan.optimizer.learningRate as number;
  const stopper = newStopper(plan.patience);
  const pace = newPace();
  const started = performance.now();
  const result = (stopped: TrainingResult["stopped"], epochs: number): TrainingResult => ({
    epochs,
    steps: stepper.steps,
    stopped,
    ...(stopper.best && {
      best: { epoch: stopper.best.epoch, validationCost: stopper.best.validationCost },
    }),
  });

  try {
    for (let epoch = 0; epoch < plan.epochs; ) {
      // Epochs that nobody looks at are taken together
      const alone = validation !== undefined;
      const apart = alone ? 1 : plan.reportEvery - (epoch % plan.reportEvery);
      const epochs = Math.min(apart, plan.epochs - epoch);
      let total = 0;
      for (let left = epochs * batches; left > 0; ) {
        if (signal?.aborted) return result("aborted", Math.floor(stepper.steps / batches));
        const count = Math.min(pace.left, left);
        total = stepper.take(count, learningRate);
        left -= count;
        if (pace.spend(count)) await pace.rest();
      }
      epoch += epochs;

      const validationCost = validation && engine.cost(validation);
      if (validationCost !== undefined)
        stopper.look(epoch, validationCost, engine.parameters.view());
      const stops = stopper.hasWaited(epoch);
      if (epoch % plan.reportEvery === 0 || epoch === plan.epochs || stops) {
        yield {
          epoch,
          step: stepper.steps,
          cost: total / batches,
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
    if (best !== undefined) engine.parameters.view().set(best);
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
      if (!(validationCost < (best?.validationCost ?? Number.POSITIVE_INFINITY))) return; //  nor NaN
      best = {
        epoch,
        validationCost,
        ...(patience !== undefined && { parameters: parameters.slice() }),
      };
    },
    hasWaited: (epoch: number): boolean =>
      patience !== undefined && epoch - (best?.epoch ?? 0) >= patience,
  };
}

/** How many steps to take at once, so that the event loop has its turn about every 50 ms. */
function newPace() {
  let steps = 1;
  let left = 1;
  let last = performance.now();
  return {
    /** The steps to take before the clock is looked at again. */
    get left() {
      return left;
    },
    /** Counts steps off; whether it is time for the event loop. */
    spend(count: number): boolean {
      left -= count;
      if (left > 0) return false;
      const waited = performance.now() - last;
      if (waited < 25) steps *= 2;
      left = steps;
      if (waited < 50) return false;
      steps = Math.max(1, Math.floor((steps * 40) / waited));
      return true;
    },
    async rest(): Promise<void> {
      await new Promise((resolve) => setTimeout(resolve));
      left = steps;
      last = performance.now();
    },
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
const switches = ["shuffle", "reproducible"] as const;
const known = [...counts, ...switches, "optimizer", "validation", "freeze", "signal", "seed"];

function checkOptions(options: TrainingOptions): void {
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw unknownName("training option", name, known);
  }
  for (const name of counts) {
    const value = options[name];
    if (value === undefined || (Number.isSafeInteger(value) && value > 0)) continue;
    throw mustBe(name, "a positive integer", value);
  }
  for (const name of switches) {
    if (typeof (options[name] ?? true) !== "boolean") {
      throw mustBe(name, "true or false", options[name]);
    }
  }
  if (options.patience !== undefined && options.validation === undefined) {
    throw new NablaError("usage", "patience needs validation rows", {
      where: "patience",
      remedy: "give validation: { inputs, targets }",
    });
  }
}

const mustBe = (where: string, expected: string, value: unknown): NablaError =>
  new NablaError("usage", `${where} must be ${expected}, got ${value}`, {
    where,
    expected,
    got: String(value),
  });
