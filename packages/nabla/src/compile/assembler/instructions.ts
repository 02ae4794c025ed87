/** The instructions that compute, load and store: rows of names whose codes follow one another. */

import { inMemory, laneInMemory, ofLane, plain, withBytes } from "./forms.ts";
import { constant, vector } from "./operands.ts";

/** The instructions of codes from `first` on. */
function row<const Name extends string, Instruction>(
  first: number,
  names: readonly Name[],
  form: (code: number) => Instruction,
): Readonly<Record<Name, Instruction>> {
  const made: Partial<Record<Name, Instruction>> = {};
  for (const [i, name] of names.entries()) made[name] = form(first + i);
  return made as Record<Name, Instruction>;
}

const integerTests = [
  ...(["eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u"] as const),
  ...(["le_s", "le_u", "ge_s", "ge_u"] as const),
] as const;
const integerArithmetic = [
  ...(["add", "sub", "mul", "div_s", "div_u", "rem_s", "rem_u"] as const),
  ...(["and", "or", "xor", "shl", "shr_s", "shr_u"] as const),
] as const;
const floatTests = ["eq", "ne", "lt", "gt", "le", "ge"] as const;
const floatFunctions = ["abs", "neg", "ceil", "floor", "trunc", "nearest", "sqrt"] as const;
const floatArithmetic = ["add", "sub", "mul", "div", "min", "max"] as const;

export const i32 = {
  kind: "i32",
  const: (value: number) => constant("i32", value),
  ...row(0x28, ["load"], inMemory(4, ["i32"], ["i32"])),
  ...row(0x36, ["store"], inMemory(4, ["i32", "i32"], [])),
  ...row(0x45, ["eqz"], plain(["i32"], ["i32"])),
  ...row(0x46, integerTests, plain(["i32", "i32"], ["i32"])),
  ...row(0x6a, integerArithmetic, plain(["i32", "i32"], ["i32"])),
  ...row(0xa7, ["wrap_i64"], plain(["i64"], ["i32"])),
  ...row(0xfc_002, ["trunc_sat_f64_s", "trunc_sat_f64_u"], plain(["f64"], ["i32"])),
} as const;

export const i64 = {
  kind: "i64",
  const: (value: bigint) => constant("i64", value),
  ...row(0x29, ["load"], inMemory(8, ["i32"], ["i64"])),
  ...row(0x37, ["store"], inMemory(8, ["i32", "i64"], [])),
  ...row(0x7c, integerArithmetic, plain(["i64", "i64"], ["i64"])),
  ...row(0xad, ["extend_i32_u"], plain(["i32"], ["i64"])),
} as const;

export const f32 = {
  kind: "f32",
  const: (value: number) => constant("f32", value),
  ...row(0x2a, ["load"], inMemory(4, ["i32"], ["f32"])),
  ...row(0x38, ["store"], inMemory(4, ["i32", "f32"], [])),
  ...row(0x5b, floatTests, plain(["f32", "f32"], ["i32"])),
  ...row(0x8b, floatFunctions, plain(["f32"], ["f32"])),
  ...row(0x92, floatArithmetic, plain(["f32", "f32"], ["f32"])),
  ...row(0xb6, ["demote_f64"], plain(["f64"], ["f32"])),
} as const;

export const f64 = {
  kind: "f64",
  const: (value: number) => constant("f64", value),
  ...row(0x2b, ["load"], inMemory(8, ["i32"], ["f64"])),
  ...row(0x39, ["store"], inMemory(8, ["i32", "f64"], [])),
  ...row(0x61, floatTests, plain(["f64", "f64"], ["i32"])),
  ...row(0x99, floatFunctions, plain(["f64"], ["f64"])),
  ...row(0xa0, floatArithmetic, plain(["f64", "f64"], ["f64"])),
  ...row(0xb7, ["convert_i32_s", "convert_i32_u"], plain(["i32"], ["f64"])),
  ...row(0xbb, ["promote_f32"], plain(["f32"], ["f64"])),
} as const;

