import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { NablaError } from "nabla";
import { type IdxArray, readIdx } from "nabla/files";
import { describe, expect, test } from "vitest";

type Data = IdxArray["data"];

/** Each type of the format, and how one element is written. */
const kinds = [
  { type: 8, Elements: Uint8Array, write: "setUint8" },
  { type: 9, Elements: Int8Array, write: "setInt8" },
  { type: 11, Elements: Int16Array, write: "setInt16" },
  { type: 12, Elements: Int32Array, write: "setInt32" },
  { type: 13, Elements: Float32Array, write: "setFloat32" },
  { type: 14, Elements: Float64Array, write: "setFloat64" },
] as const;

/** The bytes of a file. */
function writeIdx({ shape, data }: IdxArray): Uint8Array {
  const { type, write } = kinds.find(({ Elements }) => data instanceof Elements)!;
  const start = 4 + 4 * shape.length;
  const bytes = new Uint8Array(start + data.byteLength).fill(0xff);
  const view = new DataView(bytes.buffer);
  bytes.set([0, 0, type, shape.length]);
  for (const [d, extent] of shape.entries()) view.setUint32(4 + 4 * d, extent);
  for (const [i, value] of data.entries()) view[write](start + i * data.BYTES_PER_ELEMENT, value);
  return bytes;
}

function messageOf(bytes: Uint8Array): string {
  try {
    readIdx(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(NablaError);
    expect(error).toMatchObject({ code: "data" });
    return (error as NablaError).message;
  }
  return "no error";
}

const huge = (rank: number) => [0, 0, 14, rank, ...new Array(4 * rank).fill(0xff)];

describe("readIdx", () => {
  test("reads bytes written by hand", () => {
    const images = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 253, 254, 255);
    expect(readIdx(images)).toEqual({ shape: [2, 3], data: Uint8Array.of(1, 2, 3, 253, 254, 255) });
    //  −2 and 258; 1.5 is 0x3fc00000; −2 is 0xc000000000000000
    const shorts = Uint8Array.of(0, 0, 11, 1, 0, 0, 0, 2, 0xff, 0xfe, 1, 2);
    expect(readIdx(shorts)).toEqual({ shape: [2], data: Int16Array.of(-2, 258) });
    const float = Uint8Array.of(0, 0, 13, 1, 0, 0, 0, 1, 0x3f, 0xc0, 0, 0);
    expect(readIdx(float)).toEqual({ shape: [1], data: Float32Array.of(1.5) });
    const double = Uint8Array.of(0, 0, 14, 1, 0, 0, 0, 1, 0xc0, 0, 0, 0, 0, 0, 0, 0);
    expect(readIdx(double)).toEqual({ shape: [1], data: Float64Array.of(-2) });
  });

  test("copies, also from Node's Buffer in the middle of a larger one", () => {
    const whole = Buffer.from([7, 7, 7, 0, 0, 9, 1, 0, 0, 0, 2, 0xff, 5, 7]);
    const { data } = readIdx(whole.subarray(3, 13));
    whole.fill(0);
    expect(data).toEqual(Int8Array.of(-1, 5));
  });

  test("reads an array without elements, however large its other extents", () => {
    const bytes = Uint8Array.of(...huge(40), 0, 0, 0, 0);
    bytes[3] = 41;
    expect(readIdx(bytes).data).toEqual(new Float64Array(0));
  });

  test.each<[string, number[]]>([
    ["IDX, byte 0: expected 4 bytes of type and rank, got 0 bytes", []],
    ["IDX, byte 0: expected 4 bytes of type and rank, got 3 bytes", [0, 0, 8]],
    ["IDX, byte 0: expected 0, got 1", [1, 0, 8, 1, 0, 0, 0, 0]],
    ["IDX, byte 1: expected 0, got 2", [0, 2, 8, 1, 0, 0, 0, 0]],
    ["IDX, byte 2: expected a type among 8, 9, 11, 12, 13, 14, got 10", [0, 0, 10, 1, 0, 0, 0, 0]],
    ["IDX, byte 3: expected at least 1 extent, got 0", [0, 0, 8, 0, 5]],
    ["IDX, byte 4: expected 2 extents of 4 bytes, got 7 bytes", [0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0]],
    [
      "IDX, byte 8: expected 6 bytes for [3] elements of 2, got 5 bytes",
      [0, 0, 11, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5],
    ],
    [
      "IDX, byte 8: expected 1 bytes for [1] elements of 1, got 2 bytes",
      [0, 0, 8, 1, 0, 0, 0, 1, 7, 7],
    ],
    [
      "IDX, byte 8: expected 34359738360 bytes for [4294967295] elements of 8, got 0 bytes",
      huge(1),
    ],
  ])("%s", (message, bytes) => {
    expect(messageOf(Uint8Array.from(bytes))).toBe(message);
  });

  test("allocates nothing for sizes that overflow", () => {
    //  (2³² − 1)³ and (2³² − 1)²⁵⁵ elements
    expect(messageOf(Uint8Array.from(huge(3)))).toContain("byte 16: expected 6.3");
    expect(messageOf(Uint8Array.from(huge(255)))).toContain("byte 1024: expected Infinity bytes");
  });

  test("tells how to decompress", () => {
    const remedy =
      'decompress it first, by gunzipSync of node:zlib or new DecompressionStream("gzip")';
    const bytes = gzipSync(writeIdx({ shape: [1], data: Uint8Array.of(1) }));
    expect(messageOf(bytes)).toBe(`IDX, byte 0: expected 0, got gzip; ${remedy}`);
  });
});

