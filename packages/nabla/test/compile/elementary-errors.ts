/** The errors of the compiled elementary functions, in units of the last place, in the engine at hand. */

import { br_if, call, func, i32, local, loop, v128 } from "../../src/compile/assembler.ts";
import type { Format } from "../../src/compile/elementary/arithmetic.ts";
import { type ElementaryName, elementary, elementaryNames } from "../../src/compile/elementary.ts";
import type { Floats, Precision } from "../../src/equations/memory.ts";
import { reference, scale } from "./double-double.ts";
import { type Exports, instanceOf } from "./instance.ts";

// A module that has a loop for every function: each vector below `end` becomes f of itself

const ROOM = 8192;
export const memory = new WebAssembly.Memory({ initial: 1 });
export const formats = {
  float32: {
    leastExponent: -126,
    fractionBits: 23,
    lnSmallest: -87.33654022216797,
    lnLargest: 88.72283172607422,
    ends: [
      1.401298464324817e-45, 1.1754942106924411e-38, 1.1754943508222875e-38, 3.4028234663852886e38,
    ],
  },
  float64: {
    leastExponent: -1022,
    fractionBits: 52,
    lnSmallest: -708.3964185322641,
    lnLargest: 709.782712893384,
    /** Of the subnormal and of the normal numbers. */
    ends: [5e-324, 2.225073858507201e-308, 2.2250738585072014e-308, 1.7976931348623157e308],
  },
};
export const room = {
  float32: new Float32Array(memory.buffer),
  float64: new Float64Array(memory.buffer),
};

export interface Case extends Format {
  readonly name: ElementaryName;
}

/** Every function in every precision. */
export const casesOf = (fused: boolean): Case[] =>
  elementaryNames.flatMap((name) => [
    { name, precision: "float32", fused },
    { name, precision: "float64", fused },
  ]);
const keyOf = ({ name, precision }: Case): string => `${name} ${precision}`;

const inPlace = ({ name, ...format }: Case) =>
  func({ in: [i32], out: [] }, ([end], fresh) => {
    const at = fresh(i32);
    loop((again) => {
      local.get(at);
      call(elementary(name, format), [v128.load({}, at)]);
      v128.store({});
      local.set(at, i32.add(at, 16));
      i32.lt_u(at, end);
      br_if(again);
    });
  });

const made = new Map<boolean, Exports<string>>();

function loopOf(which: Case): (end: number) => void {
  const { fused } = which;
  const loops =
    made.get(fused) ??
    instanceOf(
      Object.fromEntries(casesOf(fused).map((each) => [keyOf(each), inPlace(each)])),
      memory,
    );
  made.set(fused, loops);
  return loops[keyOf(which)] as (end: number) => void;
}

export function apply(which: Case, inputs: Floats): Floats {
  const run = loopOf(which);
  const cells = room[which.precision];
  const outputs = inputs.slice();
  for (let from = 0; from < inputs.length; from += ROOM) {
    const part = outputs.subarray(from, from + ROOM);
    cells.set(part);
    run(part.byteLength);
    part.set(cells.subarray(0, part.length));
  }
  return outputs;
}

/** f of one number, in all lanes. */
export const at = (which: Case, x: number): number =>
  apply(which, room[which.precision].slice(0, 4).fill(x))[0] ?? Number.NaN;

export const floats = (precision: Precision, numbers: readonly number[]): Floats =>
  precision === "float32" ? Float32Array.from(numbers) : Float64Array.from(numbers);

/** Numbers whose bits are evenly spaced: of both signs, of all exponents, infinities and NaN. */
export function logSpaced(precision: Precision, count: number): Floats {
  const step = 2 ** 32 / count;
  const words = new Uint32Array(precision === "float32" ? count : 2 * count);
  const isWide = precision === "float64";
  for (let i = 0; i < count; i++) {
    const mixed = Math.imul(i, 0x9e37_79b1) >>> 0;
    if (isWide) words[2 * i] = mixed;
    words[isWide ? 2 * i + 1 : i] = i * step + (mixed % step);
  }
  return isWide ? new Float64Array(words.buffer) : new Float32Array(words.buffer);
}

