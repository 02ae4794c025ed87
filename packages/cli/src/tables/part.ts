/**
 * A part of a table: what one file holds of it. Whatever reads a file of some kind is such a part; it
 * is gone through once for what the cells of each column could be read as, then for their values, as
 * often as anybody wants them.
 */

import type { Table } from "nabla";
import type { ColumnSummary, ColumnType, Unfit } from "./kinds.ts";
import type { Source } from "./source.ts";

/** About how many rows a block has. */
export const BLOCK_ROWS = 1 << 15;

export interface TypedName {
  readonly name: string;
  readonly type: ColumnType;
}

export interface Summary {
  readonly rows: number;
  /** In the order of the names. */
  readonly columns: readonly ColumnSummary[];
}

export interface Part {
  readonly source: Source;
  readonly names: readonly string[];
  summarise(): Promise<Summary>;
  /** The error that names the first cell of a kind that the column must not hold. */
  unfitError(column: string, unfit: Unfit): Promise<Error>;
  /** The values of these columns, in this order, some ten thousand rows at a time. */
  blocks(columns: readonly TypedName[], options: { keepCells: boolean }): AsyncIterable<Block>;
}

export interface Block extends Table {
  /** As they stand in the file, by column; missing is null. */
  readonly cells?: readonly (readonly (string | null)[])[];
}
