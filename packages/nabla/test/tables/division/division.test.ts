import { describe, expect, test } from "vitest";
import { divide, kindOf } from "../../../src/tables/division/division.ts";
import { splitRows } from "../../../src/tables/division/split.ts";

const fifths = { validation: 0.2, test: 0.2, seed: 1 };
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);
const time = { name: "day", values: Float64Array.from(upTo(10)) };
const group = { name: "patient", values: upTo(10).map((n) => `p${n >> 1}`) };
const strata = upTo(10).map((n) => (n % 2 ? "odd" : "even"));

test("without groups and times it is the division at random", () => {
  const marks = { rows: 10, strata };
  expect(divide(marks, fifths)).toEqual(splitRows({ ...fifths, ...marks }));
});

test("each kind has its name", () => {
  expect(kindOf({ rows: 10 })).toBe("random");
  expect(kindOf({ rows: 10, strata })).toBe("stratified");
  expect(kindOf({ rows: 10, strata, group })).toBe("grouped");
  expect(kindOf({ rows: 10, strata, time })).toBe("time-ordered");
  expect(kindOf({ rows: 10, time, group })).toBe("grouped, time-ordered");
});

describe("by time", () => {
  test("test rows are the last, validation rows the last before them", () => {
    const { train, validation, test: held } = divide({ rows: 10, time }, fifths);
    expect([[...train], [...validation], [...held]]).toEqual([
      [0, 1, 2, 3, 4, 5],
      [6, 7],
      [8, 9],
    ]);
  });

  test("a part that is to have no rows has none", () => {
    const split = divide({ rows: 10, time }, { ...fifths, validation: 0 });
    expect([...split.validation]).toEqual([]);
    expect([...split.test]).toEqual([8, 9]);
    const whole = divide({ rows: 10, time }, { ...fifths, test: 0 });
    expect([...whole.test]).toEqual([]);
    expect([...whole.validation]).toEqual([8, 9]);
  });

  test("with groups, cuts are where no group is on both sides", () => {
    const pairs = { name: "trip", values: [..."aaabbbccdd"] };
    const { train, validation, test: held } = divide({ rows: 10, time, group: pairs }, fifths);
    expect([train.length, validation.length, held.length]).toEqual([6, 2, 2]);
    const once = { name: "trip", values: [..."abcdefghia"] };
    expect(() => divide({ rows: 10, time, group: once }, fifths)).toThrow(
      'time "day" and group "trip" need 3 spans of time without a group in two of them, got groups that overlap; name one of the two',
    );
  });

  test("a class that only later rows have is refused by name", () => {
    const late = [...new Array<string>(9).fill("a"), "b"];
    expect(() => divide({ rows: 10, time, strata: late }, fifths)).toThrow(
      'time "day" puts none of "b" among the training rows',
    );
  });
});

test("too few groups are counted", () => {
  const two = { name: "patient", values: [..."aaaaabbbbb"] };
  expect(() => divide({ rows: 10, group: two }, fifths)).toThrow(
    'group "patient" needs at least 3 groups, got 2 in all; ask for fewer parts or folds',
  );
  const three = { name: "patient", values: [..."aaaaabbbcc"] };
  expect(() => divide({ rows: 10, group: three, strata: [..."xxxxxyyyzz"] }, fifths)).toThrow(
    "needs at least 3 groups that do not alone have a class, got 3 in all",
  );
});

test("a class that ends up in other parts only is refused by name", () => {
  const three = { name: "patient", values: [..."aaaaabbbcc"] };
  expect(() => divide({ rows: 10, group: three, strata: [..."xxxxyxxyzz"] }, fifths)).toThrow(
    'group "patient" puts none of "x" among the training rows',
  );
});
