/** `nabla train`: a table in, a model file out, and a report of how good it is. */

import { resolve } from "node:path";
import {
  adagrad,
  adam,
  adamw,
  lbfgs,
  NablaError,
  type Optimizer,
  rmsprop,
  rprop,
  saveModel,
  sgd,
  type TableOptions,
  trainTable,
} from "nabla";
import { type Context, interruption, print, printJson, stylesFor } from "../context.ts";
import { exitCodes } from "../errors.ts";
import { createProgress } from "../progress.ts";
import { trainingNotes, trainingSummary } from "../summary.ts";
import type { ColumnType } from "../tables/kinds.ts";
import { readTable } from "../tables/read-table.ts";
import { baseName } from "../tables/source.ts";
import { checkWritable, writeFile } from "../write-file.ts";

/** The library's options that are flags, with an optimiser in flags of its own. */
type TableFlags = Omit<TableOptions, "target" | "optimizer" | "signal" | "onEpoch">;

export interface TrainFlags extends TableFlags, OptimizerFlags {
  readonly table: string;
  readonly target?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** Which optimiser, and its numbers; those left out have its own defaults. */
interface OptimizerFlags {
  readonly optimizer?: keyof typeof optimizers;
  readonly learningRate?: number;
  readonly momentum?: number;
}

const optimizers = { sgd, rmsprop, adagrad, adam, adamw, rprop, lbfgs };

/** An interrupted training keeps what was learnt so far: the file is written all the same. */
export async function train(flags: TrainFlags, context: Context): Promise<number> {
  const { table: given, target, out: asked, json, ...settings } = flags;
  if (target === undefined) throw targetMissing();
  const { cwd, stdout, stderr, signal } = context;
  const types = columnTypes({ ...settings, target });
  const table = await readTable(given, { ...context, types });
  const out = asked ?? `${baseName(given)}.safetensors`;
  const output = { name: out, path: resolve(cwd, out) };
  await checkWritable(output, { inputs: [resolve(cwd, given)] });

  const { optimizer, learningRate, momentum, ...options } = settings;
  const progress = createProgress(stderr);
  const training = trainTable(table, {
    ...options,
    ...optimizerOf(settings),
    target,
    onEpoch: progress.onEpoch,
    ...(signal && { signal }),
  });
  const { model, report } = await training.finally(progress.end);
  await writeFile(output, [saveModel(model)]);

  for (const note of trainingNotes(report)) await print(stderr, `${given}: ${note}\n`);
  const { bold } = stylesFor(stdout, context);
  if (json) await printJson(stdout, { model: out, ...report });
  else await print(stdout, trainingSummary(report, { table: given, out, bold }));
  const interrupted = interruption(context);
  if (interrupted === undefined) return 0;
  await print(stderr, `interrupted: ${out} holds what was learnt until then\n`);
  return exitCodes[interrupted];
}

/** Ignored columns may hold anything. Classes are read as text, so that 1 and 1.0 and 01 are three. */
function columnTypes({
  target,
  task,
  ignore = [],
}: Pick<TrainFlags, "task" | "ignore"> & { target: string }): Map<string, ColumnType> {
  const types = new Map<string, ColumnType>(ignore.map((name) => [name, "text"]));
  if (task !== undefined) types.set(target, task === "regression" ? "number" : "text");
  return types;
}

/** Without any of its flags the optimiser is left to the library. */
function optimizerOf({ optimizer, learningRate, momentum }: OptimizerFlags): {
  optimizer?: Optimizer;
} {
  const numbers = {
    ...(learningRate !== undefined && { learningRate }),
    ...(momentum !== undefined && { momentum }),
  };
  if (optimizer === undefined && Object.keys(numbers).length === 0) return {};
  return { optimizer: optimizers[optimizer ?? "adam"](numbers) };
}

function targetMissing(): NablaError {
  const remedy = "name the column to predict";
  return new NablaError("usage", `--target is missing; ${remedy}`, { where: "--target", remedy });
}
