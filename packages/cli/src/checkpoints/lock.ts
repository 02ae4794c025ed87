/**
 * One trainer at a time writes checkpoints to a folder. Its lock is a file with the number of its process
 * and, where the system tells, when that began: numbers are given again. A lock whose process is gone
 * is taken over.
 */

import { link, readFile, readlink, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { NablaError } from "nabla";
import { systemMessage } from "../errors.ts";

export interface Lock {
  /** The process that had left its lock behind. */
  readonly tookOver?: number;
  release(): Promise<void>;
}

/** Throws where another process is at work, or the folder cannot be written to. */
export async function lockFolder(folder: { name: string; path: string }): Promise<Lock> {
  const path = join(folder.path, "lock");
  const own = `${process.pid} ${await startOf(process.pid)}\n`;
  let tookOver: number | undefined;
  for (;;) {
    if (await create(path, own, folder.name)) break;
    const found = await readLock(path, join(folder.name, "lock"));
    if (found === undefined) continue; // released meanwhile
    const [pid = 0, start] = found.split(/\s/).map(Number);
    if (await isAtWork(pid, start)) throw inUse(folder.name, pid);
    if ((await removeStale(path, found)) && pid > 0) tookOver = pid;
  }
  return {
    ...(tookOver !== undefined && { tookOver }),
    release: () => rm(path, { force: true }).catch(() => {}),
  };
}

/** Whether the file was not there. */
async function create(path: string, text: string, name: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    await rm(path, { force: true }).catch(() => {}); // it may be there, and empty
    const got = systemMessage(error);
    const message = `${name} cannot be written to: ${got}`;
    throw new NablaError("cannot-create", message, { where: name, got });
  }
}

/** What a lock says, or nothing where it is gone. Throws where that cannot be known. */
async function readLock(path: string, name: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const isLink = isMissing && (await readlink(path).catch(() => undefined)) !== undefined;
    if (isMissing && !isLink) return undefined;
    const got = isLink ? "it is no file" : systemMessage(error);
    throw new NablaError("cannot-create", `${name} cannot be read: ${got}`, { where: name, got });
  }
}

/** Of those that find a lock stale at once, one removes it; a fresh one is put back. */
async function removeStale(path: string, stale: string): Promise<boolean> {
  const aside = `${path}.${process.pid}`;
  try {
    await rename(path, aside);
  } catch {
    return false;
  }
  const isStale = (await readFile(aside, "utf8")) === stale;
  if (!isStale) await link(aside, path).catch(() => {});
  await rm(aside, { force: true });
  return isStale;
}

async function isAtWork(pid: number, start: number | undefined): Promise<boolean> {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // It is there, and someone else's
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return start === (await startOf(pid));
}

/** In /proc/…/stat, behind the name: how it is, and when it began. */
const [STATE, START] = [0, 19];

/**
 * When a process began, in ticks of the system; 0 where it does not tell. NaN, no time at all, for one that
 * has ended and that nobody has waited for, as where a container's first process does not.
 */
async function startOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return /^[ZX]/.test(fields[STATE] ?? "") ? Number.NaN : Number(fields[START] ?? 0);
}

function inUse(name: string, pid: number): NablaError {
  const remedy = "wait for it, or name another folder";
  const message = `${name} is in use by process ${pid}, which trains; ${remedy}`;
  return new NablaError("cannot-create", message, { where: name, got: `process ${pid}`, remedy });
}
