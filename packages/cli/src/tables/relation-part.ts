/** What DuckDB reads of a table. */

import type { Database } from "./duckdb.ts";
import { refuseExpansion } from "./expansion.ts";
import { fillColumn, fillTexts } from "./fill.ts";
import { type ColumnSummary, kinds, readAs, type Unfit } from "./kinds.ts";
import { BLOCK_ROWS, type Block, type Part, type Summary, type TypedName } from "./part.ts";
import type { Relation } from "./relation.ts";
import type { Source } from "./source.ts";
import { treatAsMissing, unfitCell } from "./unfit.ts";

const CHUNK_ROWS = 2048; // DuckDB's, at most

interface Reading {
  readonly source: Source;
  readonly database: Database;
  readonly relation: Relation;
}

export const relationPart = (reading: Reading): Part => ({
  source: reading.source,
  names: reading.relation.columns.map(({ name }) => name),
  summarise: () => summarise(reading),
  unfitError: (column, unfit) => unfitError(reading, { column, unfit }),
  blocks: (columns, options) => readBlocks(reading, { columns, ...options }),
});

async function summarise({ source, database, relation }: Reading): Promise<Summary> {
  const parts = relation.columns.map(
    ({ kind }, i) => `bit_or(${kind}) AS found${i},
      count(CASE WHEN ${kind} <> 0 THEN 1 END) AS cells${i},
      count(CASE WHEN ${kind} = ${kinds.number} THEN 1 END) AS numbers${i}`,
  );
  const bytes = relation.columns.flatMap((column) => column.bytes ?? []);
  const sizes = bytes.map((length) => `coalesce(sum(${length}), 0)::DOUBLE`);
  const sql = `SELECT count(*) AS rows, ${["0", ...sizes].join(" + ")} AS bytes, ${parts.join(", ")}
    FROM ${relation.from}`;
  const [counts = {}] = await database.rows({ sql, values: relation.values });
  const columns = relation.columns.map(
    (_, i): ColumnSummary => ({
      found: Number(counts[`found${i}`]),
      cells: Number(counts[`cells${i}`]),
      numbers: Number(counts[`numbers${i}`]),
    }),
  );
  await refuseExpansion(source, { amount: Number(counts.bytes), unit: "bytes" });
  return { rows: Number(counts.rows), columns };
}

async function unfitError(
  { source, database, relation }: Reading,
  { column, unfit }: { column: string; unfit: Unfit },
): Promise<Error> {
  const { raw, kind } = relation.columns.find(({ name }) => name === column)!;
  const sql = `SELECT row, cell FROM (
      SELECT row_number() OVER () AS row, left(CAST(${raw} AS VARCHAR), 41) AS cell, ${kind} AS kind
      FROM ${relation.from})
    WHERE kind & ${unfit.kinds} <> 0 ORDER BY row LIMIT 1`;
  const [first = {}] = await database.rows({ sql, values: relation.values });
  const text = String(first.cell);
  const got = JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
  const remedy = (unfit.remedy ?? treatAsMissing)(got);
  return unfitCell(source, { ...unfit, row: Number(first.row), column, got, remedy });
}

async function* readBlocks(
  { source, database, relation }: Reading,
  { columns, keepCells }: { columns: readonly TypedName[]; keepCells: boolean },
): AsyncGenerator<Block> {
  const cells = columns.map(({ name }) => relation.columns.find((cell) => cell.name === name)!);
  const expressions = [
    ...columns.map(({ type }, i) => readAs[type](cells[i]!.cell)),
    ...(keepCells ? cells.map(({ raw }) => readAs.text(raw)) : []),
  ];
  const sql = `SELECT ${expressions.join(", ")} FROM ${relation.from}`;
  const typed = columns.map((column) =>
    fillColumn(source, { ...column, places: BLOCK_ROWS + CHUNK_ROWS }),
  );
  const kept = keepCells ? columns.map(fillTexts) : [];
  const take = (rows: number): Block => ({
    name: source.name,
    rows,
    columns: typed.map((column) => column.take(rows)),
    ...(keepCells && { cells: kept.map((list) => list.take()) }),
  });

  let rows = 0; // of the block
  let row = 0; // of the source
  for await (const chunk of database.chunks({ sql, values: relation.values })) {
    const count = chunk.rowCount;
    for (const [i, { fill }] of [...typed, ...kept].entries())
      fill(chunk.getColumnVector(i), { at: rows, count, row });
    rows += count;
    row += count;
    if (rows < BLOCK_ROWS) continue;
    yield take(rows);
    rows = 0;
  }
  if (rows > 0) yield take(rows);
}
