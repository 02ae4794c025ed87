/**
 * Files whose columns have types of their own: Parquet, and DuckDB's databases. What of them would grow
 * beyond all measure is refused by what the file says of itself, before it is decompressed.
 */

import { NablaError } from "nabla";
import { type Database, globOf, plainName, quoteName, quoteText } from "./duckdb.ts";
import { refuseExpansion } from "./expansion.ts";
import type { Format } from "./format.ts";
import { bytesOf, isNumeric, kindOfNative, kindOfNested, kindOfText } from "./kinds.ts";
import { unlessMissing, unlessMissingNumber } from "./missing.ts";
import type { CellColumn, Relation } from "./relation.ts";
import type { Source } from "./source.ts";

interface NativeOptions {
  readonly database: Database;
  readonly missing: readonly string[];
}

/** The columns in DuckDB's names, which differ in more than case, each with its own. */
export async function parquetRelation(
  source: Source,
  { database, missing, names }: NativeOptions & { readonly names: readonly string[] },
): Promise<Relation> {
  const values = [globOf(source.path)];
  await refusePages(source, { database, values });
  const from = "read_parquet($1, hive_partitioning = false)";
  const described = await describe(database, { from, values });
  const columns = described.map((column, i) => ({
    ...nativeColumn(column, missing),
    name: names[i]!,
  }));
  await refuseCells(source, { database, from, values, columns });
  return { from, values, columns };
}

async function describe(
  database: Database,
  { from, values }: Pick<Relation, "from" | "values">,
): Promise<{ name: string; type: string }[]> {
  const rows = await database.rows({ sql: `DESCRIBE SELECT * FROM ${from}`, values });
  return rows.map((row) => ({ name: String(row.column_name), type: String(row.column_type) }));
}

function nativeColumn(
  { name, type }: { name: string; type: string },
  missing: readonly string[],
): CellColumn {
  const raw = quoteName(name);
  const cell = isNumeric(type)
    ? unlessMissingNumber(raw, missing)
    : unlessMissing(raw, { text: `CAST(${raw} AS VARCHAR)`, missing });
  const bytes = bytesOf(raw, type);
  return { name, raw, cell, kind: kindOfNative(cell, type), ...(bytes && { bytes }) };
}

/** Attaches the file under a name of its own, and takes its only table. */
export async function databaseRelation(
  source: Source,
  { database, missing, format }: NativeOptions & { format: Format & { kind: "database" } },
): Promise<Relation> {
  const catalog = quoteName(source.path);
  const sql = `ATTACH IF NOT EXISTS ${quoteText(source.path)} AS ${catalog} (TYPE duckdb, READ_ONLY)`;
  await database.rows({ sql });
  const from = `${catalog}.${format.table ?? (await onlyTable(source, database))}`;
  const described = await describe(database, { from, values: [] });
  const columns = described.map((native) => {
    const column = nativeColumn(native, missing);
    const text = format.texts?.get(column.name);
    if (text === undefined) return column;
    const kind = text === "plain" ? kindOfText(column.cell) : kindOfNested(column.cell);
    return { ...column, kind };
  });
  await refuseCells(source, { database, from, values: [], columns });
  return { from, values: [], columns };
}

/** The table of a database file, with its schema. A view is for queries: it may be any computation. */
async function onlyTable(source: Source, database: Database): Promise<string> {
  const sql = `SELECT schema_name AS schema, table_name AS name FROM duckdb_tables()
      WHERE database_name = $1 AND NOT internal ORDER BY ALL`;
  const rows = await database.rows({ sql, values: [source.path] });
  const tables = rows.map(({ schema, name }) => ({ schema: String(schema), name: String(name) }));
  const [only] = tables;
  if (tables.length === 1) return `${quoteName(only!.schema)}.${quoteName(only!.name)}`;
  throw tableUnclear(source.name, sqlNames(tables, { home: "main" }));
}

/** As a query would name them; those of the schema `home` need no prefix. */
export const sqlNames = (
  tables: readonly { readonly schema: string; readonly name: string }[],
  { home }: { home: string },
): string[] =>
  tables.map(({ schema, name }) =>
    schema === home ? plainName(name) : `${plainName(schema)}.${plainName(name)}`,
  );

/** The error of a database that has no table, or several. */
export function tableUnclear(where: string, tables: readonly string[]): NablaError {
  const expected = "one table";
  const got = tables.length === 0 ? "none" : tables.join(", ");
  const remedy = `choose with --query 'select * from ${tables[0]}'`;
  const hint = tables.length === 0 ? "" : `; ${remedy}`;
  return new NablaError("data", `${where}: expected ${expected}, got ${got}${hint}`, {
    ...{ where, expected, got },
    ...(tables.length > 0 && { remedy }),
  });
}

async function refuseCells(
  source: Source,
  { database, from, values, columns }: Relation & { readonly database: Database },
): Promise<void> {
  const [{ rows } = {}] = await database.rows({
    sql: `SELECT count(*) AS rows FROM ${from}`,
    values,
  });
  const cells = Number(rows) * columns.length;
  await refuseExpansion(source, { amount: cells, unit: "cells" });
}

/** By the sizes of the pages. */
async function refusePages(
  source: Source,
  { database, values }: { database: Database; values: readonly string[] },
): Promise<void> {
  const sql = "SELECT sum(total_uncompressed_size)::DOUBLE AS bytes FROM parquet_metadata($1)";
  const [{ bytes } = {}] = await database.rows({ sql, values });
  await refuseExpansion(source, { amount: Number(bytes ?? 0), unit: "bytes" });
}
