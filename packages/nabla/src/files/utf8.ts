/** UTF-8 as it must be: no byte order mark is dropped, and what is no UTF-8 has a place. */

export type Decoded = { readonly text: string } | { readonly wrongByte: number };

/** The text of some bytes, or the index of the first byte that is none. */
export function decodeUtf8(bytes: Uint8Array): Decoded {
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { wrongByte: wrongByte(bytes) };
  }
}

/** The first byte that cannot go on with what is before it, or the end. Unicode 15, table 3-7. */
function wrongByte(bytes: Uint8Array): number {
  let left = 0;
  let [lowest, highest] = [0x80, 0xbf];
  for (const [i, byte] of bytes.entries()) {
    if (left > 0) {
      if (byte < lowest || byte > highest) return i;
      [lowest, highest] = [0x80, 0xbf];
      left--;
    } else if (byte >= 0x80) {
      if (byte < 0xc2 || byte > 0xf4) return i;
      left = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
      if (byte === 0xe0) lowest = 0xa0; // shorter forms exist
      if (byte === 0xed) highest = 0x9f; // surrogates
      if (byte === 0xf0) lowest = 0x90;
      if (byte === 0xf4) highest = 0x8f; // beyond the last code point
    }
  }
  return bytes.length;
}
