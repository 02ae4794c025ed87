import { describe, expect, test } from "vitest";
import {
  count,
  dictionary,
  flag,
  list,
  number,
  oneOf,
  positive,
  record,
  scalar,
  tagged,
  text,
} from "../../src/files/plain.ts";

const shape = tagged<{ kind: string }>("kind", {
  circle: record({ kind: oneOf("circle"), radius: positive }),
  square: record({ kind: oneOf("square"), side: number }, { name: text }),
});

describe("plain data", () => {
  test.each([
    [text, ""],
    [flag, false],
    [number, -0.5],
    [positive, 5e-324],
    [count, 0],
    [count, Number.MAX_SAFE_INTEGER],
    [scalar, true],
    [oneOf<string | number>("a", 2), 2],
    [list(count), [1, 2]],
    [dictionary(text), { a: "b" }],
    [record({ a: text }, { b: number }), { a: "" }],
    [record({ a: text }, { b: number }), { a: "", b: 1 }],
    [shape, { kind: "square", side: 1 }],
  ])("%# is taken as it is", (read, value) => {
    expect(read(value, "x")).toEqual(value);
  });

  test.each([
    [text, 1, "x: expected text, got 1"],
    [flag, 0, "x: expected true or false, got 0"],
    [number, null, "x: expected a number, got null"],
    [positive, 0, "x: expected a number above 0, got 0"],
    [count, 1.5, "x: expected an integer in [0, 2⁵³), got 1.5"],
    [count, 2 ** 53, "x: expected an integer in [0, 2⁵³), got 9007199254740992"],
    [count, -1, "x: expected an integer in [0, 2⁵³), got -1"],
    [scalar, [], "x: expected text, a number, true or false, got []"],
    [scalar, null, "x: expected text, a number, true or false, got null"],
    [oneOf<string | number>("a", 2), "2", 'x: expected "a" or 2, got "2"'],
    [list(count), [0, -1], "x[1]: expected an integer in [0, 2⁵³), got -1"],
    [list(count), { 0: 1 }, 'x: expected a list, got {"0":1}'],
    [dictionary(text), { a: 1 }, "x.a: expected text, got 1"],
    [dictionary(text), [], "x: expected an object, got []"],
    [record({ a: text }), {}, 'x: expected the fields a, got no "a"'],
    [record({ a: text }), { a: "", b: 1 }, 'x: expected the fields a, got "b" too'],
    [record({}, { a: text }), { a: null }, "x.a: expected text, got null"],
    [record({ toString: text }), {}, 'x: expected the fields toString, got no "toString"'],
    [shape, { kind: "line" }, 'x: expected kind circle or square, got "line"'],
    [shape, { kind: "toString" }, 'x: expected kind circle or square, got "toString"'],
    [shape, { kind: "circle", radius: 0 }, "x.radius: expected a number above 0, got 0"],
  ])("%# is refused with the place", (read, value, message) => {
    expect(() => read(value, "x")).toThrow(message);
  });
});
