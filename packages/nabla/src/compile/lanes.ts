/** The instructions of one precision: four float32 or two float64 numbers in a vector of 128 bits. */

import { newFloats, type Precision } from "../equations/memory.ts";
import { f32, f32x4, f64, f64x2, type Global, global, type StackVar, v128 } from "./assembler.ts";

type Vector = StackVar<"v128">;

const float32 = {
  precision: "float32",
  count: 4,
  bytes: 4,
  scalar: f32,
  vector: f32x4,
  splatLoad: v128.load32_splat,
  storeLane: v128.store32_lane,
  loadFirst: v128.load32_zero,
  loadLane: v128.load32_lane,
  constant: (value: number): Vector => global.get(constantGlobal("float32", value)),
} as const;

const float64 = {
  precision: "float64",
  count: 2,
  bytes: 8,
  scalar: f64,
  vector: f64x2,
  splatLoad: v128.load64_splat,
  storeLane: v128.store64_lane,
  loadFirst: v128.load64_zero,
  loadLane: v128.load64_lane,
  constant: (value: number): Vector => global.get(constantGlobal("float64", value)),
} as const;

export interface Lanes {
  readonly precision: Precision;
  readonly count: 2 | 4;
  readonly bytes: 4 | 8;
  readonly scalar: typeof f32;
  readonly vector: typeof f32x4;
  readonly splatLoad: typeof v128.load32_splat;
  readonly storeLane: typeof v128.store32_lane;
  readonly loadFirst: typeof v128.load32_zero;
  readonly loadLane: typeof v128.load32_lane;
  readonly constant: (value: number) => Vector;
}

/** Typed as float32: the float64 instructions have the same names and arities. */
export const lanesOf = (precision: Precision): Lanes =>
  (precision === "float32" ? float32 : float64) as Lanes;

/** All bits set in the first `valid` lanes, none in the others. */
export const maskOf = ({ bytes }: Lanes, valid: number): Vector =>
  v128.const(Uint8Array.from({ length: 16 }, (_, b) => (b < valid * bytes ? 255 : 0)));

/** The constants of all modules, so that what one module uses twice is there once. */
const constants: Readonly<Record<Precision, Map<number, Global<"v128">>>> = {
  float32: new Map(),
  float64: new Map(),
};

/** x in every lane, as a global: V8 loads it by one instruction, and makes a v128.const by three. */
export function constantGlobal(precision: Precision, x: number): Global<"v128"> {
  const known = constants[precision].get(x);
  if (known !== undefined) return known;
  const lanes = newFloats(precision, lanesOf(precision).count).fill(x);
  const made = global.vector(new Uint8Array(lanes.buffer));
  constants[precision].set(x, made);
  return made;
}
