/**
 * DuckDB, wrapped once: a private in-memory database that may read the files it is told of and
 * nothing else (no network, no extension, no spill to disk), and hands over its results in columns,
 * chunk by chunk.
 */

import type {
  DuckDBAppender,
  DuckDBConnection,
  DuckDBDataChunk,
  DuckDBValue,
} from "@duckdb/node-api";

export interface Query {
  readonly sql: string;
  /** Bound to $1, $2, … */
  readonly values?: readonly string[];
}

export interface Database {
  /** The rows of a small result, each a record by column name. */
  rows(query: Query): Promise<Record<string, DuckDBValue>[]>;
  /** The chunks of a large result, in the order of the file; of any number of queries at a time. */
  chunks(query: Query): AsyncIterable<DuckDBDataChunk>;
  /** What rows are added with, to a table of an attached file. */
  appender(table: { database: string; name: string }): Promise<DuckDBAppender>;
  close(): void;
}

export interface DatabaseOptions {
  /** The files that may be read; patterns of DuckDB's have no meaning in them. */
  readonly files: readonly string[];
  /** Names of files as a query writes them, patterns included, that mean some of `files`. */
  readonly names?: readonly string[];
  /** Where relative names start. */
  readonly cwd?: string;
  /** A folder whose files may be written too. */
  readonly folder?: string;
  /** One, for a query whose rows shall come in the same order each time. */
  readonly threads?: 1;
  /** Interrupts all that runs. */
  readonly signal?: AbortSignal | undefined;
}

// Scanning needs far less; a file that needs more is refused instead of filling the machine.
const MEMORY = "2GB";

/** Opens a database that sees these files only. Closing it, or the signal, interrupts its queries. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { signal } = options;
  const { DuckDBInstance } = await import("@duckdb/node-api"); // 70 MB: not before a table is read
  const instance = await DuckDBInstance.create(":memory:", {
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    memory_limit: MEMORY,
    temp_directory: "",
    ...(options.threads && { threads: String(options.threads) }),
  });
  const connection = await instance.connect();
  const open = new Set([connection]);
  const interrupt = () => {
    for (const each of open) each.interrupt();
  };
  signal?.addEventListener("abort", interrupt);
  const close = () => {
    signal?.removeEventListener("abort", interrupt);
    for (const each of open) each.closeSync();
    instance.closeSync();
  };
  for (const sql of restrictions(options)) await connection.run(sql);

  const rows = async ({ sql, values = [] }: Query) => {
    const result = await connection.run(sql, [...values]);
    return result.getRowObjects();
  };
  async function* chunks(query: Query): AsyncGenerator<DuckDBDataChunk> {
    const own = await instance.connect(); // another query on the same one would end this result
    open.add(own);
    try {
      yield* streamChunks(own, { query, signal });
    } finally {
      open.delete(own);
      own.closeSync();
    }
  }
  const appender = ({ database, name }: { database: string; name: string }) =>
    connection.createAppender(name, "main", database);
  return { rows, chunks, appender, close };
}

/** What cannot be taken back: SQL that comes later finds every door shut but these. */
function restrictions({ files, names = [], cwd, folder }: DatabaseOptions): string[] {
  const paths = files.flatMap((path) => [path, globOf(path), `${path}.wal`]);
  const texts = (list: readonly string[]) => `[${list.map(quoteText).join(", ")}]`;
  return [
    "SET GLOBAL TimeZone = 'UTC'",
    ...(cwd === undefined ? [] : [`SET file_search_path = ${quoteText(cwd)}`]),
    `SET allowed_paths = ${texts([...new Set([...paths, ...names])])}`,
    ...(folder === undefined ? [] : [`SET allowed_directories = ${texts([folder])}`]),
    "SET enable_external_access = false",
    "SET lock_configuration = true",
  ];
}

async function* streamChunks(
  connection: DuckDBConnection,
  { query, signal }: { query: Query; signal?: AbortSignal | undefined },
): AsyncGenerator<DuckDBDataChunk> {
  const result = await connection.stream(query.sql, [...(query.values ?? [])]);
  for (;;) {
    signal?.throwIfAborted();
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    yield chunk;
  }
}

/** The pattern that matches this path only: DuckDB would read every file that fits `iris*.csv`. */
export const globOf = (path: string): string => path.replace(/[*?[]/g, "[$&]");

export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** The name as people write it in SQL: in quotes where it needs them. */
export const plainName = (name: string): string =>
  /^[a-z_][a-z0-9_]*$/.test(name) ? name : quoteName(name);

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
