/** What a report is made of, and the rows that it judges by. */

import {
  type ColumnSummary,
  type Details,
  evaluateTable,
  type Judgement,
  judgeRows,
  type Metrics,
  selectRows,
  type Table,
  type TableModel,
  type TrainingReport,
  type TrainingRun,
} from "nabla";
import type { Html } from "./html.ts";

export interface Reported {
  /** The paths of the table and of the model, as they were given. */
  readonly source: string;
  readonly out: string;
  /** The texts that counted as missing. */
  readonly missing?: readonly string[] | undefined;
  readonly table: Table;
  readonly columns: readonly ColumnSummary[];
  readonly model: TableModel;
  readonly report: TrainingReport;
  readonly run: TrainingRun;
  readonly versions: Readonly<Record<string, string>>;
}

export interface Section {
  /** Of the element, and of the links to it. */
  readonly id: string;
  readonly title: string;
  readonly body: Html;
}

/** Rows that training did not see. */
export interface Judged {
  readonly part: "test" | "validation";
  readonly rows: Uint32Array;
  readonly metrics: Metrics;
  readonly details: Details;
  readonly judgement: Judgement;
}

/** The test rows; without any the validation rows, which stopping saw; without these nothing. */
export function judge({ table, model, report, run }: Reported): Judged | undefined {
  const { test, validation } = run.parts;
  if (test.length > 0) {
    const { metrics, details } = report;
    const judgement = judgeRows(model, table, test);
    return { part: "test", rows: test, metrics, details, judgement };
  }
  if (validation.length === 0) return undefined;
  const { metrics, details } = evaluateTable(model, selectRows(table, validation));
  const judgement = judgeRows(model, table, validation);
  return { part: "validation", rows: validation, metrics, details, judgement };
}

/** `69 test rows` */
export const rowsOf = ({ part, rows }: Pick<Judged, "part" | "rows">): string =>
  `${rows.length.toLocaleString("en")} ${part} row${rows.length === 1 ? "" : "s"}`;
