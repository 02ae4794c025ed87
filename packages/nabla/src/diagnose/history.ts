/** What the course of a training's costs says of its learning rate, and of overfitting. */

import type { Epoch } from "../train/train.ts";
import { type Finding, finding, short } from "./finding.ts";
import { OVERFITTING_REMEDY } from "./fit.ts";

/** Of fewer epochs a course cannot be told. */
const FEWEST_EPOCHS = 8;

/** Above the first epoch's cost by more than batches differ. */
const ABOVE_FIRST = 1.1;
/** A rise from an epoch to the next that counts: in itself, and beside the cost at the beginning. */
const RISE = 1.2;
const RISE_OF_FIRST = 0.05;
/** Up and down in turn gives a half; a single mishap is none. */
const RISES = 0.15;

/** Nearly linear: in its last quarter it falls half as much as in its first, or more. */
const STEADY = 0.5;
/** Below half of the first cost a training gets on, and needs nothing but epochs. */
const FAR_FROM_DONE = 0.5;
/** It falls by more than the means of quarters differ by noise, three times over. */
const CERTAIN = 3;

/** Where it has hardly moved and one step down the gradient would lower it by a tenth, it stands still. */
const STILL = 0.05;
const DOWNHILL = 0.1;

/** What is lost, beside what had been gained on the validation rows. Less is the noise of few rows. */
const LOST = 0.2;
/** A cost is the mean of five epochs: single ones jump. So the best must be five epochs back, too. */
const SMOOTH = 5;

/** What the network knows beyond its history. */
interface Beyond {
  /** By which share the cost falls in one large step down the gradient. */
  readonly downhill?: () => number;
  /** What validation costs that has learned nothing: an epoch may have gained most already. */
  readonly guess?: number | undefined;
}

export function judgeHistory(history: readonly Epoch[], beyond: Beyond = {}): Finding[] {
  const { downhill = () => 0, guess = Number.NEGATIVE_INFINITY } = beyond;
  if (history.length < FEWEST_EPOCHS) return [];
  const rate = tooHigh(history) ?? tooLow(history) ?? standsStill(history, downhill);
  return [rate, overfitting(history, guess)].filter((found) => found !== undefined);
}

function tooHigh(history: readonly Epoch[]): Finding | undefined {
  const costs = costsOf(history);
  const [first] = costs as [number];
  const last = quarters(costs)[3];
  const rises = costs.filter((cost, e) => {
    const before = costs[e - 1] ?? cost;
    const rise = cost - before;
    return rise > (RISE - 1) * Math.abs(before) && rise > RISE_OF_FIRST * Math.abs(first);
  }).length;

  const risen = last - first > (ABOVE_FIRST - 1) * Math.abs(first);
  if (!risen && rises < RISES * (costs.length - 1)) return undefined;
  const figure = risen
    ? `the cost rose from ${short(first)} to ${short(last)}`
    : `the cost rose by more than a fifth ${rises} times`;
  const remedy = `lower the learning rate, which was ${rateOf(history)}, tenfold`;
  return finding("rate-too-high", { where: span(history), figure, remedy });
}

function tooLow(history: readonly Epoch[]): Finding | undefined {
  const costs = costsOf(history);
  const [first, last] = [costs[0]!, costs.at(-1)!];
  const [a, b, c, d] = quarters(costs);
  const isSteady = a > b && b > c && c - d >= STEADY * (a - b);
  const jumps = costs.slice(1).map((cost, e) => Math.abs(cost - costs[e]!));
  const isSlope = a - d > (CERTAIN * mean(jumps)) / Math.sqrt(costs.length / 4);
  const best = bestEpoch(history);
  const couldGoOn = best === undefined || history.indexOf(best) >= (history.length * 3) / 4;
  if (!isSteady || !isSlope || !couldGoOn || last <= FAR_FROM_DONE * first) return undefined;
  return finding("rate-too-low", {
    where: span(history),
    figure: `the cost fell steadily from ${short(first)} to ${short(last)}, and still does`,
    remedy: `raise the learning rate, which was ${rateOf(history)}, tenfold`,
  });
}

function standsStill(history: readonly Epoch[], downhill: () => number): Finding | undefined {
  const [a, , , d] = quarters(costsOf(history));
  if (Math.abs(a - d) > STILL * Math.abs(a)) return undefined;
  const fall = downhill();
  if (!(fall > DOWNHILL)) return undefined;
  return finding("rate-too-low", {
    where: span(history),
    figure: `the cost stayed at ${short(d)}, and one step down the gradient lowers it by ${Math.round(100 * fall)} %`,
    remedy: `raise the learning rate, which was ${rateOf(history)}, tenfold`,
  });
}

function overfitting(history: readonly Epoch[], guess: number): Finding | undefined {
  const best = bestEpoch(history);
  const begun = history[0]?.validationCost;
  if (best === undefined || begun === undefined) return undefined;
  const at = history.indexOf(best);
  if (history.length - at <= SMOOTH) return undefined;
  const half = Math.floor(SMOOTH / 2);
  const least = meanCosts(history.slice(Math.max(0, at - half), at + half + 1));
  const end = meanCosts(history.slice(-SMOOTH));
  const gained = Math.max(begun, guess) - least.validation;
  const isLost =
    end.validation - least.validation > LOST * Math.max(gained, Math.abs(least.validation));
  if (!isLost || end.training >= least.training) return undefined;
  return finding("overfitting", {
    where: `epochs ${best.epoch} to ${history.at(-1)?.epoch}`,
    figure:
      `the validation cost rose from ${short(least.validation)} to ${short(end.validation)}, ` +
      `while that of training fell from ${short(least.training)} to ${short(end.training)}`,
    remedy: OVERFITTING_REMEDY,
  });
}

const meanCosts = (epochs: readonly Epoch[]) => ({
  training: mean(costsOf(epochs)),
  validation: mean(epochs.map(({ validationCost = Number.NaN }) => validationCost)),
});

const costsOf = (history: readonly Epoch[]): number[] => history.map(({ cost }) => cost);

const bestEpoch = (history: readonly Epoch[]): Epoch | undefined =>
  history
    .filter(({ validationCost }) => validationCost !== undefined)
    .reduce<Epoch | undefined>(
      (a, b) => (a === undefined || b.validationCost! < a.validationCost! ? b : a),
      undefined,
    );

/** The mean of each quarter. */
function quarters(costs: readonly number[]): [number, number, number, number] {
  const end = (q: number): number => Math.floor((q * costs.length) / 4);
  const of = (q: number): number => mean(costs.slice(end(q), end(q + 1)));
  return [of(0), of(1), of(2), of(3)];
}

const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, x) => sum + x, 0) / numbers.length;

const span = (history: readonly Epoch[]): string =>
  `epochs ${history[0]?.epoch} to ${history.at(-1)?.epoch}`;

const rateOf = (history: readonly Epoch[]): string => short(history.at(-1)?.learningRate ?? 0);
