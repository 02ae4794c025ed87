import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeUtf8 } from "../../src/files/utf8.ts";

const hex = (bytes: string) => Uint8Array.from(Buffer.from(bytes, "hex"));

test.each([
  ["", { text: "" }],
  ["efbbbf61", { text: "\ufeffa" }],
  ["c3a9f09f9880", { text: "é😀" }],
  ["61ff", { wrongByte: 1 }],
  ["80", { wrongByte: 0 }],
  ["61c0a2", { wrongByte: 1 }], // overlong
  ["e09f80", { wrongByte: 1 }],
  ["f0808080", { wrongByte: 1 }],
  ["eda080", { wrongByte: 1 }], // a surrogate
  ["f4908080", { wrongByte: 1 }], // beyond U+10FFFF
  ["f5", { wrongByte: 0 }],
  ["e282", { wrongByte: 2 }], // cut short
  ["e28261", { wrongByte: 2 }],
])("%s", (bytes, expected) => {
  expect(decodeUtf8(hex(bytes))).toEqual(expected);
});

test("the wrong byte is the first with which TextDecoder refuses to go on", () => {
  const strict = (bytes: Uint8Array, stream: boolean): boolean => {
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream });
      return true;
    } catch {
      return false;
    }
  };
  const telling = fc.constantFrom(0x41, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xdf, 0xe0);
  const leading = fc.constantFrom(0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff);
  fc.assert(
    fc.property(fc.array(fc.oneof(telling, leading), { maxLength: 8 }), (list) => {
      const bytes = Uint8Array.from(list);
      const decoded = decodeUtf8(bytes);
      expect("text" in decoded).toBe(strict(bytes, false));
      if ("text" in decoded) return;
      const { wrongByte } = decoded;
      expect(strict(bytes.subarray(0, wrongByte), true)).toBe(true);
      if (wrongByte < bytes.length)
        expect(strict(bytes.subarray(0, wrongByte + 1), true)).toBe(false);
    }),
    { numRuns: 3000 },
  );
});
