/** `--checkpoint`, `--checkpoint-every` and `--resume`: what a training is given, and what people are told. */

import { mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { NablaError, type TableCheckpoint, type TableOptions } from "nabla";
import { type Context, canRedraw, print } from "../context.ts";
import { describeError, systemMessage } from "../errors.ts";
import { syncFolder } from "../write-file.ts";
import { type CheckpointFolder, openFolder, type Place } from "./folder.ts";
import { lockFolder } from "./lock.ts";

export interface CheckpointFlags {
  readonly checkpoint?: string;
  readonly checkpointEvery?: Every;
  readonly resume?: boolean;
}

type Every = NonNullable<NonNullable<TableOptions["checkpoint"]>["every"]>;

export interface Checkpoints {
  /** For the training. */
  readonly options: Pick<TableOptions, "checkpoint" | "resume">;
  /** Where it goes on. */
  readonly resumed?: { readonly epoch: number; readonly step: number };
}

type World = Pick<Context, "cwd" | "stderr" | "env">;

/**
 * Trains while nobody else may use the folder. Throws where it is in use, or holds checkpoints that are not
 * to be gone on from.
 */
export async function withCheckpoints<T>(
  flags: CheckpointFlags,
  world: World,
  train: (checkpoints: Checkpoints) => Promise<T>,
): Promise<T> {
  const { checkpoint: name, checkpointEvery: every, resume = false } = flags;
  if (name === undefined) return train({ options: {} });
  const place = { name, path: resolve(world.cwd, name) };
  await makeFolder(place);
  const lock = await lockFolder(place);
  try {
    if (lock.tookOver !== undefined) {
      const gone = `process ${lock.tookOver}, which is gone`;
      await print(world.stderr, `${name}: the lock of ${gone}, is taken over\n`);
    }
    return await train(await begin(place, { every, resume, world }));
  } finally {
    await lock.release();
  }
}

async function begin(
  place: Place,
  { every, resume, world }: { every: Every | undefined; resume: boolean; world: World },
): Promise<Checkpoints> {
  const folder = await openFolder(place);
  if (!resume && folder.count > 0) throw notEmpty(place);
  const from = resume ? await goOn(place, { folder, world }) : undefined;
  const checkpoint = { ...(every && { every }), save: keeping(folder, world) };
  if (from === undefined) return { options: { checkpoint } };
  const { epoch, step } = from.state.counters;
  return { options: { checkpoint, resume: from }, resumed: { epoch, step } };
}

/** The checkpoint to go on from, and words about it. */
async function goOn(
  { name }: Place,
  { folder, world: { stderr } }: { folder: CheckpointFolder; world: World },
): Promise<TableCheckpoint | undefined> {
  const { checkpoint, file = "", damaged } = await folder.newest();
  for (const { file, message } of damaged)
    await print(stderr, `${join(name, file)} is damaged and not used: ${message}\n`);
  if (checkpoint === undefined) {
    const found = damaged.length > 0 ? "no checkpoint that is sound" : "no checkpoint";
    await print(stderr, `${name} holds ${found}: training starts afresh\n`);
    return undefined;
  }
  const { epoch, step } = checkpoint.state.counters;
  await print(stderr, `going on from ${join(name, file)}: epoch ${epoch}, step ${step}\n`);
  return checkpoint;
}

/** A checkpoint that cannot be written is told of, once for each reason, and training goes on. */
function keeping(folder: CheckpointFolder, world: World) {
  const told = new Set<string>();
  return async (checkpoint: TableCheckpoint): Promise<void> => {
    try {
      await folder.save(checkpoint);
    } catch (error) {
      const { code, message, got = message } = describeError(error);
      if (code === "internal") throw error;
      if (told.has(got)) return;
      told.add(got);
      const line = `${message}; training goes on, and the checkpoints before are as they were\n`;
      const fresh = canRedraw(world.stderr, world) ? "\r\u001b[K" : "";
      await print(world.stderr, `${fresh}${line}`);
    }
  };
}

async function makeFolder({ name, path }: Place): Promise<void> {
  try {
    const first = await mkdir(path, { recursive: true });
    // As safe as what will be in it
    for (let made = path; first !== undefined; made = dirname(made)) {
      await syncFolder(dirname(made));
      if (made.length <= first.length) break;
    }
  } catch (error) {
    const got = systemMessage(error);
    const message = `${name} cannot be created: ${got}`;
    throw new NablaError("cannot-create", message, { where: name, got });
  }
}

/** Throws where the folder is missing, without which the other flags say nothing. */
export function refuseNoFolder({ checkpoint, checkpointEvery, resume }: CheckpointFlags): void {
  if (checkpoint !== undefined || !(resume || checkpointEvery)) return;
  const where = resume ? "--resume" : "--checkpoint-every";
  const remedy = "name the folder of the checkpoints with --checkpoint";
  throw new NablaError("usage", `${where} needs --checkpoint; ${remedy}`, { where, remedy });
}

function notEmpty({ name }: Place): NablaError {
  const remedy = "add --resume to go on from them, or name another folder";
  const message = `${name} holds the checkpoints of a training already; ${remedy}`;
  return new NablaError("usage", message, { where: "--checkpoint", got: name, remedy });
}
