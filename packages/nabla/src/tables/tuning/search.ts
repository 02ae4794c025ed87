/**
 * Random search with successive halving: many settings are tried for a few epochs, the best of them for
 * more, until one is left. In each rung all trials together cost about the same.
 *
 *     27 trials, 200 epochs, keeping one in 3:    27 · 8,  9 · 23,  3 · 67,  1 · 200
 *
 * K. Jamieson, A. Talwalkar: Non-stochastic best arm identification and hyperparameter optimization.
 * AISTATS 2016. L. Li et al.: Hyperband. JMLR 18 (2018). J. Bergstra, Y. Bengio: Random search for
 * hyper-parameter optimization. JMLR 13 (2012).
 */

import { check, checkCount, checkFields, type Fields } from "../../checks.ts";
import { randomStream } from "../../train/random.ts";

type Range = readonly [least: number, most: number];

/** Where to look. What has one value is fixed. */
export interface SearchSpace {
  /** How many hidden layers. Default 1 to 3. */
  readonly layers: Range;
  /** Of each hidden layer, evenly in their logarithm. Default 16 to 220. */
  readonly units: Range;
  /** One of them for all hidden layers. Default relu and tanh. */
  readonly activations: readonly string[];
  /** Evenly in the logarithm. Default 0.00047 to 0.022. */
  readonly learningRates: Range;
  /** Default 16, 32, 64 and 128. */
  readonly batchSizes: readonly number[];
  /** Evenly in the logarithm, and as often as one of them 0 where that is the least. Default 0, and 1e-6 to 0.1. */
  readonly l2s: Range;
  /** In tenths. Default 0 to 0.5. */
  readonly dropouts: Range;
}

/** What is searched for; λ is that of `trainTable` where it is left out. */
export interface TrialOptions {
  readonly hidden: readonly number[];
  readonly activation: string;
  readonly learningRate: number;
  /** None where each step sees all rows. */
  readonly batchSize?: number;
  readonly l2?: number;
  readonly dropout: number;
}

export const defaultSpace: SearchSpace = {
  layers: [1, 3],
  units: [15, 220],
  activations: ["relu", "tanh"],
  learningRates: [0.00047, 0.022],
  batchSizes: [16, 32, 64, 128],
  l2s: [0, 0.1],
  dropouts: [0, 0.5],
};

const fields: Fields<SearchSpace> = {
  ...{ layers: true, units: true, activations: true, learningRates: true },
  ...{ batchSizes: true, l2s: true, dropouts: true },
};

/** Throws at an unknown name, and at a range that is none. */
export function checkSpace(given: Partial<SearchSpace>): SearchSpace {
  checkFields("search range", given, fields);
  const space = { ...defaultSpace, ...given };
  const ranges = { layers: 0, units: 1, learningRates: 0, l2s: 0, dropouts: 0 } as const;
  for (const [name, from] of Object.entries(ranges)) {
    const [least, most] = space[name as keyof typeof ranges];
    const isRange = least >= from && least <= most && most < Number.POSITIVE_INFINITY;
    const expected = `a range from ${from} on, least and most`;
    check(name, isRange, { expected, got: `${least} to ${most}` });
  }
  check("learningRates", space.learningRates[0] > 0, { expected: "above 0", got: 0 });
  check("dropouts", space.dropouts[1] < 1, { expected: "below 1", got: space.dropouts[1] });
  for (const name of ["layers", "units"] as const)
    for (const bound of space[name])
      check(name, Number.isSafeInteger(bound), { expected: "whole numbers", got: bound });
  for (const name of ["activations", "batchSizes"] as const)
    check(name, space[name].length > 0, { expected: "one value at least", got: "none" });
  space.batchSizes.forEach((size) => {
    checkCount("batchSizes", size);
  });
  return space;
}

/** A function of the seed and the trial's number; another range for one setting leaves the others. */
export function drawTrial(
  space: SearchSpace,
  { seed, number }: { seed: number; number: number },
): Required<TrialOptions> {
  let place = 0;
  const pick = <T>(values: readonly T[]): T =>
    values[randomStream(seed, "search", number, place++).below(values.length)]!;

  const [fewest, most] = space.layers;
  const counts = Array.from({ length: most - fewest + 1 }, (_, i) => fewest + i);
  const layers = pick(counts);
  const activation = pick(space.activations);
  const learningRate = pick(series(space.learningRates));
  const batchSize = pick(space.batchSizes);
  const l2 = pick(withZero(space.l2s));
  const dropout = pick(tenths(space.dropouts));
  const sizes = [...new Set(series(space.units).map(Math.round))];
  const hidden = Array.from({ length: layers }, () => pick(sizes));
  return { hidden, activation, learningRate, batchSize, l2, dropout };
}

/** Twelve numbers a decade, as of resistors: even in their logarithm, and short to type again. */
const E12 = [1, 1.2, 1.5, 1.8, 2.2, 2.7, 3.3, 3.9, 4.7, 5.6, 6.8, 8.2];
const DECADES = Array.from({ length: 25 }, (_, i) => i - 12);

/** Those of the range, or its ends where there is none. */
function series([least, most]: Range): number[] {
  const all = DECADES.flatMap((decade) => E12.map((digits) => Number(`${digits}e${decade}`)));
  return within(all, [least, most]);
}

const TENTHS = Array.from({ length: 10 }, (_, i) => i / 10);
const tenths = (range: Range): number[] => within(TENTHS, range);

/** The smallest λ that is not 0. */
const LEAST_L2 = 1e-6;

const withZero = ([least, most]: Range): number[] => {
  if (least > 0) return series([least, most]);
  return most === 0 ? [0] : [0, ...series([Math.min(LEAST_L2, most), most])];
};

function within(values: readonly number[], [least, most]: Range): number[] {
  const found = values.filter((value) => value >= least && value <= most);
  return found.length > 0 ? found : [...new Set([least, most])];
}

export interface Rung {
  readonly trials: number;
  /** At most, for each of them. */
  readonly epochs: number;
}

export interface Halving {
  /** In the first rung. */
  readonly trials: number;
  /** In the last one. */
  readonly epochs: number;
  /** η: of each rung one trial in so many goes on, for as many times more epochs. */
  readonly reduction: number;
}

/** ⌊trials/η^i⌋ trials of ⌈epochs/η^(s − i)⌉ epochs for i = 0 … s, where η^s ≤ trials. */
export function rungsOf({ trials, epochs, reduction }: Halving): Rung[] {
  const powers = [1];
  while (powers.at(-1)! * reduction <= trials) powers.push(powers.at(-1)! * reduction);
  return powers.map((power, i) => ({
    trials: Math.floor(trials / power),
    epochs: Math.ceil(epochs / powers[powers.length - 1 - i]!),
  }));
}

/** By cost, the lowest first; what has none last, and equals by their numbers. */
export function ranked<T extends { readonly number: number; readonly cost: number | null }>(
  results: readonly T[],
): T[] {
  const cost = (result: T) => result.cost ?? Number.POSITIVE_INFINITY;
  const order = (a: T, b: T) => (cost(a) === cost(b) ? a.number - b.number : cost(a) - cost(b));
  return results.toSorted(order);
}
