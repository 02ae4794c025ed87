/**
 * Where tensors lie in the linear memory. Parameters and gradients are dense, in one flat buffer each;
 * every other tensor has its rows padded to whole vectors, so that loops over them need no remainder.
 */

import type { Extent, Tensor } from "../equations/expression.ts";
import type { Precision } from "../equations/memory.ts";

export interface Place {
  /** In bytes. */
  readonly address: number;
  /** In elements. */
  readonly strides: readonly number[];
  /** Whether the lanes behind a row's last element belong to the row. */
  readonly padded: boolean;
}

export interface Layout {
  readonly precision: Precision;
  /** The most rows that a block may have. */
  readonly capacity: number;
  place(tensor: Tensor): Place;
  /** Where the float64 value of a run-time scalar lies. */
  scalar(name: string): number;
}

/** Strides of a row-major array, its last dimension rounded up to a multiple of `lanes`. */
export function stridesOf(shape: readonly Extent[], lanes: number, capacity: number): number[] {
  const strides: number[] = [];
  let stride = 1;
  for (const [d, extent] of [...shape.entries()].reverse()) {
    strides.unshift(stride);
    const length = extent === "rows" ? capacity : extent;
    stride *= d === shape.length - 1 ? Math.ceil(length / lanes) * lanes : length;
  }
  return strides;
}

/** The elements that a tensor takes with these strides. */
export function spanOf(shape: readonly Extent[], lanes: number, capacity: number): number {
  const [first] = shape;
  if (first === undefined) return lanes;
  const [stride] = stridesOf(shape, lanes, capacity) as [number];
  const length = first === "rows" ? capacity : first;
  return shape.length === 1 ? Math.ceil(length / lanes) * lanes : stride * length;
}
