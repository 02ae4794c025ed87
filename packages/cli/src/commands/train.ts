/** `nabla train`: a table in, a model file out, and a report of how good it is. */

import { resolve } from "node:path";
import { saveModel, trainTable } from "nabla";
import { type Context, interruption, print, printJson, stylesFor } from "../context.ts";
import { exitCodes } from "../errors.ts";
import { readTableModel } from "../model-file.ts";
import { createProgress } from "../progress.ts";
import { during } from "../status.ts";
import { trainingNotes, trainingSummary } from "../summary.ts";
import { readTable } from "../tables/read-table.ts";
import { baseName } from "../tables/source.ts";
import type { TrainFlags } from "../train-flags.ts";
import {
  inFlags,
  libraryOptions,
  namedColumns,
  targetMissing,
  targetOf,
  typesOf,
} from "../train-options.ts";
import { checkWritable, writeFile } from "../write-file.ts";

/** An interrupted training keeps what was learnt so far: the file is written all the same. */
export async function train(flags: TrainFlags, context: Context): Promise<number> {
  const { table: given, json, missing } = flags;
  const { cwd, stdout, stderr, signal } = context;
  const options = libraryOptions(flags);
  const from = flags.from === undefined ? undefined : await readTableModel(flags.from, context);
  if (flags.target === undefined && from === undefined) throw targetMissing();
  const types = typesOf(flags, from);
  const reading = readTable(given, { ...context, types, missing });
  const table = await during(reading, { what: `reading ${given}`, context });
  const out = flags.out ?? `${baseName(given)}.safetensors`;
  const output = { name: out, path: resolve(cwd, out) };
  await checkWritable(output, { inputs: [resolve(cwd, given)] });

  const progress = createProgress(context, options);
  const training = trainTable(table, {
    ...options,
    ...(flags.ignore && { ignore: namedColumns(flags.ignore, table) }),
    ...(from && { from }),
    target: targetOf(flags, { table, from }),
    onEpoch: progress.onEpoch,
    ...(signal && { signal }),
  });
  const { model, report } = await training.catch(inFlags(flags)).finally(progress.end);
  await writeFile(output, [saveModel(model)]);

  for (const note of trainingNotes(report)) await print(stderr, `${given}: ${note}\n`);
  const styles = stylesFor(stdout, context);
  if (json) await printJson(stdout, { model: out, ...report });
  else await print(stdout, trainingSummary(report, { table: given, out, missing, styles }));
  const interrupted = interruption(context);
  if (interrupted === undefined) return 0;
  await print(stderr, `interrupted: ${out} holds what was learnt until then\n`);
  return exitCodes[interrupted];
}
