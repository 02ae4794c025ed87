import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NablaError } from "../../src/errors.ts";
import { readSafetensors, type Tensor, writeSafetensors } from "../../src/files/safetensors.ts";
import { file, malformed, zeros } from "./malformed.ts";

const bytesOf = (...numbers: number[]) => new Uint8Array(Float32Array.from(numbers).buffer);
const f32 = (shape: readonly number[], ...numbers: number[]): Tensor => ({
  dtype: "F32",
  shape,
  data: Float32Array.from(numbers),
});

function write(...tensors: (readonly [string, Tensor])[]): Uint8Array {
  return writeSafetensors({ tensors: new Map(tensors) });
}

function errorOf(action: () => unknown): NablaError {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(NablaError);
    expect(error).toMatchObject({ code: "data" });
    return error as NablaError;
  }
  throw new Error("nothing was refused");
}

describe("the reference implementation's own files", () => {
  // Printed in the tests of the Rust library, safetensors/src/tensor.rs.
  const attn0 = '{"attn0":{"dtype":"F32","shape":[1,1,2,3],"data_offsets":[0,24]}}       ';
  const numbers = [0, 1, 2, 3, 4, 5];

  test("are what is written", () => {
    expect(write(["attn0", f32([1, 1, 2, 3], ...numbers)])).toEqual(
      file(attn0, bytesOf(...numbers)),
    );
    expect(write()).toEqual(
      Uint8Array.of(8, 0, 0, 0, 0, 0, 0, 0, 123, 125, 32, 32, 32, 32, 32, 32),
    );
    expect(writeSafetensors({ tensors: new Map(), metadata: { framework: "pt" } })).toEqual(
      file('{"__metadata__":{"framework":"pt"}}     '),
    );
  });

  test("are read", () => {
    const { tensors, metadata } = readSafetensors(file(attn0, bytesOf(...numbers)));
    expect([...tensors]).toEqual([["attn0", f32([1, 1, 2, 3], ...numbers)]]);
    expect(metadata).toEqual({});

    const scalar = '{"test":{"dtype":"I32","shape":[],"data_offsets":[0,4]}}';
    expect(readSafetensors(file(scalar, zeros(4))).tensors.get("test")?.shape).toEqual([]);
    const empty = '{"test":{"dtype":"I32","shape":[2,0],"data_offsets":[0, 0]}}';
    expect(readSafetensors(file(empty)).tensors.get("test")?.data).toEqual(new Int32Array(0));
  });
});

