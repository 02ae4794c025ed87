/**
 * What is kept of the training of a table beside the state of its steps, and whether a table and its
 * options are those that a checkpoint is of: only then the training that goes on ends in the bits of one
 * that never stopped.
 */

import type { Precision } from "../equations/memory.ts";
import { NablaError } from "../errors.ts";
import { crc32 } from "../files/crc32.ts";
import type { NetworkDefinition } from "../network.ts";
import { internalsOf, type Network } from "../running.ts";
import type { Checkpoint } from "../train/options.ts";
import type { TrainingState } from "../train/state.ts";
import type { Epoch } from "../train/train.ts";
import { VERSION } from "../version.ts";
import type { TableSchema } from "./columns/schema.ts";
import type { Settings } from "./settings.ts";
import type { Column, Table } from "./table.ts";

/** A training of a table between two steps: plain data, which `saveCheckpoint` writes. */
export interface TableCheckpoint {
  readonly state: TrainingState;
  /** The epochs that have ended. */
  readonly history: readonly Epoch[];
  readonly network: NetworkDefinition;
  readonly schema: TableSchema;
  readonly origin: Origin;
}

/** What a training is of, and what runs it: all that its bits depend on. */
export interface Origin {
  /** Of nabla. */
  readonly version: string;
  readonly backend: string;
  readonly precision: Precision;
  /** The options with their defaults, as plain data. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Of the columns that are not ignored, in their order. */
  readonly rows: number;
  readonly columns: readonly ColumnPrint[];
}

/** Enough of a column to see that it is another one. */
export interface ColumnPrint {
  readonly name: string;
  readonly type: Column["type"];
  /** CRC-32 of the values. */
  readonly checksum: number;
}

/** What keeps the checkpoints of a table's training. */
export interface TableCheckpoints {
  /** Default: every epoch. */
  readonly every?: Checkpoint["every"];
  /** Is awaited; what it throws ends the training. Also called when a signal ends the training. */
  readonly save: (checkpoint: TableCheckpoint) => void | Promise<void>;
}

/** A training as it is kept, and where it goes on. */
export interface Kept {
  /** The epochs that have ended: more are added as they end. */
  readonly history: Epoch[];
  readonly checkpoint?: Checkpoint;
  readonly resume?: TrainingState;
}

/** Throws where the checkpoint to resume from is of another training, and says what differs. */
export function keptOf(
  originNow: () => Origin,
  settings: Settings,
  { net, schema }: { readonly net: Network; readonly schema: TableSchema },
): Kept {
  const { checkpoint, resume } = settings;
  if (checkpoint === undefined && resume === undefined) return { history: [] };
  const now = { network: net.definition, schema, origin: originNow() };
  if (resume !== undefined) checkSame(resume, now);
  const history = [...(resume?.history ?? [])];
  return {
    history,
    ...(resume && { resume: resume.state }),
    ...(checkpoint && {
      checkpoint: {
        ...(checkpoint.every && { every: checkpoint.every }),
        save: (state) => checkpoint.save({ state, history: [...history], ...now }),
      },
    }),
  };
}

/** Of a training of this table by a network like this. */
export const originOf = (table: Table, settings: Settings, net: Network): Origin =>
  originFrom({ rows: table.rows, columns: printsOf(table, settings) }, settings, net);

/** The same of a table that has been read. */
export function originFrom(
  data: Pick<Origin, "rows" | "columns">,
  settings: Settings,
  net: Network,
): Origin {
  // What only says how the training is run; `from` shows in the network and the schema
  const { checkpoint, resume, signal, onEpoch, backend, from, precision, ...options } = settings;
  return {
    version: VERSION,
    backend: backendOf(net, settings),
    precision: net.precision,
    options: JSON.parse(JSON.stringify(options)),
    ...data,
  };
}

const printsOf = ({ columns }: Table, { ignore }: Settings): ColumnPrint[] =>
  columns
    .filter(({ name }) => !ignore.includes(name))
    .map((column) => ({ name: column.name, type: column.type, checksum: checksumOf(column) }));

/** Products round otherwise where multiplication and addition are one instruction. */
function backendOf(net: Network, { reproducible }: Settings): string {
  const fuses = internalsOf(net).engine.backend.fused && reproducible !== true;
  return fuses ? `${net.backend} with fused multiply-add` : net.backend;
}

const CHUNK_ROWS = 4096;

function checksumOf({ values }: Column): number {
  if (values instanceof Float64Array)
    return crc32(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  let checksum = 0;
  for (let row = 0; row < values.length; row += CHUNK_ROWS) {
    const chunk = JSON.stringify(values.slice(row, row + CHUNK_ROWS));
    checksum = crc32(new TextEncoder().encode(chunk), checksum);
  }
  return checksum;
}

type Training = Omit<TableCheckpoint, "state" | "history">;

interface Difference {
  readonly what: string;
  readonly then: string;
  readonly now: string;
}

function checkSame(then: Training, now: Training): void {
  const differences = differencesOf(then, now);
  if (differences.length === 0) return;
  const what = differences
    .map(({ what, then, now }) => `${what} was ${then}, is ${now}`)
    .join("; ");
  const remedy = "resume with the data and options of then, or begin another training";
  throw new NablaError("data", `the checkpoint is of another training: ${what}; ${remedy}`, {
    where: `resume, ${differences.map(({ what }) => what).join(", ")}`,
    expected: differences.map(({ then }) => then).join("; "),
    got: differences.map(({ now }) => now).join("; "),
    remedy,
  });
}

/** All that differs, each by its name; what follows from it is left out. */
function differencesOf(then: Training, now: Training): Difference[] {
  const found: Difference[] = [];
  const compare = (what: string, a: unknown, b: unknown) => {
    const [before, after] = [shown(a), shown(b)];
    if (JSON.stringify(a) !== JSON.stringify(b)) found.push({ what, then: before, now: after });
  };
  const [a, b] = [then.origin, now.origin];
  compare("version of nabla", a.version, b.version);
  compare("backend", a.backend, b.backend);
  compare("precision", a.precision, b.precision);
  for (const name of new Set([...Object.keys(a.options), ...Object.keys(b.options)]))
    compare(name, a.options[name], b.options[name]);
  compare("classes", classesOf(then.schema), classesOf(now.schema));
  compareData(a, b, compare);
  if (found.length > 0) return found;

  // The same options and data give these, unless a model to go on from has been exchanged
  compare("schema", then.schema, now.schema);
  compare("network", then.network, now.network);
  return found;
}

function compareData(
  then: Origin,
  now: Origin,
  compare: (what: string, then: unknown, now: unknown) => void,
): void {
  const names = ({ columns }: Origin) => columns.map(({ name }) => name);
  compare("rows", then.rows, now.rows);
  compare("columns", names(then), names(now));
  for (const before of then.columns) {
    const after = now.columns.find(({ name }) => name === before.name);
    if (after === undefined) continue;
    compare(`column "${before.name}"`, contentOf(before), contentOf(after));
  }
}

const contentOf = ({ type, checksum }: ColumnPrint): string =>
  `${type}s of checksum ${checksum.toString(16).padStart(8, "0")}`;

const classesOf = ({ target }: TableSchema) =>
  target.task === "classification" ? target.classes : undefined;

const LONGEST = 80;

function shown(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "not given");
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
