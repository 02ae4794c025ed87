/** A file of some format as something to select from, with an expression for the cells of each column. */

import { NablaError } from "nabla";
import { type Database, globOf, quoteName, quoteText } from "./duckdb.ts";
import type { Format } from "./format.ts";
import { kindOfJson, kindOfText } from "./kinds.ts";
import { unlessMissing } from "./missing.ts";
import { databaseRelation, parquetRelation } from "./native-relation.ts";
import type { Source } from "./source.ts";

export interface Relation {
  /** What stands after FROM. Its $1 is bound to `values`. */
  readonly from: string;
  readonly values: readonly string[];
  readonly columns: readonly CellColumn[];
}

export interface CellColumn {
  readonly name: string;
  /** SQL for a cell as it stands. */
  readonly raw: string;
  /** SQL for a cell, NULL where it is missing. */
  readonly cell: string;
  /** SQL for the kind of the cell. */
  readonly kind: string;
  /** SQL for how many bytes a text takes, where the size of the file does not bound it. */
  readonly bytes?: string;
}

export interface RelationOptions {
  readonly database: Database;
  readonly format: Exclude<Format, { kind: "idx" }>;
  /** The texts of cells that count as missing. */
  readonly missing: readonly string[];
}

/** Finds the columns. Throws where there is none, or two of the same name. */
export async function relationOf(
  source: Source,
  { database, format, missing }: RelationOptions,
): Promise<Relation> {
  const values = [globOf(source.path)];
  switch (format.kind) {
    case "csv": {
      refuseDuplicates(source, format.names);
      return { values, ...csvRelation(format, missing) };
    }
    case "json": {
      const names = await jsonNames(database, { values, gzip: format.gzip });
      if (names.length === 0 || names.includes(""))
        throw columnsError(source, {
          expected: "objects whose keys name the columns",
          got: names.length === 0 ? "no key" : 'the key ""',
        });
      refuseDuplicates(source, names, (name) => name.toLowerCase());
      return { values, ...jsonRelation(names, { ...format, missing }) };
    }
    case "parquet": {
      const names = await parquetNames(database, values);
      refuseDuplicates(source, names);
      return parquetRelation(source, { database, missing, names });
    }
    case "database":
      return databaseRelation(source, { database, missing, format });
    default:
      throw format satisfies never;
  }
}

/** Every cell as text, in columns c0, c1, …, for the names in the header may differ in case only. */
function csvRelation(
  { names, delimiter, gzip }: Format & { kind: "csv" },
  missing: readonly string[],
): Omit<Relation, "values"> {
  const types = names.map((_, i) => `c${i}: 'VARCHAR'`).join(", ");
  const from = `read_csv($1, auto_detect = false, header = true, delim = '${delimiter}',
    quote = '"', escape = '"', columns = {${types}}, ${plainFile(gzip)})`;
  const columns = names.map((name, i) => {
    const raw = `c${i}`;
    const cell = unlessMissing(raw, { text: raw, missing });
    return { name, raw, cell, kind: kindOfText(cell) };
  });
  return { from, columns };
}

function jsonRelation(
  names: readonly string[],
  { gzip, missing }: Format & { kind: "json" } & Pick<RelationOptions, "missing">,
): Omit<Relation, "values"> {
  const types = names.map((name) => `${quoteText(name)}: 'JSON'`).join(", ");
  const from = `read_json($1, columns = {${types}}, records = true, ${plainFile(gzip)})`;
  const columns = names.map((name) => {
    const raw = `(${quoteName(name)} ->> '$')`;
    const json = unlessMissing(quoteName(name), { text: raw, missing });
    const cell = unlessMissing(raw, { text: raw, missing });
    return { name, raw, cell, kind: kindOfJson(json, cell) };
  });
  return { from, columns };
}

/** The keys of the objects, in the order in which they first appear. */
async function jsonNames(
  database: Database,
  { values, gzip }: { values: readonly string[]; gzip: boolean },
): Promise<string[]> {
  const sql = `SELECT key FROM (
      SELECT row, unnest(keys) AS key, unnest(range(len(keys))) AS place FROM (
        SELECT row_number() OVER () AS row, json_keys(json) AS keys
        FROM read_json_objects($1, ${plainFile(gzip)})))
    GROUP BY key ORDER BY min(row), arg_min(place, row)`;
  const rows = await database.rows({ sql, values });
  return rows.map(({ key }) => String(key));
}

/** The names of the columns as they stand in the file, where each is followed by its children. */
async function parquetNames(database: Database, values: readonly string[]): Promise<string[]> {
  const sql = "SELECT name, coalesce(num_children, 0)::INTEGER AS children FROM parquet_schema($1)";
  const [, ...nodes] = await database.rows({ sql, values });
  const names: string[] = [];
  let inside = 0;
  for (const { name, children } of nodes) {
    if (inside === 0) names.push(String(name));
    else inside--;
    inside += Number(children);
  }
  return names;
}

const plainFile = (gzip: boolean): string =>
  `compression = '${gzip ? "gzip" : "uncompressed"}', hive_partitioning = false`;

/** DuckDB takes two keys of JSON objects that differ only in case for the same column. */
function refuseDuplicates(
  source: Source,
  names: readonly string[],
  fold: (name: string) => string = (name) => name,
): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const twin = seen.get(fold(name));
    if (twin !== undefined)
      throw columnsError(source, {
        expected: "a different name for each column",
        got: twin === name ? `"${name}" twice` : `"${twin}" and "${name}"`,
      });
    seen.set(fold(name), name);
  }
}

function columnsError(
  source: Source,
  { expected, got }: { expected: string; got: string },
): NablaError {
  const message = `${source.name}: expected ${expected}, got ${got}`;
  return new NablaError("data", message, { where: source.name, expected, got });
}