describe("readSafetensors", () => {
  test("reads every dtype, aligned or not, from views into larger buffers", () => {
    // One of each in order of falling and of rising size; 1 is 0x3c00 in half precision, 0x3f80 in bfloat16.
    const each: (readonly [string, Tensor])[] = [
      ["F64", { dtype: "F64", shape: [2], data: Float64Array.of(0.1, -0) }],
      ["I64", { dtype: "I64", shape: [], data: BigInt64Array.of(-(2n ** 63n)) }],
      ["U64", { dtype: "U64", shape: [], data: BigUint64Array.of(2n ** 64n - 1n) }],
      ["F32", { dtype: "F32", shape: [2], data: Float32Array.of(Number.NaN, Infinity) }],
      ["I32", { dtype: "I32", shape: [], data: Int32Array.of(-(2 ** 31)) }],
      ["U32", { dtype: "U32", shape: [], data: Uint32Array.of(2 ** 32 - 1) }],
      ["F16", { dtype: "F16", shape: [], data: Uint16Array.of(0x3c00) }],
      ["BF16", { dtype: "BF16", shape: [], data: Uint16Array.of(0x3f80) }],
      ["I16", { dtype: "I16", shape: [], data: Int16Array.of(-(2 ** 15)) }],
      ["U16", { dtype: "U16", shape: [], data: Uint16Array.of(2 ** 16 - 1) }],
      ["I8", { dtype: "I8", shape: [], data: Int8Array.of(-128) }],
      ["U8", { dtype: "U8", shape: [], data: Uint8Array.of(255) }],
      ["BOOL", { dtype: "BOOL", shape: [3], data: Uint8Array.of(0, 1, 1) }],
    ];
    for (const order of [each, [...each].reverse()]) {
      const bytes = write(...order);
      for (let offset = 0; offset < 8; offset++) {
        const pool = new Uint8Array(bytes.length + 8).fill(0xff);
        pool.set(bytes, offset);
        const { tensors } = readSafetensors(pool.subarray(offset, offset + bytes.length));
        expect([...tensors]).toEqual(order);
      }
    }
  });

  test("copies what is not aligned, also from Node's Buffer, whose slice would not", () => {
    const bytes = write(["flag", { dtype: "U8", shape: [1], data: zeros(1) }], ["a", f32([1], 2)]);
    const buffer = Buffer.from(bytes);
    const { tensors } = readSafetensors(buffer);
    buffer.fill(0);
    expect(tensors.get("a")?.data).toEqual(Float32Array.of(2));
  });

  test("sorts tensors by their offsets, empty ones first", () => {
    const header = `{
      "b": { "shape": [1], "data_offsets": [4, 8], "dtype": "F32" },
      "none": { "shape": [0, 9], "data_offsets": [4, 4], "dtype": "F64" },
      "a": { "data_offsets": [0, 4], "shape": [1, 1], "dtype": "F32" }
    }  `;
    const { tensors } = readSafetensors(file(header, bytesOf(1, 2)));
    expect([...tensors.keys()]).toEqual(["a", "none", "b"]);
    expect(tensors.get("b")).toEqual(f32([1], 2));
  });

  test("keeps names and metadata exactly", () => {
    const metadata = { "": "", é: "\u{1f600}\n\u0000", toString: "0", "10": "\ufffd" };
    const tensors = new Map([10, 9].map((n) => [`${n}`, f32([1], n)]));
    const read = readSafetensors(writeSafetensors({ tensors, metadata }));
    expect(read.metadata).toEqual(metadata);
    expect([...read.tensors.keys()]).toEqual(["10", "9"]);
  });

  test.each(malformed)("refuses $what", ({ bytes, where, message }) => {
    const error = errorOf(() => readSafetensors(bytes));
    expect(error.details.where).toBe(where);
    expect(error.message.startsWith(`${where}: ${message}`), error.message).toBe(true);
  });
});

describe("writeSafetensors", () => {
  test.each<[string, Tensor, string]>([
    [
      "W",
      f32([3], 1, 2),
      '"W", byte 13: expected data_offsets 12 bytes apart for F32 [3], got [0, 8]',
    ],
    ["W", f32([0.5], 1), '"W"."shape", byte 37: expected an integer'],
    ["constructor", f32([1], 1), 'expected another name, got "constructor"'],
    ["\ud800", f32([1], 1), "expected a string without lone surrogates"],
    ["__metadata__", f32([1], 1), "expected a string"],
    ["W", { dtype: "BOOL", shape: [1], data: Uint8Array.of(2) }, "expected 0 or 1, got 2"],
    [
      "W",
      { dtype: "F32", shape: [1], data: Int32Array.of(1) } as unknown as Tensor,
      'tensor "W": expected its F32 data in a Float32Array, got Int32Array',
    ],
    [
      "W",
      { dtype: "F8", shape: [1], data: Uint8Array.of(1) } as unknown as Tensor,
      'tensor "W": expected a dtype among F64, F32',
    ],
  ])("refuses tensor %j as %j", (name, tensor, message) => {
    expect(errorOf(() => write([name, tensor])).message).toContain(message);
  });

  test("writes a view's own elements only, at 8-byte boundaries", () => {
    const data = Float64Array.of(1, 2, 3, 4).subarray(1, 3);
    const bytes = write(["view", { dtype: "F64", shape: [2], data }]);
    expect(bytes.length % 8).toBe(0);
    expect(new Float64Array(bytes.buffer, bytes.length - 16)).toEqual(Float64Array.of(2, 3));
  });
});

