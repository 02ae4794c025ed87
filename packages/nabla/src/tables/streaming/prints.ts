/** Checksums of a stream's columns, the same however its rows are cut into blocks. */

import { crc32 } from "../../files/crc32.ts";
import type { ColumnPrint } from "../resume.ts";
import type { Settings } from "../settings.ts";
import type { Column, Table } from "../table.ts";
import type { TableStream } from "./table-stream.ts";

export interface Printer {
  add(block: Table): void;
  /** In the order of the columns. */
  prints(): ColumnPrint[];
}

export function newPrinter(
  { columns }: TableStream,
  { ignore }: Pick<Settings, "ignore">,
): Printer {
  const checksums = new Map<string, number>(
    columns.flatMap(({ name }) => (ignore.includes(name) ? [] : [[name, 0] as const])),
  );
  return {
    add(block) {
      for (const column of block.columns) {
        const before = checksums.get(column.name);
        if (before !== undefined) checksums.set(column.name, crc32(bytesOf(column), before));
      }
    },
    prints: () =>
      columns.flatMap(({ name, type }) => {
        const checksum = checksums.get(name);
        return checksum === undefined ? [] : [{ name, type, checksum }];
      }),
  };
}

const encoder = new TextEncoder();

/** Lists as JSON without its brackets, so that two of them in a row are one. */
function bytesOf({ values }: Column): Uint8Array {
  if (values instanceof Float64Array)
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return encoder.encode(`${JSON.stringify(values).slice(1, -1)},`);
}
