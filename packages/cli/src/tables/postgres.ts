/**
 * The rows of a PostgreSQL server, copied to a temporary DuckDB file: every cell as the text that the
 * server writes, read through a cursor some thousand rows at a time, in one read-only transaction.
 * Naming the server is asking for the network. Its password is in no message.
 */

import { join } from "node:path";
import { NablaError } from "nabla";
import { Client, type CustomTypesConfig, type FieldDef } from "pg";
import Cursor from "pg-cursor";
import { inputError } from "../errors.ts";
import { openDatabase, quoteName, quoteText } from "./duckdb.ts";
import { sqlNames, tableUnclear } from "./native-relation.ts";
import { type Source, type SourceOptions, temporaryFolder } from "./source.ts";

const BATCH = 2048; // rows: as many as a chunk of DuckDB's holds
const PATIENCE = 10_000; // ms, for the server to answer at all
const ROWS = "rows";

interface PostgresOptions extends SourceOptions {
  /** The address without what is secret. */
  readonly name: string;
}

/** Throws where the server, the database or the table cannot be reached, or the query is none. */
export async function postgresSource(url: URL, options: PostgresOptions): Promise<Source> {
  const { name, signal } = options;
  const client = await connect(url, options);
  const stop = () => void client.end().catch(() => {});
  signal?.addEventListener("abort", stop);
  try {
    await client.query("SET TIME ZONE 'UTC'; SET datestyle = 'ISO'; SET bytea_output = 'hex'");
    await client.query("BEGIN READ ONLY");
    const query = options.query ?? `SELECT * FROM ${await tableOf(client, { url, where: name })}`;
    return await copyRows(client, { ...options, query });
  } catch (error) {
    signal?.throwIfAborted();
    throw serverError(error, { name, query: options.query });
  } finally {
    signal?.removeEventListener("abort", stop);
    await client.end().catch(() => {});
  }
}

async function connect(url: URL, { name, signal }: PostgresOptions): Promise<Client> {
  const address = new URL(url);
  address.searchParams.delete("table");
  try {
    const client = new Client({
      connectionString: address.href,
      connectionTimeoutMillis: PATIENCE,
      application_name: "nabla",
      types: asTexts,
    });
    client.on("error", () => {}); // a lost connection also fails the query that runs
    await client.connect();
    return client;
  } catch (error) {
    signal?.throwIfAborted();
    throw inputError(name, new Error(plainReason(error)));
  }
}

/** A failure to connect to several addresses of a host has an empty message of its own. */
function plainReason(error: unknown): string {
  const [first] = error instanceof AggregateError ? error.errors : [error];
  return first instanceof Error ? first.message : String(first);
}

/** The table that the address names, or the only one that may be read. */
async function tableOf(
  client: Client,
  { url, where }: { url: URL; where: string },
): Promise<string> {
  const { rows } = await client.query<{ schema: string; name: string }>(
    `SELECT table_schema AS schema, table_name AS name FROM information_schema.tables
     WHERE table_schema NOT IN ('pg_catalog', 'information_schema')
     ORDER BY table_schema <> 'public', 1, 2`,
  );
  const asked = url.searchParams.get("table");
  const fitting = rows.filter(
    (table) =>
      asked === null ||
      asked === `${table.schema}.${table.name}` ||
      (table.schema === "public" && asked === table.name),
  );
  const [only] = fitting;
  if (fitting.length === 1) return `${quoteName(only!.schema)}.${quoteName(only!.name)}`;
  const names = sqlNames(rows, { home: "public" });
  if (asked === null) throw tableUnclear(where, names);
  const got = names.length === 0 ? "none" : names.join(", ");
  const message = `${where} has no table "${asked}"; tables: ${got}`;
  throw new NablaError("usage", message, { where, expected: `a table "${asked}"`, got });
}

