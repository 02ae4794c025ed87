import { describe, expect, test } from "vitest";
import { checkSeal, sealed } from "../../src/files/checksum.ts";
import { crc32 } from "../../src/files/crc32.ts";
import { readSafetensors, type Tensor, writeSafetensors } from "../../src/files/safetensors.ts";

const bytesOf = (length: number) => Uint8Array.from({ length }, (_, i) => i * 37 + 11);

describe("crc32", () => {
  test("of the digits 1 to 9 is the check value of the catalogue of CRCs", () => {
    expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
  });

  // From checksum.golden.py
  test.each([
    [0, 0x00000000],
    [1, 0x45d03605],
    [7, 0xef6f3b31],
    [8, 0x648bad8b],
    [9, 0x17dc5f9e],
    [16, 0x24e8a988],
    [1000, 0xc3905a1d],
  ])("of %i bytes is that of zlib", (length, expected) => {
    expect(crc32(bytesOf(length))).toBe(expected);
  });

  test("goes on from any place", () => {
    const bytes = bytesOf(100);
    for (let place = 0; place <= bytes.length; place++)
      expect(crc32(bytes.subarray(place), crc32(bytes.subarray(0, place)))).toBe(crc32(bytes));
  });
});

describe("a sealed file", () => {
  const f32 = (shape: readonly number[], ...numbers: number[]): Tensor => ({
    dtype: "F32",
    shape,
    data: Float32Array.from(numbers),
  });
  const tensors = new Map([
    ["W1", f32([1, 2], 1, 2)],
    ["b1", f32([1], 3)],
  ]);
  const file = { tensors, metadata: { format: "nabla", café: "ÿ" } };
  const seal = { ...file, metadata: sealed(file) };

  test("says what zlib says of the same text and data", () => {
    // zlib.crc32(json.dumps([["café", "ÿ"], ["format", "nabla"], ["W1", "F32", [1, 2]], ["b1", "F32", [1]]],
    //   ensure_ascii=False, separators=(",", ":")).encode() + struct.pack("<3f", 1, 2, 3))
    expect(seal.metadata.checksum).toBe("b1423cda");
  });

  test("may have its header in another layout", () => {
    const { checksum = "", format = "", café = "" } = seal.metadata;
    const metadata = { format, checksum, café };
    checkSeal(readSafetensors(writeSafetensors({ tensors, metadata })), "file");
  });

  test.each<[string, typeof seal]>([
    ["a part", { ...seal, metadata: { ...seal.metadata, format: "nabl" } }],
    ["a number", { ...seal, tensors: new Map([...tensors, ["b1", f32([1], -3)]]) }],
    ["a shape", { ...seal, tensors: new Map([...tensors, ["W1", f32([2, 1], 1, 2)]]) }],
    ["the order", { ...seal, tensors: new Map([...tensors].reverse()) }],
    ["the checksum", { ...seal, metadata: { ...seal.metadata, checksum: "00000000" } }],
  ])("must not change %s", (_, changed) => {
    expect(() => checkSeal(changed, "file")).toThrow(
      /^file, checksum: expected "[0-9a-f]{8}", that of an undamaged file, got "[0-9a-f]{8}"$/,
    );
  });
});
