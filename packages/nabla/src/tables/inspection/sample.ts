/** Some of many rows, drawn at random. */

import { permutation, type RandomStream } from "../../train/random.ts";

/** So many of the rows, or all where there are no more, in ascending order. */
export function sampleRows(
  rows: Uint32Array,
  { most, stream }: { most: number; stream: RandomStream },
): Uint32Array {
  if (rows.length <= most) return rows;
  return permutation(rows.length, stream)
    .subarray(0, most)
    .map((index) => rows[index]!)
    .sort();
}
