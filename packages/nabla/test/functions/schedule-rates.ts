/** Trainings of 1,000 steps under every schedule, with their rates, for the tests of engines too. */

import {
  constant,
  cosine,
  exponential,
  newRates,
  oneCycle,
  onPlateau,
  type Schedule,
  stepDecay,
} from "../../src/functions/schedules.ts";

export const run = { learningRate: 0.1, epochs: 50, stepsPerEpoch: 20 };

export const scheduled: readonly Schedule[] = [
  constant(),
  stepDecay({ every: 7, factor: 0.3 }),
  exponential({ factor: 0.93 }),
  cosine({ minimum: 1e-5 }),
  oneCycle({ pctStart: 0.37 }),
  onPlateau({ factor: 0.4, patience: 5, cooldown: 2, minimum: 1e-3 }),
].flatMap((schedule) => [schedule, { ...schedule, warmup: 130 }]);

/** Falls to 0.1 through ten epochs, and no further. */
export const costOf = (epoch: number): number => Math.max(1 / (epoch + 1), 0.1);

/** The rates of one training, step after step. */
export function ratesOf(schedule: Schedule): Float64Array {
  const { rate, endEpoch } = newRates(schedule, run);
  const rates = new Float64Array(run.epochs * run.stepsPerEpoch);
  for (let t = 0; t < rates.length; t++) {
    rates[t] = rate(t);
    if ((t + 1) % run.stepsPerEpoch === 0) endEpoch(costOf(Math.floor(t / run.stepsPerEpoch)));
  }
  return rates;
}

/** The rates of all of them, one training after the other: the same bits in every engine. */
export function scheduleRates(): Float64Array {
  const all = scheduled.map(ratesOf);
  const [{ length }] = all as [Float64Array];
  const joined = new Float64Array(all.length * length);
  for (const [i, rates] of all.entries()) joined.set(rates, i * length);
  return joined;
}
