/**
 * Values as labels: text stays exactly as it is ("1", "1.0", "" and "NaN" are four labels), a
 * number is written as JavaScript writes it, a boolean is "true" or "false", missing is null.
 * Lists of labels are in the order of their code points, so that they depend on no locale.
 */

import type { Column } from "../table.ts";

export function labelOf(column: Column, row: number): string | null {
  const value = column.values[row] ?? null;
  return value === null || Number.isNaN(value) ? null : String(value);
}

/** How many of the rows have each label; missing values are left out. */
export function countLabels(column: Column, rows: Iterable<number>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const label = labelOf(column, row);
    if (label !== null) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return counts;
}

/** For `sort`: by code points. JavaScript's own order is by UTF-16 units, which puts 😀 before ｶ. */
export function compareLabels(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = a.codePointAt(i)! - b.codePointAt(i)!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
