/** Rows of a stream that are kept in memory, as a table. */

import type { Column, Table } from "../table.ts";
import { blocksOf, type TableStream } from "./table-stream.ts";

export interface HeldRows {
  readonly rows: number;
  /** Takes these rows of a block. */
  add(block: Table, rows: ArrayLike<number>): void;
  table(): Table;
}

export function newHeldRows({ name, columns }: Pick<TableStream, "name" | "columns">): HeldRows {
  const lists = columns.map(newList);
  let held = 0;
  return {
    get rows() {
      return held;
    },
    add(block, rows) {
      for (const [c, list] of lists.entries()) list.add(block.columns[c]!, rows);
      held += rows.length;
    },
    table: () => ({ name, rows: held, columns: lists.map((list) => list.column()) }),
  };
}

/** All rows. */
export async function holdAll(stream: TableStream): Promise<Table> {
  const held = newHeldRows(stream);
  for await (const block of blocksOf(stream))
    held.add(
      block,
      Uint32Array.from({ length: block.rows }, (_, row) => row),
    );
  return held.table();
}

interface List {
  add(column: Column, rows: ArrayLike<number>): void;
  column(): Column;
}

function newList({ name, type }: Pick<Column, "name" | "type">): List {
  if (type === "number" || type === "date") return newNumbers({ name, type });
  const values: never[] = [];
  return {
    add(column, rows) {
      for (let n = 0; n < rows.length; n++) values.push(column.values[rows[n]!] as never);
    },
    column: () => ({ name, type, values }),
  };
}

function newNumbers(named: { readonly name: string; readonly type: "number" | "date" }): List {
  let values = new Float64Array(1024);
  let count = 0;
  return {
    add(column, rows) {
      while (count + rows.length > values.length) {
        const longer = new Float64Array(2 * values.length);
        longer.set(values);
        values = longer;
      }
      const given = column.values as Float64Array;
      for (let n = 0; n < rows.length; n++) values[count++] = given[rows[n]!]!;
    },
    column: () => ({ ...named, values: values.slice(0, count) }),
  };
}
