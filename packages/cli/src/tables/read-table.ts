/** A whole table in memory: the blocks of its one reader, one after another. */

import { totalmem } from "node:os";
import { type Column, NablaError } from "nabla";
import type { Block, TypedName } from "./part.ts";
import { openTableStream, type ReadOptions, type TableStream } from "./table-stream.ts";

export type { ReadOptions };

export interface ReadTable extends Block {
  /** The files that it was read from. */
  readonly files: readonly string[];
}

/**
 * Reads a CSV, TSV, JSON, NDJSON or Parquet file, gzipped or not, a pattern of such files, IDX images,
 * the table of a DuckDB or PostgreSQL database, or the rows that a query chooses; "-" is standard
 * input. An empty cell and null are missing.
 * Throws where there is no such file, it is damaged, has no rows, two columns of the same name or
 * nested values, or a number is NaN or infinite.
 */
export async function readTable(
  given: string | undefined,
  options: ReadOptions,
): Promise<ReadTable> {
  const stream = await openTableStream(given, options);
  try {
    refuseSize(stream);
    return await collect(stream, options);
  } finally {
    await stream.dispose();
  }
}

async function collect(
  { name, rows, columns, files, pass }: TableStream,
  { keepCells = false }: ReadOptions,
): Promise<ReadTable> {
  const whole = columns.map((column) => emptyColumn(column, rows));
  const cells: (string | null)[][] = columns.map(() => []);
  let first = 0;
  for await (const block of pass()) {
    for (const [i, column] of block.columns.entries()) whole[i]!.add(column, first);
    for (const [i, list] of block.cells?.entries() ?? []) append(cells[i]!, list);
    first += block.rows;
  }
  const table = { name, rows, files, columns: whole.map(({ column }) => column) };
  return keepCells ? { ...table, cells } : table;
}

interface Growing {
  readonly column: Column;
  /** Takes the values of a block, the first of which is of the row `first`. */
  add(block: Column, first: number): void;
}

function emptyColumn({ name, type }: TypedName, rows: number): Growing {
  if (type === "number" || type === "date") {
    const values = new Float64Array(rows);
    return {
      column: { name, type, values },
      add: (block, first) => values.set(block.values as Float64Array, first),
    };
  }
  const values: never[] = [];
  return {
    column: { name, type, values },
    add: (block) => append(values, block.values as readonly never[]),
  };
}

function append<T>(list: T[], values: readonly T[]): void {
  for (const value of values) list.push(value);
}

/** Typed arrays lie outside the heap: nothing else would stop a small archive of very many rows. */
function refuseSize({ name, rows, columns }: TableStream): void {
  const bytes = rows * columns.length * Float64Array.BYTES_PER_ELEMENT;
  if (bytes <= 0.8 * totalmem()) return;
  const expected = "a table that fits into memory";
  const got = `${rows} rows of ${columns.length} columns`;
  const message = `${name}: expected ${expected}, got ${got}`;
  throw new NablaError("data", message, { where: name, expected, got });
}
