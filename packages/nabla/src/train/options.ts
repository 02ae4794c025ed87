/** What a training is told: the data, and the options with their defaults. */

import type { Data, Inputs, Values } from "../data.ts";
import type { Segment } from "../engine.ts";
import { unknownName } from "../errors.ts";
import { adam, checkOptimizer, type Optimizer } from "../functions/optimizers.ts";
import { checkSchedule, constant, newRates, type Schedule } from "../functions/schedules.ts";
import { type Internals, internalsOf, type Network } from "../running.ts";
import { checkOptions, checkStream, checkTogether } from "./check-options.ts";
import { checkState, type Fit } from "./check-state.ts";
import { batchesOf, type Cut } from "./position.ts";
import { checkSeed } from "./random.ts";
import type { TrainingState } from "./state.ts";
import type { StepperPlan } from "./stepper.ts";
import { heldWindows, streamedWindows, type Windows } from "./windows.ts";

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
  /** Where the states go that a training can be resumed from. */
  readonly checkpoint?: Checkpoint;
  /**
   * Goes on from a state of a training with the same data and options, to the same bits. The epochs that
   * had ended are not yielded again.
   */
  readonly resume?: TrainingState;
}

/** Rows that are read again for each epoch, and never held all at once. */
export interface StreamedData {
  /** Rows of one pass. */
  readonly rows: number;
  /** Rows that are held at a time, and shuffled among themselves; rounded up to whole batches. */
  readonly window: number;
  /**
   * A pass over the rows, in the same order every time, in parts of any length. The arrays of a part
   * may be used again once the next one is asked for.
   */
  pass(): AsyncIterable<TrainingData>;
}

/** What keeps the states of a training. */
export interface Checkpoint {
  /** Default: every epoch. Seconds are looked at about every 50 ms. */
  readonly every?:
    | { readonly epochs: number }
    | { readonly steps: number }
    | { readonly seconds: number };
  /**
   * Is given a state, copied, and awaited; what it throws ends the training. The state of an epoch's
   * end comes after the epoch has been yielded. Also called when a signal ends the training.
   */
  readonly save: (state: TrainingState) => void | Promise<void>;
}

/** A training with nothing left to ask. */
export interface Plan extends StepperPlan {
  readonly epochs: number;
  /** Steps of an epoch. */
  readonly batches: number;
  readonly windows: Windows;
  readonly reportEvery: number;
  /** Whether something looks at every epoch, so that they are not taken together. */
  readonly looksAtEpochs: boolean;
  readonly validation: Data | undefined;
  readonly patience: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly checkpoint: Checkpoint | undefined;
}

/** Checks all options and reads all data that is in memory; no parameter has changed. */
export function planTraining(
  net: Network,
  data: TrainingData | StreamedData,
  options: TrainingOptions,
): Plan {
  const { epochs = 100, reportEvery = 1, shuffle = true, patience, signal } = options;
  checkOptions(options);
  const optimizer = checkOptimizer(options.optimizer ?? adam());
  const schedule = checkSchedule(options.schedule ?? constant());
  checkTogether(optimizer, options);
  if (isStream(data)) checkStream(data, optimizer, options);

  const inner = internalsOf(net);
  const given = isStream(data) ? data : inner.readData(data);
  const cut = cutOf(given, optimizer, options);
  const batches = batchesOf(cut);
  const moving = movingSegments(inner, options.freeze ?? []);
  const hasPlateaus = schedule.schedule === "on-plateau";
  const fit: Fit = {
    ...{ precision: net.precision, parameters: inner.engine.parameters.length, moving },
    ...{ optimizer, epochs, batches, hasPlateaus, hasPatience: patience !== undefined },
  };
  const resume = options.resume === undefined ? undefined : checkState(options.resume, fit);
  const { step = 0, plateau } = resume?.counters ?? {};
  const learningRate = optimizer.learningRate as number;
  const held = options.validation;
  return {
    ...{ ...cut, optimizer, epochs, batches, reportEvery, shuffle, moving, patience, signal },
    windows: isStream(given)
      ? streamedWindows(given, { ...cut, net: inner, step, epochs, signal })
      : heldWindows(given),
    rates: newRates(schedule, { learningRate, epochs, stepsPerEpoch: batches, plateau }),
    looksAtEpochs: held !== undefined || hasPlateaus,
    validation: held && inner.readData(held, "validation "),
    clipNorm: options.clipNorm,
    seed: checkSeed(options.seed ?? inner.seed),
    checkpoint: options.checkpoint,
    resume,
  };
}

const isStream = <T extends object>(data: T | StreamedData): data is StreamedData => "pass" in data;

/** How the rows of an epoch are cut into windows and batches. */
function cutOf(
  { rows, window = rows }: { readonly rows: number; readonly window?: number },
  optimizer: Optimizer,
  { batchSize = 32, accumulate = 1 }: TrainingOptions,
): Cut {
  const size = isWhole(optimizer) ? rows : Math.min(batchSize * accumulate, rows);
  return { rows, batchSize: size, windowRows: Math.min(Math.ceil(window / size) * size, rows) };
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
