/** DuckDB files, as somebody's database. */

import { DuckDBInstance } from "@duckdb/node-api";

/** Runs these statements in a database file, or one in memory. */
export async function inDatabase(path: string, ...statements: readonly string[]): Promise<void> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  for (const sql of statements) await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}
