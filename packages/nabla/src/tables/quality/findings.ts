/** What there is to say about the columns of a training: those left out, and those to be wary of. */

import { type Finding, finding, findingCodes } from "../../diagnose/finding.ts";
import { labelOf } from "../columns/labels.ts";
import type { Omission } from "../columns/omissions.ts";
import { featureColumns, type SchemaOptions, type TableSchema } from "../columns/schema.ts";
import { type Column, columnOf, type Table } from "../table.ts";
import { targetColumns } from "../target.ts";
import { leakOf, sampled, type Training } from "./leaks.ts";

/** The most columns that a message names. */
const NAMED = 3;
/** A column that lacks more of its values says nothing of most rows. */
const MOSTLY = 0.5;

/** By the training rows; the most important first. */
export function columnFindings(
  table: Table,
  { schema, ...options }: SchemaOptions & { readonly schema: TableSchema },
): Finding[] {
  const { rows } = options;
  const { kept, omitted } = featureColumns(table, options);
  const read = new Set(schema.features.map(({ name }) => name));
  const columns = kept.filter(({ name }) => read.has(name));
  return [
    ...leaks(table, columns, { rows, target: schema.target }),
    ...omissions(omitted, "identifier"),
    ...omissions(omitted, "constant-column"),
    ...columns.flatMap((column) => gaps(column, rows)),
  ].sort((a, b) => findingCodes.indexOf(a.code) - findingCodes.indexOf(b.code));
}

const placeOf = (name: string): string => `column ${JSON.stringify(name)}`;

/** Those of one kind together: a picture may have many pixels that never change. */
function omissions(omitted: ReadonlyMap<string, Omission>, code: Omission["code"]): Finding[] {
  const names = [...omitted.keys()].filter((name) => omitted.get(name)!.code === code);
  const [first] = names;
  if (first === undefined) return [];
  const single = names.length === 1;
  const which = names.slice(0, NAMED).map((name) => JSON.stringify(name));
  if (names.length > NAMED) which.push(`${names.length - NAMED} more`);
  const where = single
    ? placeOf(first)
    : `columns ${which.slice(0, -1).join(", ")} and ${which.at(-1)}`;
  const of = single ? "" : "the first ";
  const figure = `${of}${omitted.get(first)!.figure}; left out`;
  const it = single ? "it" : "them";
  const remedy = `name ${it} in --ignore, or keep ${it} by --columns`;
  return [finding(code, { where, figure, remedy })];
}

function gaps(column: Column, rows: Uint32Array): Finding[] {
  const missing = rows.filter((row) => labelOf(column, row) === null).length;
  if (missing <= MOSTLY * rows.length) return [];
  const share = Math.round((100 * missing) / rows.length);
  const figure = `is missing in ${share} % of ${rows.length} training rows`;
  const remedy = "fill it in, or leave it out with --ignore";
  return [finding("missing-values", { where: placeOf(column.name), figure, remedy })];
}

/** Of a single column nothing is said, for there is nothing to tell it from. */
function leaks(table: Table, columns: readonly Column[], training: Training): Finding[] {
  if (columns.length < 2) return [];
  const suspects = columns.filter((column) => leakOf(table, column, training) !== undefined);
  if (suspects.length === 0) return [];
  const { target } = training;
  const targets = targetColumns(target).map(({ name }) => columnOf(table, name));
  const rows = withoutTwins([...columns, ...targets], sampled(training.rows));
  return suspects.flatMap((column) => leak(table, { column, rows, target }));
}

/** Rows that are there twice would tell each other's targets by any column. */
function withoutTwins(columns: readonly Column[], rows: Uint32Array): Uint32Array {
  const seen = new Map<string, number>();
  for (const row of rows) {
    const key = JSON.stringify(columns.map((column) => labelOf(column, row)));
    if (!seen.has(key)) seen.set(key, row);
  }
  return Uint32Array.from(seen.values());
}

function leak(
  table: Table,
  { column, ...training }: Training & { readonly column: Column },
): Finding[] {
  const found = leakOf(table, column, training);
  if (found === undefined) return [];
  const { target, explained } = found;
  const share = (100 * explained).toFixed(1);
  const figure = `by itself explains ${share} % of ${JSON.stringify(target)}`;
  const remedy = "leave it out with --ignore, unless you know it before the target";
  return [finding("leaking-column", { where: placeOf(column.name), figure, remedy })];
}
