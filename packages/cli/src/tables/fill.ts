/** Chunks of a result → the columns of a table. */

import type { DuckDBVector } from "@duckdb/node-api";
import type { Column } from "nabla";
import type { ColumnType } from "./kinds.ts";
import type { Source } from "./source.ts";
import { unfitCell } from "./unfit.ts";

const REMEDY = "correct it, or name its text with --missing to treat it as missing";

/** Takes a chunk's part of a column: `count` values, the first of which is of the row `first`. */
export type Fill = (vector: DuckDBVector, part: { first: number; count: number }) => void;

/** A column of missing values, and what fills it. Its `fill` throws at NaN and infinite numbers. */
export function createColumn(
  source: Source,
  { name, type, rows }: { name: string; type: ColumnType; rows: number },
): { column: Column; fill: Fill } {
  if (type === "text" || type === "boolean") {
    const { values, fill } = createList<never>(rows);
    return { column: { name, type, values }, fill };
  }
  const values = new Float64Array(rows).fill(Number.NaN);
  const fill: Fill = (vector, { first, count }) => {
    for (let i = 0; i < count; i++) {
      const value = vector.getItem(i) as number | null;
      if (value === null) continue;
      if (!Number.isFinite(value)) {
        const cell = { row: first + i + 1, column: name, got: String(value) };
        throw unfitCell(source, { ...cell, expected: "a finite number", remedy: REMEDY });
      }
      values[first + i] = value;
    }
  };
  return { column: { name, type, values }, fill };
}

/** A list of missing values, and what fills it. */
export function createList<T>(rows: number): { values: (T | null)[]; fill: Fill } {
  const values = new Array<T | null>(rows).fill(null);
  const fill: Fill = (vector, { first, count }) => {
    for (let i = 0; i < count; i++) values[first + i] = vector.getItem(i) as T | null;
  };
  return { values, fill };
}
