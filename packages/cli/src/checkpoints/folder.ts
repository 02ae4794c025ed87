/**
 * A folder of checkpoints, step-000000000350.safetensors and so on: the last two and the best are kept.
 * A new one is safe on the disk before an old one goes.
 */

import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { loadCheckpoint, NablaError, saveCheckpoint, type TableCheckpoint } from "nabla";
import { systemMessage } from "../errors.ts";
import { placedIn } from "../model-file.ts";
import { writeFile } from "../write-file.ts";

export interface Place {
  /** For messages: the path as it was given. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
}

interface Entry {
  readonly file: string;
  /** Of the last epoch that had ended: of the validation rows, where there are any. */
  readonly cost: number;
}

export interface Found {
  /** The newest that is sound. */
  readonly checkpoint?: TableCheckpoint;
  readonly file?: string;
  /** Newer ones that are not, the newest first. */
  readonly damaged: readonly { readonly file: string; readonly message: string }[];
}

export interface CheckpointFolder {
  /** The checkpoints that are there, sound or not. */
  readonly count: number;
  newest(): Promise<Found>;
  /** Throws where the file could not be written to its end; then all others are as they were. */
  save(checkpoint: TableCheckpoint): Promise<void>;
}

const NAME = /^step-(\d{12})\.safetensors$/;
/** Left behind by a process that was killed while it wrote. */
const TEMPORARY = /^\.nabla-[0-9a-f]{16}\.tmp$/;
const LAST = 2;

/** The caller holds the lock of the folder. */
export async function openFolder(place: Place): Promise<CheckpointFolder> {
  const entries = await readdir(place.path, { withFileTypes: true });
  const names = entries.filter((entry) => !entry.isFIFO()).map(({ name }) => name); // a pipe is never read to its end
  const at = (file: string) => join(place.path, file);
  for (const name of names) if (TEMPORARY.test(name)) await rm(at(name), { force: true });
  const files = names.filter((name) => NAME.test(name)).toSorted();
  let kept: Entry[] = [];
  let unsound: string[] = [];

  async function newest(): Promise<Found> {
    const damaged: { file: string; message: string }[] = [];
    let newest: Pick<Found, "checkpoint" | "file"> = {};
    for (const file of files.toReversed()) {
      const read = await readCheckpoint(at(file), join(place.name, file));
      if ("checkpoint" in read) {
        kept.unshift(entryOf(file, read.checkpoint));
        if (newest.checkpoint === undefined) newest = { file, checkpoint: read.checkpoint };
      } else if (newest.checkpoint === undefined) {
        damaged.push({ file, ...read });
      }
    }
    unsound = files.filter((file) => !kept.some((entry) => entry.file === file));
    return { ...newest, damaged };
  }

  async function save(checkpoint: TableCheckpoint): Promise<void> {
    const { step } = checkpoint.state.counters;
    const file = `step-${String(step).padStart(12, "0")}.safetensors`;
    const output = { name: join(place.name, file), path: at(file) };
    await writeFile(output, [saveCheckpoint(checkpoint)]);
    kept = [...kept.filter((entry) => entry.file !== file), entryOf(file, checkpoint)];
    const best = kept.reduce((best, entry) => (entry.cost < best.cost ? entry : best));
    const going = kept.slice(0, -LAST).filter((entry) => entry !== best);
    for (const old of [...unsound, ...going.map((entry) => entry.file)])
      if (old !== file) await rm(at(old), { force: true }).catch(() => {}); // the new one is safe
    kept = kept.filter((entry) => !going.includes(entry));
    unsound = [];
  }

  return { count: files.length, newest, save };
}

function entryOf(file: string, { history }: TableCheckpoint): Entry {
  const { validationCost, cost = Number.POSITIVE_INFINITY } = history.at(-1) ?? {};
  return { file, cost: validationCost ?? cost };
}

/** What is damaged says why. Throws where the file cannot be read, or another version wrote it. */
async function readCheckpoint(
  path: string,
  name: string,
): Promise<{ checkpoint: TableCheckpoint } | { message: string }> {
  const bytes = await readFile(path).catch((error) => {
    const got = systemMessage(error);
    throw new NablaError("io", `${name} could not be read: ${got}`, { where: name, got });
  });
  try {
    const checkpoint = loadCheckpoint(bytes);
    if ("state" in checkpoint) return { checkpoint };
    return { message: "it is of no table" };
  } catch (error) {
    if (!(error instanceof NablaError)) throw error;
    if (error.details.where?.startsWith("checkpoint, versions")) throw placedIn(name, error);
    return { message: error.message };
  }
}
