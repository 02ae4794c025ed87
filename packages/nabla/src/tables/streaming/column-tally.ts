/** What the training rows of a stream say of one column, gathered block by block in bounded memory. */

import { numberReader, typedColumn } from "../columns/cells.ts";
import { labelOf } from "../columns/labels.ts";
import { joinSpreads, type Spread, spreadOf } from "../columns/moments.ts";
import type { Column, Table } from "../table.ts";
import { type LabelCounts, newLabelCounts } from "./label-counts.ts";

export interface ColumnTally {
  /** Whether a row lacked the value. */
  readonly missing: number;
  /** Whether two rows differ; a missing value differs from any other. */
  readonly varies: boolean;
  /** Of numbers and dates: the same however the rows are cut into blocks. */
  readonly spread: Spread;
  /** How much of it lies between rows that are far from each other: near 0 in random order, 1 where sorted. */
  readonly order: number;
  /** Of texts and booleans. */
  readonly labels: LabelCounts;
  /** Takes training rows of a block. Throws at what is not of the type. */
  add(block: Table, rows: Uint32Array): void;
}

/** Rows that are near each other. */
const CHUNK_ROWS = 8192;

export function newColumnTally({ name, type }: Pick<Column, "name" | "type">): ColumnTally {
  const labels = newLabelCounts();
  const chunk = new Float64Array(type === "number" || type === "date" ? CHUNK_ROWS : 0);
  let filled = 0;
  let spread = spreadOf([]);
  let within = spread; //  of deviations from the means of chunks
  let missing = 0;
  let varies = false;
  let first: number | string | null | undefined;

  function meet(cell: number | string | null): void {
    if (cell === null) missing++;
    if (first === undefined) first = cell;
    else if (first !== cell) varies = true;
  }

  function joinChunk(): void {
    const own = spreadOf(chunk.subarray(0, filled));
    spread = joinSpreads(spread, own);
    within = joinSpreads(within, { ...own, mean: 0 });
    filled = 0;
  }

  function addNumbers(block: Table, rows: Uint32Array): void {
    const read = numberReader(block, typedColumn(block, { name, type }));
    for (let n = 0; n < rows.length; n++) {
      const value = read(rows[n]!);
      meet(Number.isNaN(value) ? null : value);
      chunk[filled++] = value;
      if (filled === CHUNK_ROWS) joinChunk();
    }
  }

  function addLabels(block: Table, rows: Uint32Array): void {
    const column = typedColumn(block, { name, type });
    for (let n = 0; n < rows.length; n++) {
      const label = labelOf(column, rows[n]!);
      meet(label);
      if (label !== null) labels.add(label);
    }
  }

  return {
    get missing() {
      return missing;
    },
    get varies() {
      return varies;
    },
    get spread() {
      if (filled > 0) joinChunk();
      return spread;
    },
    get order() {
      const { squares, unit } = this.spread;
      const ratio = within.unit / unit;
      return squares > 0 ? 1 - (within.squares * ratio * ratio) / squares : 0;
    },
    labels,
    add: type === "number" || type === "date" ? addNumbers : addLabels,
  };
}
