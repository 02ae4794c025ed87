/** Chunks of a result → the columns of a block of a table. */

import type { DuckDBVector } from "@duckdb/node-api";
import type { Column } from "nabla";
import type { ColumnType } from "./kinds.ts";
import type { Source } from "./source.ts";
import { unfitCell } from "./unfit.ts";
import { createTextReader, doublesOf } from "./vectors.ts";

const REMEDY = "correct it, or name its text with --missing to treat it as missing";

/** A chunk's place: its values go to `at` in the block, and the first is of the source's row `row`. */
export interface Place {
  readonly at: number;
  readonly count: number;
  readonly row: number;
}

export interface Filling<T> {
  /** Takes a chunk's part of a column. Throws at NaN and infinite numbers. */
  fill(vector: DuckDBVector, place: Place): void;
  /** What has been filled, which is so many values; the next value begins another block. */
  take(count: number): T;
}

/** A column of blocks of at most so many rows. */
export function fillColumn(
  source: Source,
  { name, type, places }: { name: string; type: ColumnType; places: number },
): Filling<Column> {
  switch (type) {
    case "number":
    case "date":
      return fillNumbers(source, { name, type, places });
    case "text": {
      const { fill, take } = fillTexts();
      return { fill, take: () => ({ name, type, values: take() }) };
    }
    case "boolean": {
      const { fill, take } = fillList((vector) => (i) => vector.getItem(i) as boolean | null);
      return { fill, take: () => ({ name, type, values: take() }) };
    }
    default:
      throw type satisfies never;
  }
}

/** A column of texts, as a list. */
export const fillTexts = () => fillList(createTextReader());

function fillNumbers(
  source: Source,
  { name, type, places }: { name: string; type: "number" | "date"; places: number },
): Filling<Column> {
  let values = new Float64Array(places);
  const fill = (vector: DuckDBVector, { at, count, row }: Place) => {
    const { items, isValid } = doublesOf(vector);
    for (let i = 0; i < count; i++) {
      const value = items[i]!;
      if (!isValid(i)) values[at + i] = Number.NaN;
      else if (Number.isFinite(value)) values[at + i] = value;
      else {
        const cell = { row: row + i + 1, column: name, got: String(value) };
        throw unfitCell(source, { ...cell, expected: "a finite number", remedy: REMEDY });
      }
    }
  };
  const take = (count: number): Column => {
    const taken = values.subarray(0, count);
    values = new Float64Array(places);
    return { name, type, values: taken };
  };
  return { fill, take };
}

function fillList<T>(readerOf: (vector: DuckDBVector) => (index: number) => T): {
  fill: Filling<T[]>["fill"];
  take: () => T[];
} {
  let values: T[] = [];
  const fill = (vector: DuckDBVector, { count }: Place) => {
    const read = readerOf(vector);
    for (let i = 0; i < count; i++) values.push(read(i));
  };
  const take = () => {
    const taken = values;
    values = [];
    return taken;
  };
  return { fill, take };
}
