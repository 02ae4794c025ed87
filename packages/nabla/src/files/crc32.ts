/**
 * CRC-32 as in zip, PNG and Python's zlib (ISO-HDLC): it finds every error within 32 bits in a row, and
 * any other but for one in 2³². Eight bytes at a time: M. Kounavis, F. Berry: A systematic approach to
 * building high performance software-based CRC generators. ISCC (2005).
 */

const POLYNOMIAL = 0xedb88320; // reflected
const STRIDE = 8;
/** [k][byte]: what a byte adds that is followed by k zeros. */
const TABLES = newTables();

/** The CRC-32 of what has the CRC `before`, and the bytes after it. */
export function crc32(bytes: Uint8Array, before = 0): number {
  // Words are read where they are aligned, little-endian
  const start = Math.min(-bytes.byteOffset & 3, bytes.length);
  const strides = Math.floor((bytes.length - start) / STRIDE);
  let crc = byByte(bytes.subarray(0, start), ~before);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset + start, 2 * strides);
  for (let i = 0; i < words.length; i += 2) {
    const low = words[i]! ^ crc;
    const high = words[i + 1]!;
    crc =
      TABLES[0x700 + (low & 0xff)]! ^
      TABLES[0x600 + ((low >>> 8) & 0xff)]! ^
      TABLES[0x500 + ((low >>> 16) & 0xff)]! ^
      TABLES[0x400 + (low >>> 24)]! ^
      TABLES[0x300 + (high & 0xff)]! ^
      TABLES[0x200 + ((high >>> 8) & 0xff)]! ^
      TABLES[0x100 + ((high >>> 16) & 0xff)]! ^
      TABLES[high >>> 24]!;
  }
  return ~byByte(bytes.subarray(start + STRIDE * strides), crc) >>> 0;
}

function byByte(bytes: Uint8Array, before: number): number {
  let crc = before;
  for (const byte of bytes) crc = (crc >>> 8) ^ TABLES[(crc ^ byte) & 0xff]!;
  return crc;
}

function newTables(): Uint32Array {
  const tables = new Uint32Array(STRIDE * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
    tables[byte] = crc;
  }
  for (let i = 256; i < tables.length; i++) {
    const crc = tables[i - 256]!;
    tables[i] = (crc >>> 8) ^ tables[crc & 0xff]!;
  }
  return tables;
}
