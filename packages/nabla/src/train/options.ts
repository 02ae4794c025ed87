/** What a training is told: the data, the options with their defaults, and the checks of both. */

import { check, checkCount } from "../checks.ts";
import type { Data, Inputs, Values } from "../data.ts";
import type { Segment } from "../engine.ts";
import { NablaError, unknownName } from "../errors.ts";
import { adam, checkOptimizer, type Optimizer } from "../functions/optimizers.ts";
import {
  checkSchedule,
  constant,
  newRates,
  type Rates,
  type Schedule,
} from "../functions/schedules.ts";
import { type Internals, internalsOf, type Network } from "../running.ts";
import { checkSeed } from "./random.ts";
import type { StepperPlan } from "./stepper.ts";

export interface TrainingData {
  readonly inputs: Inputs;
  readonly targets?: Values;
  /** What each row counts for in the cost, ≥ 0: for a network that is `weighted`. Default 1. */
  readonly weights?: Values;
}

export interface TrainingOptions {
  /** Default adam(). */
  readonly optimizer?: Optimizer;
  /** Passes over the data, at most. Default 100. */
  readonly epochs?: number;
  /** Rows of a step; the last batch of an epoch may be shorter. Default 32; all rows with lbfgs. */
  readonly batchSize?: number;
  /**
   * How many batches' gradients are added up for one update. A step then has so many times `batchSize`
   * rows, and the same result as a batch of them. Default 1.
   */
  readonly accumulate?: number;
  /** A new order of the rows for every epoch, from the seed. Default true. */
  readonly shuffle?: boolean;
  /** Rows to stop by, which are not trained on. */
  readonly validation?: TrainingData;
  /** The learning rate from step to step. Default constant(). */
  readonly schedule?: Schedule;
  /** The largest norm of all gradients together: longer ones are shortened to it before an update. */
  readonly clipNorm?: number;
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
  /**
   * Trains in a worker, so that a page goes on during a step: the same epochs, to the bit. The network has
   * the parameters of the epoch that was yielded last; those set while the next is awaited are lost.
   * Default false.
   */
  readonly worker?: boolean;
}

/** A training with nothing left to ask. */
export interface Plan extends StepperPlan {
  readonly epochs: number;
  /** Steps of an epoch. */
  readonly batches: number;
  readonly rates: Rates;
  readonly reportEvery: number;
  /** Whether something looks at every epoch, so that they are not taken together. */
  readonly looksAtEpochs: boolean;
  readonly validation: Data | undefined;
  readonly patience: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Checks all options and reads all data; no parameter has changed. */
export function planTraining(net: Network, data: TrainingData, options: TrainingOptions): Plan {
  const { epochs = 100, reportEvery = 1, accumulate = 1, shuffle = true } = options;
  checkOptions(options);
  const optimizer = checkOptimizer(options.optimizer ?? adam());
  const schedule = checkSchedule(options.schedule ?? constant());
  checkTogether(optimizer, options);

  const inner = internalsOf(net);
  const held = options.validation;
  const rows = inner.readData(data);
  const batchSize = isWhole(optimizer) ? rows.rows : (options.batchSize ?? 32) * accumulate;
  const batches = Math.ceil(rows.rows / batchSize);
  const learningRate = optimizer.learningRate as number;
  return {
    ...{ optimizer, epochs, batches, reportEvery, shuffle, rows },
    batchSize: Math.min(batchSize, rows.rows),
    rates: newRates(schedule, { learningRate, epochs, stepsPerEpoch: batches }),
    looksAtEpochs: held !== undefined || schedule.schedule === "on-plateau",
    validation: held && inner.readData(held, "validation "),
    clipNorm: options.clipNorm,
    patience: options.patience,
    moving: movingSegments(inner, options.freeze ?? []),
    signal: options.signal,
    seed: checkSeed(options.seed ?? inner.seed),
  };
}

/** Whether each step sees all rows. */
export const isWhole = ({ rule }: Optimizer): boolean => rule === "lbfgs";

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

const counts = ["epochs", "batchSize", "accumulate", "patience", "reportEvery"] as const;
const switches = ["shuffle", "reproducible", "worker"] as const;
const others = [
  ...(["optimizer", "validation", "schedule", "clipNorm"] as const),
  ...(["freeze", "signal", "seed"] as const),
] as const;
const known: readonly string[] = [...counts, ...switches, ...others];

function checkOptions(options: TrainingOptions): void {
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw unknownName("training option", name, known);
  }
  for (const name of counts) {
    const value = options[name];
    if (value !== undefined) checkCount(name, value);
  }
  for (const name of switches) {
    const got = options[name];
    check(name, typeof (got ?? true) === "boolean", { expected: "true or false", got });
  }
  const { clipNorm = 1 } = options;
  const isLength = clipNorm > 0 && clipNorm < Number.POSITIVE_INFINITY;
  check("clipNorm", isLength, { expected: "a number > 0", got: clipNorm });
  if (options.patience !== undefined && options.validation === undefined) {
    throw new NablaError("usage", "patience needs validation rows", {
      where: "patience",
      remedy: "give validation: { inputs, targets }",
    });
  }
}

/** Some options say nothing to some optimisers: rprop has step sizes of its own, lbfgs searches for them. */
function checkTogether(optimizer: Optimizer, options: TrainingOptions): void {
  const { rule } = optimizer;
  const unheard: Readonly<Record<string, readonly (keyof TrainingOptions)[]>> = {
    rprop: ["schedule"],
    lbfgs: ["schedule", "clipNorm", "batchSize", "accumulate"],
  };
  const name = unheard[rule]?.find((option) => options[option] !== undefined);
  if (name === undefined) return;
  const why =
    rule === "rprop" ? "has step sizes of its own" : "sees all rows, and searches its steps";
  const remedy = "leave it out, or take another optimizer";
  throw new NablaError("usage", `${name} does not go with ${rule}, which ${why}; ${remedy}`, {
    ...{ where: name, remedy },
    got: rule,
  });
}
