/** Elements as they lie: flat and row-major. */

import type { Extent } from "../equations/expression.ts";

/** How many elements there are, where indices run so far. */
export const sizeAt = (shape: readonly Extent[], sizes: (extent: Extent) => number): number =>
  shape.reduce<number>((size, extent) => size * sizes(extent), 1);

/** Makes each row of so many numbers add up to 1. */
export function normaliseRows(flat: Float64Array, length: number): void {
  for (let from = 0; from < flat.length; from += length) {
    const row = flat.subarray(from, from + length);
    const sum = row.reduce((a, b) => a + b, 0);
    for (const [k, value] of row.entries()) row[k] = sum === 0 ? 1 / length : value / sum;
  }
}

/** The indices of the element at a flat position. */
export function placeOf(flat: number, sizes: readonly number[]): number[] {
  const places: number[] = [];
  let rest = flat;
  for (const size of sizes.toReversed()) {
    places.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return places;
}
