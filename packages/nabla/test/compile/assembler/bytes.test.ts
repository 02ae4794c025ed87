import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  append,
  byte,
  float32,
  float64,
  moveBack,
  position,
  signed,
  signed64,
  take,
  unsigned,
} from "../../../src/compile/assembler/bytes.ts";

/** What `write` writes. */
function written(write: () => void): number[] {
  const from = position();
  write();
  return [...take(from)];
}

describe("an integer takes seven bits a byte,", () => {
  test.each([
    [0, [0]],
    [63, [63]],
    [64, [64]],
    [127, [127]],
    [128, [0x80, 1]],
    [16383, [0xff, 0x7f]],
    [16384, [0x80, 0x80, 1]],
    [624485, [0xe5, 0x8e, 0x26]],
    [2 ** 31 - 1, [0xff, 0xff, 0xff, 0xff, 0x07]],
    [2 ** 32 - 1, [0xff, 0xff, 0xff, 0xff, 0x0f]],
  ])("without a sign, as %d", (value, bytes) => {
    expect(written(() => unsigned(value))).toEqual(bytes);
  });

  test.each([
    [0, [0]],
    [63, [63]],
    [64, [0xc0, 0]],
    [127, [0xff, 0]],
    [128, [0x80, 1]],
    [-1, [0x7f]],
    [-64, [0x40]],
    [-65, [0xbf, 0x7f]],
    [-128, [0x80, 0x7f]],
    [624485, [0xe5, 0x8e, 0x26]],
    [-123456, [0xc0, 0xbb, 0x78]],
    [2 ** 31 - 1, [0xff, 0xff, 0xff, 0xff, 0x07]],
    [-(2 ** 31), [0x80, 0x80, 0x80, 0x80, 0x78]],
  ])("with a sign, as %d", (value, bytes) => {
    expect(written(() => signed(value))).toEqual(bytes);
    expect(written(() => signed64(BigInt(value)))).toEqual(bytes);
  });

  test.each([
    [2n ** 63n - 1n, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0]],
    [-(2n ** 63n), [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f]],
    [2n ** 64n - 1n, [0x7f]], //  the bits of −1
    [2n ** 63n, [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f]],
  ])("of 64 bits, as %d", (value, bytes) => {
    expect(written(() => signed64(value))).toEqual(bytes);
  });

  test("in which 2³¹ to 2³² − 1 are the negative ones of the same bits", () => {
    expect(written(() => signed(2 ** 32 - 1))).toEqual([0x7f]);
    expect(written(() => signed(2 ** 31))).toEqual([0x80, 0x80, 0x80, 0x80, 0x78]);
  });

  test("and is what its bits add up to", () => {
    const sum = (bytes: readonly number[]): number =>
      bytes.reduce((total, own, i) => total + (own & 127) * 128 ** i, 0);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (value) => {
        const bytes = written(() => unsigned(value));
        expect(sum(bytes)).toBe(value);
        expect(bytes.map((own) => own >> 7)).toEqual(bytes.map((_, i) => +(i < bytes.length - 1)));
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (value) => {
        const bytes = written(() => signed(value));
        const sign = (bytes.at(-1) as number) & 64 ? 128 ** bytes.length : 0;
        expect(sum(bytes) - sign).toBe(value);
      }),
    );
  });

  test.each([-1, 0.5, 2 ** 32, Number.NaN, Number.POSITIVE_INFINITY])("never as %d", (value) => {
    expect(() => unsigned(value)).toThrow(`internal: ${value} is no unsigned integer of 32 bits`);
  });

  test.each([-(2 ** 31) - 1, -0.5, 2 ** 32, Number.NaN])("with a sign never as %d", (value) => {
    expect(() => signed(value)).toThrow(`internal: ${value} is no integer of 32 bits`);
  });
});

test("numbers are written as the engine stores them, the lowest byte first", () => {
  expect(written(() => float32(-0))).toEqual([0, 0, 0, 0x80]);
  expect(written(() => float32(1e-45))).toEqual([1, 0, 0, 0]);
  expect(written(() => float32(2 ** 24 + 1))).toEqual([0, 0, 0x80, 0x4b]); //  rounded to 2²⁴
  expect(written(() => float64(-0))).toEqual([0, 0, 0, 0, 0, 0, 0, 0x80]);
  expect(written(() => float64(5e-324))).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
  expect(written(() => float64(1))).toEqual([0, 0, 0, 0, 0, 0, 0xf0, 0x3f]);
});

test("what was written last can be moved before what was written before", () => {
  const moved = written(() => {
    append([1, 2, 3]);
    const from = position();
    append([4, 5]);
    moveBack(from, from - 2);
    byte(6);
  });
  expect(moved).toEqual([1, 4, 5, 2, 3, 6]);
});

test("there is room for whatever is written, moved and taken", () => {
  const size = 100_000;
  const all = Uint8Array.from({ length: size }, (_, i) => i);
  const moved = written(() => {
    append(all);
    const from = position();
    for (const own of all) byte(own);
    byte(7);
    moveBack(from, from - size);
  });
  expect(moved).toEqual([...all, 7, ...all]);
});