/** Brackets let nothing through but a query; the read-only transaction lets it change nothing. */
async function copyRows(
  client: Client,
  { name, query, signal }: PostgresOptions & { readonly query: string },
): Promise<Source> {
  const { DuckDBDataChunk, VARCHAR } = await import("@duckdb/node-api");
  const { folder, dispose } = await temporaryFolder();
  const path = join(folder, "rows.duckdb");
  try {
    const text = `(${query.replace(/[;\s]+$/, "")}\n)`;
    const config = { rowMode: "array", types: asTexts } as const;
    const cursor = client.query(new Cursor<(string | null)[]>(text, [], config));
    let { fields, rows } = await readBatch(cursor);
    refuseTwins(name, fields);
    const database = await openDatabase({ files: [], folder, signal });
    try {
      const catalog = quoteName(path);
      await database.rows({ sql: `ATTACH ${quoteText(path)} AS ${catalog}` });
      const columns = fields.map((field) => `${quoteName(field.name)} VARCHAR`);
      await database.rows({ sql: `CREATE TABLE ${catalog}.${ROWS} (${columns.join(", ")})` });
      const appender = await database.appender({ database: path, name: ROWS });
      const types = fields.map(() => VARCHAR);
      for (; rows.length > 0; { rows } = await readBatch(cursor)) {
        const chunk = DuckDBDataChunk.create(types, rows.length);
        chunk.setColumns(fields.map((field, i) => rows.map((row) => cellOf(row[i]!, field))));
        appender.appendDataChunk(chunk);
      }
      appender.closeSync();
    } finally {
      database.close();
    }
    const texts = await textsOf(client, fields);
    return { name, path, format: { kind: "database", texts }, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

interface Batch {
  readonly fields: readonly FieldDef[];
  readonly rows: readonly (readonly (string | null)[])[];
}

const readBatch = (cursor: Cursor<(string | null)[]>): Promise<Batch> =>
  new Promise((settle, reject) => {
    cursor.read(BATCH, (error, rows, result) =>
      error ? reject(error) : settle({ rows, fields: result?.fields ?? [] }),
    );
  });

const asTexts: CustomTypesConfig = { getTypeParser: () => (text: string) => text };

const BOOLEAN = 16; // as pg_type numbers it
const booleans: Readonly<Record<string, string>> = { t: "true", f: "false" };

const cellOf = (cell: string | null, { dataTypeID }: FieldDef): string | null =>
  cell !== null && dataTypeID === BOOLEAN ? booleans[cell]! : cell;

/** By what the server says of the types: numbers, dates and booleans are read as those of a CSV file. */
async function textsOf(
  client: Client,
  fields: readonly FieldDef[],
): Promise<Map<string, "plain" | "nested">> {
  const { rows } = await client.query<{ oid: string; kind: string }>(
    `SELECT oid, CASE WHEN typname IN ('json', 'jsonb') OR typcategory IN ('A', 'C') THEN 'nested'
       WHEN typcategory IN ('B', 'D', 'N') THEN 'plain' ELSE 'text' END AS kind
     FROM pg_type WHERE oid = ANY($1::oid[])`,
    [fields.map(({ dataTypeID }) => dataTypeID)],
  );
  const kinds = new Map(rows.map(({ oid, kind }) => [Number(oid), kind]));
  const texts = new Map<string, "plain" | "nested">();
  for (const { name, dataTypeID } of fields) {
    const kind = kinds.get(dataTypeID);
    if (kind === "plain" || kind === "nested") texts.set(name, kind);
  }
  return texts;
}

function refuseTwins(where: string, fields: readonly FieldDef[]): void {
  const names = fields.map(({ name }) => name.toLowerCase());
  const twin = fields.find((_, i) => names.indexOf(names[i]!) < i);
  if (twin === undefined && fields.length > 0) return;
  const expected = "a different name for each column";
  const got = twin === undefined ? "no column" : `"${twin.name}" twice`;
  const remedy = `name each with "as"`;
  const message = `${where}: expected ${expected}, got ${got}; ${remedy}`;
  throw new NablaError("data", message, { where, expected, got, remedy });
}

/** What the server says of a query is about the user's SQL; of anything else, about the connection. */
function serverError(
  error: unknown,
  { name, query }: { name: string; query: string | undefined },
): unknown {
  if (error instanceof NablaError || !(error instanceof Error)) return error;
  const state = "code" in error ? String(error.code) : "";
  if (query !== undefined && /^(42|25006|22|0A)/.test(state))
    return new NablaError("usage", `--query: ${error.message}`, {
      ...{ where: "--query", got: error.message },
    });
  const message = `${name} cannot be read: ${error.message}`;
  return new NablaError("io", message, { where: name, got: error.message });
}
