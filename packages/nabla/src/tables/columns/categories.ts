/**
 * Which categories of a column are told apart. Rare ones are not: what a weight learns from a few rows is
 * mostly their noise. They share one place with those that training has not seen.
 */

import { compareLabels } from "./labels.ts";

/** A column of more categories gets slots for this many of them, the most frequent, or is embedded. */
const MOST_SLOTS = 50;
/** An embedded column tells so many apart, the most frequent. */
const MOST_EMBEDDED = 10_000;
/** A vector is worth learning where so many rows, on average, teach it. */
const ROWS_TO_EMBED = 10;
const MOST_UNITS = 16;

/** A category of fewer rows is rare: of a thousandth of them, or of ten, whichever is less. */
export const fewestRows = (rows: number): number => Math.min(10, Math.ceil(rows / 1000));

/** round(2·K^¼), as a rule of thumb has it, but for its factor; at most 16. */
export const unitsFor = (categories: number): number =>
  Math.min(MOST_UNITS, Math.round(2 * Math.sqrt(Math.sqrt(categories))));

export interface CategoryOptions {
  /** How many rows were counted, missing values included. */
  readonly rows: number;
  /** How many numbers each category becomes, or false for slots; by the counts unless given. */
  readonly embed?: number | false | undefined;
}

export interface ChosenCategories {
  /** In the order of their code points. */
  readonly categories: readonly string[];
  /** Whether the others have rows enough to learn from. */
  readonly other: boolean;
  /** Of an embedded column. */
  readonly units?: number;
}

/** By how many rows have each category; ties by code points. */
export function chooseCategories(
  counts: ReadonlyMap<string, number>,
  { rows, embed }: CategoryOptions,
): ChosenCategories {
  const fewest = fewestRows(rows);
  const isLong = counts.size > MOST_SLOTS;
  const enough = isLong ? Math.max(2, fewest) : fewest; // a name that occurs once says nothing about others
  const frequent = Array.from(counts)
    .filter(([, count]) => count >= enough)
    .sort(([a, m], [b, n]) => n - m || compareLabels(a, b));
  const repeats =
    frequent.length > MOST_SLOTS && total(frequent) >= ROWS_TO_EMBED * frequent.length;
  const isEmbedded = embed === undefined ? repeats : embed !== false;

  const kept = frequent.slice(0, isEmbedded ? MOST_EMBEDDED : MOST_SLOTS);
  const categories = kept.map(([category]) => category).sort(compareLabels);
  if (isEmbedded) return { categories, other: true, units: embed || unitsFor(categories.length) };
  const rest = total(counts) - total(kept);
  return { categories, other: rest > 0 && rest >= fewest };
}

function total(counts: Iterable<readonly [string, number]>): number {
  let sum = 0;
  for (const [, count] of counts) sum += count;
  return sum;
}
