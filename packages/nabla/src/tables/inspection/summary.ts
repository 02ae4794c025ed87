/** What stands in the columns of a table, before anything is made of it. */

import { compareLabels, countLabels } from "../columns/labels.ts";
import type { Column, Table } from "../table.ts";

export type ColumnSummary = NumbersSummary | LabelsSummary;

interface Described {
  readonly name: string;
  /** Of the rows. */
  readonly missing: number;
  /** How many different values there are, besides missing ones. */
  readonly distinct: number;
}

export interface NumbersSummary extends Described {
  readonly type: "number" | "date";
  /** Where there is any finite value; a date is the days since 1970-01-01 UTC. */
  readonly range?: NumberRange;
  /** How many values lie in each of equal parts of the range; the last has both its ends. */
  readonly histogram: readonly number[];
}

/** The quartiles are values of the column, those at the rounded places. */
export interface NumberRange {
  readonly least: number;
  readonly lowerQuartile: number;
  readonly median: number;
  readonly upperQuartile: number;
  readonly most: number;
}

export interface LabelsSummary extends Described {
  readonly type: "text" | "boolean";
  /** The most frequent ones; among equals by code points. */
  readonly top: readonly { readonly label: string; readonly count: number }[];
}

const BINS = 20;
const TOP = 8;

/** Each column over all rows, in the order of the table. */
export const describeTable = (table: Table): ColumnSummary[] => table.columns.map(describeColumn);

function describeColumn(column: Column): ColumnSummary {
  const { name, type } = column;
  if (type === "number" || type === "date") return { name, type, ...numbers(column.values) };
  const counts = countLabels(column, column.values.keys());
  let present = 0;
  for (const count of counts.values()) present += count;
  const all = [...counts].sort(([a, m], [b, n]) => n - m || compareLabels(a, b));
  return {
    ...{ name, type, missing: column.values.length - present, distinct: counts.size },
    top: all.slice(0, TOP).map(([label, count]) => ({ label, count })),
  };
}

function numbers(values: Float64Array) {
  const present = values.filter((value) => !Number.isNaN(value)).sort();
  const missing = values.length - present.length;
  const finite = present.filter(Number.isFinite);
  return {
    ...{ missing, distinct: countDistinct(present) },
    ...(finite.length > 0 && { range: rangeOf(finite) }),
    histogram: histogramOf(finite),
  };
}

function countDistinct(sorted: Float64Array): number {
  let count = 0;
  sorted.forEach((value, i) => {
    if (i === 0 || value !== sorted[i - 1]) count++;
  });
  return count;
}

function rangeOf(sorted: Float64Array): NumberRange {
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!;
  return {
    ...{ least: at(0), lowerQuartile: at(0.25), median: at(0.5) },
    ...{ upperQuartile: at(0.75), most: at(1) },
  };
}

/** By halves, for the range itself may be more than a number holds. */
function histogramOf(sorted: Float64Array): number[] {
  const [least, most] = [sorted[0]! / 2, sorted.at(-1)! / 2];
  if (sorted.length === 0) return [];
  if (!(most > least)) return [sorted.length];
  const counts = new Array<number>(BINS).fill(0);
  for (const value of sorted) {
    const bin = Math.floor(((value / 2 - least) / (most - least)) * BINS);
    counts[Math.min(bin, BINS - 1)]!++;
  }
  return counts;
}
