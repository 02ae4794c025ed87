/** The columns that a model reads, and the slots that each has among the inputs of the network. */

import type { Embedding } from "../../embeddings.ts";
import type { Cycle } from "./cycles.ts";
import type { Moments } from "./moments.ts";

/**
 * A column that the model reads, and its slots among the inputs x, in this order:
 *
 *     number           (x − mean)/scale, 0 where missing
 *     date             the same of days since 1970-01-01 UTC, then for each cycle its sine and cosine,
 *                      0 and 0 where missing
 *     text, boolean    1 in the slot of the category, 0 in the others; then, with `other`, one slot for
 *                      rare and unknown categories. Without it, these have 0 in every slot
 *     missing          one slot more, 1 where the value is missing
 *
 * An embedded column has no slot. It is an input of its own, the number of the category: 0 … K−1 those
 * listed, K the rare and unknown ones, and K+1 a missing value (K where training rows lacked none).
 */
export type Feature = NumberFeature | DateFeature | CategoryFeature | EmbeddedFeature;

interface Named {
  readonly name: string;
  /** Whether training rows lacked this value. */
  readonly missing: boolean;
}

export interface NumberFeature extends Named, Moments {
  readonly type: "number";
}

export interface DateFeature extends Named, Moments {
  readonly type: "date";
  readonly cycles: readonly Cycle[];
}

export interface CategoryFeature extends Named {
  readonly type: "text" | "boolean";
  /** In the order of their code points. */
  readonly categories: readonly string[];
  /** Whether rare and unknown categories share a slot. */
  readonly other: boolean;
}

export interface EmbeddedFeature extends Named {
  readonly type: "text";
  /** In the order of their code points. */
  readonly categories: readonly string[];
  readonly other: true;
  /** How many numbers each category becomes. */
  readonly units: number;
}

export const isEmbedded = (feature: Feature): feature is EmbeddedFeature => "units" in feature;

/** The names of a feature's slots, in their order: `mass`, `mass (missing)`, `island = Biscoe`. */
export function slotNames(feature: Feature): string[] {
  if (isEmbedded(feature)) return [];
  const slots = ownSlots(feature);
  return feature.missing ? [...slots, `${feature.name} (missing)`] : slots;
}

function ownSlots(feature: Exclude<Feature, EmbeddedFeature>): string[] {
  const { name } = feature;
  switch (feature.type) {
    case "number":
      return [name];
    case "date":
      return [name, ...feature.cycles.flatMap((c) => [`${name} (sin ${c})`, `${name} (cos ${c})`])];
    case "text":
    case "boolean": {
      const slots = feature.categories.map((category) => `${name} = ${category}`);
      return feature.other ? [...slots, `${name} (other)`] : slots;
    }
    default:
      throw feature satisfies never;
  }
}

/** What reads features: a schema. */
interface Reads {
  /** In the order of the training table's columns. */
  readonly features: readonly Feature[];
}

/** The name of each number in a row of x: `mass`, `mass (missing)`, `island = Biscoe`. */
export const featureNames = ({ features }: Reads): string[] => features.flatMap(slotNames);

/** The embedded columns, as the network has them: id1, id2, …. */
export const embeddingsOf = ({ features }: Reads): Embedding[] =>
  features.filter(isEmbedded).map(({ categories, missing, units }) => ({
    categories: categories.length + (missing ? 2 : 1),
    units,
  }));
