/**
 * Tables from files. The file is gone through twice: once for what the cells of each column could be
 * read as, once for the values, which go into typed arrays chunk by chunk.
 */

import { totalmem } from "node:os";
import { NablaError, type Table } from "nabla";
import { type Database, openDatabase } from "./duckdb.ts";
import { translateError } from "./duckdb-errors.ts";
import { createColumn, createList } from "./fill.ts";
import { detectFormat } from "./format.ts";
import {
  type ColumnSummary,
  type ColumnType,
  decideType,
  kinds,
  readAs,
  type Unfit,
} from "./kinds.ts";
import { type CellColumn, type Relation, relationOf } from "./relation.ts";
import { openSource, type Source, type SourceOptions } from "./source.ts";
import { treatAsMissing, unfitCell } from "./unfit.ts";

export interface ReadOptions extends SourceOptions {
  /** The types of columns, by name. What cannot be read so is an error that names row and column. */
  readonly types?: ReadonlyMap<string, ColumnType> | undefined;
  /** The type of the other columns; inferred unless given. */
  readonly otherTypes?: ColumnType | undefined;
  /** The texts of cells that count as missing. */
  readonly missing?: readonly string[] | undefined;
  /** Whether to keep the cells of all columns as they stand. */
  readonly keepCells?: boolean;
}

export interface ReadTable extends Table {
  /** As they stand in the file, by column; missing is null. */
  readonly cells?: readonly (readonly (string | null)[])[];
}

/**
 * Reads a CSV, TSV, JSON, NDJSON or Parquet file, gzipped or not; "-" is standard input. An empty
 * cell and null are missing.
 * Throws where there is no such file, it is damaged, has no rows, two columns of the same name or
 * nested values, or a number is NaN or infinite.
 */
export async function readTable(given: string, options: ReadOptions): Promise<ReadTable> {
  const source = await openSource(given, options);
  let database: Database | undefined;
  try {
    const format = await detectFormat(source, options.signal);
    database = await openDatabase(source.path, options);
    const { missing = [] } = options;
    const relation = await relationOf(source, { database, format, missing });
    return await readRelation({ source, database, relation }, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw translateError(source, error);
  } finally {
    database?.close();
    await source.dispose();
  }
}

interface Reading {
  readonly source: Source;
  readonly database: Database;
  readonly relation: Relation;
}

interface TypedColumn extends CellColumn {
  readonly type: ColumnType;
}

async function readRelation(reading: Reading, options: ReadOptions): Promise<ReadTable> {
  const { rows, summaries } = await summarise(reading);
  refuseSize(reading.source, { rows, columns: summaries.length });

  const columns: TypedColumn[] = [];
  for (const [i, column] of reading.relation.columns.entries()) {
    const asked = options.types?.get(column.name) ?? options.otherTypes;
    const type = decideType(summaries[i]!, asked);
    if (typeof type !== "string") throw await cellError(reading, { column, unfit: type });
    columns.push({ ...column, type });
  }
  return readColumns(reading, { columns, rows, keepCells: options.keepCells ?? false });
}

/** The first pass: how many rows there are, and what each column holds. */
async function summarise({ database, relation }: Reading) {
  const parts = relation.columns.map(
    ({ kind }, i) => `bit_or(${kind}) AS found${i},
      count(CASE WHEN ${kind} <> 0 THEN 1 END) AS cells${i},
      count(CASE WHEN ${kind} = ${kinds.number} THEN 1 END) AS numbers${i}`,
  );
  const sql = `SELECT count(*) AS rows, ${parts.join(", ")} FROM ${relation.from}`;
  const [counts = {}] = await database.rows({ sql, values: relation.values });
  const summaries = relation.columns.map(
    (_, i): ColumnSummary => ({
      found: Number(counts[`found${i}`]),
      cells: Number(counts[`cells${i}`]),
      numbers: Number(counts[`numbers${i}`]),
    }),
  );
  return { rows: Number(counts.rows), summaries };
}

/** Typed arrays lie outside the heap: nothing else would stop a small archive of very many rows. */
function refuseSize(source: Source, { rows, columns }: { rows: number; columns: number }): void {
  const bytes = rows * columns * Float64Array.BYTES_PER_ELEMENT;
  if (rows > 0 && bytes <= 0.8 * totalmem()) return;
  const expected = rows === 0 ? "rows of data" : "a table that fits into memory";
  const got = rows === 0 ? "none" : `${rows} rows of ${columns} columns`;
  const message = `${source.name}: expected ${expected}, got ${got}`;
  throw new NablaError("data", message, { where: source.name, expected, got });
}

/** Names the first cell of an unfit kind. */
async function cellError(
  { source, database, relation }: Reading,
  { column, unfit }: { column: CellColumn; unfit: Unfit },
): Promise<NablaError> {
  const { name, raw, kind } = column;
  const sql = `SELECT row, cell FROM (
      SELECT row_number() OVER () AS row, CAST(${raw} AS VARCHAR) AS cell, ${kind} AS kind
      FROM ${relation.from})
    WHERE kind & ${unfit.kinds} <> 0 ORDER BY row LIMIT 1`;
  const [first = {}] = await database.rows({ sql, values: relation.values });
  const text = String(first.cell);
  const got = JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
  const remedy = (unfit.remedy ?? treatAsMissing)(got);
  return unfitCell(source, { ...unfit, row: Number(first.row), column: name, got, remedy });
}

/** The second pass: the values of all columns, and their cells as they stand if those are kept. */
async function readColumns(
  { source, database, relation }: Reading,
  { columns, rows, keepCells }: { columns: TypedColumn[]; rows: number; keepCells: boolean },
): Promise<ReadTable> {
  const typed = columns.map((column) => createColumn(source, { ...column, rows }));
  const kept = keepCells ? columns.map(() => createList<string>(rows)) : [];
  const expressions = [
    ...columns.map(({ type, cell }) => readAs[type](cell)),
    ...(keepCells ? columns.map(({ raw }) => readAs.text(raw)) : []),
  ];
  const sql = `SELECT ${expressions.join(", ")} FROM ${relation.from}`;

  const fills = [...typed, ...kept].map(({ fill }) => fill);
  let first = 0;
  for await (const chunk of database.chunks({ sql, values: relation.values })) {
    const part = { first, count: chunk.rowCount };
    for (const [i, fill] of fills.entries()) fill(chunk.getColumnVector(i), part);
    first += chunk.rowCount;
  }
  const table = { name: source.name, rows, columns: typed.map(({ column }) => column) };
  return keepCells ? { ...table, cells: kept.map(({ values }) => values) } : table;
}
