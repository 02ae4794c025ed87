/**
 * A file that a table is read from. What can be read only once (standard input, a pipe, a query, a
 * server) is copied to a temporary file, for the format, the types and the cells are read one after
 * another.
 */

import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { folderError, inputError } from "../errors.ts";
import type { Format } from "./format.ts";

export interface Source {
  /** For messages: the path as it was given, or what stands for it. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** The files that it is a copy of. */
  readonly origins?: readonly string[];
  /** Where it need not be found out. */
  readonly format?: Format;
  /** Removes the temporary copy, if there is one. */
  dispose(): Promise<void>;
}

export interface SourceOptions {
  readonly cwd: string;
  readonly stdin: Readable;
  readonly signal?: AbortSignal | undefined;
  /** SQL that chooses the rows: of a database, or of the files that it names. */
  readonly query?: string | undefined;
  /** Whether a table may be fetched from an address. */
  readonly allowNetwork?: boolean | undefined;
}

/** A file, or the copy of a pipe. Throws where there is none. */
export async function openPath(given: string, { cwd, signal }: SourceOptions): Promise<Source> {
  const path = resolve(cwd, given);
  const stats = await stat(path).catch((error) => {
    throw inputError(given, error);
  });
  if (stats.isDirectory()) throw folderError(given);
  if (stats.isFile()) return { name: given, path, dispose: async () => {} };
  return copySource(given, createReadStream(path), signal);
}

/** A folder for a copy of what a table is made of; only its owner may look into it. */
export async function temporaryFolder(): Promise<{ folder: string; dispose(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "nabla-"));
  return { folder, dispose: () => rm(folder, { recursive: true, force: true }) };
}

/** Copies what comes, to its end. */
export async function copySource(
  name: string,
  stream: Readable,
  signal?: AbortSignal,
): Promise<Source> {
  const { folder, dispose } = await temporaryFolder();
  const path = join(folder, "table");
  try {
    await pipeline(stream, createWriteStream(path), { ...(signal && { signal }) });
  } catch (error) {
    await dispose();
    throw error;
  }
  return { name, path, dispose };
}
