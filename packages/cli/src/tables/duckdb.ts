/**
 * DuckDB, wrapped once: a private in-memory database that may read one file and nothing else (no
 * network, no extension, no spill to disk), and hands over its results in columns, chunk by chunk.
 */

import type { DuckDBConnection, DuckDBDataChunk, DuckDBValue } from "@duckdb/node-api";

export interface Query {
  readonly sql: string;
  /** Bound to $1, $2, … */
  readonly values?: readonly string[];
}

export interface Database {
  /** The rows of a small result, each a record by column name. */
  rows(query: Query): Promise<Record<string, DuckDBValue>[]>;
  /** The chunks of a large result, in the order of the file. */
  chunks(query: Query): AsyncIterable<DuckDBDataChunk>;
  close(): void;
}

// Scanning needs far less; a file that needs more is refused instead of filling the machine.
const MEMORY = "2GB";

/** Opens a database that sees this file only. Closing it, or the signal, interrupts its queries. */
export async function openDatabase(
  path: string,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<Database> {
  const { DuckDBInstance } = await import("@duckdb/node-api"); // 70 MB: not before a table is read
  const instance = await DuckDBInstance.create(":memory:", {
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    memory_limit: MEMORY,
    temp_directory: "",
  });
  const connection = await instance.connect();
  const interrupt = () => connection.interrupt();
  signal?.addEventListener("abort", interrupt);
  const close = () => {
    signal?.removeEventListener("abort", interrupt);
    connection.closeSync();
    instance.closeSync();
  };

  await connection.run("SET TimeZone = 'UTC'");
  await connection.run(`SET allowed_paths = [${quoteText(path)}, ${quoteText(globOf(path))}]`);
  await connection.run("SET enable_external_access = false");
  await connection.run("SET lock_configuration = true");

  const rows = async ({ sql, values = [] }: Query) => {
    const result = await connection.run(sql, [...values]);
    return result.getRowObjects();
  };
  return { rows, chunks: (query) => streamChunks(connection, { query, signal }), close };
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

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
