/** Where tensors lie while equations are evaluated: flat, row-major, one array each. */

import type { Extent, Tensor } from "./expression.ts";

export type Precision = "float32" | "float64";
export type Floats = Float32Array | Float64Array;

/** The array of one tensor; programs hold the cell, since a larger batch replaces the array. */
export interface Cell {
  data: Floats;
  readonly strides: readonly number[];
  /** The elements of one row, or all where the tensor has no rows. */
  readonly unit: number;
}

export interface Memory {
  readonly precision: Precision;
  cell(tensor: Tensor): Cell;
  /** Makes room for `rows` rows and returns the elements that these take. */
  reserve(tensor: Tensor, rows: number): number;
}

export function newMemory(precision: Precision): Memory {
  const cells = new Map<Tensor, Cell>();
  const cell = (tensor: Tensor): Cell => {
    const known = cells.get(tensor);
    if (known !== undefined) return known;
    const unit = sizeOf(tensor, 1);
    const made = { data: newFloats(precision, unit), strides: stridesOf(tensor.shape), unit };
    cells.set(tensor, made);
    return made;
  };
  return {
    precision,
    cell,
    reserve(tensor, rows) {
      const own = cell(tensor);
      const size = tensor.shape[0] === "rows" ? own.unit * rows : own.unit;
      if (own.data.length < size) own.data = newFloats(precision, size);
      return size;
    },
  };
}

export const newFloats = (precision: Precision, length: number): Floats =>
  precision === "float32" ? new Float32Array(length) : new Float64Array(length);

/** The number of elements of a tensor over so many rows. */
export const sizeOf = ({ shape }: Tensor, rows: number): number =>
  shape.reduce<number>((size, extent) => size * (extent === "rows" ? rows : extent), 1);

function stridesOf(shape: readonly Extent[]): number[] {
  const strides: number[] = [];
  let stride = 1;
  for (const extent of shape.toReversed()) {
    strides.unshift(stride);
    stride *= extent === "rows" ? 1 : extent; //  rows come first: nothing lies outside them
  }
  return strides;
}
