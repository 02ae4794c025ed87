import fc from "fast-check";
import { expect, test } from "vitest";
import { bytes, encode, float, integer, nested, text } from "../../../src/files/onnx/protobuf.ts";
import { bytesOf, integersOf, messagesOf, readMessage, textsOf } from "../../onnx/read-protobuf.ts";

const hex = (message: Parameters<typeof encode>[0]): string =>
  Buffer.from(encode(message)).toString("hex");

// The first three are the examples of Google's page on the encoding
test.each([
  ["the integer 150 in field 1", [integer(1, 150)], "089601"],
  ["a text in field 2", [text(2, "testing")], "120774657374696e67"],
  ["a message in field 3", [nested(3, [integer(1, 150)])], "1a03089601"],
  ["zero", [integer(1, 0)], "0800"],
  ["−1, which counts down from 2⁶⁴", [integer(1, -1)], "08ffffffffffffffffff01"],
  ["a number of a field above 15", [integer(20, 1)], "a00101"],
  ["a float", [float(2, 1.5)], "150000c03f"],
  ["letters of several bytes", [text(1, "é😀")], "0a06c3a9f09f9880"],
  ["no bytes", [bytes(9, new Uint8Array())], "4a00"],
] as const)("%s", (_, message, expected) => {
  expect(hex(message)).toBe(expected);
});

test("what is written is read back", () => {
  const safe = fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
  const texts = fc.array(fc.string({ unit: "binary" }));
  fc.assert(
    fc.property(fc.array(safe), texts, fc.uint8Array(), (integers, words, raw) => {
      const inner = [...words.map((word) => text(2, word)), bytes(3, raw)];
      const encoded = encode([...integers.map((n) => integer(1, n)), nested(100, inner)]);
      const fields = readMessage(encoded);
      const [message] = messagesOf(fields, 100);
      expect(integersOf(fields, 1)).toEqual(integers.map((n) => n + 0));
      expect(textsOf(message!, 2)).toEqual(words);
      expect(bytesOf(message!, 3)).toEqual([raw]);
    }),
  );
});
