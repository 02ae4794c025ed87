/** Damaged files by the ten thousands: each is refused by a NablaError, or read as sound tensors. */

import { expect, test } from "vitest";
import { NablaError } from "../../src/errors.ts";
import { readSafetensors, type Tensor, writeSafetensors } from "../../src/files/safetensors.ts";
import { type RandomStream, randomStream } from "../../src/train/random.ts";

const MUTANTS = 100_000;
const MOST_MEMORY = 64 * 1024; // KiB, garbage included; the files are of some hundred bytes

const text = (characters: string) => new TextEncoder().encode(characters);

const seeds: readonly Uint8Array[] = (
  [
    {},
    { W1: { dtype: "F32", shape: [1, 2], data: Float32Array.of(1, -0) } },
    {
      W: { dtype: "F64", shape: [2], data: Float64Array.of(0.1, Number.NaN) },
      none: { dtype: "I64", shape: [0, 3], data: new BigInt64Array(0) },
      kept: { dtype: "BOOL", shape: [3], data: Uint8Array.of(0, 1, 1) },
    },
    { one: { dtype: "I32", shape: [], data: Int32Array.of(-1) } },
    { "é😀": { dtype: "BF16", shape: [1, 1, 1, 1, 1, 1, 1, 1], data: Uint16Array.of(0x3f80) } },
  ] satisfies Record<string, Tensor>[]
).flatMap((tensors) => [
  writeSafetensors({ tensors: new Map(Object.entries(tensors)) }),
  writeSafetensors({
    tensors: new Map(Object.entries(tensors)),
    metadata: { format: "nabla", note: 'a "quoted" \\ é\n' },
  }),
]);

/** What damage is made of, besides the file's own bytes. */
const tokens: readonly Uint8Array[] = [
  ...'0123456789{}[]",:-+.eE \\/'.split("").map(text),
  ...["null", "true", "NaN", "-0", "1e400", "16.0", "9007199254740993", "281474976710656"].map(
    text,
  ),
  ...['"__proto__":{}', '"constructor":', '"prototype"', '"__metadata__":{}', ',"W":', "[[[["].map(
    text,
  ),
  ...['"dtype":"F32"', '"shape":[0]', '"data_offsets":[0,0]', "\\u0000", "\\ud800", "\ufeff"].map(
    text,
  ),
  ...[[0], [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf0, 0x9f], [0x7f]].map((bytes) =>
    Uint8Array.from(bytes),
  ),
];

function mutant(random: RandomStream): Uint8Array {
  let bytes = seeds[random.below(seeds.length)]!;
  const headerEnd = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const dataLength = bytes.length - headerEnd;
  for (let damages = 1 + random.below(3); damages > 0; damages--) bytes = damaged(bytes, random);
  // Else the length would hide what else is wrong
  const header = bytes.length - 8 - dataLength;
  if (random.below(4) > 0 && header >= 0)
    new DataView(bytes.buffer).setBigUint64(0, BigInt(header), true);
  return bytes;
}

/** A copy with a bit flipped, a byte set, or a span left out, doubled or replaced. */
function damaged(bytes: Uint8Array, random: RandomStream): Uint8Array {
  const from = random.below(bytes.length + 1);
  const to = Math.min(bytes.length, from + random.below(9));
  const span = bytes.subarray(from, to);
  const token = tokens[random.below(tokens.length)]!;
  const replaced = (...by: readonly Uint8Array[]) =>
    Uint8Array.from([
      ...bytes.subarray(0, from),
      ...by.flatMap((b) => [...b]),
      ...bytes.subarray(to),
    ]);
  switch (random.below(6)) {
    case 0: {
      const copy = bytes.slice();
      if (from < copy.length) copy[from]! ^= 1 << random.below(8);
      return copy;
    }
    case 1:
      return replaced(Uint8Array.of(random.below(256)));
    case 2:
      return replaced();
    case 3:
      return replaced(span, span);
    case 4:
      return replaced(token);
    default:
      return replaced(token, span);
  }
}

test(`of ${MUTANTS} mutants each is refused by a NablaError, or read and written again`, () => {
  const random = randomStream(7, "split", 0);
  const prototype = Reflect.ownKeys(Object.prototype);
  const before = process.resourceUsage().maxRSS;
  const outcomes = { refused: 0, read: 0 };
  for (let i = 0; i < MUTANTS; i++) {
    const bytes = mutant(random);
    let file: ReturnType<typeof readSafetensors>;
    try {
      file = readSafetensors(bytes);
    } catch (error) {
      if (!(error instanceof NablaError) || error.code !== "data") throw error;
      outcomes.refused++;
      continue;
    }
    outcomes.read++;
    const again = readSafetensors(writeSafetensors(file));
    expect([...again.tensors]).toEqual([...file.tensors]);
    expect(again.metadata).toEqual(file.metadata);
  }
  expect(outcomes).toEqual({ refused: 93_619, read: 6_381 });
  expect(process.resourceUsage().maxRSS - before).toBeLessThan(MOST_MEMORY);
  expect(Reflect.ownKeys(Object.prototype)).toEqual(prototype);
  expect(Object.keys({})).toEqual([]);
});
