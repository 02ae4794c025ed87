/**
 * How parameters start: one line each, the spread of a distribution from the number of inputs that a
 * unit reads (fan in) and of units that read an input (fan out).
 */

import { unknownName } from "../errors.ts";

export interface Fans {
  readonly in: number;
  readonly out: number;
}

/** Numbers drawn with mean 0 and a variance, uniform over ±√(3·variance) or normal; or one for all. */
export type Initializer =
  | { readonly distribution: "uniform" | "normal"; readonly variance: Variance }
  | { readonly value: number };

type Variance = (fans: Fans) => number;
const uniform = (variance: Variance): Initializer => ({ distribution: "uniform", variance });
const normal = (variance: Variance): Initializer => ({ distribution: "normal", variance });

// X. Glorot, Y. Bengio (2010); K. He et al. (2015); Y. LeCun et al., Efficient BackProp (1998)
const glorot = (fans: Fans): number => 2 / (fans.in + fans.out);
const he = (fans: Fans): number => 2 / fans.in;
const lecun = (fans: Fans): number => 1 / fans.in;

export const initializerNames = [
  ...(["glorot-uniform", "glorot-normal", "he-uniform", "he-normal"] as const),
  ...(["lecun-uniform", "lecun-normal", "normal", "zeros", "ones"] as const),
] as const;
export type InitializerName = (typeof initializerNames)[number];

export const initializers: Readonly<Record<InitializerName, Initializer>> = {
  "glorot-uniform": uniform(glorot),
  "glorot-normal": normal(glorot),
  "he-uniform": uniform(he),
  "he-normal": normal(he),
  "lecun-uniform": uniform(lecun),
  "lecun-normal": normal(lecun),
  /** Variance 0.01. */
  normal: normal(() => 0.01),
  zeros: { value: 0 },
  ones: { value: 1 },
};

/** @throws NablaError for a name that is not in the table */
export function initializerOf(name: string): Initializer {
  if (Object.hasOwn(initializers, name)) return initializers[name as InitializerName];
  throw unknownName("initializer", name, Object.keys(initializers));
}
