/**
 * Safetensors: named tensors in a file that holds nothing but numbers and text.
 *
 *     8 bytes     N, the length of the header, unsigned
 *     N bytes     { "W1": { "dtype": "F32", "shape": [3, 2], "data_offsets": [0, 24] }, … } in JSON and
 *                 spaces; the offsets count from the end of the header; a field "__metadata__" maps
 *                 strings to strings
 *     the rest    the elements, row-major; every byte belongs to exactly one tensor
 *
 * All is little-endian, and so must the machine be (WebAssembly's memory is). Reading trusts nothing:
 * a size is compared with the bytes present before it is used, and what has two meanings is refused.
 *
 * The format and its rules: Hugging Face, safetensors, README.
 */
import { dataError, type JsonPlace, type JsonReader, jsonReader, quoted } from "./json.ts";
import { decodeUtf8 } from "./utf8.ts";

/** The elements of each dtype. F16 and BF16 stay bits, BOOL is 0 and 1. */
const arrays = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U64: BigUint64Array,
  U32: Uint32Array,
  U16: Uint16Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
};

export type Dtype = keyof typeof arrays;

/** `data` is flat and row-major; its type follows from `dtype`. */
export type Tensor = {
  [D in Dtype]: {
    readonly dtype: D;
    readonly shape: readonly number[];
    readonly data: (typeof arrays)[D]["prototype"];
  };
}[Dtype];

