/** What people read at the end of a training. */

import { findingLines, type TrainingReport } from "nabla";
import type { Styles } from "./context.ts";
import { foldsTable, judgementTable } from "./quality.ts";
import { counted, duration, listed, significant } from "./text.ts";

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
  const { task, target, features, classes, parameters, epochs, seconds } = report;
  const what = classes === undefined ? task : `${task}, ${classes.length} classes`;
  const facts = listed([
    ["rows", divided(report)],
    ["network", `${counted(features.length, "column")} in, ${parameters} parameters`],
    ["training", `${counted(epochs, "epoch")} in ${duration(seconds)}, ${endings[report.stopped]}`],
  ]);
  const flags = missing.length > 0 ? ` --missing ${shellWord(missing.join(","))}` : "";
  const next = `  nabla predict ${shellWord(out)} new.csv${flags}\n`;
  const written = `Written to ${styles.bold(out)}. Next:\n\n${next}`;
  const targets = typeof target === "string" ? target : target.join(", ");
  const title = `${styles.bold(targets)} in ${table}: ${what}\n`;
  const quality = [judgementTable(report), ...foldsTable(report)];
  const sections = [title, facts, ...quality, ...advice(report), written];
  return sections.join("\n");
}

/** What else is worth a line: rows that were left out, classes that nothing tests, baselines not beaten. */
export function trainingNotes(report: TrainingReport): string[] {
  const { dropped, singletons, group, warnings } = report;
  const names = singletons.map((name) => JSON.stringify(name)).join(", ");
  const one = group === undefined ? "row" : "group";
  const weight = report.weights?.column === undefined ? "" : " or a weight";
  return [
    ...(dropped > 0 ? [`${counted(dropped, "row")} without a target${weight} left out`] : []),
    ...(singletons.length > 0
      ? [`a single ${one} each, which is trained on and not tested: ${names}`]
      : []),
    ...warnings.map(({ message, remedy }) => `${message}; ${remedy}`),
  ];
}

function divided({ rows, group, time }: TrainingReport): string {
  const parts = `${rows.train} to train, ${rows.validation} to stop by, ${rows.test} to test`;
  const apart = group === undefined ? "" : `; no ${group} in two of these`;
  return `${parts}${apart}${time === undefined ? "" : `; in the order of ${time}`}`;
}

export const endings = {
  epochs: "as many as were asked for",
  patience: "until the validation cost went no lower",
  aborted: "then interrupted",
  converged: "until there was nothing left to find",
};

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
export const shellWord = (text: string): string =>
  /^[\w./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
