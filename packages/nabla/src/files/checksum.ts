/**
 * A checksum over everything that a safetensors file says, kept in its metadata as the part `checksum`.
 * It is the CRC-32 of two pieces, one after the other:
 *
 *     [["format","nabla"],…,["W1","F32",[3,2]],…]     in JSON without spaces: the other parts of the
 *                                                     metadata by their names, then the tensors in order
 *     the data of the tensors
 *
 * in eight hexadecimal digits. How the header is laid out does not matter, so another tool may write it
 * anew; any bit that means something does.
 */

import { crc32 } from "./crc32.ts";
import { dataError, quoted } from "./json.ts";
import type { Safetensors } from "./safetensors.ts";

const PART = "checksum";

/** The metadata with the checksum of the file. */
export const sealed = (file: Safetensors): Safetensors["metadata"] => ({
  ...file.metadata,
  [PART]: checksumOf(file),
});

/** Throws unless the checksum of the file is there, and right. */
export function checkSeal(file: Safetensors, name: string): void {
  const got = file.metadata[PART];
  const expected = checksumOf(file);
  if (got === expected) return;
  const where = `${name}, ${PART}`;
  if (got === undefined) throw dataError(where, quoted(expected), "none");
  throw dataError(where, `${quoted(expected)}, that of an undamaged file`, quoted(got));
}

function checksumOf({ tensors, metadata }: Safetensors): string {
  const parts = Object.entries(metadata).filter(([name]) => name !== PART);
  parts.sort(([a], [b]) => (a < b ? -1 : 1));
  const shapes = Array.from(tensors, ([name, { dtype, shape }]) => [name, dtype, shape]);
  let crc = crc32(new TextEncoder().encode(JSON.stringify([...parts, ...shapes])));
  for (const { data } of tensors.values())
    crc = crc32(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), crc);
  return crc.toString(16).padStart(8, "0");
}
