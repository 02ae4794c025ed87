/** `nabla tune`: many short trainings, the best of them in full, and how to train it again. */

import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { NablaError, planSearch, runSearch, saveModel, type TableOptions, trainTable } from "nabla";
import { readSettings } from "../column-settings.ts";
import { type Context, interruption, print, printJson, stylesFor } from "../context.ts";
import { exitCodes } from "../errors.ts";
import { createProgress } from "../progress.ts";
import { during } from "../status.ts";
import { shellWord, trainingNotes, trainingSummary } from "../summary.ts";
import { refuseNoTable } from "../table-flags.ts";
import { baseName, shownName } from "../tables/address.ts";
import { type ReadTable, readTable } from "../tables/read-table.ts";
import {
  inFlags,
  libraryOptions,
  namedColumns,
  targetMissing,
  targetOf,
  typesOf,
} from "../train-options.ts";
import { ownFlags, type TuneFlags } from "../tuning/flags.ts";
import { startPool } from "../tuning/pool.ts";
import { trainArguments, trialProgress, trialsTable } from "../tuning/trials.ts";
import { openTrials } from "../tuning/trials-file.ts";
import { checkWritable, type Output, writeFile } from "../write-file.ts";

/** `args` are those of the command line: most of them train the best again. */
export async function tune(
  flags: TuneFlags,
  context: Context,
  args: readonly string[],
): Promise<number> {
  const { cwd, stdout, stderr, signal } = context;
  const { json, missing } = flags;
  const { table, options } = await readInput(flags, context);
  const out = flags.out ?? `${baseName(flags.table)}.safetensors`;
  const output = { name: out, path: resolve(cwd, out) };
  await checkWritable(output, { inputs: table.files });
  const kept = flags.trials ?? `${out.replace(/\.safetensors$/, "")}.trials.ndjson`;
  const file = { name: kept, path: resolve(cwd, kept) };
  refuseInputs(file, [output.path, ...table.files.map((path) => resolve(cwd, path))]);

  const found = await search(flags, context, { table, options, file });
  const { tuned, seconds } = found;
  const again = trainArguments(args, { options: tuned.best.options, own: ownFlags });
  const command = ["nabla", ...again].map(shellWord).join(" ");

  const progress = createProgress(context, { epochs: options.epochs });
  const training = trainTable(table, {
    ...{ ...tuned.options, onEpoch: progress.onEpoch },
    ...(signal && { signal }),
  });
  const { model, report } = await training.catch(inFlags(flags)).finally(progress.end);
  await writeFile(output, [saveModel(model)]);
  for (const note of trainingNotes(report)) await print(stderr, `${table.name}: ${note}\n`);
  const best = { trial: tuned.best.number, cost: tuned.best.cost, ...tuned.best.options };
  if (json) await printJson(stdout, { model: out, trials: tuned.trials, best, command, ...report });
  else {
    const styles = stylesFor(stdout, context);
    const summary = trainingSummary(report, { table: table.name, out, missing, styles });
    const count = new Set(tuned.trials.map(({ number }) => number)).size;
    const title = `${count} trials in ${seconds.toFixed(0)} s of training, kept in ${kept}\n\n`;
    await print(stdout, `${title}${trialsTable(tuned.trials)}\n${summary}`);
    await print(stdout, `\nThe same again:\n\n  ${command}\n`);
  }
  const interrupted = interruption(context);
  if (interrupted === undefined) return 0;
  await print(stderr, `interrupted: ${out} holds what was learnt until then\n`);
  return exitCodes[interrupted];
}

async function readInput(
  flags: TuneFlags,
  context: Context,
): Promise<{ table: ReadTable; options: TableOptions & { readonly epochs: number } }> {
  refuseNoTable(flags);
  if (flags.from !== undefined) throw fromRefused();
  if (flags.target === undefined) throw targetMissing();
  const { table: given, query, allowNetwork, missing } = flags;
  const columns =
    flags.columns === undefined ? undefined : await readSettings(flags.columns, context);
  const types = typesOf(flags, { from: undefined, columns });
  const reading = readTable(given, { ...context, query, allowNetwork, types, missing });
  const table = await during(reading, { what: `reading ${shownName(given)}`, context });
  const { searched: _, ...plain } = apart(flags);
  const options = {
    ...libraryOptions(plain),
    ...(flags.ignore && { ignore: namedColumns(flags.ignore, table) }),
    ...(columns && { columns }),
    target: targetOf(flags, { table, from: undefined }),
  };
  return { table, options };
}

/** The flags of the search, and those that `train` has too. */
function apart(flags: TuneFlags) {
  const { layers, units, activations, learningRates, batchSizes, l2s, dropouts, ...others } = flags;
  const { count, reduction, workers, trials, ...plain } = others;
  const space = {
    ...(layers && { layers }),
    ...(units && { units }),
    ...(activations && { activations }),
    ...(learningRates && { learningRates }),
    ...(batchSizes && { batchSizes }),
    ...(l2s && { l2s }),
    ...(dropouts && { dropouts }),
  };
  const searched = {
    space,
    ...(count !== undefined && { trials: count }),
    ...(reduction !== undefined && { reduction }),
  };
  return { ...plain, searched };
}

async function search(
  flags: TuneFlags,
  context: Context,
  { table, options, file }: { table: ReadTable; options: TableOptions; file: Output },
) {
  const { stderr, signal } = context;
  const plan = planned(flags, () => planSearch(table, options, apart(flags).searched));
  const trials = await openTrials(file, plan.origin);
  if (trials.count > 0)
    await print(stderr, `${file.name}: going on after ${trials.count} trials\n`);
  const pool = startPool(plan.data, { workers: flags.workers ?? availableParallelism(), signal });
  const progress = trialProgress(context, { rungs: plan.rungs.length });
  let done = trials.count;
  try {
    const tuned = await runSearch(plan, {
      ...(signal && { signal }),
      onTrial: progress.onTrial,
      run: async (task) => {
        const known = trials.known(task);
        if (known !== undefined) return known;
        const result = await pool.run(task);
        await trials.append(result);
        done++;
        return result;
      },
    });
    return { tuned, seconds: tuned.trials.reduce((sum, trial) => sum + trial.seconds, 0) };
  } catch (error) {
    progress.end();
    if (interruption(context) !== undefined)
      await print(stderr, `${file.name} keeps ${done} trials; the same command goes on\n`);
    throw error;
  } finally {
    progress.end();
    await pool.end();
    await trials.close();
  }
}

/** Errors of the library name the flag. */
function planned<T>(flags: TuneFlags, plan: () => T): T {
  try {
    return plan();
  } catch (error) {
    return inFlags(flags)(error);
  }
}

/** Throws where the trials would be written into a table, or into the model. */
function refuseInputs({ name, path }: Output, others: readonly string[]): void {
  if (!others.includes(path)) return;
  const remedy = "name another file";
  throw new NablaError("usage", `--trials ${name} is another file of this command; ${remedy}`, {
    ...{ where: "--trials", remedy },
  });
}

function fromRefused(): NablaError {
  const remedy = "leave it out";
  return new NablaError(
    "usage",
    `--from does not go with tune, which trains new networks; ${remedy}`,
    {
      ...{ where: "--from", remedy },
    },
  );
}
