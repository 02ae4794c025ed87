/**
 * IDX images as a table: a row for each image, the pixels in columns p0, p1, … row by row, and `label`
 * where the file of labels lies beside: `train-images-idx3-ubyte.gz`, `train-labels-idx1-ubyte.gz`.
 */

import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { type Column, NablaError } from "nabla";
import { type IdxArray, readIdx } from "nabla/files";
import { inputError } from "../errors.ts";
import { expandsTooFar, expansionLimit } from "./expansion.ts";
import { type ColumnSummary, kinds, type Unfit } from "./kinds.ts";
import { BLOCK_ROWS, type Block, type Part, type TypedName } from "./part.ts";
import type { Source } from "./source.ts";
import { unfitCell } from "./unfit.ts";

/** Column c of row n is `data[n·stride + offset]`; NaN where it is missing. */
interface IdxColumn {
  readonly name: string;
  readonly data: IdxArray["data"];
  readonly stride: number;
  readonly offset: number;
}

interface IdxTable {
  readonly source: Source;
  readonly rows: number;
  readonly columns: readonly IdxColumn[];
  /** Numbers that count as missing. */
  readonly missing: ReadonlySet<number>;
}

/** Throws where a file is damaged, or there are not as many labels as images. */
export async function idxPart(
  source: Source,
  { missing }: { missing: readonly string[] },
): Promise<Part> {
  const images = await readArray(source.name, source.path);
  const [rows = 0, ...extents] = images.shape;
  const stride = extents.reduce((product, extent) => product * extent, 1);
  const pixels = Array.from(
    { length: stride },
    (_, offset): IdxColumn => ({ name: `p${offset}`, data: images.data, stride, offset }),
  );
  const labels = await readLabels(source, rows);
  const label = labels && { name: "label", data: labels.data, stride: 1, offset: 0 };
  const columns = label === undefined ? pixels : [...pixels, label];
  const table = { source, rows, columns, missing: new Set(missing.map(Number)) };
  return {
    source,
    names: columns.map(({ name }) => name),
    summarise: async () => ({ rows, columns: columns.map((column) => summarise(table, column)) }),
    unfitError: async (column, unfit) => unfitError(table, { column, unfit }),
    blocks: (names, { keepCells }) => readBlocks(table, { names, keepCells }),
  };
}

async function readArray(name: string, path: string): Promise<IdxArray> {
  const bytes = await readFile(path).catch((error) => {
    throw inputError(name, error);
  });
  const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? await inflate(name, bytes) : bytes;
  try {
    return readIdx(plain);
  } catch (error) {
    if (!(error instanceof NablaError)) throw error;
    throw new NablaError(error.code, `${name}: ${error.message}`, {
      ...error.details,
      where: name,
    });
  }
}

async function inflate(name: string, bytes: Buffer): Promise<Buffer> {
  const maxOutputLength = expansionLimit(bytes.length);
  return promisify(gunzip)(bytes, { maxOutputLength }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ERR_BUFFER_TOO_LARGE")
      throw expandsTooFar(name, `more than ${Math.round(maxOutputLength / 2 ** 20)} MiB`);
    const [expected, got] = ["a complete gzip file", error.message];
    const message = `${name}: expected ${expected}, got ${got}`;
    throw new NablaError("data", message, { where: name, expected, got });
  });
}

/** Undefined where no file of that name lies beside. */
async function readLabels(source: Source, rows: number): Promise<IdxArray | undefined> {
  const own = basename(source.path);
  const name = own.replace(/images/i, "labels").replace(/idx\d/i, "idx1");
  const twin = /\.gz$/i.test(name) ? name.slice(0, -3) : `${name}.gz`;
  for (const candidate of name === own ? [] : [name, twin]) {
    const path = join(dirname(source.path), candidate);
    const stats = await stat(path).catch(() => undefined);
    if (!stats?.isFile()) continue;
    const where = join(dirname(source.name), candidate);
    const labels = await readArray(where, path);
    if (labels.data.length === rows) return labels;
    const [expected, got] = [`a label for each of ${rows} images`, String(labels.data.length)];
    const message = `${where}: expected ${expected}, got ${got}`;
    throw new NablaError("data", message, { where, expected, got });
  }
  return undefined;
}

function valueAt({ missing }: IdxTable, column: IdxColumn, row: number): number | null {
  const value = column.data[row * column.stride + column.offset]!;
  return missing.has(value) ? null : value;
}

function kindOf(value: number | null): number {
  if (value === null) return 0;
  return Number.isFinite(value) ? kinds.number : kinds.notFinite;
}

function summarise(table: IdxTable, column: IdxColumn): ColumnSummary {
  let [found, cells, numbers] = [0, 0, 0];
  for (let row = 0; row < table.rows; row++) {
    const kind = kindOf(valueAt(table, column, row));
    found |= kind;
    if (kind !== 0) cells++;
    if (kind === kinds.number) numbers++;
  }
  return { found, cells, numbers };
}

function unfitError(
  table: IdxTable,
  { column: name, unfit }: { column: string; unfit: Pick<Unfit, "kinds" | "expected"> },
): NablaError {
  const column = table.columns.find((candidate) => candidate.name === name)!;
  let row = 0;
  while ((kindOf(valueAt(table, column, row)) & unfit.kinds) === 0) row++;
  const remedy = "correct it, or leave the column out with --ignore";
  const got = String(valueAt(table, column, row));
  const cell = { row: row + 1, column: name, got, expected: unfit.expected, remedy };
  return unfitCell(table.source, cell);
}

async function* readBlocks(
  table: IdxTable,
  { names, keepCells }: { names: readonly TypedName[]; keepCells: boolean },
): AsyncGenerator<Block> {
  const columns = names.map(({ name }) => table.columns.find((column) => column.name === name)!);
  for (let first = 0; first < table.rows; first += BLOCK_ROWS) {
    const rows = Math.min(BLOCK_ROWS, table.rows - first);
    const part = { first, rows };
    yield {
      name: table.source.name,
      rows,
      columns: columns.map((column, i) => readColumn(table, { column, typed: names[i]!, part })),
      ...(keepCells && { cells: columns.map((column) => textsOf(table, { column, part })) }),
    };
  }
}

interface Span {
  readonly first: number;
  readonly rows: number;
}

/** Text where it is asked for, else numbers: they are all that a file can hold. */
function readColumn(
  table: IdxTable,
  { column, typed, part }: { column: IdxColumn; typed: TypedName; part: Span },
): Column {
  const { name, type } = typed;
  if (type === "text") return { name, type, values: textsOf(table, { column, part }) };
  const values = new Float64Array(part.rows);
  for (let i = 0; i < part.rows; i++) {
    const value = valueAt(table, column, part.first + i);
    if (kindOf(value) === kinds.notFinite) {
      const unfit = { kinds: kinds.notFinite, expected: "a finite number" };
      throw unfitError(table, { column: name, unfit });
    }
    values[i] = value ?? Number.NaN;
  }
  return { name, type: "number", values };
}

function textsOf(
  table: IdxTable,
  { column, part }: { column: IdxColumn; part: Span },
): (string | null)[] {
  return Array.from({ length: part.rows }, (_, i) => {
    const value = valueAt(table, column, part.first + i);
    return value === null ? null : String(value);
  });
}
