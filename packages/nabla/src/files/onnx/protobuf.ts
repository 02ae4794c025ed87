/**
 * The wire format of protocol buffers: a message is a sequence of fields, each
 *
 *     key        number·8 + type, as a varint: seven bits a byte, the lowest first
 *     value      type 0: a varint;  type 2: its length as a varint, then so many bytes;  type 5: 4 bytes
 *
 * Here a field is an array of bytes, and a message an array of fields.
 *
 * Google, Protocol Buffers, Encoding.
 */

export type Field = readonly Uint8Array[];
export type Message = readonly Field[];

const VARINT = 0;
const LENGTH = 2;
const FOUR_BYTES = 5;

/** Negative numbers count down from 2⁶⁴, as int64 has it. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Uint8Array.of(...bytes, Number(rest));
}

const key = (number: number, type: number): Uint8Array => varint(number * 8 + type);

export const integer = (number: number, value: number): Field => [
  key(number, VARINT),
  varint(value),
];

export function float(number: number, value: number): Field {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return [key(number, FOUR_BYTES), bytes];
}

export const bytes = (number: number, value: Uint8Array): Field => [
  key(number, LENGTH),
  varint(value.length),
  value,
];

export const text = (number: number, value: string): Field =>
  bytes(number, new TextEncoder().encode(value));

/** A message in a message. */
export function nested(number: number, fields: Message): Field {
  const parts = fields.flat();
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return [key(number, LENGTH), varint(length), ...parts];
}

export function encode(message: Message): Uint8Array {
  const parts = message.flat();
  const encoded = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    encoded.set(part, at);
    at += part.length;
  }
  return encoded;
}
