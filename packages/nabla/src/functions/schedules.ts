/**
 * The schedules of the learning rate, each a formula and the same as a function: the rate of the
 * update that follows t others. η is the optimiser's learningRate; there are `steps` updates in all,
 * and epoch = ⌊t/stepsPerEpoch⌋. A rate is made by + − × ÷ alone, so it has the same bits in every
 * engine. The forms are PyTorch's.
 */

import { check } from "../checks.ts";
import { integerPower } from "../equations/operations.ts";
import { NablaError, unknownName } from "../errors.ts";
import { haversine } from "../train/haversine.ts";
import { newPlateau, type Plateau, type PlateauState } from "../train/plateau.ts";

type Options = Readonly<Record<string, number>>;

interface Definition<Defaults extends Options> {
  /** Every option of its own with its default. */
  readonly defaults: Defaults;
  /** In the language of the equations, with floor and cos beside it. */
  readonly formula: string;
  /** The formula's `rate`. */
  rate(options: Defaults, run: Run): (t: number) => number;
  /** What counts the plateaus, in the schedule that looks at the cost. */
  plateau?(options: Defaults, from?: PlateauState): Plateau;
}

interface Run {
  readonly learningRate: number;
  readonly steps: number;
  readonly stepsPerEpoch: number;
  readonly plateau: Pick<Plateau, "state">;
}

const define = <Defaults extends Options>(definition: Definition<Defaults>): typeof definition =>
  definition;

/** A schedule of the table, whichever it is; the options are those of `checkSchedule`. */
export type ScheduleDefinition = {
  readonly defaults: Options;
  readonly formula: string;
  rate(options: unknown, run: Run): (t: number) => number;
  plateau?(options: unknown, from?: PlateauState): Plateau;
};

export const schedules = {
  /** η */
  constant: define({
    defaults: {},
    formula: "rate = learningRate",
    rate:
      (_, { learningRate }) =>
      () =>
        learningRate,
  }),

  /** η γ^⌊epoch/every⌋, γ = factor. */
  step: define({
    defaults: { every: 30, factor: 0.1 },
    formula: "rate = learningRate*factor^floor(epoch/every)",
    rate: ({ every, factor }, { learningRate, stepsPerEpoch }) => {
      const steps = every * stepsPerEpoch;
      return (t) => learningRate * integerPower(factor, Math.floor(t / steps));
    },
  }),

  /** η γ^epoch, γ = factor. */
  exponential: define({
    defaults: { factor: 0.95 },
    formula: "rate = learningRate*factor^epoch",
    rate:
      ({ factor }, { learningRate, stepsPerEpoch }) =>
      (t) =>
        learningRate * integerPower(factor, Math.floor(t / stepsPerEpoch)),
  }),

  /** From η down to the minimum on half a cosine, without restarts.  I. Loshchilov, F. Hutter (2017). */
  cosine: define({
    defaults: { minimum: 0 },
    formula: "rate = minimum + (learningRate - minimum)*(1 + cos(pi*t/steps))/2",
    rate:
      ({ minimum }, { learningRate, steps }) =>
      (t) =>
        // hav π(1 − s) = (1 + cos πs)/2, which keeps its digits where that is near 0
        minimum + (learningRate - minimum) * haversine((steps - t) / steps),
  }),

  /**
   * From η/divFactor up to η on half a cosine, then down to η/(divFactor·finalDivFactor); `pctStart`
   * is the fraction of the steps that go up. The momentum stays.  L. Smith, N. Topin (2017).
   */
  "one-cycle": define({
    defaults: { pctStart: 0.3, divFactor: 25, finalDivFactor: 1e4 },
    formula: `
      first = learningRate/divFactor
      last = first/finalDivFactor
      peak = pctStart*steps - 1
      rate = select(t < peak,
        first + (learningRate - first)*(1 - cos(pi*t/peak))/2,
        last + (learningRate - last)*(1 + cos(pi*(t - peak)/(steps - 1 - peak)))/2)`,
    rate: ({ pctStart, divFactor, finalDivFactor }, { learningRate, steps }) => {
      const first = learningRate / divFactor;
      const last = first / finalDivFactor;
      const peak = pctStart * steps - 1;
      const end = steps - 1;
      return (t) =>
        t < peak
          ? first + (learningRate - first) * haversine(t / peak)
          : last + (learningRate - last) * haversine((end - t) / (end - peak));
    },
  }),

  /**
   * η γ^drops, γ = factor, but not below the minimum. The rate drops after more than `patience` epochs
   * in a row whose cost is not below the best by the fraction `threshold` of it; then `cooldown` epochs
   * are not counted.
   */
  "on-plateau": define({
    defaults: { factor: 0.1, patience: 10, threshold: 1e-4, cooldown: 0, minimum: 0 },
    formula: "rate = max(learningRate*factor^drops, minimum)",
    rate:
      ({ factor, minimum }, { learningRate, plateau }) =>
      () =>
        Math.max(learningRate * integerPower(factor, plateau.state.drops), minimum),
    plateau: (options, from) => newPlateau(options, from),
  }),
} as const;

