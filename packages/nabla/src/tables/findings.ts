/** What there is to say about the columns of a training: those left out, and those to be wary of. */

import { type Finding, finding, findingCodes } from "../diagnose/finding.ts";
import { labelOf } from "./labels.ts";
import { leakOf } from "./leaks.ts";
import type { Omission } from "./omissions.ts";
import { featureColumns, type SchemaOptions, type TableSchema } from "./schema.ts";
import type { Column, Table } from "./table.ts";
import type { Target } from "./target.ts";

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
  const leaks = columns.length > 1 ? columns : []; //  of a single one, there is nothing to tell it from
  return [
    ...leaks.flatMap((column) => leak(table, { column, rows, target: schema.target })),
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

function leak(
  table: Table,
  { column, ...options }: { column: Column; rows: Uint32Array; target: Target },
): Finding[] {
  const found = leakOf(table, column, options);
  if (found === undefined) return [];
  const { target, explained } = found;
  const share = (100 * explained).toFixed(1);
  const figure = `by itself explains ${share} % of ${JSON.stringify(target)}`;
  const remedy = "leave it out with --ignore, unless you know it before the target";
  return [finding("leaking-column", { where: placeOf(column.name), figure, remedy })];
}
