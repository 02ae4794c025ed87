/** Tables from text, as plain data. */

import { Readable } from "node:stream";
import type { Column } from "nabla";
import { expect } from "vitest";
import { type ReadOptions, type ReadTable, readTable } from "../../src/tables/read-table.ts";
import { folderWith } from "../support.ts";

export type Options = Partial<ReadOptions>;

/** The table of a file with this content. */
export const read = (content: string | Uint8Array, name = "t.csv", options: Options = {}) =>
  readTable(name, { cwd: folderWith({ [name]: content }), stdin: Readable.from([]), ...options });

/** What is given in a folder: a path, a pattern, nothing but a query. */
export const readIn = (cwd: string, given?: string, options: Options = {}) =>
  readTable(given, { cwd, stdin: Readable.from([]), ...options });

/** The columns as plain data: name, type, values. */
export const columns = ({ columns }: ReadTable) =>
  columns.map(({ name, type, values }: Column) => [name, type, [...values]]);

/** The error of reading a file with this content, as plain data. */
export const failure = (content: string | Uint8Array, name = "t.csv", options: Options = {}) =>
  failureOf(read(content, name, options));

export const failureOf = (reading: Promise<unknown>) =>
  reading.then(
    () => expect.unreachable(),
    (error) => ({ code: error.code, message: error.message, ...error.details }),
  );
