/**
 * The file that a table is read from. What can be read only once (standard input, a pipe) is
 * copied to a temporary file, for the format, the types and the cells are read one after another.
 */

import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { NablaError } from "nabla";
import { folderError, inputError } from "../errors.ts";

export interface Source {
  /** For messages: the path as it was given, or "standard input". */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** Removes the temporary copy, if there is one. */
  dispose(): Promise<void>;
}

export interface SourceOptions {
  readonly cwd: string;
  readonly stdin: Readable;
  readonly signal?: AbortSignal | undefined;
}

/** Opens a path, or standard input where it is "-". Throws where there is no such file. */
export async function openSource(given: string, options: SourceOptions): Promise<Source> {
  if (given === "-") return copySource("standard input", options.stdin, options.signal);
  refuseUrl(given);

  const path = resolve(options.cwd, given);
  const stats = await stat(path).catch((error) => {
    throw inputError(given, error);
  });
  if (stats.isDirectory()) throw folderError(given);
  if (stats.isFile()) return { name: given, path, dispose: async () => {} };
  return copySource(given, createReadStream(path), options.signal);
}

/** `data/penguins.json.gz` → `penguins`; standard input → `table`. */
export function baseName(given: string): string {
  if (given === "-") return "table";
  const name = basename(given).replace(/\.gz$/i, "");
  return name.replace(/(.)\.[^.]*$/, "$1");
}

async function copySource(name: string, stream: Readable, signal?: AbortSignal): Promise<Source> {
  const folder = await mkdtemp(join(tmpdir(), "nabla-"));
  const dispose = () => rm(folder, { recursive: true, force: true });
  const path = join(folder, "table");
  try {
    await pipeline(stream, createWriteStream(path), { ...(signal && { signal }) });
  } catch (error) {
    await dispose();
    throw error;
  }
  return { name, path, dispose };
}

function refuseUrl(given: string): void {
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(given)) return;
  const remedy = "download it first";
  throw new NablaError("usage", `${given} is an address; nabla reads files only; ${remedy}`, {
    where: given,
    expected: "the path of a file",
    got: "an address",
    remedy,
  });
}
