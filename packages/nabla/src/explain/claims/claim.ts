/**
 * A derivation of one's own, checked: the claimed formula and the derivative, as numbers, at random
 * points. The derivative comes from dual numbers through the forward equations; a wrong claim is
 * answered with a point where it fails, and with the slip that explains it.
 */

import {
  div,
  type Expression,
  element,
  mul,
  plainIndex,
  scalar,
  sub,
  type Tensor,
  walk,
} from "../../equations/expression.ts";
import { NablaError } from "../../errors.ts";
import { internalsOf, type Network } from "../../running.ts";
import { type Counterexample, counterexample } from "./counterexample.ts";
import { formulaOf, inValues, withOwnLetters } from "./formula.ts";
import { type ClaimPoint, claimPoints, holdsAt, POINTS, type PointOptions } from "./points.ts";
import { type Claim, readClaim } from "./read.ts";
import { findSlip } from "./slips/search.ts";
import { shown } from "./slips/slip.ts";

export interface ClaimResult {
  readonly claim: string;
  readonly holds: boolean;
  /** How many random points were tried. */
  readonly points: number;
  /** Whose cost it speaks of: the batch's C, one row's C_x, or a function alone. */
  readonly about: "batch" | "row" | "function";
  /** What the points had in common, where it holds only so. */
  readonly assuming?: string;
  readonly counterexample?: Counterexample;
  readonly slip?: NamedSlip;
}

export interface NamedSlip {
  readonly name: string;
  readonly explanation: string;
  /** The formula as it should be; it is a claim that holds. */
  readonly corrected: string;
}

/**
 * Whether a formula such as `delta1[n,j] = sum_k(W2[k,j]*delta2[n,k])*sigmoid'(z1[n,j])` is the
 * derivative that it says it is.
 * @throws NablaError that shows the place in a formula that cannot be read
 */
export function claim(net: Network, text: string): ClaimResult {
  const { system } = internalsOf(net).engine;
  const read = readClaim(text, system);
  const { about, targets, outputs } = read.subject;
  const given = { claim: text, points: POINTS, about };
  const exact = read.fits && walk(read.body).some(hasNumberedPlace);
  const uniform = !read.fits || read.free.length > 0;
  const options: PointOptions = { exact, uniform, distributions: false };

  const points = pointsOf(read, options);
  const wrong = points.find((point) => !holdsAt(read, point));
  if (wrong === undefined) return { ...given, holds: true };

  // Where predictions add up to 1, targets do: then δ = a − y
  const distributions = points.every((point) => addsUp(outputs, point));
  if (
    distributions &&
    pointsOf(read, { ...options, distributions }).every((p) => holdsAt(read, p))
  ) {
    return { ...given, holds: true, assuming: `the ${targets?.name} of each row add up to 1` };
  }
  const apart: PointOptions = { exact, uniform: !exact, distributions };
  const slip = slipOf(read, pointsOf(read, apart));
  return {
    ...given,
    holds: false,
    counterexample: counterexample(read, wrong),
    ...(slip && { slip }),
  };
}

function pointsOf({ subject, left }: Claim, options: PointOptions): ClaimPoint[] {
  const points = claimPoints(subject, left, options);
  if (points.length === POINTS) return points;
  throw new NablaError("data", `${left.name} is a number at too few random points to try a claim`);
}

/** Whether the numbers of each row add up to 1. */
function addsUp(tensor: Tensor | undefined, { values, point }: ClaimPoint): boolean {
  const extent = tensor?.shape.at(-1);
  if (tensor === undefined || extent === undefined || extent === "rows") return false;
  const flat = values.of(tensor);
  const length = point.sizes(extent);
  const sums = Array.from({ length: flat.length / length }, (_, row) =>
    flat.subarray(row * length, (row + 1) * length).reduce((sum, a) => sum + a, 0),
  );
  return length > 1 && sums.every((sum) => Math.abs(sum - 1) < 1e-12);
}

/** W1[j,0]: the extents must be what they are. */
const hasNumberedPlace = (e: Expression): boolean =>
  e.kind === "element" &&
  e.places.some((place) => place.kind === "affine" && plainIndex(place) === undefined);

// Wrong claims

function slipOf(read: Claim, points: readonly ClaimPoint[]): NamedSlip | undefined {
  const { subject, left, indices } = read;
  const by = subject.differentiatedBy(left) as Tensor;
  const named = new Set(
    walk(read.body).flatMap((e) => {
      const of = e.kind === "element" ? subject.differentiatedBy(e.tensor) : undefined;
      return of === undefined || of === by ? [] : [of];
    }),
  );
  // δ of pre-activations, and what gathers several contributions
  const isNamed = (tensor: Tensor): boolean =>
    tensor.name.startsWith("z") ||
    subject.pointwise.some(({ z }) => z === tensor) ||
    (subject.adjoint(tensor)?.contributions.length ?? 0) > 1;
  const usual = new Set([...subject.tensors.values()].filter(isNamed));
  const tree = (kept: ReadonlySet<Tensor>) => formulaOf(by, indices, { subject, kept });

  const short = differenceOf(read, points);
  const long = tree(usual);
  const best = short ?? long;
  if (best === undefined) return undefined;
  const trees = [short, long, tree(named), tree(new Set())].filter((e) => e !== undefined);
  const bases = distinct([...trees, ...trees.map((e) => inValues(e, subject))]).map((e) =>
    withOwnLetters(e, indices),
  );
  const found = findSlip(read, bases, points);
  if (found === undefined) return undefined;
  const formula = subject.about === "function" ? inValues(best, subject) : best;
  return {
    name: found.name,
    explanation: inOwnNotation(read, found.explanation),
    corrected: inOwnNotation(read, equation(read, withOwnLetters(formula, indices))),
  };
}

const equation = ({ name, subject, left, indices }: Claim, e: Expression): string => {
  const letters = indices.length === 0 ? "" : `[${indices.map((i) => i.name).join(",")}]`;
  return `${subject.about === "function" ? name : left.name}${letters} = ${shown(e)}`;
};

/** A function is written in z and a, without rows. */
const inOwnNotation = ({ subject, indices }: Claim, text: string): string =>
  subject.about === "function" ? text.replaceAll(`[${indices[0]?.name}]`, "") : text;

/** a − y, (a − y)/N or w·(a − y)/N, where the derivative is no more than that. */
function differenceOf(read: Claim, points: readonly ClaimPoint[]): Expression | undefined {
  const { subject, left, indices } = read;
  const { outputs, targets, weights } = subject;
  const isAlike = (tensor: Tensor | undefined): tensor is Tensor =>
    tensor?.shape.join() === left.shape.join();
  if (!isAlike(outputs) || !isAlike(targets)) return undefined;
  const difference = sub(element(outputs, indices), element(targets, indices));
  const mean = div(difference, scalar("N"));
  const weighted = weights && mul(element(weights, indices.slice(0, 1)), mean);
  return [difference, mean, ...(weighted ? [weighted] : [])].find((body) =>
    points.every((point) => holdsAt({ left, indices, free: [], body }, point)),
  );
}

const distinct = (list: readonly Expression[]): Expression[] => [
  ...new Map(list.map((e) => [JSON.stringify(e), e])).values(),
];
