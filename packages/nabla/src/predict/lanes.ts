/** Expressions a lane at a time: each operation is one loop over an array. */

import { compute, relations } from "../equations/compute.ts";
import type { Index, Relation, Tensor } from "../equations/expression.ts";
import type { Cell } from "../equations/memory.ts";
import type { Element, Node } from "./step.ts";

/** What the loops share. */
export interface State {
  rows: number;
  /** How far each loop has come. */
  readonly counters: Map<Index, { at: number }>;
  cell(tensor: Tensor): Cell;
}

/** The index along which a lane runs; all elements of the target at once; or none, for one element. */
export type Lane = Index | "all" | undefined;

/** The first `count` values along the lane, in an array that the next call may write again. */
export type Lanes = (count: number) => ArrayLike<number>;

export function lanes(node: Node, lane: Lane, state: State): Lanes {
  if (node.kind === "number") return computed((out) => out.fill(node.value));
  if (node.kind === "element") return elementLanes(node, lane, state);
  const { kind } = node;
  const args = node.args.map((arg) => lanes(arg, lane, state));
  const [left, right, then, otherwise] = args as [Lanes, Lanes, Lanes, Lanes];
  if (args.length === 4) {
    const holds = relations[kind as Relation];
    return computed((out, count) => {
      const [x, y, a, b] = [left(count), right(count), then(count), otherwise(count)];
      for (let l = 0; l < count; l++) out[l] = holds(x[l]!, y[l]!) ? a[l]! : b[l]!;
    });
  }
  if (kind === "add")
    return computed((out, count) => {
      const [x, y] = [left(count), right(count)];
      for (let l = 0; l < count; l++) out[l] = x[l]! + y[l]!;
    });
  const operation: (x: number, y: number) => number = compute[kind as keyof typeof compute];
  return computed((out, count) => {
    const x = left(count);
    const y = args.length > 1 ? right(count) : x;
    for (let l = 0; l < count; l++) out[l] = operation(x[l]!, y[l]!);
  });
}

/** Lanes in an array of their own, which grows. */
function computed(fill: (out: Float64Array, count: number) => void): Lanes {
  let out = new Float64Array(1);
  return (count) => {
    if (out.length < count) out = new Float64Array(count);
    fill(out, count);
    return out;
  };
}

function elementLanes(element: Element, lane: Lane, state: State): Lanes {
  const { cell, stride, start, along } = address(element, lane, state);
  if (lane === "all" && stride === 1) return () => cell.data;
  return computed((out, count) => {
    const { data } = cell;
    const shift = along?.(count);
    const from = start();
    if (shift === undefined) for (let l = 0; l < count; l++) out[l] = data[from + l * stride]!;
    else for (let l = 0; l < count; l++) out[l] = data[from + l * stride + shift[l]!]!;
  });
}

export interface Address {
  readonly cell: Cell;
  /** From one element of the lane to the next, */
  readonly stride: number;
  /** from where the lane begins, with the loops around as far as they are, */
  readonly start: () => number;
  /** and what integers add. */
  readonly along: Lanes | undefined;
}

export function address({ tensor, places }: Element, lane: Lane, state: State): Address {
  const cell = state.cell(tensor);
  if (lane === "all")
    return { cell, stride: Math.min(1, places.length), start: () => 0, along: undefined };
  const steps: { readonly counter: { at: number }; readonly stride: number }[] = [];
  let offset = 0;
  let own = 0;
  let along: Lanes | undefined;
  for (const [d, place] of places.entries()) {
    const stride = cell.strides[d]!;
    offset += stride * place.offset;
    for (const { index, factor } of place.parts) {
      if (index === lane) own += stride * factor;
      else steps.push({ counter: state.counters.get(index)!, stride: stride * factor });
    }
    if (place.lookup === undefined) continue;
    const integers = elementLanes(place.lookup, lane, state);
    const before = along;
    along = computed((out, count) => {
      const [looked, others] = [integers(count), before?.(count)];
      for (let l = 0; l < count; l++) out[l] = looked[l]! * stride + (others?.[l] ?? 0);
    });
  }
  const start = (): number => {
    let at = offset;
    for (const { counter, stride } of steps) at += counter.at * stride;
    return at;
  };
  return { cell, stride: own, start, along };
}