/** f(x) where it is not a rounded number. */
function exactly({ name, precision }: Case, x: number): number | undefined {
  const { lnSmallest, lnLargest } = formats[precision];
  if (Number.isNaN(x)) return x;
  switch (name) {
    case "exp":
      if (x === 0) return 1;
      if (x < lnSmallest) return 0;
      return x > lnLargest ? Number.POSITIVE_INFINITY : undefined;
    case "logistic":
      if (x === 0) return 0.5;
      if (x < lnSmallest) return 0;
      return x === Number.POSITIVE_INFINITY ? 1 : undefined;
    case "expm1":
      if (x === 0) return x;
      if (x === Number.NEGATIVE_INFINITY) return -1;
      return x > lnLargest ? Number.POSITIVE_INFINITY : undefined;
    case "log":
      if (x === 1) return 0;
      if (x <= 0) return x < 0 ? Number.NaN : Number.NEGATIVE_INFINITY;
      return x === Number.POSITIVE_INFINITY ? x : undefined;
    case "log1p":
      if (x === 0) return x;
      if (x <= -1) return x < -1 ? Number.NaN : Number.NEGATIVE_INFINITY;
      return x === Number.POSITIVE_INFINITY ? x : undefined;
    case "tanh":
    case "erf":
      if (x === 0) return x;
      return Math.abs(x) === Number.POSITIVE_INFINITY ? Math.sign(x) : undefined;
    default:
      return name satisfies never;
  }
}

/** |y − f(x)| in units of the last place of f(x). */
function ulps({ name, precision }: Case, x: number, y: number): number {
  const { leastExponent, fractionBits } = formats[precision];
  const { high, low, exponent } = reference[name](x);
  const place = Math.max(exponentOf(high) + exponent, leastExponent) - fractionBits;
  return scale(Math.abs(scale(y, -exponent) - high - low), exponent - place);
}

const view = new DataView(new ArrayBuffer(8));
function exponentOf(x: number): number {
  view.setFloat64(0, x);
  return ((view.getUint16(0) >> 4) & 0x7ff) - 1023;
}

/** The largest error, and where a value that should be exact, or a number, is not. */
export function measure(which: Case, inputs: Floats) {
  const outputs = apply(which, inputs);
  const wrong: number[] = [];
  let [worst, where] = [0, 0];
  for (const [i, x] of inputs.entries()) {
    const y = outputs[i] ?? 0;
    const exact = exactly(which, x);
    const error = exact === undefined ? ulps(which, x, y) : 0;
    if (Number.isNaN(error) || (exact !== undefined && !Object.is(y, exact))) wrong.push(x);
    if (error > worst) [worst, where] = [error, x];
  }
  return { worst, where, wrong };
}

// The docstrings' errors: of all float32, and of 10⁷ float64 where the parts of a function meet
export const bounds: Record<ElementaryName, Record<Precision, number>> = {
  exp: { float32: 0.75, float64: 0.76 },
  expm1: { float32: 1.21, float64: 1.31 },
  log: { float32: 0.96, float64: 0.99 },
  log1p: { float32: 0.96, float64: 0.95 },
  tanh: { float32: 1.28, float64: 1.29 },
  erf: { float32: 1.21, float64: 1.26 },
  logistic: { float32: 1.97, float64: 1.97 },
};
/** Where the parts of the function meet, and most of its curvature is. */
export const middles: Record<ElementaryName, readonly [number, number]> = {
  exp: [-20, 20],
  expm1: [-1, 40],
  log: [0.4, 2.2],
  log1p: [-0.6, 1.6],
  tanh: [-1.5, 1.5],
  erf: [-2, 2],
  logistic: [-20, 20],
};