const data: fc.Arbitrary<Data> = fc.oneof(
  fc.uint8Array({ maxLength: 12 }),
  fc.int8Array({ maxLength: 12 }),
  fc.int16Array({ maxLength: 12 }),
  fc.int32Array({ maxLength: 12 }),
  fc.float32Array({ maxLength: 12 }),
  fc.float64Array({ maxLength: 12 }),
);
const arrays: fc.Arbitrary<IdxArray> = data.chain((data) => {
  const n = data.length;
  const shapes = [[n], [1, n, 1], n % 2 === 0 ? [2, n / 2] : [n, 1], [n, ...new Array(20).fill(1)]];
  return fc.constantFrom(...shapes).map((shape) => ({ shape, data }));
});

describe("any array", () => {
  test("is read as it was written, from any place in a buffer", () => {
    fc.assert(
      fc.property(arrays, fc.nat(8), (array, offset) => {
        const bytes = writeIdx(array);
        const pool = new Uint8Array(bytes.length + 16).fill(0xff);
        pool.set(bytes, offset);
        expect(readIdx(pool.subarray(offset, offset + bytes.length))).toEqual(array);
      }),
    );
  });

  test("cut short, or with bytes after it, is refused", () => {
    fc.assert(
      fc.property(arrays, (array) => {
        const bytes = writeIdx(array);
        for (let end = 0; end < bytes.length; end++) {
          expect(messageOf(bytes.subarray(0, end))).toMatch(/^IDX, byte \d+: expected /);
        }
        expect(messageOf(Uint8Array.of(...bytes, 0))).toMatch(/^IDX, byte \d+: expected /);
      }),
    );
  });

  test("with one byte of its header changed is refused, or another array of as many bytes", () => {
    let read = 0;
    fc.assert(
      fc.property(arrays, fc.integer({ min: 1, max: 255 }), (array, flip) => {
        const header = 4 + 4 * array.shape.length;
        for (let at = 0; at < header; at++) {
          const bytes = writeIdx(array);
          bytes[at]! ^= flip;
          if (messageOf(bytes) !== "no error") continue;
          read++;
          expect(readIdx(bytes).data.byteLength).toBe(array.data.byteLength);
        }
      }),
    );
    expect(read).toBeGreaterThan(0);
  });
});
