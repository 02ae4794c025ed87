/**
 * The trials of a search as they end, a line of JSON each, after a line that says what they are of. Each is
 * on the disk (fsync) before the next is begun, so that a search that was stopped goes on where it was.
 */

import { type FileHandle, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { NablaError, type SearchPlan, type TrialResult, type TrialTask } from "nabla";
import { systemMessage } from "../errors.ts";
import { type Output, syncFolder } from "../write-file.ts";

export interface TrialsFile {
  /** Those of an earlier run. */
  readonly count: number;
  known(task: TrialTask): TrialResult | undefined;
  append(result: TrialResult): Promise<void>;
  close(): Promise<void>;
}

type Origin = SearchPlan["origin"];

const FORMAT = "nabla trials";
const VERSION = 1;

/**
 * A new file, or the one that is there: then it has to be of this search.
 * Throws where it is of another, and names what differs; where a line is no trial; where it cannot be written.
 */
export async function openTrials(output: Output, origin: Origin): Promise<TrialsFile> {
  const { trials, length } = await readTrials(output, origin);
  const found = new Map(trials.map((trial) => [keyOf(trial), trial]));
  const file = await orFail(output, open(output.path, "a"), "cannot-create");
  await orFail(output, file.truncate(length)); // what a power failure left of a line
  if (length === 0) {
    await write(output, file, { format: FORMAT, version: VERSION, origin });
    await orFail(output, syncFolder(dirname(output.path)));
  }

  let last: Promise<void> = Promise.resolve();
  return {
    count: trials.length,
    known: (task) => found.get(keyOf(task)),
    append(result) {
      last = last.then(() => write(output, file, result));
      return last;
    },
    close: async () => {
      await last.catch(() => {});
      await file.close();
    },
  };
}

const keyOf = ({ rung, number }: Pick<TrialTask, "rung" | "number">): string => `${rung}/${number}`;

/** The trials, and how many bytes of the file are whole lines. */
async function readTrials(output: Output, origin: Origin) {
  const bytes = await readFile(output.path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return Buffer.alloc(0);
    throw failure(output, { error, code: "no-input" });
  });
  const length = bytes.lastIndexOf(0x0a) + 1;
  const lines = bytes.subarray(0, length).toString().split("\n").slice(0, -1);
  const [first, ...others] = lines.map((line, i) => parsed(output, line, i + 1));
  if (first === undefined) {
    if (!isBegun(bytes)) throw noTrial(output, 1);
    return { trials: [], length };
  }
  checkHeader(output, { found: first, origin });
  return { trials: others.map((trial, i) => readTrial(output, trial, i + 2)), length };
}

/** Whether a first line that has no end is what a power failure left of ours, and no file of another kind. */
function isBegun(bytes: Buffer): boolean {
  const begin = Buffer.from(JSON.stringify({ format: FORMAT }).slice(0, -1));
  const length = Math.min(bytes.length, begin.length);
  return bytes.subarray(0, length).equals(begin.subarray(0, length));
}

type Fields = Readonly<Record<string, unknown>>;

function parsed(output: Output, line: string, number: number): Fields {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null) return value as Fields;
  } catch {}
  throw noTrial(output, number);
}

function readTrial(output: Output, fields: Fields, line: number): TrialResult {
  const { number, rung, epochs, epochsTaken, seconds, cost, options, stopped } = fields;
  const counts = [number, rung, epochs, epochsTaken].every(Number.isSafeInteger);
  const isTrial =
    counts &&
    (cost === null || Number.isFinite(cost)) &&
    Number.isFinite(seconds) &&
    typeof options === "object" &&
    typeof stopped === "string";
  if (isTrial) return fields as unknown as TrialResult;
  throw noTrial(output, line);
}

function noTrial({ name }: Output, line: number): NablaError {
  const [where, expected, remedy] = [`${name}, line ${line}`, "a trial", "name another file"];
  const message = `${where}: expected ${expected}, as nabla tune writes it; ${remedy}`;
  return new NablaError("data", message, { where, expected, remedy });
}

/** Throws where the trials are of another table, other options or another search. */
function checkHeader(output: Output, { found, origin }: { found: Fields; origin: Origin }): void {
  const { name } = output;
  if (found.format !== FORMAT || found.version !== VERSION) throw noTrial(output, 1);
  const [then, now] = [found.origin, origin].map((of) => new Map(leaves(of, "")));
  const names = new Set([...then!.keys(), ...now!.keys()]);
  const others = [...names].filter((path) => then!.get(path) !== now!.get(path));
  if (others.length === 0) return;
  const words = others.slice(0, 3).map((path) => {
    const column = /^columns\.(\d+)\./.exec(path)?.[1];
    if (column !== undefined)
      return `column ${now!.get(`columns.${column}.name`) ?? column} is another`;
    return `${path.replace(/^options\./, "")} was ${then!.get(path) ?? "not there"}, is ${now!.get(path) ?? "not there"}`;
  });
  const remedy = "name another file with --trials, or delete this one";
  const what = [...new Set(words)].join("; ");
  const message = `${name} holds the trials of another search: ${what}; ${remedy}`;
  throw new NablaError("data", message, { where: name, got: what, remedy });
}

/** Every number, text and flag of a tree, by its path. */
function leaves(value: unknown, path: string): [string, string][] {
  if (typeof value !== "object" || value === null)
    return value === undefined ? [] : [[path, JSON.stringify(value)]];
  return Object.entries(value).flatMap(([name, inner]) =>
    leaves(inner, path === "" ? name : `${path}.${name}`),
  );
}

async function write(output: Output, file: FileHandle, line: object): Promise<void> {
  await orFail(output, file.appendFile(`${JSON.stringify(line)}\n`));
  await orFail(output, file.sync());
}

const orFail = <T>(output: Output, done: Promise<T>, code: NablaError["code"] = "io"): Promise<T> =>
  done.catch((error) => {
    throw failure(output, { error, code });
  });

function failure(
  { name }: Output,
  { error, code }: { error: unknown; code: NablaError["code"] },
): NablaError {
  const got = systemMessage(error);
  const what = { "no-input": "cannot be opened", "cannot-create": "cannot be created" };
  const words = code in what ? what[code as keyof typeof what] : "could not be written";
  return new NablaError(code, `${name} ${words}: ${got}`, { where: name, got });
}
