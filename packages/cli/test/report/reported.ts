/** Trainings to report on. */

import { type Column, createTable, describeTable, type TableOptions, trainTable } from "nabla";
import { type Reported, reportPage } from "../../src/report/report.ts";

const quick = { epochs: 4, hidden: [5] } satisfies Partial<TableOptions>;

/** Trains on the columns. */
export async function reported(
  columns: readonly Column[],
  options: TableOptions,
  name = "t.csv",
): Promise<Reported> {
  const table = createTable(name, columns);
  return {
    ...{ source: name, out: "t.safetensors", table, columns: describeTable(table) },
    ...(await trainTable(table, { ...quick, ...options })),
    versions: { nabla: "1.2.3", node: "20.0.0" },
  };
}

/** Trains on the columns, and reports on it. */
export const pageOf = async (columns: readonly Column[], options: TableOptions): Promise<string> =>
  reportPage(await reported(columns, options));

export const numbers = (name: string, values: readonly number[]): Column => ({
  ...{ name, type: "number", values: Float64Array.from(values) },
});
export const texts = (name: string, values: readonly (string | null)[]): Column => ({
  ...{ name, type: "text", values },
});
export const count = (rows: number): number[] => Array.from({ length: rows }, (_, n) => n);

/** 60 rows: a number, a category with missing values, a date. */
export const features: readonly Column[] = [
  numbers(
    "x",
    count(60).map((n) => ((n * 37) % 60) / 10),
  ),
  texts(
    "kind",
    count(60).map((n) => (n % 7 === 0 ? null : n % 2 ? "odd" : "even")),
  ),
  { name: "day", type: "date", values: Float64Array.from(count(60), (n) => 19_000 + 3 * n) },
];
