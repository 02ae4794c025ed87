/** Cells that count as missing beside the empty ones, by their texts: n/a, ?, -999. */

import { quoteText } from "./duckdb.ts";

/** SQL for the cell, NULL where its text, without the spaces around it, is one of these. */
export function unlessMissing(
  cell: string,
  { text, missing }: { text: string; missing: readonly string[] },
): string {
  if (missing.length === 0) return cell;
  const texts = missing.map((each) => quoteText(each.replace(/^ +| +$/g, "")));
  return `CASE WHEN trim(${text}) IN (${texts.join(", ")}) THEN NULL ELSE ${cell} END`;
}

/** The same for a column of a numeric type, where -999 and -999.0 are one. */
export function unlessMissingNumber(cell: string, missing: readonly string[]): string {
  if (missing.length === 0) return cell;
  const numbers = missing.map((text) => `TRY_CAST(${quoteText(text)} AS DOUBLE)`).join(", ");
  return `CASE WHEN CAST(${cell} AS DOUBLE) IN (${numbers}) THEN NULL ELSE ${cell} END`;
}
