/** The flags of `nabla train` → the options of the library, and the types to read its table by. */

import {
  adagrad,
  adam,
  adamw,
  type BackendName,
  type ColumnSettings,
  lbfgs,
  NablaError,
  type Optimizer,
  rmsprop,
  rprop,
  sgd,
  type TableModel,
  type TableOptions,
  type TargetNames,
  type Task,
} from "nabla";
import { settingTypes } from "./column-settings.ts";
import { columnTypes } from "./model-file.ts";
import type { ColumnType } from "./tables/kinds.ts";
import { defaultEpochs, type OptimizerName, type TrainFlags } from "./train-flags.ts";

const optimizers = { sgd, rmsprop, adagrad, adam, adamw, rprop, lbfgs } satisfies Record<
  OptimizerName,
  unknown
>;

/** The options that need no table, without what only the command line knows. */
export function libraryOptions(
  flags: TrainFlags,
): Omit<TableOptions, "target"> & { readonly epochs: number } {
  const { table, query, allowNetwork, missing, ...others } = flags;
  const { target, ignore, columns, out, report, json, from, stream, window, ...run } = others;
  const { checkpoint, checkpointEvery, resume, ...settings } = run;
  const { optimizer, learningRate, momentum, backend, threads, ...options } = settings;
  refuseThreads(threads);
  return {
    epochs: defaultEpochs,
    ...options,
    ...optimizerOf(flags),
    ...(backend !== undefined && { backend: backendOf(backend) }),
  };
}

/** Without any of its flags the optimiser is left to the library. */
function optimizerOf({ optimizer, learningRate, momentum }: TrainFlags): { optimizer?: Optimizer } {
  const numbers = {
    ...(learningRate !== undefined && { learningRate }),
    ...(momentum !== undefined && { momentum }),
  };
  if (optimizer === undefined && Object.keys(numbers).length === 0) return {};
  return { optimizer: optimizers[optimizer ?? "adam"](numbers) };
}

function backendOf(backend: NonNullable<TrainFlags["backend"]>): BackendName {
  if (backend !== "blas") return backend;
  throw notYet("--backend blas", "networks run in WebAssembly");
}

function refuseThreads(threads = 1): void {
  if (threads !== 1) throw notYet(`--threads ${threads}`, "training runs in one thread");
}

function notYet(where: string, fact: string): NablaError {
  const remedy = "leave it out";
  return new NablaError("usage", `${where} cannot be honoured yet: ${fact}; ${remedy}`, {
    ...{ where, remedy },
  });
}

/** What has columns. */
interface Named {
  readonly columns: readonly { readonly name: string }[];
}

/** The columns that texts name: each one, or several with commas between, unless a column is so named. */
export function namedColumns(given: readonly string[], table: Named): string[] {
  const isColumn = (text: string) => table.columns.some(({ name }) => name === text);
  return given.flatMap((text) => (isColumn(text) ? [text] : text.split(",")));
}

/** What to predict: a list where there are several columns, or might be; unless told, as in the model. */
export function targetOf(
  { target: given, task }: TrainFlags,
  { table, from }: { table: Named; from: TableModel | undefined },
): TargetNames {
  if (given !== undefined) {
    const names = namedColumns(given, table);
    return names.length > 1 || task === "multi-label" ? names : names[0]!;
  }
  if (from === undefined) throw targetMissing();
  const { target } = from.schema;
  return "targets" in target ? target.targets.map(({ name }) => name) : target.name;
}

export function targetMissing(): NablaError {
  const remedy = "name the column to predict";
  return new NablaError("usage", `--target is missing; ${remedy}`, { where: "--target", remedy });
}

/**
 * The types of columns that need not be inferred. Ignored ones may hold anything. Classes are read as
 * text, so that 1 and 1.0 and 01 are three. A model that is trained further says what it reads.
 */
export function typesOf(
  flags: TrainFlags,
  { from, columns = {} }: { from: TableModel | undefined; columns: ColumnSettings | undefined },
): Map<string, ColumnType> {
  const { target = [], task, ignore = [], weight, group } = flags;
  const types = from === undefined ? new Map<string, ColumnType>() : columnTypes(from);
  const set = (given: readonly string[], type: ColumnType) => {
    for (const text of given) for (const name of [text, ...text.split(",")]) types.set(name, type);
  };
  for (const [name, type] of settingTypes(columns)) types.set(name, type);
  set(ignore, "text");
  if (weight !== undefined) set([weight], "number");
  if (group !== undefined) set([group], "text");
  const asked = task === undefined ? undefined : targetTypes[task];
  if (asked !== undefined && from === undefined) set(target, asked);
  return types;
}

const targetTypes: Partial<Record<Task, ColumnType>> = {
  regression: "number",
  classification: "text",
};

/** Throws an error of the library again. Where it is about an option, it names the flag. */
export const inFlags =
  (flags: TrainFlags) =>
  (error: unknown): never => {
    if (!(error instanceof NablaError)) throw error;
    const { code, message, details } = error;
    const option = details.where;
    if (option === undefined || !Object.hasOwn(flags, option)) throw error;
    const flag = `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    throw new NablaError(code, message.replace(option, flag), { ...details, where: flag });
  };
