/** One cell of a column → its slots among the inputs, or the number of its category. */

import type { Floats } from "../../equations/memory.ts";
import { cosineOf, sineOf } from "./cycles.ts";
import {
  type DateFeature,
  type EmbeddedFeature,
  type Feature,
  isEmbedded,
  type NumberFeature,
} from "./features.ts";

/** A number, or a date in days, NaN where it is missing; of texts and booleans a label, null where it is. */
export type Cell = number | string | null;

/**
 * Writes the cell into its slots of x, which begin at `first` and hold 0. False where float32 cannot hold
 * the standardised value.
 */
export type WriteSlots = (cell: Cell, x: Floats, first: number) => boolean;

/** How many slots a column has. */
export function slotCount(feature: Feature): number {
  if (isEmbedded(feature)) return 0;
  const own =
    "categories" in feature
      ? feature.categories.length + Number(feature.other)
      : 1 + 2 * cyclesOf(feature).length;
  return own + Number(feature.missing);
}

const cyclesOf = (feature: NumberFeature | DateFeature) =>
  feature.type === "date" ? feature.cycles : [];

export function slotWriter(feature: Exclude<Feature, EmbeddedFeature>): WriteSlots {
  if ("categories" in feature) {
    const { categories, other, missing } = feature;
    const slots = numbersOf(categories);
    const otherSlot = other ? categories.length : undefined;
    const missingSlot = missing ? slotCount(feature) - 1 : undefined;
    return (label, x, first) => {
      const slot = label === null ? missingSlot : (slots.get(label as string) ?? otherSlot);
      if (slot !== undefined) x[first + slot] = 1;
      return true;
    };
  }
  const { mean, scale, missing } = feature;
  const cycles = cyclesOf(feature);
  return (cell, x, first) => {
    const value = cell as number;
    const standard = (value - mean) / scale;
    if (Number.isNaN(standard)) {
      if (missing) x[first + 1 + 2 * cycles.length] = 1;
      return true;
    }
    x[first] = standard;
    for (const [i, cycle] of cycles.entries()) {
      x[first + 1 + 2 * i] = sineOf(value, cycle);
      x[first + 2 + 2 * i] = cosineOf(value, cycle);
    }
    return Number.isFinite(Math.fround(standard));
  };
}

/** The number of a label among those of an embedded column. */
export function categoryNumbers(feature: EmbeddedFeature): (label: Cell) => number {
  const { categories, missing } = feature;
  const numbers = numbersOf(categories);
  const other = categories.length;
  return (label) =>
    label === null ? (missing ? other + 1 : other) : (numbers.get(label as string) ?? other);
}

/** The place of each category in its list, kept: tables come row by row, too. */
function numbersOf(categories: readonly string[]): ReadonlyMap<string, number> {
  const kept = places.get(categories);
  if (kept !== undefined) return kept;
  const slots = new Map(categories.map((category, slot) => [category, slot]));
  places.set(categories, slots);
  return slots;
}

const places = new WeakMap<readonly string[], ReadonlyMap<string, number>>();