/** An option of every schedule: the first steps take 1/warmup, 2/warmup, … of its rate at that step. */
const warmedUp = (t: number, warmup: number): number => Math.min((t + 1) / warmup, 1);
export const warmUpFormula = "rate*min((t + 1)/warmup, 1)";
const common = { warmup: 0 };

export type ScheduleName = keyof typeof schedules;
export const scheduleNames = Object.keys(schedules) as ScheduleName[];

/** The options of a schedule; those left out have the table's defaults. */
export type ScheduleOptions<Name extends ScheduleName> = {
  readonly [Option in keyof ((typeof schedules)[Name]["defaults"] & typeof common)]?: number;
};

/** Plain data: the schedule and its numbers. */
export type Schedule = {
  [Name in ScheduleName]: { readonly schedule: Name } & ScheduleOptions<Name>;
}[ScheduleName];

const maker =
  <Name extends ScheduleName>(name: Name) =>
  (options: ScheduleOptions<Name> = {}): Schedule =>
    complete(name, options);

/** The optimiser's learningRate in every step. Option: warmup 0 (steps). */
export const constant = maker("constant");
/** η γ^⌊epoch/every⌋. Options: every 30 (epochs), factor 0.1, warmup 0 (steps). */
export const stepDecay = maker("step");
/** η γ^epoch. Options: factor 0.95, warmup 0 (steps). */
export const exponential = maker("exponential");
/** minimum + (η − minimum)(1 + cos πt/T)/2 over all T steps. Options: minimum 0, warmup 0 (steps). */
export const cosine = maker("cosine");
/** η is the maximum. Options: pctStart 0.3, divFactor 25, finalDivFactor 1e4, warmup 0 (steps). */
export const oneCycle = maker("one-cycle");
/**
 * Looks at the validation cost, or the training cost where there is none, after each epoch.
 * Options: factor 0.1, patience 10 (epochs), threshold 1e-4, cooldown 0 (epochs), minimum 0,
 * warmup 0 (steps).
 */
export const onPlateau = maker("on-plateau");

/** The learning rates of one training. */
export interface Rates {
  /** Whether it is the same for all steps of an epoch. */
  readonly isSteady: boolean;
  /** The rate of the update that follows `step` others. */
  rate(step: number): number;
  /** Tells the cost of the epoch that has ended. All state follows from these costs alone. */
  endEpoch(cost: number): void;
  /** That state, in the schedule that has one. */
  readonly plateau?: PlateauState | undefined;
}

/**
 * The rates of a complete schedule, as `checkSchedule` returns it.
 * @throws NablaError where its minimum lies above the learning rate
 */
