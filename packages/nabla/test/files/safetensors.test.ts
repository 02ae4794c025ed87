import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NablaError } from "../../src/errors.ts";
import { readSafetensors, type Tensor, writeSafetensors } from "../../src/files/safetensors.ts";

/** The bytes of a file; the length of the header is right unless given. */
function file(
  header: string | Uint8Array,
  data: Iterable<number> = [],
  length?: bigint,
): Uint8Array {
  const text = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const bytes = Uint8Array.from([...new Uint8Array(8), ...text, ...data]);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  return bytes;
}

const bytesOf = (...numbers: number[]) => new Uint8Array(Float32Array.from(numbers).buffer);
const zeros = (n: number) => new Uint8Array(n);
const f32 = (shape: readonly number[], ...numbers: number[]): Tensor => ({
  dtype: "F32",
  shape,
  data: Float32Array.from(numbers),
});

function write(...tensors: (readonly [string, Tensor])[]): Uint8Array {
  return writeSafetensors({ tensors: new Map(tensors) });
}

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(NablaError);
    expect(error).toMatchObject({ code: "data" });
    return (error as NablaError).message;
  }
  return "no error";
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

  const entry = (fields: string) => `{"W":{${fields}}}`;
  const sound = '"dtype":"F32","shape":[2],"data_offsets":[0,8]';

  test.each<[string, Uint8Array, string]>([
    ["an empty file", zeros(0), "byte 0: expected the 8 bytes of the header's length, got 0"],
    ["half a length", zeros(7), "byte 0: expected the 8 bytes of the header's length, got 7"],
    ["no header", zeros(8), 'byte 8: expected "{" first, got the end of the text'],
    [
      "a header beyond the file",
      file("{}", [], 3n),
      "byte 0: expected a header of at most 2 bytes, the bytes present, got 3",
    ],
    [
      "a length of 2⁶⁴ − 1",
      file("{}", [], 2n ** 64n - 1n),
      "byte 0: expected a header of at most 2 bytes, the bytes present, got 18446744073709551615",
    ],
    [
      "a header above 25 MB",
      file("{}", zeros(25_000_000), 25_000_001n),
      "byte 0: expected a header of at most 25000000 bytes, got 25000001",
    ],
    ["a byte order mark", file("\ufeff{}"), 'byte 8: expected "{" first, got "\ufeff{}"'],
    ["a leading space", file(" {}"), 'byte 8: expected "{" first, got " {}"'],
    ["an array", file("[]"), 'byte 8: expected "{" first, got "[]"'],
    ["invalid UTF-8", file(Uint8Array.of(0x7b, 0xff)), "byte 8: expected UTF-8, got other bytes"],
    [
      "an overlong encoding",
      file(Uint8Array.of(0x7b, 0xc0, 0xa2)),
      "byte 8: expected UTF-8, got other bytes",
    ],
    ["half a header", file("{"), "byte 9: expected a string, got the end of the text"],
    ["text after the header", file("{}\t"), 'byte 10: expected the end of the text, got "\\t"'],
    [
      "a tensor twice",
      file(`{"W":{${sound}},"W":{${sound}}}`, zeros(8)),
      'byte 62: expected each name once, got "W" again',
    ],
    [
      "a field twice",
      file(entry(`${sound},"dtype":"F32"`), zeros(8)),
      '"W", byte 61: expected each name once, got "dtype" again',
    ],
    [
      "a tensor with a prototype's name",
      file(`{"__proto__":{${sound}}}`, zeros(8)),
      'byte 9: expected another name, got "__proto__"',
    ],
    [
      "metadata other than text",
      file('{"__metadata__":{"epochs":3}}'),
      '"__metadata__"."epochs", byte 34: expected a string, got "3}}"',
    ],
    ["no metadata object", file('{"__metadata__":null}'), 'byte 24: expected "{", got "null}"'],
    [
      "an unknown dtype",
      file(entry(sound.replace("F32", "F8_E4M3")), zeros(8)),
      '"W"."dtype", byte 22: expected one of F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL, got "F8_E4M3"',
    ],
    [
      "a dtype from Object's prototype",
      file(entry(sound.replace("F32", "toString")), zeros(8)),
      'got "toString"',
    ],
    [
      "another field",
      file(entry(`${sound},"device":"cpu"`), zeros(8)),
      '"W"."device", byte 70: expected only dtype, shape and data_offsets, got "device"',
    ],
    [
      "a missing field",
      file(entry('"dtype":"F32","data_offsets":[0,4]'), zeros(4)),
      '"W", byte 13: expected a dtype, a shape and two data_offsets',
    ],
    ["one offset", file(entry(sound.replace("0,8", "0")), zeros(8)), "two data_offsets"],
    ["three offsets", file(entry(sound.replace("0,8", "0,8,8")), zeros(8)), "at most 2 numbers"],
    [
      "an extent of 2.0",
      file(entry(sound.replace("[2]", "[2.0]")), zeros(8)),
      '"W"."shape", byte 37: expected an integer in [0, 2⁴⁸) in its plain form, got 2.0',
    ],
    ["an offset of 8e0", file(entry(sound.replace("0,8", "0,8e0")), zeros(8)), "got 8e0"],
    ["an offset of −0", file(entry(sound.replace("0,8", "-0,8")), zeros(8)), "got -0"],
    ["an extent of −2", file(entry(sound.replace("[2]", "[-2]")), zeros(8)), "got -2"],
    [
      "an extent of 2⁴⁸",
      file(entry(sound.replace("[2]", "[281474976710656]")), zeros(8)),
      "got 281474976710656",
    ],
    [
      "a rank of 9",
      file(entry(sound.replace("[2]", "[1,1,1,1,1,1,1,1,2]")), zeros(8)),
      '"W"."shape", byte 53: expected at most 8 numbers',
    ],
    [
      "a shape of another size than the data",
      file(entry(sound.replace("[2]", "[3]")), zeros(8)),
      '"W", byte 13: expected data_offsets 12 bytes apart for F32 [3], got [0, 8]',
    ],
    [
      "an end before the beginning",
      file(entry(sound.replace("0,8", "8,0")), zeros(8)),
      "expected data_offsets 8 bytes apart for F32 [2], got [8, 0]",
    ],
    [
      // 2⁶² elements of 4 bytes: 0 modulo 2⁶⁴.
      "a shape whose product overflows",
      file(entry('"dtype":"F32","shape":[2147483648,2147483648],"data_offsets":[0,0]')),
      "expected data_offsets 18446744073709552000 bytes apart",
    ],
    [
      "a shape whose product overflows before it is 0",
      file(entry('"dtype":"F32","shape":[2147483648,2147483648,0],"data_offsets":[0,0]')),
      "expected data_offsets Infinity bytes apart",
    ],
    [
      "a hole before the data",
      file(entry(sound.replace("0,8", "4,12")), zeros(12)),
      '"W", byte 13: expected data_offsets that begin at 0, where the data before end, got 4',
    ],
    [
      "a hole between tensors",
      file(`{"V":{${sound}},"W":{${sound.replace("0,8", "12,20")}}}`, zeros(20)),
      '"W", byte 66: expected data_offsets that begin at 8, where the data before end, got 12',
    ],
    [
      "tensors that overlap",
      file(`{"V":{${sound}},"W":{${sound.replace("0,8", "4,12")}}}`, zeros(12)),
      '"W", byte 66: expected data_offsets that begin at 8, where the data before end, got 4',
    ],
    [
      "two tensors in one place",
      file(`{"V":{${sound}},"W":{${sound}}}`, zeros(8)),
      '"W", byte 66: expected data_offsets that begin at 8, where the data before end, got 0',
    ],
    [
      "bytes after the data",
      file(entry(sound), zeros(9)),
      "safetensors, byte 62: expected 8 bytes of data, got 9",
    ],
    [
      "missing data",
      file(entry(sound), zeros(7)),
      "safetensors, byte 62: expected 8 bytes of data, got 7",
    ],
    [
      "a boolean of 2",
      file(entry('"dtype":"BOOL","shape":[3],"data_offsets":[0,3]'), [0, 1, 2]),
      'safetensors, "W", byte 65: expected 0 or 1, got 2',
    ],
  ])("refuses %s", (_, bytes, message) => {
    expect(messageOf(() => readSafetensors(bytes))).toContain(message);
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
    expect(messageOf(() => write([name, tensor]))).toContain(message);
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
