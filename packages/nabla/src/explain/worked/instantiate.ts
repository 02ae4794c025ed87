/**
 * An equation for one element: each index a number, each sum written out. Σ_i W1[j,i]·x[i] at j = 0 is
 * W1[0,0]·x[0] + W1[0,1]·x[1]; of a wide sum only the first terms and the last are kept.
 */

import type { Equation, Term } from "../../equations/equation.ts";
import {
  add,
  apply,
  type Element,
  type Expression,
  type Extent,
  element,
  type Index,
  mapChildren,
  type Place,
  type Tensor,
  variable,
  zero,
} from "../../equations/expression.ts";
import { internal } from "../../errors.ts";
import { placeOf } from "../places.ts";

/** Where the numbers come from. */
export interface Numbers {
  sizes(extent: Extent): number;
  /** The elements of a tensor, flat and row-major. */
  of(tensor: Tensor): ArrayLike<number>;
}

/** What the indices stand for. */
export type At = ReadonlyMap<Index, number>;

/** A sum of more terms is shortened. */
const MOST_TERMS = 4;

/** Of a larger tensor not every element is shown. */
const MOST_ELEMENTS = 64;

/** The flat positions of the elements that are shown: all, or the first two and the last. */
export const shownOf = (count: number): readonly number[] =>
  count > MOST_ELEMENTS ? [0, 1, count - 1] : Array.from({ length: count }, (_, flat) => flat);

/** `…` among the terms of a sum. */
export const ellipsis = element(variable("…"));

/** The element at numbers: W1[0,1]. */
export const elementAt = (tensor: Tensor, at: readonly number[]): Element =>
  element(
    tensor,
    at.map((offset): Place => ({ kind: "affine", parts: [], offset })),
  );

/** The right side of an equation, for the element of its target at `at`. */
export function instantiate(equation: Equation, at: readonly number[], numbers: Numbers) {
  const around = new Map(equation.indices.map((index, d) => [index, at[d] ?? 0]));
  const parts = equation.terms.map((term) => written(term, around, numbers));
  return parts.length === 0 ? zero : parts.reduce(plus);
}

/** Σ_over body, written out; a term at which a delta is 0 is none. */
function written({ reduction, over, where, body }: Term, around: At, numbers: Numbers): Expression {
  const bodies = pointsOf(over, around, numbers)
    .filter((at) => where.every((d) => at.get(d.index) === positionOf(d.place, at, numbers)))
    .map((at) => expressionAt(body, at, numbers));
  const shown = shortened(bodies, ellipsis);
  const [first = zero] = shown;
  if (shown.length < 2) return first;
  return reduction === "max" ? apply("max", ...shown) : shown.reduce(plus);
}

/** a + 0 is only a where a term came to nothing. */
export const plus = (a: Expression, b: Expression): Expression => {
  if (a === zero) return b;
  return b === zero ? a : add(a, b);
};

/** The first two and the last of many, with what stands for the others. */
export const shortened = <T>(all: readonly T[], others: T): readonly T[] =>
  all.length > MOST_TERMS ? [...all.slice(0, 2), others, ...all.slice(-1)] : all;

/** Everything that the indices may be together. */
export function pointsOf(over: readonly Index[], around: At, { sizes }: Numbers): At[] {
  const extents = over.map(({ extent }) => sizes(extent));
  const count = extents.reduce((product, size) => product * size, 1);
  return Array.from({ length: count }, (_, flat) => {
    const at = placeOf(flat, extents);
    return new Map([...around, ...over.map((index, d) => [index, at[d] ?? 0] as const)]);
  });
}

/** The expression with its indices as they stand. */
export function expressionAt(e: Expression, at: At, numbers: Numbers): Expression {
  if (e.kind === "element") {
    const places = e.places.map((place) => positionOf(place, at, numbers));
    return elementAt(e.tensor, places);
  }
  if (e.kind === "reduction") {
    return written({ reduction: e.name, over: e.over, where: [], body: e.body }, at, numbers);
  }
  return mapChildren(e, (child) => expressionAt(child, at, numbers));
}

export function positionOf(place: Place, at: At, numbers: Numbers): number {
  if (place.kind === "lookup") {
    return valueAt(expressionAt(place.element, at, numbers) as Element, numbers);
  }
  return place.parts.reduce((sum, { index, factor }) => {
    const value = at.get(index);
    if (value === undefined) throw internal(`index ${index.name} stands for no number`);
    return sum + factor * value;
  }, place.offset);
}

/** The number that an element at numbers is. */
export function valueAt({ tensor, places }: Element, { of, sizes }: Numbers): number {
  const flat = places.reduce((flat, place, d) => {
    const position = place.kind === "affine" ? place.offset : Number.NaN;
    return flat * sizes(tensor.shape[d] ?? 1) + position;
  }, 0);
  return of(tensor)[flat] ?? Number.NaN;
}