export const v128 = {
  kind: "v128",
  const: vector,
  ...row(0xfd_000, ["load"], inMemory(16, ["i32"], ["v128"])),
  ...row(0xfd_009, ["load32_splat"], inMemory(4, ["i32"], ["v128"])),
  ...row(0xfd_00a, ["load64_splat"], inMemory(8, ["i32"], ["v128"])),
  ...row(0xfd_00b, ["store"], inMemory(16, ["i32", "v128"], [])),
  ...row(0xfd_04e, ["and", "andnot", "or", "xor"], plain(["v128", "v128"], ["v128"])),
  ...row(0xfd_052, ["bitselect"], plain(["v128", "v128", "v128"], ["v128"])),
  ...row(0xfd_056, ["load32_lane"], laneInMemory(4, ["i32", "v128"], ["v128"])),
  ...row(0xfd_057, ["load64_lane"], laneInMemory(8, ["i32", "v128"], ["v128"])),
  ...row(0xfd_05a, ["store32_lane"], laneInMemory(4, ["i32", "v128"], [])),
  ...row(0xfd_05b, ["store64_lane"], laneInMemory(8, ["i32", "v128"], [])),
  ...row(0xfd_05c, ["load32_zero"], inMemory(4, ["i32"], ["v128"])),
  ...row(0xfd_05d, ["load64_zero"], inMemory(8, ["i32"], ["v128"])),
} as const;

export const i8x16 = row(0xfd_00d, ["shuffle"], withBytes(["v128", "v128"], ["v128"]));

const shifts = ["shl", "shr_s", "shr_u"] as const;

export const i32x4 = {
  ...row(0xfd_01b, ["extract_lane"], ofLane(["v128"], ["i32"])),
  ...row(0xfd_0ab, shifts, plain(["v128", "i32"], ["v128"])),
  ...row(0xfd_0ae, ["add"], plain(["v128", "v128"], ["v128"])),
  ...row(0xfd_0b1, ["sub"], plain(["v128", "v128"], ["v128"])),
} as const;

export const i64x2 = {
  ...row(0xfd_0cb, shifts, plain(["v128", "i32"], ["v128"])),
  ...row(0xfd_0ce, ["add"], plain(["v128", "v128"], ["v128"])),
  ...row(0xfd_0d1, ["sub"], plain(["v128", "v128"], ["v128"])),
} as const;

const laneArithmetic = ["add", "sub", "mul", "div", "min", "max", "pmin", "pmax"] as const;
const relaxed = ["relaxed_madd", "relaxed_nmadd"] as const;

export const f32x4 = {
  ...row(0xfd_013, ["splat"], plain(["f32"], ["v128"])),
  ...row(0xfd_01f, ["extract_lane"], ofLane(["v128"], ["f32"])),
  ...row(0xfd_020, ["replace_lane"], ofLane(["v128", "f32"], ["v128"])),
  ...row(0xfd_041, floatTests, plain(["v128", "v128"], ["v128"])),
  ...row(0xfd_0e0, ["abs", "neg"], plain(["v128"], ["v128"])),
  ...row(0xfd_0e3, ["sqrt"], plain(["v128"], ["v128"])),
  ...row(0xfd_0e4, laneArithmetic, plain(["v128", "v128"], ["v128"])),
  ...row(0xfd_105, relaxed, plain(["v128", "v128", "v128"], ["v128"])),
} as const;

export const f64x2 = {
  ...row(0xfd_014, ["splat"], plain(["f64"], ["v128"])),
  ...row(0xfd_021, ["extract_lane"], ofLane(["v128"], ["f64"])),
  ...row(0xfd_022, ["replace_lane"], ofLane(["v128", "f64"], ["v128"])),
  ...row(0xfd_047, floatTests, plain(["v128", "v128"], ["v128"])),
  ...row(0xfd_0ec, ["abs", "neg"], plain(["v128"], ["v128"])),
  ...row(0xfd_0ef, ["sqrt"], plain(["v128"], ["v128"])),
  ...row(0xfd_0f0, laneArithmetic, plain(["v128", "v128"], ["v128"])),
  ...row(0xfd_107, relaxed, plain(["v128", "v128", "v128"], ["v128"])),
} as const;

const { copy, fill } = row(0xfc_00a, ["copy", "fill"], withBytes(["i32", "i32", "i32"], []));

/** The operands are on the stack: to, from or the byte, and how many. */
export const memory = {
  copy: (): void => copy([0, 0]),
  fill: (): void => fill([0]),
} as const;