export interface Safetensors {
  /** In the order of their data. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

type ArrayOf<T> = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => T;

interface Entry {
  readonly name: string;
  /** Of the entry in the header. */
  readonly place: JsonPlace;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

const LENGTH_BYTES = 8;
const LONGEST_HEADER = 25_000_000;
const HIGHEST_RANK = 8;
const METADATA = "__metadata__";
const SPACE = 0x20;

/**
 * The tensors and the metadata of a safetensors file. Data that lie aligned in `bytes` are views of it,
 * others copies. Throws a NablaError that names the field and the byte where the file breaks a rule.
 */
export function readSafetensors(bytes: Uint8Array): Safetensors {
  const headerEnd = LENGTH_BYTES + headerLength(bytes);
  const text = decode(bytes.subarray(LENGTH_BYTES, headerEnd));
  const json = jsonReader({ text, name: "safetensors header", firstByte: LENGTH_BYTES });
  if (!text.startsWith("{")) throw json.error('"{" first', undefined, { fields: [], index: 0 });

  const entries: Entry[] = [];
  const metadata: [string, string][] = [];
  json.object((name) => {
    if (name === METADATA) json.object((key) => metadata.push([key, json.string()]));
    else entries.push(readEntry(json, name));
  });
  json.end(" ");

  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  const dataLength = checkContiguous(entries, json);
  if (headerEnd + dataLength !== bytes.length) {
    const [where, expected] = [`safetensors, byte ${headerEnd}`, `${dataLength} bytes of data`];
    throw dataError(where, expected, String(bytes.length - headerEnd));
  }
  return {
    tensors: new Map(entries.map((entry) => [entry.name, tensorOf(entry, bytes, headerEnd)])),
    metadata: Object.fromEntries(metadata),
  };
}

function headerLength(bytes: Uint8Array): number {
  const present = bytes.length - LENGTH_BYTES;
  if (present < 0) {
    throw dataError("safetensors, byte 0", "the 8 bytes of the header's length", `${bytes.length}`);
  }
  const { buffer, byteOffset } = bytes;
  const length = new DataView(buffer, byteOffset).getBigUint64(0, true);
  const most = Math.min(present, LONGEST_HEADER);
  if (length <= most) return Number(length);
  const limit = most < present ? "" : ", the bytes present";
  throw dataError("safetensors, byte 0", `a header of at most ${most} bytes${limit}`, `${length}`);
}

function decode(header: Uint8Array): string {
  const decoded = decodeUtf8(header);
  if ("text" in decoded) return decoded.text;
  const byte = header[decoded.wrongByte];
  const got = byte === undefined ? "the end of the header" : `0x${byte.toString(16)}`;
  throw dataError(`safetensors header, byte ${LENGTH_BYTES + decoded.wrongByte}`, "UTF-8", got);
}

function readEntry(json: JsonReader, name: string): Entry {
  const place = json.place();
  const fields: { dtype?: Dtype; shape?: number[]; offsets?: number[] } = {};
  json.object((field) => {
    if (field === "dtype") fields.dtype = readDtype(json);
    else if (field === "shape") fields.shape = readIntegers(json, HIGHEST_RANK);
    else if (field === "data_offsets") fields.offsets = readIntegers(json, 2);
    else throw json.error("only dtype, shape and data_offsets", quoted(field));
  });

  const { dtype, shape, offsets } = fields;
  const [begin, end] = offsets ?? [];
  if (dtype === undefined || shape === undefined || begin === undefined || end === undefined)
    throw json.error("a dtype, a shape and two data_offsets", undefined, place);

  const bytes = byteLength(dtype, shape);
  if (end - begin !== bytes) {
    const expected = `data_offsets ${bytes} bytes apart for ${dtype} [${shape.join(", ")}]`;
    throw json.error(expected, `[${begin}, ${end}]`, place);
  }
  return { name, place, dtype, shape, begin, end };
}

function readDtype(json: JsonReader): Dtype {
  const place = json.place();
  const dtype = json.string();
  if (!isDtype(dtype)) throw json.error(`one of ${dtypes}`, quoted(dtype), place);
  return dtype;
}

const isDtype = (name: string): name is Dtype => Object.hasOwn(arrays, name);
const dtypes = Object.keys(arrays).join(", ");

function readIntegers(json: JsonReader, most: number): number[] {
  const integers: number[] = [];
  json.array((index) => {
    if (index === most) throw json.error(`at most ${most} numbers`);
    integers.push(json.integer());
  });
  return integers;
}

/** The size of an element times the extents; Infinity once a product is not exact. */
function byteLength(dtype: Dtype, shape: readonly number[]): number {
  return shape.reduce(
    (bytes, extent) => (Number.isSafeInteger(bytes) ? bytes * extent : Number.POSITIVE_INFINITY),
    arrays[dtype].BYTES_PER_ELEMENT,
  );
}

/** The end of the last of the sorted tensors, each of which must begin where the one before it ends. */
function checkContiguous(entries: readonly Entry[], json: JsonReader): number {
  let next = 0;
  for (const { begin, end, place } of entries) {
    const expected = `data_offsets that begin at ${next}, where the data before end`;
    if (begin !== next) throw json.error(expected, `${begin}`, place);
    next = end;
  }
  return next;
}

function tensorOf(entry: Entry, bytes: Uint8Array, dataStart: number): Tensor {
  const { name, dtype, shape, begin, end } = entry;
  const size = arrays[dtype].BYTES_PER_ELEMENT;
  const view = bytes.subarray(dataStart + begin, dataStart + end);
  const wrong = dtype === "BOOL" ? view.findIndex((byte) => byte > 1) : -1;
  if (wrong >= 0) {
    const where = `safetensors, ${quoted(name)}, byte ${dataStart + begin + wrong}`;
    throw dataError(where, "0 or 1", `${view[wrong]}`);
  }
  const { buffer, byteOffset } = view.byteOffset % size === 0 ? view : new Uint8Array(view);
  const Elements: ArrayOf<Tensor["data"]> = arrays[dtype];
  return { dtype, shape, data: new Elements(buffer, byteOffset, view.length / size) } as Tensor;
}

/**
 * A safetensors file of the tensors, in the order given; its data begin at a multiple of 8 bytes.
 * Throws a NablaError where `readSafetensors` would refuse it: a shape that is not that of the data, …
 */
export function writeSafetensors(file: {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata?: Readonly<Record<string, string>>;
}): Uint8Array {
  const { tensors, metadata = {} } = file;
  const members: string[] = [];
  if (Object.keys(metadata).length > 0) members.push(`"${METADATA}":${JSON.stringify(metadata)}`);
  let dataLength = 0;
  for (const [name, tensor] of tensors) {
    checkArray(name, tensor);
    const { dtype, shape, data } = tensor;
    const data_offsets = [dataLength, dataLength + data.byteLength];
    members.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets })}`);
    dataLength += data.byteLength;
  }

  const header = new TextEncoder().encode(`{${members.join(",")}}`);
  const headerEnd = LENGTH_BYTES + Math.ceil(header.length / 8) * 8;
  const bytes = new Uint8Array(headerEnd + dataLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerEnd - LENGTH_BYTES), true);
  bytes.fill(SPACE, LENGTH_BYTES, headerEnd).set(header, LENGTH_BYTES);
  let offset = headerEnd;
  for (const { data } of tensors.values()) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }

  readSafetensors(bytes); // the rules are written once, there
  return bytes;
}

function checkArray(name: string, { dtype, data }: Tensor): void {
  const where = `tensor ${quoted(name)}`;
  if (!isDtype(dtype)) throw dataError(where, `a dtype among ${dtypes}`, quoted(dtype));
  const [array, got] = [arrays[dtype].name, Object.prototype.toString.call(data).slice(8, -1)];
  if (got !== array) throw dataError(where, `its ${dtype} data in a ${array}`, got);
}
