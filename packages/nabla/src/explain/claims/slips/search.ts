/**
 * Which slip a wrong claim has made: the derived tree is mutated until it equals the claim at every
 * point. One slip at a time first, then two; a factor of the whole (a sign, ½, N) costs nothing to try.
 */

import {
  children,
  type Expression,
  type Extent,
  freeIndices,
  type Index,
  type Tensor,
} from "../../../equations/expression.ts";
import { type ClaimPoint, rightSide, TOLERANCE } from "../points.ts";
import type { Claim } from "../read.ts";
import { type Scale, scales } from "./scales.ts";
import { type Mutant, numbersIn, type Slip, type SlipContext } from "./slip.ts";
import { commonSlips, slips } from "./slips.ts";

export interface FoundSlip {
  readonly name: string;
  readonly explanation: string;
}

/** So many nodes may be evaluated at one point: in a derivative written out in full, sums are nested. */
const MOST_WORK = 20_000;
/** And so many for mutants with two slips, where each costs `EACH` to make. */
const MOST_WORK_ON_PAIRS = 2e7;
const EACH = 2_000;

/** `derived`: the derived tree, written in several ways, the best one first. */
export function findSlip(
  claim: Claim,
  derived: readonly Expression[],
  points: readonly ClaimPoint[],
): FoundSlip | undefined {
  const [first] = points;
  const [formula] = derived;
  const match = matcher(claim, points);
  if (first === undefined || formula === undefined || match === undefined) return undefined;
  const { subject, indices, left, body } = claim;
  const by = subject.differentiatedBy(left) as Tensor;
  const context: SlipContext = { subject, by, indices, formula, numbers: numbersIn(body) };
  const work = (tree: Expression): number => first.truth.length * workOf(tree, first.point.sizes);
  const bases = derived.filter((base) => work(base) <= MOST_WORK);
  const told = (scale: Scale, made: readonly Made[]): FoundSlip => ({
    name: [...new Set([...made.map(({ slip }) => slip.name), ...scale.names])].join(" and "),
    explanation: [...made.map(({ mutant }) => mutant.said), scale.said(context)].join(" ").trim(),
  });

  for (const base of bases) {
    const scale = match(base);
    if (scale !== undefined) return told(scale, []);
  }
  let scaled: { readonly scale: Scale; readonly one: Made } | undefined;
  for (const base of bases) {
    for (const one of mutantsOf(base, slips, context)) {
      const scale = match(one.mutant.tree);
      if (scale?.names.length === 0) return told(scale, [one]);
      if (scale !== undefined && isFewer(scale, scaled?.scale)) scaled = { scale, one };
    }
  }
  if (scaled !== undefined) return told(scaled.scale, [scaled.one]);

  let spent = 0;
  for (const base of bases) {
    for (const one of mutantsOf(base, commonSlips, context)) {
      for (const two of mutantsOf(one.mutant.tree, commonSlips, context)) {
        spent += EACH + work(two.mutant.tree);
        if (spent > MOST_WORK_ON_PAIRS) return undefined;
        const scale = match(two.mutant.tree);
        if (scale !== undefined) return told(scale, [one, two]);
      }
    }
  }
  return undefined;
}

/** The nodes that are evaluated for one element. */
function workOf(e: Expression, sizes: (extent: Extent) => number): number {
  const inside = children(e).reduce((sum, child) => sum + workOf(child, sizes), 1);
  if (e.kind !== "reduction") return inside;
  return e.over.reduce((product, i) => product * sizes(i.extent), inside);
}

const isFewer = (a: Scale, b: Scale | undefined): boolean =>
  b === undefined || a.names.length < b.names.length;

interface Made {
  readonly slip: Slip;
  readonly mutant: Mutant;
}

function* mutantsOf(tree: Expression, of: readonly Slip[], context: SlipContext): Generator<Made> {
  for (const slip of of) for (const mutant of slip.mutants(tree, context)) yield { slip, mutant };
}

/** Gives the factor by which a tree equals the claim at all points, if there is one. */
function matcher(claim: Claim, points: readonly ClaimPoint[]) {
  const claimed = points.map((point) => rightSide(claim, point));
  if (!claimed.every((values) => values.every(Number.isFinite))) return undefined;
  const equal = (values: Float64Array | undefined, p: number, factor: number): boolean => {
    const wanted = claimed[p] as Float64Array;
    const truth = points[p]?.truth as Float64Array;
    const size = Math.max(largest(wanted), largest(truth)); //  a claim may be nothing but zeros
    return (
      values?.length === wanted.length &&
      wanted.every((value, i) => Math.abs(value - factor * values[i]!) <= TOLERANCE * size)
    );
  };
  return (tree: Expression): Scale | undefined => {
    const [first, ...others] = points as [ClaimPoint, ...ClaimPoint[]];
    const values = valuesOf(tree, claim, first);
    const scale = scales.find(({ factor }) => equal(values, 0, factor(first)));
    const holds = others.every((point, p) =>
      scale === undefined ? false : equal(valuesOf(tree, claim, point), p + 1, scale.factor(point)),
    );
    return holds ? scale : undefined;
  };
}

const largest = (values: Float64Array): number =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** The tree's numbers; undefined where it has other free letters than the claim. */
function valuesOf(tree: Expression, claim: Claim, point: ClaimPoint): Float64Array | undefined {
  const free = [...freeIndices(tree)].filter((i) => !claim.indices.includes(i));
  if (free.length !== claim.free.length) return undefined;
  return rightSide({ ...claim, free: inOrderOf(claim.free, free), body: tree }, point);
}

/** Rows to rows, the others by name where they have it. */
function inOrderOf(wanted: readonly Index[], free: readonly Index[]): Index[] {
  const rest = [...free];
  return wanted.map(({ extent, name }) => {
    const isRows = (i: Index): boolean => (i.extent === "rows") === (extent === "rows");
    const named = rest.findIndex((i) => isRows(i) && i.name === name);
    const at = named >= 0 ? named : Math.max(0, rest.findIndex(isRows));
    return rest.splice(at, 1)[0] as Index;
  });
}
