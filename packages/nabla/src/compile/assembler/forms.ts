/**
 * The forms of instructions: what is written beside their operands. Of the operands all are given, or
 * none: then they are on the stack.
 */

import { replace } from "./body.ts";
import { append, byte, unsigned } from "./bytes.ts";
import { operands } from "./operands.ts";
import type { Operands, Result, ValueType } from "./types.ts";

type Types = readonly ValueType[];
type Given<In extends Types> = [] | Operands<In>;

/** One byte; or a byte that announces others, and twelve bits. */
function opcode(code: number): void {
  if (code < 0x100) {
    byte(code);
    return;
  }
  byte(code >> 12);
  unsigned(code & 0xfff);
}

/** By its code, an instruction that takes and leaves values of some types. */
export const plain =
  <const In extends Types, const Out extends Types>(takes: In, gives: Out) =>
  (code: number) =>
  (...given: Given<In>): Result<Out> => {
    operands(takes, given);
    opcode(code);
    return replace(takes.length, gives[0]) as Result<Out>;
  };

/** The same with bytes, as many as the instruction has. */
export const withBytes =
  <const In extends Types, const Out extends Types>(takes: In, gives: Out) =>
  (code: number) =>
  (bytes: ArrayLike<number>, ...given: Given<In>): Result<Out> => {
    operands(takes, given);
    opcode(code);
    append(bytes);
    return replace(takes.length, gives[0]) as Result<Out>;
  };

/** The same for one lane of a vector. */
export const ofLane =
  <const In extends Types, const Out extends Types>(takes: In, gives: Out) =>
  (code: number) =>
  (lane: number, ...given: Given<In>): Result<Out> => {
    operands(takes, given);
    opcode(code);
    byte(lane);
    return replace(takes.length, gives[0]) as Result<Out>;
  };

/** So many bytes beyond an address, at a multiple of `align`: of the instruction's size unless given. */
export interface Place {
  readonly offset?: number;
  readonly align?: number;
}

function writePlace({ offset = 0, align }: Place, size: number): void {
  unsigned(31 - Math.clz32(align ?? size));
  unsigned(offset);
}

/** The same for so many bytes in memory; the first operand is their address. */
export const inMemory =
  <const In extends Types, const Out extends Types>(size: number, takes: In, gives: Out) =>
  (code: number) =>
  (at: Place, ...given: Given<In>): Result<Out> => {
    operands(takes, given);
    opcode(code);
    writePlace(at, size);
    return replace(takes.length, gives[0]) as Result<Out>;
  };

/** The same between memory and one lane. */
export const laneInMemory =
  <const In extends Types, const Out extends Types>(size: number, takes: In, gives: Out) =>
  (code: number) =>
  (at: Place, lane: number, ...given: Given<In>): Result<Out> => {
    operands(takes, given);
    opcode(code);
    writePlace(at, size);
    byte(lane);
    return replace(takes.length, gives[0]) as Result<Out>;
  };
