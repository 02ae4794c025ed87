/**
 * A table, block by block, as often as anybody goes through it: so one that is larger than the memory
 * can be trained on. The types of its columns are decided by all of its cells, in a first pass.
 */

import { NablaError } from "nabla";
import { shownName } from "./address.ts";
import { type Database, openDatabase } from "./duckdb.ts";
import { translateError } from "./duckdb-errors.ts";
import { detectFormat, type Format } from "./format.ts";
import { idxPart } from "./idx.ts";
import { type ColumnSummary, type ColumnType, decideType } from "./kinds.ts";
import { openSources } from "./open-sources.ts";
import type { Block, Part, Summary, TypedName } from "./part.ts";
import { relationOf } from "./relation.ts";
import { relationPart } from "./relation-part.ts";
import type { Source, SourceOptions } from "./source.ts";

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

export interface TableStream {
  readonly name: string;
  readonly columns: readonly TypedName[];
  readonly rows: number;
  /** The files that it is read from: whoever writes one of them destroys it. */
  readonly files: readonly string[];
  /** All rows in their order, some ten thousand at a time; several passes may go on at once. */
  pass(): AsyncIterable<Block>;
  /** Ends all passes, and removes the temporary copy if there is one. */
  dispose(): Promise<void>;
}

/**
 * Opens what `readTable` reads. Throws where there is no such file, it is damaged, has no rows, two
 * columns of the same name or nested values, or where several files have not the same columns.
 * A pass throws where a number is NaN or infinite.
 */
export async function openTableStream(
  given: string | undefined,
  options: ReadOptions,
): Promise<TableStream> {
  const name = shownName(given);
  const sources = await openSources(given, options);
  let database: Database | undefined;
  const dispose = async () => {
    database?.close();
    await Promise.all(sources.map((source) => source.dispose()));
  };
  try {
    const formats: Format[] = [];
    for (const source of sources)
      formats.push(source.format ?? (await detectFormat(source, options.signal)));
    const files = sources.map(({ path }) => path);
    if (formats.some(({ kind }) => kind !== "idx"))
      database = await openDatabase({ files, signal: options.signal });
    const parts: Part[] = [];
    for (const [i, source] of sources.entries())
      parts.push(
        await about(source, openPart(source, { ...options, format: formats[i]!, database })),
      );
    refuseOtherColumns(parts);

    const { rows, columns } = await decideColumns(name, { parts, options });
    const { keepCells = false } = options;
    const origins = sources.flatMap((source) => source.origins ?? [source.path]);
    const pass = () => readParts(name, { parts, columns, keepCells, signal: options.signal });
    return { name, rows, columns, files: origins, pass, dispose };
  } catch (error) {
    await dispose();
    options.signal?.throwIfAborted();
    throw error;
  }
}

/** Work on a source; what DuckDB says of it is put in our words. */
const about = <T>(source: Source, work: Promise<T>): Promise<T> =>
  work.catch((error) => {
    throw translateError(source, error);
  });

async function openPart(
  source: Source,
  {
    format,
    database,
    missing = [],
  }: ReadOptions & { readonly format: Format; readonly database: Database | undefined },
): Promise<Part> {
  if (format.kind === "idx") return idxPart(source, { missing });
  const relation = await relationOf(source, { database: database!, format, missing });
  return relationPart({ source, database: database!, relation });
}

/** The types, by the cells of all parts together. */
async function decideColumns(
  name: string,
  { parts, options }: { parts: readonly Part[]; options: ReadOptions },
): Promise<{ rows: number; columns: TypedName[] }> {
  const summaries: Summary[] = [];
  for (const part of parts) summaries.push(await about(part.source, part.summarise()));
  const rows = summaries.reduce((sum, summary) => sum + summary.rows, 0);
  if (rows === 0) throw noRows(name);

  const columns: TypedName[] = [];
  for (const column of parts[0]!.names) {
    const own = parts.map((part, p) => summaries[p]!.columns[part.names.indexOf(column)]!);
    const asked = options.types?.get(column) ?? options.otherTypes;
    const type = decideType(own.reduce(together), asked);
    if (typeof type !== "string") {
      const part = parts[own.findIndex(({ found }) => (found & type.kinds) !== 0)]!;
      throw await about(part.source, part.unfitError(column, type));
    }
    columns.push({ name: column, type });
  }
  return { rows, columns };
}

const together = (a: ColumnSummary, b: ColumnSummary): ColumnSummary => ({
  found: a.found | b.found,
  cells: a.cells + b.cells,
  numbers: a.numbers + b.numbers,
});

async function* readParts(
  name: string,
  {
    parts,
    columns,
    keepCells,
    signal,
  }: {
    parts: readonly Part[];
    columns: readonly TypedName[];
    keepCells: boolean;
    signal: AbortSignal | undefined;
  },
): AsyncGenerator<Block> {
  for (const part of parts) {
    try {
      for await (const block of part.blocks(columns, { keepCells })) yield { ...block, name };
    } catch (error) {
      signal?.throwIfAborted();
      throw translateError(part.source, error);
    }
  }
}

function refuseOtherColumns([first, ...others]: readonly Part[]): void {
  for (const { source, names } of others) {
    if (names.length === first!.names.length && names.every((name) => first!.names.includes(name)))
      continue;
    const expected = `the columns of ${first!.source.name}: ${first!.names.join(", ")}`;
    const got = names.join(", ");
    const message = `${source.name}: expected ${expected}; got ${got}`;
    throw new NablaError("data", message, { where: source.name, expected, got });
  }
}

function noRows(where: string): NablaError {
  const [expected, got] = ["rows of data", "none"];
  const message = `${where}: expected ${expected}, got ${got}`;
  return new NablaError("data", message, { where, expected, got });
}
