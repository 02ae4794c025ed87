/**
 * What kind of file a table is, by its name's ending or, without a known one, by how it begins;
 * and the header line of a CSV file. DuckDB's own guess is not asked: it takes a ragged file for
 * one of a single column, and renames a second column of the same name without a word.
 */

import { type FileHandle, open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { NablaError } from "nabla";
import { inputError } from "../errors.ts";
import { expandsTooFar, expansionLimit } from "./expansion.ts";
import type { Source } from "./source.ts";

export type Format =
  | {
      readonly kind: "csv";
      readonly gzip: boolean;
      readonly delimiter: string;
      readonly names: readonly string[];
    }
  | { readonly kind: "json"; readonly gzip: boolean }
  | { readonly kind: "parquet" }
  | { readonly kind: "idx" }
  | {
      readonly kind: "database";
      /** The table, where it is known; else it is the only one. */
      readonly table?: string;
      /** What the texts of columns are: `plain` ones are read as those of a CSV file. */
      readonly texts?: ReadonlyMap<string, "plain" | "nested">;
    };

const EXPECTED = "CSV, TSV, JSON, NDJSON, Parquet, DuckDB or IDX";
const BOM = "\ufeff";
const HEAD_BYTES = 1 << 20;
const DELIMITERS = [",", ";", "\t", "|"] as const;
const KINDS: ReadonlyMap<string, Format["kind"]> = new Map([
  ["csv", "csv"],
  ["tsv", "csv"],
  ["json", "json"],
  ["ndjson", "json"],
  ["jsonl", "json"],
  ["parquet", "parquet"],
]);

/** Reads how a file begins. Throws where it is empty, damaged or of another format. */
export async function detectFormat(source: Source, signal?: AbortSignal): Promise<Format> {
  const { head, gzip } = await readHead(source, signal);
  if (head.length === 0) throw unreadable(source, "it is empty", "a table");

  const ending = /\.([^./\\]+?)(\.gz)?$/i.exec(source.name)?.[1]?.toLowerCase() ?? "";
  const kind = KINDS.get(ending) ?? kindOfContent(head);
  if (kind === "parquet") {
    if (!isParquet(head) || gzip) throw unreadable(source, "it is not a Parquet file", EXPECTED);
    return { kind };
  }
  if (kind === "database") {
    if (gzip) throw unreadable(source, "it is compressed", "a DuckDB file as it is");
    return { kind };
  }
  if (kind === "idx") return { kind };
  const text = decodeHead(source, { head, kind });
  if (kind === "json") return { kind, gzip };
  const delimiters = ending === "tsv" ? ["\t"] : DELIMITERS;
  return { kind, gzip, ...readHeader(source, { text, delimiters }) };
}

function kindOfContent(head: Buffer): Format["kind"] {
  if (isParquet(head)) return "parquet";
  if (head.subarray(8, 12).toString("latin1") === "DUCK" && head[15] === 0) return "database";
  if (isIdx(head)) return "idx";
  return /^\s*[[{]/.test(head.toString("latin1")) ? "json" : "csv";
}

const isParquet = (head: Buffer): boolean => head.subarray(0, 4).toString("latin1") === "PAR1";

/** Two zeros, the type of the elements, and how many extents there are. */
const isIdx = ([first, second, type = 0, rank = 0]: Buffer): boolean =>
  first === 0 && second === 0 && type >= 8 && type <= 14 && rank >= 1 && rank <= 8;

async function readHead(
  source: Source,
  signal?: AbortSignal,
): Promise<{ head: Buffer; gzip: boolean }> {
  const file = await open(source.path).catch((error) => {
    throw inputError(source.name, error);
  });
  try {
    const head = await firstBytes(file);
    const gzip = head[0] === 0x1f && head[1] === 0x8b;
    return { head: gzip ? await inflateHead(source, { file, signal }) : head, gzip };
  } finally {
    await file.close();
  }
}

async function firstBytes(file: FileHandle): Promise<Buffer> {
  const buffer = Buffer.alloc(HEAD_BYTES);
  const { bytesRead } = await file.read({ buffer, position: 0 });
  return buffer.subarray(0, bytesRead);
}

/** Reads to the end of the gzip stream: DuckDB would not notice that it is cut off. */
async function inflateHead(
  source: Source,
  { file, signal }: { file: FileHandle; signal: AbortSignal | undefined },
): Promise<Buffer> {
  const kept: Buffer[] = [];
  let length = 0;
  const limit = expansionLimit((await file.stat()).size);
  const tooFar = expandsTooFar(source.name, `more than ${Math.round(limit / 2 ** 20)} MiB`);
  const compressed = file.createReadStream({ start: 0, autoClose: false });
  try {
    await pipeline(compressed, createGunzip(), async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        signal?.throwIfAborted();
        if (length < HEAD_BYTES) kept.push(chunk);
        length += chunk.length;
        if (length > limit) throw tooFar;
      }
    });
  } catch (error) {
    signal?.throwIfAborted();
    if (length > limit) throw tooFar; // the error is that of the end, which came too early
    const got = error instanceof Error ? error.message : String(error);
    throw unreadable(source, `its gzip stream is damaged (${got})`, "a complete gzip file");
  }
  return Buffer.concat(kept).subarray(0, HEAD_BYTES);
}

function decodeHead(
  source: Source,
  { head, kind }: { head: Buffer; kind: "csv" | "json" },
): string {
  const [first = 0, second = 0] = head;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    throw unreadable(source, "it is UTF-16 text", "UTF-8 text");
  if (head.includes(0)) throw unreadable(source, "it is not text", EXPECTED);
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(head);
  if (kind === "json" && text.startsWith(BOM))
    throw unreadable(source, "it begins with a byte-order mark", "JSON without one");
  return text.replace(BOM, "");
}

/** The delimiter, unless given the one that makes the most of the header, and the columns' names. */
function readHeader(
  source: Source,
  { text, delimiters }: { text: string; delimiters: readonly string[] },
): { delimiter: string; names: string[] } {
  const headers = delimiters.map((delimiter) => ({ delimiter, ...firstRecord(text, delimiter) }));
  const { delimiter, cells, ended } = headers.reduce((best, next) =>
    next.cells.length > best.cells.length ? next : best,
  );
  if (!ended && text.length >= HEAD_BYTES)
    throw unreadable(source, "its first line does not end", "a header line and rows");
  if (cells.every((cell) => cell === ""))
    throw unreadable(source, "its first line is empty", "a header line and rows");

  const names = cells.map((cell, i) => (cell === "" ? `column ${i + 1}` : cell));
  return { delimiter, names };
}

/** The cells up to the first line end outside quotes; without the spaces around them unless these are in quotes. */
function firstRecord(text: string, delimiter: string): { cells: string[]; ended: boolean } {
  const cells: string[] = [];
  let cell = "";
  let quoted = false;
  let exact = false; //  the cell was in quotes
  const end = () => {
    cells.push(exact ? cell : cell.trim());
    [cell, exact] = ["", false];
  };
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if (quoted && character === '"' && text[i + 1] === '"') cell += text[++i];
    else if (quoted && character === '"') quoted = false;
    else if (quoted) cell += character;
    else if (character === '"' && !exact && cell.trim() === "") {
      [cell, quoted, exact] = ["", true, true];
    } else if (character === "\n" || character === "\r") {
      end();
      return { cells, ended: true };
    } else if (character === delimiter) end();
    else if (!exact || character.trim() !== "") cell += character;
  }
  end();
  return { cells, ended: false };
}

function unreadable(source: Source, got: string, expected: string): NablaError {
  const message = `${source.name} cannot be read: ${got}, expected ${expected}`;
  return new NablaError("data", message, { where: source.name, expected, got });
}
