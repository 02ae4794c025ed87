/** What people read at the end of a training. */

import type { TrainingReport } from "nabla";
import { aligned, counted, listed, significant } from "./text.ts";

export interface SummaryOptions {
  /** The paths of the table and of the model, as they were given. */
  readonly table: string;
  readonly out: string;
  readonly bold: (text: string) => string;
}

/** The task, the rows, the metrics beside the baselines, the file and the next command. */
export function trainingSummary(
  report: TrainingReport,
  { table, out, bold }: SummaryOptions,
): string {
  const { task, target, rows, features, classes, parameters, epochs, seconds } = report;
  const what = classes === undefined ? task : `${task}, ${classes.length} classes`;
  const facts = listed([
    ["rows", `${rows.train} to train, ${rows.validation} to stop by, ${rows.test} to test`],
    ["network", `${counted(features.length, "column")} in, ${parameters} parameters`],
    [
      "training",
      `${counted(epochs, "epoch")} in ${seconds.toFixed(1)} s, ${endings[report.stopped]}`,
    ],
  ]);
  const written = `Written to ${bold(out)}. Next:\n\n  nabla predict ${shellWord(out)} new.csv\n`;
  return [`${bold(target)} in ${table}: ${what}\n`, facts, judgement(report), written].join("\n");
}

/** What else is worth a line: rows that were left out, classes that nothing tests. */
export function trainingNotes({ dropped, singletons }: TrainingReport): string[] {
  const names = singletons.map((name) => JSON.stringify(name)).join(", ");
  return [
    ...(dropped > 0 ? [`${counted(dropped, "row")} without a target left out`] : []),
    ...(singletons.length > 0
      ? [`a single row each, which is trained on and not tested: ${names}`]
      : []),
  ];
}

const endings = {
  epochs: "as many as were asked for",
  patience: "until the validation cost went no lower",
  aborted: "then interrupted",
  converged: "until there was nothing left to find",
};

/** The metrics beside the baselines. An interruption leaves no time to train the linear one. */
function judgement({ rows, stopped, metrics, baseline }: TrainingReport): string {
  if (rows.test === 0) return "No rows were held back to test the network.\n";
  const judged: readonly (readonly [string, typeof metrics])[] = [
    ["this network", metrics],
    ...(stopped === "aborted" ? [] : [["without hidden layers", baseline.linear] as const]),
    ["always the same answer", baseline.constant],
  ];
  const names = Object.keys(metrics) as (keyof typeof metrics)[];
  const figure = (value = Number.NaN) => significant(value);
  return aligned([
    ["on the test rows", ...judged.map(([label]) => label)],
    ...names.map((name) => [name, ...judged.map(([, values]) => figure(values[name]))]),
  ]);
}

/** A path as a word of a shell command. */
const shellWord = (path: string): string =>
  /^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
