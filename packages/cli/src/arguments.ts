/** The text of flags → values. What is not a value is an error that names the flag. */

import { NablaError } from "nabla";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

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

/** Numbers in [0, 1). */
export const fraction = (flag: string): Read<number> =>
  numeric(flag, { expected: "in [0, 1)", accepts: (x) => x >= 0 && x < 1 });

/** `64,32` → [64, 32]; `0` → []. */
export const layerSizes =
  (flag: string): Read<number[]> =>
  (text) => {
    const sizes = text.split(",");
    if (text === "0") return [];
    if (sizes.every((size) => /^[1-9]\d{0,8}$/.test(size))) return sizes.map(Number);
    throw badValue(flag, { expected: "whole numbers ≥ 1 such as 64,32, or 0 for none", got: text });
  };

/** `a,b` → ["a", "b"], after what earlier uses of the flag gave. */
export const names = (text: string, earlier: readonly string[] = []): string[] => [
  ...earlier,
  ...text.split(","),
];

function numeric(
  flag: string,
  { expected, accepts }: { expected: string; accepts: (x: number) => boolean },
): Read<number> {
  return (text) => {
    const value = Number(text);
    if (NUMBER.test(text) && Number.isFinite(value) && accepts(value)) return value;
    throw badValue(flag, { expected, got: text });
  };
}

function badValue(flag: string, { expected, got }: { expected: string; got: string }): NablaError {
  const message = `${flag} must be ${expected}, got ${JSON.stringify(got)}`;
  return new NablaError("usage", message, { where: flag, expected, got });
}
