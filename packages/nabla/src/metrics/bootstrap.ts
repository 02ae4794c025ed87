/**
 * How much a figure would change with other rows of the same kind: the bootstrap. Rows are drawn with
 * replacement, as many as there are, and the figure is computed again; what 95 % of the draws give is its
 * interval. Rows of a group are drawn together, since they are no independent witnesses.
 *
 * B. Efron, R. Tibshirani: An Introduction to the Bootstrap (1993), chapter 13: the percentile interval.
 * It suits every figure, stays within its range, and does as well for any monotone function of it.
 */

import { randomStream } from "../train/random.ts";
import type { Weighting } from "./rows.ts";

/** 95 % of the draws lie between. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface Resampling extends Weighting {
  readonly rows: number;
  /** The group of each row. Default: each row by itself. */
  readonly groups?: readonly string[] | undefined;
  readonly seed: number;
  readonly draws: number;
}

const MOST = 999;
const FEWEST = 79;
const WORK = 2e7;

/**
 * As many draws as fit in 2·10⁷ outputs of rows, about a second's work, but 79 at least and 999 at most;
 * (draws + 1)/40 is whole.
 */
export function drawsFor(outputs: number): number {
  const affordable = Math.floor((Math.floor(WORK / Math.max(outputs, 1)) + 1) / 40) * 40 - 1;
  return Math.min(Math.max(affordable, FEWEST), MOST);
}

/**
 * The weights of the rows in each draw: how often a row was drawn, times its weight. All draws share one
 * array. None where a single row or group is all there is.
 */
export function* resamples(options: Resampling): Generator<Float64Array> {
  const { rows, groups, weights, seed, draws } = options;
  const { units, count } = unitsOf(rows, groups);
  if (count < 2) return;
  const stream = randomStream(seed, "bootstrap");
  const times = new Float64Array(count);
  const drawn = new Float64Array(rows);
  for (let draw = 0; draw < draws; draw++) {
    times.fill(0);
    for (let i = 0; i < count; i++) times[stream.below(count)]! += 1;
    for (let n = 0; n < rows; n++) drawn[n] = times[units?.[n] ?? n]! * (weights?.[n] ?? 1);
    yield drawn;
  }
}

/** The number of each row's group, where there are groups. */
function unitsOf(rows: number, groups: readonly string[] | undefined) {
  if (groups === undefined) return { units: undefined, count: rows };
  const numbers = new Map<string, number>();
  const units = Uint32Array.from(groups, (name) => {
    const known = numbers.get(name) ?? numbers.size;
    numbers.set(name, known);
    return known;
  });
  return { units, count: numbers.size };
}

/**
 * From the ⌊(B + 1)/40⌋-th of B figures to the same counted from above. Draws where the figure had no
 * meaning are left out; undefined where they are the greater part.
 */
export function percentileInterval(figures: readonly (number | undefined)[]): Interval | undefined {
  const known = Float64Array.from(figures.filter((figure) => figure !== undefined)).sort();
  if (known.length === 0 || 2 * known.length < figures.length) return undefined;
  const tail = Math.max(Math.floor((known.length + 1) / 40), 1);
  return { low: known[tail - 1]!, high: known[known.length - tail]! };
}