const tensor: fc.Arbitrary<Tensor> = fc
  .oneof(
    fc.float32Array({ maxLength: 6 }).map((data) => ({ dtype: "F32" as const, data })),
    fc.float64Array({ maxLength: 6 }).map((data) => ({ dtype: "F64" as const, data })),
    fc.bigInt64Array({ maxLength: 6 }).map((data) => ({ dtype: "I64" as const, data })),
    fc.uint16Array({ maxLength: 6 }).map((data) => ({ dtype: "BF16" as const, data })),
    fc.uint8Array({ maxLength: 6 }).map((data) => ({ dtype: "U8" as const, data })),
    fc.uint8Array({ maxLength: 6, max: 1 }).map((data) => ({ dtype: "BOOL" as const, data })),
  )
  .chain((part) => {
    const n = part.data.length;
    return fc
      .constantFrom([n], [1, n, 1], n % 2 === 0 ? [2, n / 2] : [n])
      .map((shape) => ({ ...part, shape }));
  });

const name = fc
  .string({ unit: "binary", maxLength: 6 })
  .filter((text) => !["__metadata__", "__proto__", "constructor", "prototype"].includes(text));
const files = fc.record({
  tensors: fc
    .uniqueArray(fc.tuple(name, tensor), { maxLength: 5, selector: ([key]) => key })
    .map((entries) => new Map(entries)),
  metadata: fc.dictionary(name, fc.string({ unit: "binary" }), { noNullPrototype: true }),
});

describe("any file", () => {
  test("is read as it was written, and written again to the same bytes", () => {
    fc.assert(
      fc.property(files, (contents) => {
        const bytes = writeSafetensors(contents);
        const read = readSafetensors(bytes);
        expect([...read.tensors]).toEqual([...contents.tensors]);
        expect(read.metadata).toEqual(contents.metadata);
        expect(writeSafetensors(read)).toEqual(bytes);
      }),
    );
  });

  /** Whether a file is read; then what was read must survive a round trip. */
  function isRead(bytes: Uint8Array): boolean {
    let read: ReturnType<typeof readSafetensors>;
    try {
      read = readSafetensors(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(NablaError);
      return false;
    }
    const again = readSafetensors(writeSafetensors(read));
    expect([...again.tensors]).toEqual([...read.tensors]);
    expect(again.metadata).toEqual(read.metadata);
    return true;
  }

  test("with a bit flipped is refused by a NablaError, or read as sound tensors", () => {
    const flags: Tensor = { dtype: "BOOL", shape: [3], data: Uint8Array.of(0, 1, 0) };
    const tensors = new Map([
      ["W1", f32([1, 2], 1, 2)],
      ["kept", flags],
    ]);
    const bytes = writeSafetensors({ tensors, metadata: { nabla: "0.1" } });
    const dataStart = bytes.length - 11;
    let read = 0;
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const damaged = Uint8Array.from(bytes);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      if (isRead(damaged) && bit >> 3 >= dataStart) read++;
    }
    expect(read).toBe(64 + 3); // every bit of two numbers, the lowest of three flags
  });

  test("with damaged bytes is refused by a NablaError, or read as sound tensors", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 3 }),
      fc.constantFrom(...'0123456789{}[]",:F BU').map((text) => new TextEncoder().encode(text)),
    );
    const damage = fc.record({ at: fc.nat(), drop: fc.nat(2), insert: bytes });
    const splice = (
      whole: Uint8Array,
      { at, drop, insert }: { at: number; drop: number; insert: Uint8Array },
    ) => {
      const place = at % (whole.length + 1);
      return [...whole.subarray(0, place), ...insert, ...whole.subarray(place + drop)];
    };
    let read = 0;
    fc.assert(
      fc.property(
        files,
        damage,
        fc.constantFrom("header", "data", "file"),
        (contents, change, part) => {
          const whole = writeSafetensors(contents);
          const split = 8 + Number(new DataView(whole.buffer).getBigUint64(0, true));
          const header = whole.subarray(8, split);
          const data = whole.subarray(split);
          let damaged: Uint8Array = Uint8Array.from(splice(whole, change));
          if (part === "header") damaged = file(Uint8Array.from(splice(header, change)), data);
          if (part === "data") damaged = file(header, splice(data, change));
          if (isRead(damaged)) read++;
        },
      ),
      { numRuns: 5000 },
    );
    expect(read).toBeGreaterThan(300); // of about 670: damage to names, to metadata, to elements
  });
});
