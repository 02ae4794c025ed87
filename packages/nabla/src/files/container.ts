/**
 * Files of ours: safetensors whose metadata hold a format's name and, one text of JSON for each part,
 * plain data that a reader takes apart. Whatever is wrong with a part is wrong with the file.
 */

import { NablaError } from "../errors.ts";
import { dataError, type JsonValue, quoted, readJson } from "./json.ts";
import type { Reader } from "./plain.ts";
import type { Safetensors } from "./safetensors.ts";

type Metadata = Safetensors["metadata"];

export interface FileKind {
  /** In messages: "model file". */
  readonly file: string;
  /** Its mark in the metadata. */
  readonly format: string;
  /** All that it may have. */
  readonly parts: readonly string[];
}

/** Throws unless the file is of this format. */
export function checkFormat({ format: got }: Metadata, { file, format }: FileKind): void {
  if (got === format) return;
  const expected = `the format "${format}" in its metadata`;
  throw dataError(file, expected, got === undefined ? "no format" : quoted(got));
}

/** Throws where there is a part that the format has not. */
export function checkParts(metadata: Metadata, { file, parts }: FileKind): void {
  const unknown = Object.keys(metadata).find((name) => !parts.includes(name));
  if (unknown !== undefined)
    throw dataError(file, `the parts ${parts.join(", ")}`, quoted(unknown));
}

export interface PartReader<T> {
  readonly file: string;
  readonly name: string;
  readonly read: Reader<T>;
  /** What an earlier format said, in the terms of this one. */
  readonly upgrade?: (part: JsonValue, where: string) => JsonValue;
}

/** Of a part: more take many times the memory of their text. */
const MOST_VALUES = 1_000_000;

export function readPart<T>(metadata: Metadata, { file, name, read, upgrade }: PartReader<T>): T {
  const where = `${file}, ${name}`;
  const text = metadata[name];
  if (text === undefined) throw dataError(file, `a part ${name}`, "none");
  const part = readJson({ text, name: where, most: MOST_VALUES });
  return asData(where, () => read(upgrade ? upgrade(part, where) : part, where));
}

/** Any NablaError as one about the file. */
export function asData<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof NablaError) || error.code === "data") throw error;
    throw new NablaError("data", `${where}: ${error.message}`, { ...error.details, where });
  }
}
