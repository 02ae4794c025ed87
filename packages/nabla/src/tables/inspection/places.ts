/** Where the features of a table lie among the inputs of its network. */

import type { Floats } from "../../equations/memory.ts";
import { isEmbedded, slotNames, type TableSchema } from "../columns/schema.ts";

/** Row n of the input has the feature's elements from n·width + first on. */
export interface Place {
  readonly input: string;
  readonly width: number;
  readonly first: number;
  readonly count: number;
}

/** The inputs by name: flat, row-major. */
export type FeatureInputs = Readonly<Record<string, Floats>>;

/** In the order of the features. */
export function placesOf(schema: TableSchema): Place[] {
  const counts = schema.features.map((feature) =>
    isEmbedded(feature) ? 0 : slotNames(feature).length,
  );
  const width = counts.reduce((sum, count) => sum + count, 0);
  let first = 0;
  let embedded = 0;
  return schema.features.map((feature, i) => {
    // The number of a category is an input of its own.
    if (isEmbedded(feature)) return { input: `id${++embedded}`, width: 1, first: 0, count: 1 };
    const place = { input: "x", width, first, count: counts[i]! };
    first += place.count;
    return place;
  });
}

/** The inputs where each row n has a feature as row from(n) of other inputs has it. */
export function withFeature(
  inputs: FeatureInputs,
  place: Place,
  { source, from }: { source: FeatureInputs; from: (n: number) => number },
): FeatureInputs {
  const { input, width, first, count } = place;
  if (count === 0) return inputs; // a column without a value in training says nothing
  const values = inputs[input]!.slice();
  const given = source[input]!;
  for (let n = 0; n * width < values.length; n++) {
    const start = from(n) * width + first;
    values.set(given.subarray(start, start + count), n * width + first);
  }
  return { ...inputs, [input]: values };
}
