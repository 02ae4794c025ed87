/** Checks of what a definition says, once, at the public door. */

import { NablaError, unknownName } from "./errors.ts";

/** Every field of a type, so that a misspelt one is not passed over. */
export type Fields<T> = Readonly<Record<keyof T, true>>;

/** @throws NablaError for a field that is not known, with the nearest that is */
export function checkFields(what: string, given: object, known: object): void {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(known, name)) throw unknownName(what, name, Object.keys(known));
  }
}

/** @throws NablaError `what must be expected, got …` unless it holds */
export function check(
  what: string,
  holds: boolean,
  said: { expected: string; got: unknown },
): void {
  if (holds) return;
  const { expected, got } = said;
  throw new NablaError("usage", `${what} must be ${expected}, got ${got}`, {
    where: what,
    expected,
    got: String(got),
  });
}

export function checkCount(what: string, got: number): void {
  check(what, Number.isSafeInteger(got) && got > 0, { expected: "a positive integer", got });
}

export function checkNotNegative(what: string, got: number): void {
  check(what, Number.isFinite(got) && got >= 0, { expected: "a number ≥ 0", got });
}

/** A share that is not the whole. */
export function checkShare(what: string, got: number): void {
  check(what, Number.isFinite(got) && got >= 0 && got < 1, { expected: "a number in [0, 1)", got });
}
