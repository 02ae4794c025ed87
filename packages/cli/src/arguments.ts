/** The text of flags → values. What is not a value is an error that names the flag. */

import { NablaError, parseSchedule, type Schedule } from "nabla";

const NUMBER = "[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:e[+-]?\\d+)?";

/** A reader of a flag's text. */
export type Read<T> = (text: string) => T;

/** Whole numbers from `least` on. */
export const wholeNumber = (flag: string, least: number): Read<number> =>
  numeric(flag, {
    expected: `a whole number ≥ ${least}`,
    accepts: (x) => Number.isSafeInteger(x) && x >= least,
  });

/** Numbers ≥ 0. */
export const positiveOrZero = (flag: string): Read<number> =>
  numeric(flag, { expected: "a number ≥ 0", accepts: (x) => x >= 0 });

/** Numbers > 0. */
export const positive = (flag: string): Read<number> =>
  numeric(flag, { expected: "a number > 0", accepts: (x) => x > 0 });

/** Numbers in [0, 1). */
export const fraction = (flag: string): Read<number> =>
  numeric(flag, { expected: "in [0, 1)", accepts: (x) => x >= 0 && x < 1 });

/** One of a few words. */
export const oneOf =
  <Word extends string>(flag: string, words: readonly Word[]): Read<Word> =>
  (text) => {
    const word = words.find((known) => known === text);
    if (word !== undefined) return word;
    throw badValue(flag, { expected: `one of ${words.join(", ")}`, got: text });
  };

/** `64,32` → [64, 32]; `0` → []. */
export const layerSizes =
  (flag: string): Read<number[]> =>
  (text) => {
    const sizes = text.split(",");
    if (text === "0") return [];
    if (sizes.every((size) => /^[1-9]\d{0,8}$/.test(size))) return sizes.map(Number);
    throw badValue(flag, { expected: "whole numbers ≥ 1 such as 64,32, or 0 for none", got: text });
  };

/** `2,3,1` → [2, 3, 1]: the inputs, the hidden layers, the outputs. */
export const networkSizes =
  (flag: string): Read<number[]> =>
  (text) => {
    if (/^[1-9]\d{0,8}(,[1-9]\d{0,8})+$/.test(text)) return text.split(",").map(Number);
    const expected = "the numbers of inputs, hidden units and outputs, such as 2,3,1";
    throw badValue(flag, { expected, got: text });
  };

/** `0.001..0.1` → [0.001, 0.1]; one number is both ends. */
export const numberRange =
  (flag: string): Read<readonly [least: number, most: number]> =>
  (text) => {
    const ends = text.split("..");
    const numbers = ends.map((end) =>
      new RegExp(`^${NUMBER}$`, "i").test(end) ? Number(end) : Number.NaN,
    );
    const [least = Number.NaN, most = least] = numbers;
    if (ends.length <= 2 && least <= most && Number.isFinite(most)) return [least, most];
    throw badValue(flag, { expected: "a range such as 0.001..0.1, or one number", got: text });
  };

/** `16,32,64` → [16, 32, 64]. */
export const wholeNumbers = (flag: string, least: number): Read<number[]> => {
  const one = wholeNumber(flag, least);
  return (text) => text.split(",").map(one);
};

/** A flag that may come again: its texts, in order. */
export const texts = (text: string, earlier: readonly string[] = []): string[] => [
  ...earlier,
  text,
];

/** `a,b` → ["a", "b"], after what earlier uses of the flag gave. */
export const list = (text: string, earlier: readonly string[] = []): string[] => [
  ...earlier,
  ...text.split(","),
];

/** `50` or `50epochs`, `500steps`, `30s`, `2min`, `1h`. */
export const interval =
  (flag: string): Read<Interval> =>
  (text) => {
    const [, count = "", unit = "epochs"] = /^([\d.]+)(epochs|steps|s|min|h)?$/.exec(text) ?? [];
    const number = /^(\d+\.?\d*|\.\d+)$/.test(count) ? Number(count) : 0;
    if (Object.hasOwn(unitSeconds, unit)) {
      if (number > 0) return { seconds: number * unitSeconds[unit]! };
    } else if (Number.isSafeInteger(number) && number > 0) {
      return unit === "steps" ? { steps: number } : { epochs: number };
    }
    const expected = "so many epochs, steps or so much time, as in 50, 500steps, 30s or 2min";
    throw badValue(flag, { expected, got: text });
  };

type Interval =
  | { readonly epochs: number }
  | { readonly steps: number }
  | { readonly seconds: number };

const unitSeconds: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3600 };

/** `cosine`, `step:every=30,factor=0.1`, … */
export const schedule = (text: string): Schedule => parseSchedule(text);

export type ClassWeights = "balanced" | Readonly<Record<string, number>>;

/** `balanced`, or `yes=2,no=1`; a name may hold commas and equals signs, and the flag come again. */
export const classWeights =
  (flag: string): ((text: string, earlier?: ClassWeights) => ClassWeights) =>
  (text, earlier) => {
    const others = typeof earlier === "object" ? Object.entries(earlier) : [];
    if (text === "balanced" && earlier === undefined) return text;
    const weights = [...text.matchAll(new RegExp(`(.+?)=(${NUMBER})(?:,(?=.)|$)`, "giy"))];
    const read = weights.reduce((length, [all]) => length + all.length, 0);
    if (earlier === "balanced" || text === "" || read !== text.length)
      throw badValue(flag, { expected: "balanced, or weights such as yes=2,no=1", got: text });
    return Object.fromEntries([
      ...others,
      ...weights.map(([, name, weight]) => [name!, Number(weight)] as const),
    ]);
  };

function numeric(
  flag: string,
  { expected, accepts }: { expected: string; accepts: (x: number) => boolean },
): Read<number> {
  const pattern = new RegExp(`^${NUMBER}$`, "i");
  return (text) => {
    const value = Number(text);
    if (pattern.test(text) && Number.isFinite(value) && accepts(value)) return value;
    throw badValue(flag, { expected, got: text });
  };
}

function badValue(flag: string, { expected, got }: { expected: string; got: string }): NablaError {
  const message = `${flag} must be ${expected}, got ${JSON.stringify(got)}`;
  return new NablaError("usage", message, { where: flag, expected, got });
}
