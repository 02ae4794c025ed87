/**
 * The random points at which a claim is tried: three rows, short numbers, and extents that keep letters
 * apart. Equations hold for any extents, so a single unit becomes two: else a sum over it could be
 * forgotten without a trace.
 */

import { expressionsOf, sumTerm } from "../../equations/equation.ts";
import type { Expression, Extent, Index, Tensor } from "../../equations/expression.ts";
import { type RandomStream, randomStream } from "../../train/random.ts";
import { normaliseRows, sizeAt } from "../places.ts";
import { computedExtents } from "../proof/points.ts";
import { type Point, type Values, valuesAt } from "../proof/values.ts";
import type { Subject } from "./subject.ts";

export const POINTS = 20;
const ROWS = 3;
const ATTEMPTS = 400;
/** Relative to the largest magnitude: room for some 10⁶ roundings. */
export const TOLERANCE = 1e-9;
/** Below, a derivative may be 0 that is computed as a sum of roundings. */
const SMALLEST = 1e-6;
/** Nearer to a kink the two sides may have chosen differently. */
const LEAST_MARGIN = 1e-6;

export interface ClaimPoint {
  /** ∂C/∂X by dual numbers, as the left side has it. */
  readonly truth: Float64Array;
  readonly values: Values;
  readonly point: Point;
}

export interface Trial {
  readonly left: Tensor;
  readonly indices: readonly Index[];
  /** Letters that nothing binds: the claim would have to hold for each value of theirs. */
  readonly free: readonly Index[];
  readonly body: Expression;
}

export interface PointOptions {
  /** The extents as they are, since places are given by numbers. */
  readonly exact: boolean;
  /** All extents alike, so that any letter fits any place. */
  readonly uniform: boolean;
  /** Of targets that the rows of which add up to 1. */
  readonly distributions: boolean;
}

/** Points at which the truth is finite, and not zero everywhere. */
export function claimPoints(subject: Subject, left: Tensor, options: PointOptions): ClaimPoint[] {
  const sizes = sizesFor(subject, options);
  const random = randomStream(0, "split");
  const found: ClaimPoint[] = [];
  for (let attempt = 0; found.length < POINTS && attempt < ATTEMPTS; attempt++) {
    const point = pointAt(subject, { random, sizes, attempt, ...options });
    const values = valuesAt(subject.forward, subject.symbols, point);
    const truth = values.of(left);
    const isUsable = truth.every(Number.isFinite) && values.margin() >= LEAST_MARGIN;
    if (isUsable && (attempt > ATTEMPTS / 2 || truth.some((value) => value !== 0))) {
      found.push({ truth, values, point });
    }
  }
  return found;
}

/** The right side at a point: for each element of the left, and each value of the free letters. */
export function rightSide({ left, indices, free, body }: Trial, { values }: ClaimPoint) {
  const shape = [...left.shape, ...free.map((i) => i.extent)];
  const target: Tensor = { name: left.name, shape, role: "computed" };
  return values.right({ target, indices: [...indices, ...free], terms: [sumTerm([], body)] });
}

/** Whether the two are equal, where `right` may have several numbers for each of `left`. */
function agree(left: Float64Array, right: Float64Array): boolean {
  const each = right.length / left.length;
  const size = left.reduce((most, value) => Math.max(most, Math.abs(value)), SMALLEST);
  return right.every((value, i) => {
    const wanted = left[Math.floor(i / each)] as number;
    return Math.abs(value - wanted) <= TOLERANCE * size;
  });
}

export const holdsAt = (trial: Trial, at: ClaimPoint): boolean =>
  agree(at.truth, rightSide(trial, at));

// Drawing

interface Drawing extends PointOptions {
  readonly random: RandomStream;
  readonly sizes: (extent: Extent) => number;
  readonly attempt: number;
}

function pointAt(subject: Subject, { random, sizes, attempt, distributions }: Drawing): Point {
  const { forward, tensors, targets, weights, about } = subject;
  const computed = new Set(forward.map(({ target }) => target));
  const small = 1 + (attempt % 3); //  and larger, so that both sides of a kink are seen
  const reach = about === "function" ? 4 : small;
  const values = new Map<Tensor, Float64Array>();
  for (const tensor of tensors.values()) {
    if (computed.has(tensor)) continue;
    const size = sizeAt(tensor.shape, sizes);
    const { count } = tensor;
    const positive = tensor === weights || attempt >= ATTEMPTS / 4; //  log and √ may need it
    const draw = (): number => {
      if (count !== undefined) return random.below(sizes(count));
      return positive
        ? hundredths(0.1 + random.uniform())
        : hundredths(reach * (2 * random.uniform() - 1));
    };
    const flat = Float64Array.from({ length: size }, draw);
    if (distributions && tensor === targets) sumToOne(flat, sizes(tensor.shape.at(-1) ?? 1));
    values.set(tensor, flat);
  }
  const sum = weights && values.get(weights)?.reduce((sum, w) => sum + w, 0);
  const steps = Object.fromEntries(stepSizes.map((name) => [name, 0.5]));
  return { values, sizes, scalars: { N: sum ?? sizes("rows"), ...steps } };
}

/** η by any of its names. */
export const stepSizes = ["eta", "η", "learningRate", "lr", "alpha", "α"];

/** Short numbers make a counterexample that can be worked by hand. */
const hundredths = (value: number): number => Math.round(100 * value) / 100;

function sumToOne(flat: Float64Array, length: number): void {
  for (const [k, value] of flat.entries()) flat[k] = 0.1 + Math.abs(value);
  normaliseRows(flat, length);
}

// Extents

const LARGEST = 8;
const UNIFORM = 3;

function sizesFor({ forward, tensors }: Subject, { exact, uniform }: PointOptions) {
  const fixed = new Set(forward.flatMap(expressionsOf).flatMap(computedExtents));
  const seen = [...tensors.values()].flatMap(({ shape, count }) => [...shape, count ?? 1]);
  const small = Math.max(...seen.map((extent) => (extent === "rows" ? 1 : extent))) <= LARGEST;
  return (extent: Extent): number => {
    if (extent === "rows") return ROWS;
    if (fixed.has(extent) || (exact && small)) return extent;
    if (uniform || extent > LARGEST) return UNIFORM;
    return Math.max(2, extent);
  };
}
