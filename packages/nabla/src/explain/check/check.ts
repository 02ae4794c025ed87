/**
 * The derived gradients held against the cost itself: central differences in float64, and the numbers
 * that the network's own backend computes. Where a comparison changes between θ − h and θ + h there is
 * a kink, and a difference quotient says nothing about the derivative; that is told, and not counted.
 */

import { checkCount, checkFields, type Fields } from "../../checks.ts";
import type { Inputs, Values } from "../../data.ts";
import type { Segment } from "../../engine.ts";
import type { Tensor } from "../../equations/expression.ts";
import { type CostOptions, internalsOf, type Network } from "../../running.ts";
import { checkSeed, randomStream } from "../../train/random.ts";
import { placeOf } from "../places.ts";
import { comparisonsOf } from "./kinks.ts";
import { type Twin, twinOf } from "./twin.ts";

export interface CheckOptions extends CostOptions {
  /** How many elements of each parameter are checked; those of a larger one are drawn. Default 100. */
  readonly samples?: number;
  /** From which they are drawn. Default 0. */
  readonly seed?: number;
}

export interface CheckResult {
  readonly passed: boolean;
  /** Of derived and numeric gradients. */
  readonly maxRelativeError: number;
  readonly parameters: readonly CheckedParameter[];
  /** Of derived gradients, and those of the network's own backend in its own precision. */
  readonly compiled: { readonly maxRelativeError: number };
  /** Where the cost has no derivative, and was not judged. */
  readonly kinks: readonly Kink[];
}

export interface CheckedParameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly passed: boolean;
  /** How many of its elements were checked. */
  readonly checked: number;
  readonly maxRelativeError: number;
  /** The element in which the three differ most; none where all lie at kinks. */
  readonly worst?: CheckedElement;
}

export interface CheckedElement {
  /** The indices of the element, [j, i]. */
  readonly at: readonly number[];
  readonly derived: number;
  readonly numeric: number;
  readonly compiled: number;
}

export interface Kink {
  readonly parameter: string;
  readonly at: readonly number[];
  /** What is compared there, such as `z1[n,j] <= 0`. */
  readonly comparison: string;
}

const fields: Fields<CheckOptions> = { training: true, weights: true, samples: true, seed: true };

/**
 * Checks ∂C/∂θ of every parameter: |derived − numeric| ≤ 1e-5 + 1e-3·|numeric|, which is a relative
 * error of at most 1e-3 where errors are relative to |numeric| + 0.01.
 * @throws NablaError for data that do not fit the network
 */
export function check(
  net: Network,
  inputs: Inputs,
  targets?: Values,
  options: CheckOptions = {},
): CheckResult {
  checkFields("option of check", options, fields);
  const { training, weights, samples = 100, seed = 0 } = options;
  checkCount("samples", samples);
  checkSeed(seed);
  const { engine, readData } = internalsOf(net);
  const data = readData({ inputs, targets, weights });
  const twin = twinOf(net, data, training);

  engine.differentiate(data, training);
  const compiled = Float64Array.from(engine.gradients.view());
  const judged: Judged = { twin, compiled, most: COMPILED[net.precision] };
  const results = [...engine.layout].map(([tensor, segment], number) => {
    const size = segment.end - segment.start;
    const elements = drawn(size, samples, { seed, number });
    return checkParameter({ tensor, segment, elements }, judged);
  });

  const parameters = results.map(({ parameter }) => parameter);
  const largest = (errors: readonly number[]): number => errors.reduce(greater, 0);
  return {
    passed: parameters.every(({ passed }) => passed),
    maxRelativeError: largest(parameters.map((p) => p.maxRelativeError)),
    parameters,
    compiled: { maxRelativeError: largest(results.map((r) => r.compiledError)) },
    kinks: results.flatMap(({ kinks }) => kinks),
  };
}

/** Of derived and numeric gradients: that of PyTorch's gradcheck. */
const NUMERIC = 1e-3;
const SMALL = 1e-2;
/** Of compiled gradients, relative to the largest of the parameter. */
const COMPILED = { float32: 1e-3, float64: 1e-9 };
/** Steps; the smaller ones where the larger steps over a kink. */
const STEPS = [1e-6, 1e-7, 1e-8];
/** What a sum of rounded numbers may be off by. */
const ROUNDING = 64 * 2 ** -52;

