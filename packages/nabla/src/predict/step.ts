/** What predicting comes to: steps, each of which computes one tensor by loops. */

import type { Index, OperationName, Relation, Tensor } from "../equations/expression.ts";

/** An element of a tensor: at sums of indices, or where an element of integers says. */
export interface Element {
  readonly tensor: Tensor;
  readonly places: readonly Place[];
}

export interface Place {
  readonly parts: readonly { readonly index: Index; readonly factor: number }[];
  readonly offset: number;
  readonly lookup?: Element;
}

/** An expression without reductions; a relation chooses the third or the fourth argument. */
export type Node =
  | { readonly kind: "number"; readonly value: number }
  | (Element & { readonly kind: "element" })
  | { readonly kind: OperationName | Relation; readonly args: readonly Node[] };

/** target[indices] = body, or Σ_over body, or max_over body. */
export interface Step {
  readonly target: Tensor;
  readonly indices: readonly Index[];
  readonly over: readonly Index[];
  readonly isMax: boolean;
  readonly body: Node;
}

export const at = (index: Index): Place => ({ parts: [{ index, factor: 1 }], offset: 0 });

/** The index of a place that is one plain index. */
export function indexOf({ parts, offset, lookup }: Place): Index | undefined {
  const [part] = parts;
  const isPlain = parts.length === 1 && offset === 0 && lookup === undefined;
  return isPlain && part?.factor === 1 ? part.index : undefined;
}

/** Whether all elements are as asked, those that serve as indices included. */
export function everyElement(node: Node, holds: (element: Element) => boolean): boolean {
  if (node.kind === "number") return true;
  if (node.kind !== "element") return node.args.every((arg) => everyElement(arg, holds));
  return (
    holds(node) &&
    node.places.every(
      ({ lookup }) => !lookup || everyElement({ kind: "element", ...lookup }, holds),
    )
  );
}
