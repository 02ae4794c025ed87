/**
 * How strongly each parameter is pulled, ‖g‖, and how strongly for its size, ‖g‖/‖θ‖. Where layers are
 * many, gradients may vanish or explode on the way back, and one rate does not suit the first layer and
 * the last.
 */

import type { Data } from "../data.ts";
import type { Engine } from "../engine.ts";
import { type Finding, finding, short, withLayer } from "./finding.ts";

export interface GradientNorm {
  readonly parameter: string;
  /** ‖g‖ */
  readonly norm: number;
  /** ‖g‖/‖θ‖, left out where θ = 0. */
  readonly relative?: number;
}

/** While the last layer moves by itself, the first would need 10⁴ times as many steps. */
const SMALL = 1e-4;
/** A rate at which the last layer learns overthrows the first. */
const LARGE = 1e3;
/** Below this a gradient is what rounding leaves of one in float32: the training is at its end. */
const NOISE = 1e-6;

/** Writes the engine's gradients. */
export function gradientNorms(engine: Engine, data: Data): GradientNorm[] {
  engine.differentiate(data);
  const [gradients, parameters] = [engine.gradients.view(), engine.parameters.view()];
  return [...engine.layout].map(([{ name }, { start, end }]) => {
    const norm = normOf(gradients.subarray(start, end));
    const size = normOf(parameters.subarray(start, end));
    return { parameter: name, norm, ...(size > 0 && { relative: norm / size }) };
  });
}

export function normOf(values: ArrayLike<number>): number {
  let square = 0;
  for (let i = 0; i < values.length; i++) square += values[i]! * values[i]!;
  return Math.sqrt(square);
}

/** As far as parameters go in a few dozen steps at a sound rate. */
const STEP = 0.1;

/**
 * The share by which the cost falls where all parameters together go a tenth of their norm down the
 * gradient:  θ − 0.1·g·‖θ‖/‖g‖. They are what they were afterwards. Writes the engine's gradients.
 */
export function fallDownhill(engine: Engine, data: Data): number {
  const cost = engine.differentiate(data);
  const [gradients, parameters] = [engine.gradients.view(), engine.parameters.view()];
  const before = parameters.slice();
  const factor = (STEP * normOf(parameters)) / normOf(gradients);
  for (let i = 0; i < parameters.length; i++) parameters[i]! -= factor * gradients[i]!;
  const after = engine.cost(data);
  engine.parameters.view().set(before);
  return (cost - after) / Math.abs(cost);
}

/**
 * Compares weights with weights further on, in the order of the equations. What has one index or none, as
 * biases, is not compared: it starts at 0 and its size says nothing.
 */
export function unevenGradients({ layout }: Engine, norms: readonly GradientNorm[]): Finding[] {
  const weights = [...layout.keys()].filter(({ shape }) => shape.length > 1);
  const known = norms.flatMap(({ parameter, relative }) =>
    relative !== undefined && weights.some(({ name }) => name === parameter)
      ? [{ parameter, relative }]
      : [],
  );
  for (const [i, early] of known.entries()) {
    const later = known.slice(i + 1);
    const most = later.reduce((a, b) => (b.relative > a.relative ? b : a), early);
    const least = later.reduce((a, b) => (b.relative < a.relative ? b : a), early);
    if (most.relative > NOISE && early.relative < SMALL * most.relative) {
      const remedy = "take fewer layers, or residual(…) around those between";
      return [finding("small-gradients", { ...compared(early, most), remedy })];
    }
    if (early.relative > NOISE && early.relative > LARGE * least.relative) {
      const remedy = "clip the gradients to norm 1";
      return [finding("large-gradients", { ...compared(early, least), remedy })];
    }
  }
  return [];
}

type Known = Required<Omit<GradientNorm, "norm">>;

const compared = (early: Known, later: Known) => ({
  where: withLayer(early.parameter),
  figure:
    `the gradient is ${short(early.relative)} of the weights, ` +
    `that of ${withLayer(later.parameter)} ${short(later.relative)}`,
});
