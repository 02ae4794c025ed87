/** What people read at the end of a training. */

import { findingLines, type TrainingReport } from "nabla";
import type { Styles } from "./context.ts";
import { aligned, counted, duration, listed, significant } from "./text.ts";

export interface SummaryOptions {
  /** The paths of the table and of the model, as they were given. */
  readonly table: string;
  readonly out: string;
  /** The texts that counted as missing: new tables need them too. */
  readonly missing?: readonly string[] | undefined;
  readonly styles: Pick<Styles, "bold">;
}

/** The task, the rows, the metrics beside the baselines, the file and the next command. */
export function trainingSummary(
  report: TrainingReport,
  { table, out, missing = [], styles }: SummaryOptions,
): string {
  const { task, target, rows, features, classes, parameters, epochs, seconds } = report;
  const what = classes === undefined ? task : `${task}, ${classes.length} classes`;
  const facts = listed([
    ["rows", `${rows.train} to train, ${rows.validation} to stop by, ${rows.test} to test`],
    ["network", `${counted(features.length, "column")} in, ${parameters} parameters`],
    ["training", `${counted(epochs, "epoch")} in ${duration(seconds)}, ${endings[report.stopped]}`],
  ]);
  const flags = missing.length > 0 ? ` --missing ${shellWord(missing.join(","))}` : "";
  const next = `  nabla predict ${shellWord(out)} new.csv${flags}\n`;
  const written = `Written to ${styles.bold(out)}. Next:\n\n${next}`;
  const targets = typeof target === "string" ? target : target.join(", ");
  const title = `${styles.bold(targets)} in ${table}: ${what}\n`;
  const sections = [title, facts, judgement(report), ...advice(report), written];
  return sections.join("\n");
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
  const figure = (value?: number) => (value === undefined ? "–" : significant(value));
  return aligned([
    ["on the test rows", ...judged.map(([label]) => label)],
    ...names.map((name) => [name, ...judged.map(([, values]) => figure(values[name]))]),
  ]);
}

/** What is wrong with the network, as the doctor has found. */
function advice({ cost, constantCost, beatsConstant, findings }: TrainingReport): string[] {
  const part = cost.validation === undefined ? "train" : "validation";
  const [own, constant] = [cost, constantCost].map((of) => significant(of[part]!));
  const nothing = `${words[part]} cost ${own}, always the same answer ${constant}: nothing learnt`;
  const lines = [...(beatsConstant ? [] : [nothing]), ...findingLines({ findings })];
  return lines.length === 0 ? [] : [lines.map((line) => `${line}\n`).join("")];
}

const words = { train: "training", validation: "validation" };

/** A text as a word of a shell command. */
const shellWord = (text: string): string =>
  /^[\w./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
