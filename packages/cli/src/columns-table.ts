/** The schema as a table of text: what each column holds, in lines that fit the terminal. */

import type { ColumnSummary } from "nabla";
import { dateText, shortened } from "./figures.ts";
import { aligned, counted, significant, visible } from "./text.ts";

export interface ColumnsTableOptions {
  /** In characters. */
  readonly width: number;
}

/** Of tables of more columns, the first ones. */
const MOST_ROWS = 20;
const MOST_NAME = 32;
const LEAST_RANGE = 12;

/** A line for each column: name, type, missing and different values, range or the most frequent. */
export function columnsTable(
  columns: readonly ColumnSummary[],
  { width }: ColumnsTableOptions,
): string {
  const shown = columns.slice(0, MOST_ROWS);
  const name = Math.min(MOST_NAME, Math.max(...shown.map((column) => column.name.length), 6));
  const facts = shown.map((column) => [
    shortened(inLine(column.name), name),
    column.type,
    column.missing === 0 ? "–" : String(column.missing),
    String(column.distinct),
  ]);
  const table = aligned([["column", "type", "missing", "distinct"], ...facts]).split("\n");
  const taken = Math.max(...table.map((line) => line.length));
  const room = Math.max(LEAST_RANGE, width - taken - 3);
  const ranges = ["range", ...shown.map((column) => shortened(rangeText(column), room))];
  const lines = ranges.map((range, i) => `${table[i]!.padEnd(taken)}  ${range}`.trimEnd());
  const others = columns.length - shown.length;
  return `${[...lines, ...(others > 0 ? [`and ${counted(others, "column")} more`] : [])].join("\n")}\n`;
}

/** Letters alone, and no line ends. */
const inLine = (text: string): string => visible(text).replace(/[\n\t]/g, " ");

/** `2700 to 6300`, `Adelie, Gentoo, Chinstrap` */
function rangeText(column: ColumnSummary): string {
  if ("top" in column) {
    const labels = column.top.map(({ label }) => (label === "" ? '""' : inLine(label)));
    return `${labels.join(", ")}${column.distinct > labels.length ? ", …" : ""}`;
  }
  if (column.range === undefined) return "";
  const { least, most } = column.range;
  const format = column.type === "date" ? dateText : significant;
  return least === most ? format(least) : `${format(least)} to ${format(most)}`;
}

/** The same for `--json`, dates as text. */
export const columnsData = (columns: readonly ColumnSummary[]): object[] =>
  columns.map((column) => {
    if ("top" in column) return column;
    const { histogram, range, ...facts } = column;
    if (range === undefined) return facts;
    if (column.type === "number") return { ...facts, range };
    const dates = Object.entries(range).map(([name, days]) => [name, dateText(days)]);
    return { ...facts, range: Object.fromEntries(dates) };
  });
