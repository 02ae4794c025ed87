/** Parameters as JavaScript: a few as a list, many as the base64 of their little-endian bytes. */

import type { Floats } from "../../equations/memory.ts";

/** More numbers than this would be no reading. */
const LONGEST_LIST = 64;

export function parameterText(values: Floats): string {
  const [isSingle, array] =
    values instanceof Float32Array ? [true, "Float32Array"] : [false, "Float64Array"];
  if (values.length > LONGEST_LIST) return `decode(${array}, "${base64(bytesOf(values))}")`;
  const list = Array.from(values, (value) => (isSingle ? shortest(value) : literal(value)));
  return `${array}.of(${list.join(", ")})`;
}

const literal = (value: number): string => (Object.is(value, -0) ? "-0" : String(value));

/** The fewest digits that are this number in float32. */
function shortest(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return literal(rounded === 0 ? value : rounded);
  }
  return literal(Number(value.toPrecision(9)));
}

function bytesOf(values: Floats): Uint8Array {
  const size = values.BYTES_PER_ELEMENT;
  const view = new DataView(new ArrayBuffer(values.length * size));
  for (const [i, value] of values.entries()) {
    if (size === 4) view.setFloat32(4 * i, value, true);
    else view.setFloat64(8 * i, value, true);
  }
  return new Uint8Array(view.buffer);
}

function base64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let i = 0; i < bytes.length; i += 0x3000)
    pieces.push(btoa(String.fromCharCode(...bytes.subarray(i, i + 0x3000))));
  return pieces.join("");
}

/** What the module needs to read the long ones. */
export const DECODE = `/** The numbers of an array, from the base64 of their little-endian bytes. */
function decode(Numbers, text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const size = Numbers.BYTES_PER_ELEMENT;
  return Numbers.from({ length: bytes.length / size }, (_, i) =>
    size === 4 ? view.getFloat32(4 * i, true) : view.getFloat64(8 * i, true),
  );
}`;
