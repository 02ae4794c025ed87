/** `nabla predict`: the rows of a table with the model's prediction beside each, as CSV. */

import { resolve } from "node:path";
import { NablaError, predictTable, type TableModel, targetColumns } from "nabla";
import { type Context, print, printData, printJson } from "../context.ts";
import { featureTypes, readTableModel } from "../model-file.ts";
import { during } from "../status.ts";
import { refuseNoTable, type TableFlags } from "../table-flags.ts";
import { shownName } from "../tables/address.ts";
import { type ReadTable, readTable } from "../tables/read-table.ts";
import { type Cell, csvText } from "../tables/write-csv.ts";
import { counted } from "../text.ts";
import { checkWritable, writeFile } from "../write-file.ts";

export interface PredictFlags extends TableFlags {
  readonly model: string;
  readonly out?: string;
  readonly probabilities?: boolean;
  readonly json?: boolean;
}

export async function predict(flags: PredictFlags, context: Context): Promise<number> {
  const { cwd, stdout, stderr } = context;
  const { table: given, query, allowNetwork, out } = flags;
  refuseNoTable(flags);
  if (flags.json && out === undefined) throw outNeeded();
  const model = await readTableModel(flags.model, context);
  const classes = flags.probabilities ? classesOf(model) : [];
  const output = out === undefined ? undefined : { name: out, path: resolve(cwd, out) };
  const inputs = [flags.model, ...(given === undefined ? [] : [given])];
  const refuseOutput = async (paths: readonly string[]) => {
    if (output === undefined) return;
    await checkWritable(output, { inputs: paths.map((path) => resolve(cwd, path)) });
  };
  await refuseOutput(inputs); // before the work

  const reading = readTable(given, {
    ...context,
    query,
    allowNetwork,
    types: featureTypes(model),
    otherTypes: "text",
    missing: flags.missing,
    keepCells: true,
  });
  const table = await during(reading, { what: `reading ${shownName(given)}`, context });
  await refuseOutput(table.files); // which a pattern or a query may have named
  const text = untilAborted(predictionText(model, { table, classes }), context.signal);
  if (output === undefined) {
    for (const piece of text) await printData(stdout, piece);
    return 0;
  }
  await writeFile(output, text);
  if (flags.json) await printJson(stdout, { rows: table.rows, out });
  else await print(stderr, `${out}: ${counted(table.rows, "row")}\n`);
  return 0;
}

/**
 * The table's cells as they stand, then `prediction`, or for each of several targets
 * `prediction_<target>`, and `probability_<class or label>`.
 */
function predictionText(
  model: TableModel,
  { table, classes }: { table: ReadTable; classes: readonly string[] },
): Iterable<string> {
  const { columns, probabilities } = predictTable(model, table);
  const own = table.columns.map(({ name }) => name);
  const added = [
    ...columns.map(({ name }) => (columns.length === 1 ? "prediction" : `prediction_${name}`)),
    ...classes.map((name) => `probability_${name}`),
  ];
  const taken = added.find((name) => own.includes(name));
  if (taken !== undefined) throw nameTaken(table, taken);

  const row = (index: number): Cell[] => [
    ...table.cells!.map((cells) => cells[index]!),
    ...columns.map(({ values }) => values[index]!),
    ...classes.map((_, c) => probabilities![index * classes.length + c]!),
  ];
  return csvText([...own, ...added], { rows: table.rows, row });
}

function* untilAborted<T>(pieces: Iterable<T>, signal?: AbortSignal): Generator<T> {
  for (const piece of pieces) {
    signal?.throwIfAborted();
    yield piece;
  }
}

/** What has a probability. */
function classesOf({ schema: { target } }: TableModel): readonly string[] {
  if (target.task === "classification") return target.classes;
  const names = targetColumns(target).map(({ name }) => name);
  if (target.task === "multi-label") return names;
  const remedy = "leave --probabilities out";
  const number = names.length === 1 ? "the number" : "the numbers";
  const what = `${number} ${names.map((name) => JSON.stringify(name)).join(", ")}`;
  const message = `the model predicts ${what}, which ${names.length === 1 ? "has" : "have"} no classes; ${remedy}`;
  throw new NablaError("usage", message, { where: "--probabilities", remedy });
}

function outNeeded(): NablaError {
  const remedy = "name a file with --out";
  const message = `--json would mix with the table on standard output; ${remedy}`;
  return new NablaError("usage", message, { where: "--json", remedy });
}

function nameTaken(table: ReadTable, name: string): NablaError {
  const where = table.name;
  const remedy = "rename it";
  const message = `${where} has a column "${name}" already; ${remedy}`;
  return new NablaError("data", message, { where, got: `a column "${name}"`, remedy });
}
