/** A table that comes block by block, as often as anybody goes through it. */

import { NablaError } from "../../errors.ts";
import type { Column, Table } from "../table.ts";

export interface TableStream {
  /** For messages. */
  readonly name: string;
  readonly columns: readonly Pick<Column, "name" | "type">[];
  readonly rows: number;
  /** All rows in their order, the same each time, in blocks of some ten thousand with all the columns. */
  pass(): AsyncIterable<Table>;
}

/** A pass whose blocks say where they are. Throws where it has not as many rows as were announced. */
export async function* blocksOf(stream: TableStream): AsyncGenerator<Table, void> {
  const { name, rows } = stream;
  let firstRow = 0;
  for await (const block of stream.pass()) {
    yield { ...block, name, firstRow };
    firstRow += block.rows;
    if (firstRow > rows) break;
  }
  if (firstRow === rows) return;
  const expected = `the ${rows} rows that it announced`;
  const got = firstRow > rows ? "more" : `${firstRow}`;
  const message = `${name}: a pass must give ${expected}, got ${got}`;
  throw new NablaError("data", message, { where: name, expected, got });
}
