/** Equations with other tensors or other indices in them, and small copies: equations hold for any extents. */

import type { Equation } from "../../equations/equation.ts";
import {
  type Expression,
  type Extent,
  type Index,
  mapChildren,
  type Place,
  type Tensor,
} from "../../equations/expression.ts";

export interface Replacing {
  readonly tensor: (old: Tensor) => Tensor;
  readonly index: (old: Index) => Index;
}

export function replaceIn(equation: Equation, { tensor, index }: Replacing): Equation {
  const elementParts = (e: { readonly tensor: Tensor; readonly places: readonly Place[] }) => ({
    tensor: tensor(e.tensor),
    places: e.places.map(place),
  });
  const place = (old: Place): Place =>
    old.kind === "lookup"
      ? { kind: "lookup", element: { ...old.element, ...elementParts(old.element) } }
      : { ...old, parts: old.parts.map((part) => ({ ...part, index: index(part.index) })) };
  const expression = (e: Expression): Expression => {
    if (e.kind === "element") return { ...e, ...elementParts(e) };
    const inner = mapChildren(e, expression);
    return inner.kind === "reduction" ? { ...inner, over: inner.over.map(index) } : inner;
  };
  return {
    ...equation,
    target: tensor(equation.target),
    indices: equation.indices.map(index),
    terms: equation.terms.map((term) => ({
      ...term,
      over: term.over.map(index),
      where: term.where.map((delta) => ({ index: index(delta.index), place: place(delta.place) })),
      body: expression(term.body),
    })),
  };
}

/** The equations with other extents; the rows stay rows. */
export function resized(list: readonly Equation[], sizes: (extent: Extent) => number) {
  const extent = (old: Extent): Extent => (old === "rows" ? old : sizes(old));
  const tensor = once<Tensor>((old) => ({ ...old, shape: old.shape.map(extent) }));
  const index = once<Index>((old) => ({ ...old, extent: extent(old.extent) }));
  return { equations: list.map((equation) => replaceIn(equation, { tensor, index })), tensor };
}

/** The same result for the same argument. */
export function once<T>(make: (old: T) => T): (old: T) => T {
  const made = new Map<T, T>();
  return (old) => {
    const known = made.get(old) ?? make(old);
    made.set(old, known);
    return known;
  };
}
