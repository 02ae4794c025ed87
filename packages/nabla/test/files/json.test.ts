import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NablaError } from "../../src/errors.ts";
import { jsonReader, readJson } from "../../src/files/json.ts";

const read = (text: string) => readJson({ text, name: "test" });

describe("readJson", () => {
  test("reads what JSON.stringify writes", () => {
    const refused = /"(__proto__|constructor|prototype)":/; //  by other tests
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        fc.pre(!refused.test(text));
        expect(read(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  test("agrees with JSON.parse wherever it accepts a damaged text, and else throws a NablaError", () => {
    const sound = JSON.stringify({ W1: { shape: [3, -2.5e-3], "é\n": [true, null, "\u{1f600}"] } });
    const character = fc.constantFrom(...'{}[]:,"\\ue01.-+ \u0000\ud800é');
    fc.assert(
      fc.property(
        fc.nat(sound.length),
        fc.nat(2),
        fc.string({ unit: character, maxLength: 3 }),
        (at, drop, insert) => {
          const text = sound.slice(0, at) + insert + sound.slice(at + drop);
          let value: unknown;
          try {
            value = read(text);
          } catch (error) {
            expect(error).toBeInstanceOf(NablaError);
            return;
          }
          expect(value).toEqual(JSON.parse(text));
        },
      ),
      { numRuns: 5000 },
    );
  });

  // The message after "test, ".
  test.each([
    ["", "byte 0: expected a JSON value, got the end of the text"],
    ["{", "byte 1: expected a string, got the end of the text"],
    ["[1,]", 'byte 3: expected a JSON value, got "]"'],
    ["[1 2]", 'byte 3: expected "]", got "2]"'],
    ['{"a" 1}', 'byte 5: expected ":", got "1}"'],
    ["{'a':1}", "byte 1: expected a string, got \"'a':1}\""],
    ["[01]", 'byte 2: expected "]", got "1]"'],
    ["[+1]", 'byte 1: expected a JSON value, got "+1]"'],
    ["[.5]", 'byte 1: expected a JSON value, got ".5]"'],
    ["[NaN]", 'byte 1: expected a JSON value, got "NaN]"'],
    ["[1e400]", "byte 1: expected a number in the range of float64, got 1e400"],
    ["[1] \nx", 'byte 5: expected the end of the text, got "x"'],
    ["\ufeff[]", 'byte 0: expected a JSON value, got "\ufeff[]"'],
    ['{"a":1,"a":2}', 'byte 7: expected each name once, got "a" again'],
    ['{"a":1,"\\u0061":2}', 'byte 7: expected each name once, got "a" again'],
    ['{"é":{"__proto__":1}}', '"é", byte 7: expected another name, got "__proto__"'],
    ['{"constructor":1}', 'byte 1: expected another name, got "constructor"'],
    ['{"proto\\u0074ype":1}', 'byte 1: expected another name, got "prototype"'],
    ['{"a":{"b":[tru]}}', '"a"."b", byte 11: expected a JSON value, got "tru]}}"'],
    ["[[[[[[[[[]]]]]]]]]", 'byte 9: expected at most 8 levels of nesting, got "]]]]]]]]]"'],
  ])("refuses %j", (text, message) => {
    expect(() => read(text)).toThrow(`test, ${message}`);
  });

  test.each(['"', '"\\"', '"\\x"', '"\\u12"', '"a\nb"', '"a\u0000"'])(
    "refuses the string %j",
    (text) => {
      expect(() => read(text)).toThrow("byte 0: expected a string with a closing quote");
    },
  );

  test.each(['"\\ud800"', '"\\udc00\\ud800"', '"a\\ud83dz"'])(
    "refuses lone surrogates: %j",
    (text) => {
      expect(() => read(text)).toThrow("byte 0: expected a string without lone surrogates");
      expect(read('"\\ud83d\\ude00"')).toBe("\u{1f600}");
    },
  );

  test("allows 8 levels", () => {
    expect(read("[[[[[[[[]]]]]]]]")).toEqual([[[[[[[[]]]]]]]]);
  });

  test("reads or refuses texts of megabytes without exhausting the stack", () => {
    const long = "a\\n".repeat(2_000_000);
    expect(read(`"${long}"`)).toBe("a\n".repeat(2_000_000));
    expect(() => read("[".repeat(5_000_000))).toThrow("byte 9: expected at most 8 levels");
    expect(() => read("9".repeat(5_000_000))).toThrow("byte 0: expected a number in the range");
  });
});

test("readJson builds no more values than it may", () => {
  const text = "[1,[2],3]";
  expect(readJson({ text, name: "test", most: 5 })).toEqual([1, [2], 3]);
  expect(() => readJson({ text, name: "test", most: 4 })).toThrow(
    'test, byte 7: expected at most 4 values, got "3]"',
  );
});

describe("integer", () => {
  const integer = (text: string) => jsonReader({ text, name: "test" }).integer();

  test("reads 0 to 2⁴⁸ − 1", () => {
    expect(["0", "16", "281474976710655"].map(integer)).toEqual([0, 16, 281474976710655]);
  });

  test.each(["16.0", "1e2", "-0", "-1", "1e400", "281474976710656", "9007199254740993"])(
    "refuses %s",
    (text) => {
      expect(() => integer(text)).toThrow(
        `test, byte 0: expected an integer in [0, 2⁴⁸) in its plain form, got ${text}`,
      );
    },
  );

  test("refuses other values", () => {
    for (const text of ['"1"', "null", "[1]", ""]) expect(() => integer(text)).toThrow(NablaError);
  });
});
