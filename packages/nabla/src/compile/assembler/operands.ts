/** The operands of an instruction: values on the stack, and locals and numbers that are emitted with it. */

import { internal } from "../../errors.ts";
import { push, sink } from "./body.ts";
import { append, byte, float32, float64, position, signed, signed64, unsigned } from "./bytes.ts";
import type { Local, Operand, StackVar, ValueType } from "./types.ts";

/** Emits what of the operands is not on the stack. None need be given where all of them are. */
export function operands(takes: readonly ValueType[], given: readonly Operand[]): void {
  const { length } = given;
  if (length === 0) return;
  if (length !== takes.length)
    throw internal(`an instruction of ${takes.length} operands is given ${length}`);
  let waiting = 0;
  for (let i = 0; i < length; i++) if (isStacked(given[i]!)) waiting++;
  for (let i = 0; i < length; i++) {
    if (isStacked(given[i]!)) waiting--;
    else emit(takes[i]!, given[i]!, waiting);
  }
}

/** Emits the only operand of an instruction. */
export function operand(type: ValueType, given: Operand | undefined): void {
  if (given !== undefined && !isStacked(given)) emit(type, given, 0);
}

const isStacked = (x: Operand): boolean => typeof x === "object" && x.kind === "stack";

/** Emits a local or a number in front of the last `waiting` values on the stack. */
function emit(type: ValueType, given: Operand, waiting: number): void {
  const from = position();
  if (typeof given !== "object") constant(type, given);
  else if (given.type === type) read(given as Local);
  else throw internal(`an operand is ${given.type} where ${type} is expected`);
  if (waiting > 0) sink(waiting, from);
}

const LOCAL_GET = 0x20;

export function read<T extends ValueType>({ index, type }: Local<T>): StackVar<T> {
  const from = position();
  byte(LOCAL_GET);
  unsigned(index);
  return push(type, from);
}

const I32_CONST = 0x41;
const I64_CONST = 0x42;
const F32_CONST = 0x43;
const F64_CONST = 0x44;
const V128_CONST = [0xfd, 0x0c];

/** A number as a value of the type; of i64 it is a bigint. */
export function constant<T extends ValueType>(type: T, value: number | bigint): StackVar<T> {
  const from = position();
  if (typeof value === "bigint") {
    byte(I64_CONST);
    signed64(value);
  } else if (type === "i32") {
    byte(I32_CONST);
    signed(value);
  } else if (type === "f32") {
    byte(F32_CONST);
    float32(value);
  } else if (type === "f64") {
    byte(F64_CONST);
    float64(value);
  } else {
    throw internal(`the number ${value} is no ${type}`);
  }
  return push(type, from);
}

/** A vector's bytes as a value. */
export function vector(bytes: ArrayLike<number>): StackVar<"v128"> {
  const from = position();
  writeVector(bytes);
  return push("v128", from);
}

export function writeVector(bytes: ArrayLike<number>): void {
  append(V128_CONST);
  append(bytes);
}
