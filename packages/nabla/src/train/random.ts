/**
 * The one source of randomness: Philox4x32-10, a function of (counter, key) that keeps no state.
 * The key is the seed; the counter says which number of which stream is meant. So no value depends
 * on the block of rows, on the thread or on what was drawn before.
 *
 *     streams    counter = [number / 4, where₀, where₁, stream]
 *     dropout    counter = [unit / 4, position in the batch, step, stream + layer]
 *
 * Each counter gives four words, by 32-bit integer operations only: WebAssembly makes the same ones.
 * J. Salmon, M. Moraes, R. Dror, D. Shaw: Parallel random numbers: as easy as 1, 2, 3. SC 2011.
 */
import { internal, NablaError } from "../errors.ts";
import { log } from "./log.ts";

/** The last word of the counter; dropout adds the layer's number, below 2²⁴. */
export const streams = {
  initialisation: 0x0100_0000,
  shuffle: 0x0200_0000,
  dropout: 0x0300_0000,
  split: 0x0400_0000,
  importance: 0x0500_0000,
  dependence: 0x0600_0000,
  bootstrap: 0x0700_0000,
  search: 0x0800_0000,
};

/** The streams to draw from in sequence; dropout's numbers are addressed by their place instead. */
export type StreamName = Exclude<keyof typeof streams, "dropout">;

export interface RandomStream {
  /** An integer in [0, 2³²). */
  uint32(): number;
  /** A multiple of 2⁻⁵³ in [0, 1). */
  uniform(): number;
  /** An integer in [0, n), each equally likely; n is an integer in [1, 2³²]. */
  below(n: number): number;
  /** A number from the normal distribution of mean 0 and variance 1. */
  normal(): number;
}

export interface DropoutPlace {
  readonly seed: number;
  readonly step: number;
  readonly layer: number;
  /** The position of the first row in the batch, over all blocks, threads and ranks. */
  readonly firstRow: number;
  readonly rows: number;
  readonly units: number;
  /** The probability of keeping a unit, in (0, 1]. */
  readonly keep: number;
}

const TWO_TO_26 = 0x400_0000;
const TWO_TO_32 = 0x1_0000_0000;
const TWO_TO_53 = 0x20_0000_0000_0000;

/** Returns the seed, or throws unless it is an integer in [0, 2⁵³). */
export function checkSeed(seed: number): number {
  if (Number.isSafeInteger(seed) && seed >= 0) return seed;
  const expected = "an integer in [0, 2⁵³)";
  const got = String(seed);
  throw new NablaError("usage", `seed must be ${expected}, got ${got}`, { expected, got });
}

/**
 * The numbers of one stream in sequence, always the same for the same four arguments. Two words
 * separate the uses of a stream: the number of a parameter, an epoch.
 */
export function randomStream(
  seed: number,
  stream: StreamName,
  where0 = 0,
  where1 = 0,
): RandomStream {
  const key = keyOf(seed);
  const words = new Uint32Array(4);
  let drawn = 0;
  let spare: number | undefined;

  function uint32(): number {
    const lane = drawn % 4;
    if (lane === 0) {
      const block = drawn / 4;
      if (block === TWO_TO_32) throw internal(`the ${stream} stream is exhausted`);
      philox([block, where0, where1, streams[stream]], key, words);
    }
    drawn++;
    return words[lane]!;
  }

  function uniform(): number {
    const high = uint32() >>> 5; // 27 bits, then 26
    const low = uint32() >>> 6;
    return (high * TWO_TO_26 + low) / TWO_TO_53;
  }

  // D. Lemire: Fast random integer generation in an interval. ACM TOMACS 29 (2019).
  function below(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > TWO_TO_32) throw internal(`below(${n})`);
    if (n === TWO_TO_32) return uint32();
    const excess = TWO_TO_32 % n; // refused, so that each result has ⌊2³²/n⌋ words
    for (;;) {
      const word = uint32();
      if (Math.imul(word, n) >>> 0 >= excess) return multiplyHigh(word, n);
    }
  }

  // Marsaglia's polar method: a point in the unit disc gives two numbers; one is kept for later.
  function normal(): number {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    for (;;) {
      const x = 2 * uniform() - 1;
      const y = 2 * uniform() - 1;
      const square = x * x + y * y;
      if (square === 0 || square >= 1) continue;
      const factor = Math.sqrt((-2 * log(square)) / square);
      spare = y * factor;
      return x * factor;
    }
  }

  return { uint32, uniform, below, normal };
}

/** The numbers 0 … n − 1 in random order, each order equally likely (Fisher–Yates, inside out). */
export function permutation(n: number, stream: RandomStream): Uint32Array<ArrayBuffer> {
  const order = new Uint32Array(n);
  for (let i = 1; i < n; i++) {
    const j = stream.below(i + 1);
    order[i] = order[j]!;
    order[j] = i;
  }
  return order;
}

/**
 * Inverted dropout: out[row, unit] = 1/keep with probability keep, else 0. A value is a function of
 * (seed, step, layer, position in the batch, unit) only. `out` is row-major, [rows, units] or longer.
 */
export function dropoutMask(out: Float32Array | Float64Array, place: DropoutPlace): void {
  const { seed, step, layer, firstRow, rows, units, keep } = place;
  if (out.length < rows * units) throw internal("the dropout mask is longer than its buffer");
  const key = keyOf(seed);
  const words = new Uint32Array(4);
  const stream = streams.dropout + layer;
  const last = Math.ceil(keep * TWO_TO_32) - 1; // word ≤ last: word < keep·2³², also where keep = 1

  for (let row = 0; row < rows; row++) {
    for (let unit = 0; unit < units; unit++) {
      const lane = unit & 3;
      if (lane === 0) philox([unit >>> 2, firstRow + row, step, stream], key, words);
      out[row * units + unit] = words[lane]! <= last ? 1 / keep : 0;
    }
  }
}

const keyOf = (seed: number): [number, number] => [seed | 0, Math.floor(seed / TWO_TO_32)];

/** Writes the four 32-bit words that belong to a counter and a key. */
export function philox(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
  out: Uint32Array,
): void {
  // Not destructured: that goes through iterators until it is compiled
  let c0 = counter[0];
  let c1 = counter[1];
  let c2 = counter[2];
  let c3 = counter[3];
  let k0 = key[0];
  let k1 = key[1];
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd251_1f53, c0);
    const high1 = multiplyHigh(0xcd9e_8d57, c2);
    const low0 = Math.imul(0xd251_1f53, c0);
    const low1 = Math.imul(0xcd9e_8d57, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + 0x9e37_79b9) | 0; // 2³²·(golden ratio − 1)
    k1 = (k1 + 0xbb67_ae85) | 0; // 2³²·(√3 − 1)
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** The high word of the 64-bit product of two 32-bit words, by halves: no sum reaches 2³². */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const bLow = b & 0xffff;
  const aHigh = a >>> 16;
  const bHigh = b >>> 16;
  const low = Math.imul(aLow, bLow);
  const middle = Math.imul(aHigh, bLow) + (low >>> 16);
  const cross = Math.imul(aLow, bHigh) + (middle & 0xffff);
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (cross >>> 16)) >>> 0;
}
