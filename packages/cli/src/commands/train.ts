/** `nabla train`: a table in, a model file out, and a report of how good it is. */

import { resolve } from "node:path";
import { type ColumnSettings, describeTable, saveModel, type Table, type TableModel } from "nabla";
import { refuseNoFolder, withCheckpoints } from "../checkpoints/checkpoints.ts";
import { readSettings } from "../column-settings.ts";
import { columnsData, columnsTable } from "../columns-table.ts";
import { type Context, interruption, print, printJson, sizeOf, stylesFor } from "../context.ts";
import { exitCodes } from "../errors.ts";
import { readTableModel } from "../model-file.ts";
import { createProgress, type Progress } from "../progress.ts";
import { createReading } from "../reading-progress.ts";
import { reportFile } from "../report/write.ts";
import { during } from "../status.ts";
import { trainingNotes, trainingSummary } from "../summary.ts";
import { refuseNoTable } from "../table-flags.ts";
import { baseName, shownName } from "../tables/address.ts";
import { counted } from "../text.ts";
import type { TrainFlags } from "../train-flags.ts";
import {
  inFlags,
  libraryOptions,
  namedColumns,
  targetMissing,
  targetOf,
  typesOf,
} from "../train-options.ts";
import { openRows, refuseNoStream, type TrainingRows } from "../training-rows.ts";
import { checkWritable, writeFile } from "../write-file.ts";

/** An interrupted training keeps what was learnt so far: the file is written all the same. */
export async function train(flags: TrainFlags, context: Context): Promise<number> {
  const { table: given, missing, query, allowNetwork } = flags;
  refuseNoTable(flags);
  refuseNoFolder(flags);
  refuseNoStream(flags);
  const options = libraryOptions(flags);
  const from = flags.from === undefined ? undefined : await readTableModel(flags.from, context);
  if (flags.target === undefined && from === undefined) throw targetMissing();
  const settings =
    flags.columns === undefined ? undefined : await readSettings(flags.columns, context);
  const types = typesOf(flags, { from, columns: settings });
  const opening = openRows(given, flags, { ...context, query, allowNetwork, types, missing });
  const rows = await during(opening, { what: `reading ${shownName(given)}`, context });
  try {
    return await trainOn(rows, { flags, context, options, from, settings });
  } finally {
    await rows.dispose();
  }
}

interface Given {
  readonly flags: TrainFlags;
  readonly context: Context;
  readonly options: ReturnType<typeof libraryOptions>;
  readonly from: TableModel | undefined;
  readonly settings: ColumnSettings | undefined;
}

async function trainOn(
  rows: TrainingRows,
  { flags, context, options, from, settings }: Given,
): Promise<number> {
  const { table: given, json, missing } = flags;
  const { cwd, stdout, stderr, signal } = context;
  const out = flags.out ?? `${baseName(given)}.safetensors`;
  const output = { name: out, path: resolve(cwd, out) };
  await checkWritable(output, { inputs: rows.files });
  const page =
    flags.report === undefined
      ? undefined
      : await reportFile(flags.report, { cwd, model: output, inputs: rows.files });

  const trained = await withCheckpoints(flags, context, async ({ options: kept, resumed }) => {
    const reading = createReading(context);
    let progress: Progress | undefined;
    const onHeld = async (table: Table) => {
      reading.end();
      if (!json) await print(stderr, schemaText(table, { rows, context }));
      progress = createProgress(context, options);
    };
    const training = rows.train({
      ...options,
      ...kept,
      ...(flags.ignore && { ignore: namedColumns(flags.ignore, rows) }),
      ...(settings && { columns: settings }),
      ...(from && { from }),
      target: targetOf(flags, { table: rows, from }),
      ...{ onHeld, onRows: reading.onRows },
      onEpoch: (epoch, fold) => progress?.onEpoch(epoch, fold),
      ...(signal && { signal }),
    });
    const end = () => (progress ?? reading).end();
    return { ...(await training.catch(inFlags(flags)).finally(end)), resumed };
  });
  const { model, report, run, resumed, table } = trained;
  const columns = describeTable(table);
  await writeFile(output, [saveModel(model)]);
  const source = table.name;
  await page?.write({ source, out, missing, table, columns, model, report, run });

  for (const note of trainingNotes(report)) await print(stderr, `${table.name}: ${note}\n`);
  const styles = stylesFor(stdout, context);
  if (json)
    await printJson(stdout, {
      ...{ model: out, ...report, resumed, columns: columnsData(columns) },
      ...(table.rows < rows.rows && { columnsOfRows: table.rows }),
    });
  else await print(stdout, trainingSummary(report, { table: table.name, out, missing, styles }));
  const interrupted = interruption(context);
  if (interrupted === undefined) return 0;
  await print(stderr, `interrupted: ${out} holds what was learnt until then\n`);
  return exitCodes[interrupted];
}

/** The schema, by the rows that are held. */
function schemaText(
  table: Table,
  { rows, context: { stderr } }: { rows: TrainingRows; context: Context },
): string {
  const columns = columnsTable(describeTable(table), { width: sizeOf(stderr).columns });
  if (table.rows === rows.rows) return columns;
  const some = `${counted(table.rows, "row")} of ${rows.rows}, drawn at random`;
  return `The columns, by ${some}:\n${columns}`;
}
