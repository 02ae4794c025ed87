/**
 * What becomes of categories that no training row has. Nothing teaches the vector of such a one, and what
 * it started with means nothing. It is the average one instead:
 *
 *     E[k,d] = 1/N · Σ_n E[id[n],d]
 *
 * so that a linear network predicts for it what it predicts for the others on average.
 */

import type { FlatInputs } from "../../data.ts";
import type { Floats } from "../../equations/memory.ts";
import { isNumericArray, type NumericArray } from "../../numbers.ts";
import type { Network } from "../../running.ts";

/** How many rows ask for each category of the input `id1`, `id2`, …; undefined of others. */
export type CategoryRows = (input: string, categories: number) => Float64Array | undefined;

/** Sets the rows of E1, E2, … that none of these inputs asks for. */
export function averageUnseen(net: Network, inputs: FlatInputs): void {
  if (isNumericArray(inputs)) return;
  averageUncounted(net, (input, categories) => {
    const ids = inputs[input];
    return ids && countIds(ids, categories);
  });
}

/** The same of rows that have been counted. */
export function averageUncounted(net: Network, countsOf: CategoryRows): void {
  for (const [name, [categories = 0]] of net.shapes) {
    const vectors = net.parameters.get(name);
    if (!/^E\d+$/.test(name) || vectors === undefined) continue;
    const counts = countsOf(name.replace(/^E/, "id"), categories);
    if (counts) average(vectors, counts);
  }
}

function countIds(ids: NumericArray, categories: number): Float64Array {
  const counts = new Float64Array(categories);
  for (let n = 0; n < ids.length; n++) counts[ids[n] as number]!++;
  return counts;
}

function average(vectors: Floats, counts: Float64Array): void {
  const rows = counts.reduce((sum, count) => sum + count, 0);
  if (rows === 0 || !counts.includes(0)) return;

  const units = vectors.length / counts.length;
  const mean = new Float64Array(units);
  vectors.forEach((value, i) => {
    mean[i % units]! += (counts[Math.floor(i / units)]! / rows) * value;
  });
  counts.forEach((count, category) => {
    if (count === 0) vectors.set(mean, category * units);
  });
}
