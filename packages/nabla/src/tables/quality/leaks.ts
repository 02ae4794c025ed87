/**
 * Columns that give the target away: by one such column alone, nearly every row is predicted right. It may
 * be a copy of the target, or have been written down after it. Each row is predicted from the others:
 *
 *     text, booleans     by the rows with the same value
 *     numbers            by these, too, or where there are none by those with the next value below and above
 *
 * Of dates nothing is said: what changes slowly is always near what it was the day before.
 *
 * of classes the most frequent, of quantities the mean. What that gets wrong, among what one answer for
 * every row gets wrong:
 *
 *     explained = 1 − wrong/wrong with the same answer
 */

import { labelOf } from "../columns/labels.ts";
import type { Column, Table } from "../table.ts";
import { type Target, targetColumns, targetValues } from "../target.ts";

export interface Leak {
  /** The name of what is given away. */
  readonly target: string;
  readonly explained: number;
}

/** Of honest columns, one of the irises explains the most that we know, 0.93. */
const EXPLAINED = 0.99;
/** Of fewer rows, or fewer of another class than the most frequent one, chance does it. */
const FEWEST_ROWS = 50;
const FEWEST_OTHERS = 20;
/** Of more rows, every so many is enough. */
const MOST_ROWS = 10_000;

export interface Training {
  readonly rows: Uint32Array;
  readonly target: Target;
}

/** The first of the targets that a column gives away. */
export const leakOf = (table: Table, column: Column, training: Training): Leak | undefined =>
  explainedBy(table, column, training).find(({ explained }) => explained >= EXPLAINED);

/** What a column by itself explains of each target, where there are rows enough to say so. */
export function explainedBy(table: Table, column: Column, { rows, target }: Training): Leak[] {
  const sample = sampled(rows).filter((row) => labelOf(column, row) !== null);
  if (column.type === "date" || sample.length < FEWEST_ROWS) return [];

  const alike = groupsOf(column, sample);
  const names = targetColumns(target).map(({ name }) => name);
  const values = targetValues(target, table, sample);
  return names.map((name, t) => {
    const own = Float64Array.from(sample, (_, n) => values[n * names.length + t]!);
    const explain = target.task === "regression" ? explainedSquares : explainedClasses;
    return { target: name, explained: explain(alike, own) };
  });
}

export function sampled(rows: Uint32Array): Uint32Array {
  const every = Math.ceil(rows.length / MOST_ROWS);
  return rows.filter((_, n) => n % every === 0);
}

/** Which rows are alike, and which groups of them are next to each other. */
interface Alike {
  /** How many rows each group has. */
  readonly counts: Float64Array;
  /** The group of each row of the sample. */
  readonly group: Uint32Array;
  readonly ordered: boolean;
}

function groupsOf(column: Column, sample: Uint32Array): Alike {
  const ordered = column.type === "number";
  const labels = Array.from(sample, (row) => column.values[row]!);
  const distinct = [...new Set(labels)];
  if (ordered) distinct.sort((a, b) => Number(a) - Number(b));
  const numbers = new Map(distinct.map((label, number) => [label, number]));
  const group = Uint32Array.from(labels, (label) => numbers.get(label)!);
  const counts = new Float64Array(distinct.length);
  for (const g of group) counts[g]!++;
  return { group, counts, ordered };
}

/** The groups whose rows predict those of this one. */
const neighbours = ({ counts, ordered }: Alike, g: number): number[] =>
  (ordered && counts[g] === 1 ? [g - 1, g, g + 1] : [g]).filter((other) => other in counts);

/** R² of the mean of the other rows. */
function explainedSquares(alike: Alike, values: Float64Array): number {
  const { group, counts } = alike;
  const sums = new Float64Array(counts.length);
  values.forEach((y, n) => {
    sums[group[n]!]! += y;
  });
  const mean = sum(sums) / values.length;
  let wrong = 0;
  let all = 0;
  values.forEach((y, n) => {
    const near = neighbours(alike, group[n]!);
    const count = sum(near.map((g) => counts[g]!)) - 1;
    const guess = count === 0 ? mean : (sum(near.map((g) => sums[g]!)) - y) / count;
    wrong += (y - guess) * (y - guess);
    all += (y - mean) * (y - mean);
  });
  return all === 0 ? 0 : 1 - wrong / all;
}

/** Of the rows that are not of the most frequent class, how many more the other rows tell. */
function explainedClasses(alike: Alike, classes: Float64Array): number {
  const { group, counts } = alike;
  const tallies = Array.from(counts, () => new Map<number, number>());
  const totals = new Map<number, number>();
  classes.forEach((y, n) => {
    add(tallies[group[n]!]!, y, 1);
    add(totals, y, 1);
  });
  const others = classes.length - Math.max(...totals.values());
  if (others < FEWEST_OTHERS) return 0;

  const common = mostFrequent(totals);
  let wrong = 0;
  classes.forEach((y, n) => {
    const near = new Map<number, number>();
    for (const g of neighbours(alike, group[n]!))
      for (const [k, count] of tallies[g]!) add(near, k, count);
    add(near, y, -1);
    if ((mostFrequent(near) ?? common) !== y) wrong++;
  });
  return 1 - wrong / others;
}

const add = (counts: Map<number, number>, k: number, count: number): void => {
  counts.set(k, (counts.get(k) ?? 0) + count);
};

function mostFrequent(counts: ReadonlyMap<number, number>): number | undefined {
  let best: number | undefined;
  let most = 0;
  for (const [k, count] of counts) if (count > most) [best, most] = [k, count];
  return best;
}

const sum = (values: ArrayLike<number>): number => {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
};
