/**
 * DuckDB's vectors, read as they lie in memory. Their own `getItem` takes a BigInt for every bit of
 * validity and makes a new string of every cell; that would be most of the time of reading. What they
 * keep to themselves is named here and nowhere else.
 */

import type { DuckDBVector } from "@duckdb/node-api";

/** Whether the value at a place is there. */
type IsValid = (index: number) => boolean;

interface Hidden {
  readonly validity: { readonly data: BigUint64Array | null; readonly offset: number };
  /** Of a vector of doubles. */
  readonly items: Float64Array;
  /** Of a vector of text, 16 bytes for each: the length, then the text, or where the text lies. */
  readonly dataView: DataView;
}

const hidden = (vector: DuckDBVector): Hidden => vector as unknown as Hidden;

/** A bit for each value, the first one lowest; no bits at all where all are there. */
function validityOf(vector: DuckDBVector): IsValid {
  const { data, offset } = hidden(vector).validity;
  if (data === null) return () => true;
  const words = new Uint32Array(data.buffer, data.byteOffset, 2 * data.length);
  return (index) => ((words[(offset + index) >>> 5]! >>> ((offset + index) & 31)) & 1) === 1;
}

/** The numbers of a vector of doubles, and which of them are there. */
export function doublesOf(vector: DuckDBVector): { items: Float64Array; isValid: IsValid } {
  return { items: hidden(vector).items, isValid: validityOf(vector) };
}

const SLOT_BITS = 12;
const INLINE_BYTES = 12; // a longer text lies elsewhere
const WORDS = 4;
const BOM_BYTES = 0xbf_bb_ef; // which getItem takes off

/** Reads texts, null where one is missing. Short ones that come again are the same string again. */
export function createTextReader(): (vector: DuckDBVector) => (index: number) => string | null {
  const keys = new Uint32Array(WORDS << SLOT_BITS);
  const texts: string[] = new Array(1 << SLOT_BITS).fill(""); // as the key 0, 0, 0, 0 says

  return (vector) => {
    const { buffer, byteOffset, byteLength } = hidden(vector).dataView;
    const words = new Uint32Array(buffer, byteOffset, byteLength / 4);
    const isValid = validityOf(vector);
    const decode = (index: number, begin: number): string => {
      const text = vector.getItem(index) as string;
      return (begin & 0xff_ffff) === BOM_BYTES ? `\ufeff${text}` : text;
    };
    return (index) => {
      if (!isValid(index)) return null;
      const at = WORDS * index;
      const [length, a, b, c] = [words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!];
      if (length > INLINE_BYTES) return decode(index, a);
      const slot = slotOf(a, b ^ Math.imul(c, 3) ^ length);
      const key = WORDS * slot;
      if (
        keys[key] !== length ||
        keys[key + 1] !== a ||
        keys[key + 2] !== b ||
        keys[key + 3] !== c
      ) {
        texts[slot] = decode(index, a);
        keys.set(words.subarray(at, at + WORDS), key);
      }
      return texts[slot]!;
    };
  };
}

const slotOf = (a: number, b: number): number =>
  Math.imul(a ^ Math.imul(b, 0x85eb_ca6b), 0x9e37_79b1) >>> (32 - SLOT_BITS);
