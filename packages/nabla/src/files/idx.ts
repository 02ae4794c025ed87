/**
 * IDX: one array of numbers, as MNIST and the data sets after its pattern come.
 *
 *     2 bytes     0
 *     1 byte      the type of the elements
 *     1 byte      R ≥ 1, how many extents there are
 *     4R bytes    the extents, unsigned
 *     the rest    the elements, row-major
 *
 * All is big-endian; the machine must be little-endian (WebAssembly's memory is). Reading compares the
 * size with the bytes present before anything is allocated.
 *
 * The format: LeCun, Cortes and Burges, The MNIST database of handwritten digits.
 */
import { NablaError } from "../errors.ts";
import { dataError } from "./json.ts";

/** The elements of each type. */
const types = {
  8: Uint8Array,
  9: Int8Array,
  11: Int16Array,
  12: Int32Array,
  13: Float32Array,
  14: Float64Array,
} as const;

type Type = keyof typeof types;

/** `data` is flat and row-major; its type is the file's: unsigned bytes, signed integers, floats. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly data: InstanceType<(typeof types)[Type]>;
}

const MAGIC_BYTES = 4;
const EXTENT_BYTES = 4;

/**
 * The array of an IDX file, copied. Throws a NablaError that names the byte where the file breaks a rule,
 * is cut short, or goes on after its last element; and where it is still compressed.
 */
export function readIdx(bytes: Uint8Array): IdxArray {
  checkUncompressed(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { type, rank } = readMagic(bytes);
  const Elements = types[type];

  const start = MAGIC_BYTES + EXTENT_BYTES * rank;
  if (bytes.length < start) {
    const expected = `${rank} extents of ${EXTENT_BYTES} bytes`;
    throw dataError(`IDX, byte ${MAGIC_BYTES}`, expected, present(bytes, MAGIC_BYTES));
  }
  const shape = Array.from({ length: rank }, (_, d) =>
    view.getUint32(MAGIC_BYTES + EXTENT_BYTES * d),
  );
  const size = Elements.BYTES_PER_ELEMENT;
  // Beyond 2⁵³ a product is not exact, and larger than any file
  const length = shape.includes(0) ? 0 : shape.reduce((product, extent) => product * extent, 1);
  if (bytes.length - start !== length * size) {
    const expected = `${length * size} bytes for [${shape.join(", ")}] elements of ${size}`;
    throw dataError(`IDX, byte ${start}`, expected, present(bytes, start));
  }

  const elements = new Uint8Array(bytes.subarray(start));
  if (size > 1) reverseEach(elements, size);
  return { shape, data: new Elements(elements.buffer) };
}

/** Big-endian elements become little-endian ones, in place. */
function reverseEach(bytes: Uint8Array, size: number): void {
  for (let begin = 0; begin < bytes.length; begin += size) {
    for (let low = begin, high = begin + size - 1; low < high; low++, high--) {
      const byte = bytes[low]!;
      bytes[low] = bytes[high]!;
      bytes[high] = byte;
    }
  }
}

function checkUncompressed([first, second]: Uint8Array): void {
  if (first !== 0x1f || second !== 0x8b) return;
  const [where, expected, got] = ["IDX, byte 0", "0", "gzip"];
  const remedy =
    'decompress it first, by gunzipSync of node:zlib or new DecompressionStream("gzip")';
  const message = `${where}: expected ${expected}, got ${got}; ${remedy}`;
  throw new NablaError("data", message, { where, expected, got, remedy });
}

function readMagic(bytes: Uint8Array): { readonly type: Type; readonly rank: number } {
  if (bytes.length < MAGIC_BYTES) {
    throw dataError("IDX, byte 0", `${MAGIC_BYTES} bytes of type and rank`, present(bytes, 0));
  }
  for (const at of [0, 1]) {
    if (bytes[at] !== 0) throw dataError(`IDX, byte ${at}`, "0", `${bytes[at]}`);
  }
  const [type, rank] = [bytes[2]!, bytes[3]!];
  if (!isType(type)) {
    throw dataError("IDX, byte 2", `a type among ${Object.keys(types).join(", ")}`, `${type}`);
  }
  if (rank === 0) throw dataError("IDX, byte 3", "at least 1 extent", "0");
  return { type, rank };
}

const isType = (type: number): type is Type => Object.hasOwn(types, type);

const present = (bytes: Uint8Array, from: number): string => `${bytes.length - from} bytes`;
