/**
 * Bytes, written one after the other. There is one row of them for all functions and modules: what is
 * begun while something else is being written is taken away before that goes on.
 */

import { internal } from "../../errors.ts";

let bytes = new Uint8Array(1 << 15);
let end = 0;

export const position = (): number => end;

/** Takes away what was written from `from` on. */
export function take(from: number): Uint8Array<ArrayBuffer> {
  const taken = bytes.slice(from, end);
  end = from;
  return taken;
}

/** Puts what was written from `from` on before what was written from `to` on. */
export function moveBack(from: number, to: number): void {
  const size = end - from;
  reserve(size);
  bytes.copyWithin(to + size, to, end);
  bytes.copyWithin(to, from + size, end + size);
}

function reserve(room: number): void {
  if (end + room <= bytes.length) return;
  const larger = new Uint8Array(2 * (end + room));
  larger.set(bytes);
  bytes = larger;
}

export function byte(value: number): void {
  if (end === bytes.length) reserve(1);
  bytes[end++] = value;
}

export function append(values: ArrayLike<number>): void {
  reserve(values.length);
  bytes.set(values, end);
  end += values.length;
}

/** An integer from 0 to 2³² − 1, seven bits a byte (LEB128). */
export function unsigned(value: number): void {
  if (value !== value >>> 0) throw internal(`${value} is no unsigned integer of 32 bits`);
  let rest = value;
  for (; rest > 127; rest >>>= 7) byte((rest & 127) | 128);
  byte(rest);
}

/** An integer of 32 bits, with a sign or without. */
export function signed(value: number): void {
  let rest = value | 0;
  if (value !== rest && value !== rest >>> 0) throw internal(`${value} is no integer of 32 bits`);
  for (; rest < -64 || rest > 63; rest >>= 7) byte((rest & 127) | 128);
  byte(rest & 127);
}

export function signed64(value: bigint): void {
  let rest = BigInt.asIntN(64, value);
  for (; rest < -64n || rest > 63n; rest >>= 7n) byte(Number(rest & 127n) | 128);
  byte(Number(rest & 127n));
}

const float = new DataView(new ArrayBuffer(8));

export function float32(value: number): void {
  float.setFloat32(0, value, true);
  for (let i = 0; i < 4; i++) byte(float.getUint8(i));
}

export function float64(value: number): void {
  float.setFloat64(0, value, true);
  for (let i = 0; i < 8; i++) byte(float.getUint8(i));
}
