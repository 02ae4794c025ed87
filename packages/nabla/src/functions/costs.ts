/**
 * The costs, one line each: a formula in the prediction a or the pre-activation z and the target y,
 * summed or averaged over the outputs; C is its mean over the rows, plus the penalties. A cost with a
 * link takes pre-activations, where that keeps it finite, and `predict` applies the link.
 */

import { unknownName } from "../errors.ts";
import { type ActivationName, checkFormula } from "./activations.ts";

export interface Cost {
  /** Of one output, in a or z and y; m and s are those of the softmax link. */
  readonly formula: string;
  readonly over: "sum" | "mean";
  readonly link?: ActivationName;
  /** Where labels can be smoothed by a share e: the targets of training, in y and the K outputs. */
  readonly smoothed?: string;
  /** What a target may be; any number where nothing is said. */
  readonly targets?: { readonly accept: (y: number) => boolean; readonly expected: string };
}

const notNegative = { accept: (y: number) => y >= 0, expected: "a number ≥ 0" };
const probability = { accept: (y: number) => y >= 0 && y <= 1, expected: "a number in [0, 1]" };
const sign = { accept: (y: number) => y === 1 || y === -1, expected: "1 or -1" };

/** The activation of the outputs that each cost goes with; undefined where any will do. */
export const links = {
  ...{ "squared-error": undefined, "mean-squared-error": undefined, huber: undefined },
  "mean-absolute-error": undefined,
  "cross-entropy": "softmax",
  "binary-cross-entropy": "sigmoid",
  poisson: "exp",
  hinge: "identity",
} as const satisfies Record<string, ActivationName | undefined>;

export const costs = {
  "squared-error": { formula: "1/2*(a - y)^2", over: "sum" },
  "mean-squared-error": { formula: "(a - y)^2", over: "mean" },
  "mean-absolute-error": { formula: "abs(a - y)", over: "mean" },
  // P. J. Huber, Robust estimation of a location parameter (1964), with δ = 1
  huber: {
    formula: "select(abs(a - y) <= 1, 1/2*(a - y)^2, abs(a - y) - 1/2)",
    over: "sum",
  },
  "cross-entropy": {
    formula: "y*(log(s) - (z - m))",
    over: "sum",
    link: links["cross-entropy"],
    smoothed: "(1 - e)*y + e/K",
    targets: notNegative,
  },
  "binary-cross-entropy": {
    formula: "binary_cross_entropy(z, y)",
    over: "sum",
    link: links["binary-cross-entropy"],
    smoothed: "(1 - e)*y + e/2",
    targets: probability,
  },
  poisson: { formula: "exp(z) - y*z", over: "sum", link: links.poisson, targets: notNegative },
  hinge: {
    formula: "select(y*z >= 1, 0, 1 - y*z)",
    over: "sum",
    link: links.hinge,
    targets: sign,
  },
} as const satisfies Record<string, Cost>;

export type CostName = keyof typeof costs;
export const costNames = Object.keys(costs) as CostName[];

/**
 * A cost of the table, or one's own as a formula in a (or z) and y such as "abs(a - y)^3", summed over
 * the outputs.
 * @throws NablaError for a name that is not in the table
 */
export function costOf(cost: string): Cost {
  if (Object.hasOwn(costs, cost)) return costs[cost as CostName];
  const isFormula = /\b[az]\b/.test(cost) && /\by\b/.test(cost);
  if (!isFormula) throw unknownName("cost", cost, costNames);
  checkFormula(cost, ["a", "z", "y"]);
  return { formula: cost, over: "sum" };
}