interface Judged {
  readonly twin: Twin;
  readonly compiled: Float64Array;
  /** The largest error of the compiled gradients. */
  readonly most: number;
}

interface Elements {
  readonly tensor: Tensor;
  readonly segment: Segment;
  readonly elements: Iterable<number>;
}

function checkParameter({ tensor, segment, elements }: Elements, judged: Judged) {
  const { twin, compiled } = judged;
  const { name } = tensor;
  const shape = tensor.shape as readonly number[];
  const own = twin.derived.subarray(segment.start, segment.end);
  const size = own.reduce((size, g) => Math.max(size, Math.abs(g)), SMALL);
  let compiledError = 0;
  for (const [i, derived] of own.entries()) {
    const apart = Math.abs((compiled[segment.start + i] as number) - derived);
    compiledError = greater(compiledError, apart / size);
  }

  const kinks: Kink[] = [];
  let maxRelativeError = 0;
  let worst: CheckedElement | undefined;
  let largest = -1;
  let checked = 0;
  for (const i of elements) {
    const flat = segment.start + i;
    const at = placeOf(i, shape);
    const derived = own[i] as number;
    const found = differenceAt(twin, flat, derived);
    checked++;
    if ("comparison" in found) {
      kinks.push({ parameter: name, at, comparison: found.comparison });
      continue;
    }
    const { numeric, error } = found;
    const other = compiled[flat] as number;
    const most = greater(error, Math.abs(other - derived) / size);
    const isLarger = Math.abs(derived) > Math.abs(worst?.derived ?? 0);
    if (!(most <= largest) || (most === largest && isLarger)) {
      worst = { at, derived, numeric, compiled: other };
      largest = most;
    }
    maxRelativeError = greater(maxRelativeError, error);
  }
  const passed = maxRelativeError <= NUMERIC && compiledError <= judged.most;
  const parameter: CheckedParameter = {
    ...{ name, shape, passed, checked, maxRelativeError },
    ...(worst && { worst }),
  };
  return { parameter, compiledError, kinks };
}

type Difference = { readonly numeric: number; readonly error: number };

/** (C(θ + h) − C(θ − h))/2h with its error, or the comparison that makes a kink of θ. */
function differenceAt(
  twin: Twin,
  flat: number,
  derived: number,
): Difference | { readonly comparison: string } {
  const theta = twin.parameters[flat] as number;
  let comparison = "";
  for (const step of STEPS) {
    const h = step * Math.max(1, Math.abs(theta));
    const [below, above] = [theta - h, theta + h];
    const [left, right] = [twin.costAt(flat, below), twin.costAt(flat, above)];
    const numeric = (right - left) / (above - below);
    const apart = Math.abs(derived - numeric);
    const error = apart / (Math.abs(numeric) + SMALL);
    if (error <= NUMERIC) return { numeric, error };
    const noise = (ROUNDING * Math.max(Math.abs(left), Math.abs(right))) / h;
    if (apart <= noise) return { numeric, error: 0 }; //  the cost is too large to tell
    const changed = comparisonsOf(twin).changed(flat, [below, above]);
    if (changed === undefined) return { numeric, error };
    comparison = changed;
  }
  return { comparison };
}

/** The greater one; NaN is greater than all. */
const greater = (a: number, b: number): number => (a >= b || Number.isNaN(a) ? a : b);

/** All elements, or so many of them, each at most once. */
function* drawn(
  size: number,
  samples: number,
  { seed, number }: { readonly seed: number; readonly number: number },
): Generator<number> {
  const random = randomStream(seed, "split", number);
  const moved = new Map<number, number>();
  for (let i = 0; i < Math.min(size, samples); i++) {
    const other = size <= samples ? i : i + random.below(size - i);
    yield moved.get(other) ?? other;
    moved.set(other, moved.get(i) ?? i);
  }
}
