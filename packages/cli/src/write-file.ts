/**
 * Files are replaced as a whole or not at all: temporary file in the same folder (never one that is
 * there already, with the mode of the old file) → write → fsync → rename → fsync of the folder.
 */

import { randomBytes } from "node:crypto";
import { type FileHandle, open, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { NablaError } from "nabla";
import { systemMessage } from "./errors.ts";

export type Chunks = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

export interface Output {
  /** For messages: the path as it was given. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
}

/**
 * Writes the chunks to a file; a device or a pipe is written to as it stands.
 * On any failure, one of the chunks' included, the old file is as it was and nothing else is left.
 * Throws where the file cannot be created or not be written to its end.
 */
export async function writeFile(output: Output, chunks: Chunks): Promise<void> {
  const target = await targetOf(output);
  if (!target.replaceable) return writeThrough(output, chunks);

  const { file, temporary } = await createTemporary(output, target);
  try {
    try {
      if (target.mode !== undefined) await orFail(output, file.chmod(target.mode));
      await writeChunks(output, { file, chunks });
      await orFail(output, file.sync());
    } finally {
      await orFail(output, file.close());
    }
    await orFail(output, rename(temporary, target.path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
  await orFail(output, syncFolder(dirname(target.path)));
}

/** Throws unless `writeFile` could create this file now, and it is none of the inputs. */
export async function checkWritable(
  output: Output,
  { inputs = [] }: { inputs?: readonly string[] } = {},
): Promise<void> {
  const target = await targetOf(output);
  if (!target.replaceable) return;
  for (const input of inputs) {
    const path = await realpath(input).catch(() => undefined);
    if (target.path === path) throw replacesInput(output);
  }
  const { file, temporary } = await createTemporary(output, target);
  await file.close();
  await rm(temporary, { force: true });
}

interface Target {
  /** Where links lead, so that a link stays one. */
  readonly path: string;
  /** Of the file that is there. */
  readonly mode?: number;
  /** Whether it is a file, or nothing yet. */
  readonly replaceable: boolean;
}

async function targetOf(output: Output): Promise<Target> {
  const { path } = output;
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined) return { path, replaceable: true };
  if (stats.isDirectory()) throw cannotCreate(output, "it is a folder");
  if (!stats.isFile()) return { path, replaceable: false };
  return { path: await realpath(path), mode: stats.mode & 0o777, replaceable: true };
}

async function createTemporary(
  output: Output,
  target: Target,
): Promise<{ file: FileHandle; temporary: string }> {
  const temporary = join(dirname(target.path), `.nabla-${randomBytes(8).toString("hex")}.tmp`);
  try {
    return { file: await open(temporary, "wx"), temporary };
  } catch (error) {
    throw cannotCreate(output, systemMessage(error));
  }
}

async function writeThrough(output: Output, chunks: Chunks): Promise<void> {
  const file = await open(output.path, "w").catch((error) => {
    throw cannotCreate(output, systemMessage(error));
  });
  try {
    await writeChunks(output, { file, chunks });
  } finally {
    await file.close();
  }
}

async function writeChunks(
  output: Output,
  { file, chunks }: { file: FileHandle; chunks: Chunks },
): Promise<void> {
  for await (const chunk of chunks) await orFail(output, file.appendFile(chunk));
}

/** After this the new names in it survive a power failure. Windows has no such call. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function orFail<T>({ name }: Output, done: Promise<T>): Promise<T> {
  try {
    return await done;
  } catch (error) {
    const got = systemMessage(error);
    throw new NablaError("io", `${name} could not be written: ${got}`, { where: name, got });
  }
}

function cannotCreate({ name }: Output, got: string): NablaError {
  return new NablaError("cannot-create", `${name} cannot be created: ${got}`, { where: name, got });
}

function replacesInput({ name }: Output): NablaError {
  const remedy = "write to another file";
  const message = `${name} would replace an input; ${remedy}`;
  return new NablaError("usage", message, { where: name, remedy });
}
