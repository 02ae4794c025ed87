/**
 * The rows that a query chooses, copied to a temporary DuckDB file: a query may answer otherwise when
 * it is asked again. It is one SELECT, and sees the database that it is asked of, if any, and the files
 * that it names where a table stands; so it can neither write nor look around.
 */

import { join, resolve } from "node:path";
import { NablaError } from "nabla";
import { inputError } from "../errors.ts";
import { baseName, isUrl, networkRefused } from "./address.ts";
import { type Database, openDatabase, quoteName, quoteText } from "./duckdb.ts";
import { translateError } from "./duckdb-errors.ts";
import { detectFormat } from "./format.ts";
import { expandGlob, hasPattern } from "./glob.ts";
import { openPath, type Source, type SourceOptions, temporaryFolder } from "./source.ts";

const NAME = "the query";
const WHERE = "--query";
const ROWS = "rows";

interface QueryOptions extends SourceOptions {
  /** The path of a database file, as it was given. */
  readonly database?: string;
}

/** Throws where the text is no query, or names what is not there. */
export async function runQuery(query: string, options: QueryOptions): Promise<Source> {
  const { cwd, signal } = options;
  const named = await namesIn(query, options);
  const database = options.database === undefined ? [] : [await databaseFile(options)];
  const found = await Promise.all(
    named.map((name) => (hasPattern(name) ? expandGlob(name, { cwd }) : [name])),
  );
  const { folder, dispose } = await temporaryFolder();
  const path = join(folder, "rows.duckdb");
  const origins = [...database, ...found.flat()].map((file) => resolve(cwd, file));
  const format = { kind: "database", table: ROWS } as const;
  const source: Source = { name: NAME, path, origins, format, dispose };
  let runner: Database | undefined;
  try {
    const files = [...origins, ...named.map((name) => resolve(cwd, name))];
    runner = await openDatabase({ files, names: named, cwd, folder, threads: 1, signal });
    await runner.rows({ sql: `ATTACH ${quoteText(path)} AS ${quoteName(path)}` });
    for (const file of database) await useDatabase(runner, { file, name: options.database! });
    await refuseTwins(runner, query);
    await runner.rows({ sql: `CREATE TABLE ${quoteName(path)}.${ROWS} AS ${query}` });
    return source;
  } catch (error) {
    runner?.close();
    runner = undefined;
    await dispose();
    signal?.throwIfAborted();
    throw queryError(source, error);
  } finally {
    runner?.close();
  }
}

/** Its tables need no prefix, but may have the file's name as one. */
async function useDatabase(
  runner: Database,
  { file, name }: { file: string; name: string },
): Promise<void> {
  const taken = ["main", "memory", "system", "temp"];
  const alias = quoteName(taken.includes(baseName(name)) ? name : baseName(name));
  await runner.rows({ sql: `ATTACH ${quoteText(file)} AS ${alias} (TYPE duckdb, READ_ONLY)` });
  await runner.rows({ sql: `USE ${alias}` });
}

async function databaseFile(options: QueryOptions): Promise<string> {
  const given = options.database!;
  const source = await openPath(given, options);
  const isDatabase = (await detectFormat(source, options.signal)).kind === "database";
  await source.dispose();
  if (isDatabase) return source.path;
  const remedy = `name the file in the query: select … from ${quoteText(given)}`;
  const message = `--query is asked of a database; ${given} is a file of rows; ${remedy}`;
  throw new NablaError("usage", message, { where: WHERE, got: given, remedy });
}

/** What stands in the query where a table stands: `from 'a.csv'`, `read_csv(['a.csv', 'b.csv'])`. */
async function namesIn(query: string, { allowNetwork }: QueryOptions): Promise<string[]> {
  const parser = await openDatabase({ files: [] });
  try {
    const [row = {}] = await parser.rows({
      sql: "SELECT json_serialize_sql($1::VARCHAR) AS tree",
      values: [query],
    });
    const tree: unknown = JSON.parse(String(row.tree));
    refuseOther(tree);
    const names = [...new Set(tableNames(tree))];
    const url = names.find(isUrl);
    if (url !== undefined) throw allowNetwork ? urlInQuery(url) : networkRefused(url);
    return names;
  } finally {
    parser.close();
  }
}

/** Throws unless the tree is that of one query. */
function refuseOther(tree: unknown): void {
  const { error, error_type, error_message, statements } = tree as {
    error: boolean;
    error_type?: string;
    error_message?: string;
    statements?: readonly unknown[];
  };
  if (!error && statements?.length === 1) return;
  const expected = "one query, such as select * from 'table.csv'";
  const got = error_type === "parser" ? error_message! : "something else";
  const message = `${WHERE}: expected ${expected}, got ${got}`;
  throw new NablaError("usage", message, { where: WHERE, expected, got });
}

/** The names of tables, and the texts given to functions that make tables, at any depth. */
function* tableNames(node: unknown, inFunction = false): Generator<string> {
  if (Array.isArray(node)) {
    for (const each of node) yield* tableNames(each, inFunction);
    return;
  }
  if (typeof node !== "object" || node === null) return;
  const { type, table_name, value } = node as Record<string, unknown>;
  if (type === "BASE_TABLE" && typeof table_name === "string") yield table_name;
  if (inFunction && type === "VALUE_CONSTANT") yield* textIn(value);
  for (const child of Object.values(node))
    yield* tableNames(child, inFunction || type === "TABLE_FUNCTION");
}

function* textIn(constant: unknown): Generator<string> {
  const { value } = constant as { value?: unknown };
  if (typeof value === "string") yield value;
}

/** DuckDB would rename a second column of the same name. */
async function refuseTwins(runner: Database, query: string): Promise<void> {
  const columns = await runner.rows({ sql: `DESCRIBE ${query}` });
  const names = columns.map(({ column_name }) => String(column_name));
  const twin = names.find((name, i) => names.indexOf(name) < i);
  if (twin === undefined) return;
  const [expected, got] = ["a different name for each column", `"${twin}" twice`];
  const remedy = `name one with "as"`;
  const message = `${NAME}: expected ${expected}, got ${got}; ${remedy}`;
  throw new NablaError("data", message, { where: NAME, expected, got, remedy });
}

/** A file that is not there may be a folder of them, for all that DuckDB knows. */
const NOT_THERE = /^No files found that match the pattern "(.*)"|^Cannot access file "(.*)\/\*\*\//;

/** What DuckDB says of a query is about the user's SQL, until it reads the first row. */
function queryError(source: Source, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof NablaError) return error;
  const [, kind, text = ""] = /^([A-Z]\w+) Error: ([^\n]*)/.exec(error.message) ?? [];
  const missing = NOT_THERE.exec(text)
    ?.slice(1)
    .find((name) => name !== undefined);
  if (missing !== undefined) return inputError(missing, new Error("no such file"));
  if (kind === "Permission") {
    const remedy = "name it where a table stands, as in from 'table.csv'";
    const message = `${WHERE}: ${text.replace(/ - .*/, "")}; ${remedy}`;
    return new NablaError("usage", message, { where: WHERE, got: text, remedy });
  }
  if (kind === undefined || !/^(Binder|Catalog|Parser|Syntax|Not implemented)$/.test(kind))
    return translateError(source, error);
  return new NablaError("usage", `${WHERE}: ${text}`, { where: WHERE, got: text });
}

function urlInQuery(where: string): NablaError {
  const remedy = "download it first, or give the address alone where the table stands";
  const message = `${where}: a query reads files only, for DuckDB's httpfs extension is not part of nabla; ${remedy}`;
  return new NablaError("usage", message, { where, got: "an address", remedy });
}
