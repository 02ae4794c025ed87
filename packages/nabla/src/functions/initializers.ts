/**
 * How parameters start: one line each, the spread of a distribution from the number of inputs that a
 * unit reads (fan in) and of units that read an input (fan out).
 */

import { unknownName } from "../errors.ts";
import type { RandomStream } from "../train/random.ts";

export interface Fans {
  readonly in: number;
  readonly out: number;
}

type Draw = (random: RandomStream, fans: Fans) => number;

/** Uniform over ±√(3·variance). */
const uniform =
  (variance: (fans: Fans) => number): Draw =>
  (random, fans) =>
    Math.sqrt(3 * variance(fans)) * (2 * random.uniform() - 1);

const normal =
  (variance: (fans: Fans) => number): Draw =>
  (random, fans) =>
    Math.sqrt(variance(fans)) * random.normal();

// X. Glorot, Y. Bengio (2010); K. He et al. (2015); Y. LeCun et al., Efficient BackProp (1998)
const glorot = (fans: Fans): number => 2 / (fans.in + fans.out);
const he = (fans: Fans): number => 2 / fans.in;
const lecun = (fans: Fans): number => 1 / fans.in;

export const initializerNames = [
  ...(["glorot-uniform", "glorot-normal", "he-uniform", "he-normal"] as const),
  ...(["lecun-uniform", "lecun-normal", "normal", "zeros", "ones"] as const),
] as const;
export type InitializerName = (typeof initializerNames)[number];

export const initializers: Readonly<Record<InitializerName, Draw>> = {
  "glorot-uniform": uniform(glorot),
  "glorot-normal": normal(glorot),
  "he-uniform": uniform(he),
  "he-normal": normal(he),
  "lecun-uniform": uniform(lecun),
  "lecun-normal": normal(lecun),
  /** Variance 0.01. */
  normal: normal(() => 0.01),
  zeros: () => 0,
  ones: () => 1,
};

/** @throws NablaError for a name that is not in the table */
export function initializerOf(name: string): Draw {
  if (Object.hasOwn(initializers, name)) return initializers[name as InitializerName];
  throw unknownName("initializer", name, Object.keys(initializers));
}