export function newRates(
  schedule: Schedule,
  run: {
    readonly learningRate: number;
    readonly epochs: number;
    readonly stepsPerEpoch: number;
    /** Where to go on from. */
    readonly plateau?: PlateauState | undefined;
  },
): Rates {
  const { learningRate, epochs, stepsPerEpoch } = run;
  const { minimum = 0, warmup = 0 }: ScheduleOptions<"cosine"> = schedule;
  const expected = `at most the learning rate ${learningRate}`;
  check("minimum", minimum <= learningRate, { expected, got: minimum });

  const definition: ScheduleDefinition = schedules[schedule.schedule];
  const own = definition.plateau?.(schedule, run.plateau);
  const plateau = own ?? noPlateau;
  const steps = epochs * stepsPerEpoch;
  const rate = definition.rate(schedule, { learningRate, steps, stepsPerEpoch, plateau });
  return {
    isSteady: warmup === 0 && (definition === schedules.constant || own !== undefined),
    rate: warmup === 0 ? rate : (t) => rate(t) * warmedUp(t, warmup),
    endEpoch: plateau.endEpoch,
    get plateau() {
      return own?.state;
    },
  };
}

const noPlateau: Plateau = {
  state: { waited: 0, cooling: 0, drops: 0 },
  endEpoch: () => {},
};

/**
 * The schedule with all its options: those left out have their defaults.
 * @throws NablaError unless the schedule is known and every number lies in its range
 */
export function checkSchedule({ schedule, ...options }: Schedule): Schedule {
  return complete(schedule, options);
}

/**
 * Reads `cosine`, `step:every=30,factor=0.1`, `one-cycle:warmup=100`, …
 * @throws NablaError unless it is a schedule of the table, with options of its own in their ranges
 */
export function parseSchedule(text: string): Schedule {
  const [name, ...rest] = text.split(":") as [string, ...string[]];
  const options = new Map<string, number>();
  for (const option of rest.length === 0 ? [] : rest.join(":").split(",")) {
    const [, key, value] = /^(\w+)=(.*)$/.exec(option) ?? [];
    if (key === undefined || value === undefined || options.has(key)) throw badOption(option);
    check(key, NUMBER.test(value), { expected: "a number", got: JSON.stringify(value) });
    options.set(key, Number(value));
  }
  return complete(name as ScheduleName, Object.fromEntries(options));
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function badOption(option: string): NablaError {
  const expected = "such as warmup=100, each once, with commas between";
  const got = JSON.stringify(option);
  const message = `options of a schedule must be ${expected}, got ${got}`;
  return new NablaError("usage", message, { where: "schedule", expected, got });
}

function complete(schedule: ScheduleName, options: Readonly<Record<string, unknown>>): Schedule {
  if (!Object.hasOwn(schedules, schedule))
    throw unknownName("schedule", String(schedule), scheduleNames);
  const defaults: Options = { ...schedules[schedule].defaults, ...common };
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(defaults, name))
      throw unknownName(`${schedule} option`, name, Object.keys(defaults));
    const [expected, accepts] = ranges[name as OptionName];
    check(name, typeof value === "number" && accepts(value), { expected, got: value });
  }
  return { schedule, ...defaults, ...options } as Schedule;
}

type Range = readonly [expected: string, accepts: (x: number) => boolean];

const wholeFrom = (least: number): Range => [
  `a whole number ≥ ${least}`,
  (x) => Number.isSafeInteger(x) && x >= least,
];
const fraction: Range = ["in [0, 1)", (x) => x >= 0 && x < 1];
const numberFrom = (least: number): Range => [
  `a number ≥ ${least}`,
  (x) => x >= least && x < Number.POSITIVE_INFINITY,
];

type OptionsOf<Definition> = Definition extends { defaults: infer D } ? keyof D : never;
type OptionName = OptionsOf<(typeof schedules)[ScheduleName]> | keyof typeof common;

/** What each number may be, in words and as a test. */
const ranges: Readonly<Record<OptionName, Range>> = {
  every: wholeFrom(1),
  factor: ["in (0, 1]", (x) => x > 0 && x <= 1],
  minimum: numberFrom(0),
  pctStart: fraction,
  divFactor: numberFrom(1),
  finalDivFactor: numberFrom(1),
  patience: wholeFrom(0),
  threshold: fraction,
  cooldown: wholeFrom(0),
  warmup: wholeFrom(0),
};
