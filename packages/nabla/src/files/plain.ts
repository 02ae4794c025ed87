/**
 * Readers of plain data from files: each takes any JSON value and gives the typed value, or an error
 * that names the field. What no reader asks for is refused, so nothing unknown gets in.
 */

import type { NablaError } from "../errors.ts";
import { dataError, type JsonValue, quoted } from "./json.ts";

/** `where` is the path of the value: `schema.features[2].scale`. */
export type Reader<T> = (value: JsonValue, where: string) => T;

const reader =
  <T extends JsonValue>(expected: string, accepts: (value: JsonValue) => value is T): Reader<T> =>
  (value, where) => {
    if (accepts(value)) return value;
    throw unexpected(expected, value, where);
  };

const isNumber = (value: JsonValue): value is number => typeof value === "number";

export const text = reader("text", (value) => typeof value === "string");
export const flag = reader("true or false", (value) => typeof value === "boolean");
export const number = reader("a number", isNumber);
export const positive = reader(
  "a number above 0",
  (value): value is number => isNumber(value) && value > 0,
);
export const notNegative = reader(
  "a number ≥ 0",
  (value): value is number => isNumber(value) && value >= 0,
);
export const count = reader(
  "an integer in [0, 2⁵³)",
  (value): value is number => isNumber(value) && Number.isSafeInteger(value) && value >= 0,
);

export const scalar = reader("text, a number, true or false", (value) => typeof value !== "object");

export const oneOf = <T extends string | number | boolean>(...values: readonly T[]): Reader<T> =>
  reader(values.map((known) => JSON.stringify(known)).join(" or "), (value): value is T =>
    values.some((known) => known === value),
  );

export const list =
  <T>(item: Reader<T>): Reader<T[]> =>
  (value, where) => {
    if (Array.isArray(value)) return value.map((entry, i) => item(entry, `${where}[${i}]`));
    throw unexpected("a list", value, where);
  };

type Readers = Readonly<Record<string, Reader<unknown>>>;
type Fields<R extends Readers> = { -readonly [Name in keyof R]: ReturnType<R[Name]> };

/** An object of exactly these fields; the optional ones may be left out. */
export const record =
  <R extends Readers, O extends Readers = Record<never, never>>(
    required: R,
    optional?: O,
  ): Reader<Fields<R> & Partial<Fields<O>>> =>
  (value, where) => {
    const readers: Readers = { ...required, ...optional };
    if (!isRecord(value)) throw unexpected("an object", value, where);
    for (const name of [...Object.keys(value), ...Object.keys(required)]) {
      if (Object.hasOwn(readers, name) && Object.hasOwn(value, name)) continue;
      const got = Object.hasOwn(value, name) ? `${quoted(name)} too` : `no ${quoted(name)}`;
      throw dataError(where, `the fields ${Object.keys(readers).join(", ")}`, got);
    }
    const fields = Object.entries(value).map(([name, field]) => [
      name,
      readers[name]?.(field, `${where}.${name}`),
    ]);
    return Object.fromEntries(fields) as Fields<R> & Partial<Fields<O>>;
  };

/** An object of any names, whose values are alike. */
export const dictionary =
  <T>(item: Reader<T>): Reader<Record<string, T>> =>
  (value, where) => {
    if (!isRecord(value)) throw unexpected("an object", value, where);
    const fields = Object.entries(value);
    return Object.fromEntries(
      fields.map(([name, field]) => [name, item(field, `${where}.${name}`)]),
    );
  };

/** One of several objects, told apart by the field `tag`. */
export const tagged =
  <T>(tag: string, variants: Readonly<Record<string, Reader<T>>>): Reader<T> =>
  (value, where) => {
    const name = isRecord(value) ? value[tag] : undefined;
    const variant =
      typeof name === "string" && Object.hasOwn(variants, name) ? variants[name] : undefined;
    if (variant !== undefined) return variant(value, where);
    throw unexpected(`${tag} ${Object.keys(variants).join(" or ")}`, name ?? value, where);
  };

export const isRecord = (value: JsonValue): value is { readonly [name: string]: JsonValue } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function unexpected(expected: string, value: JsonValue, where: string): NablaError {
  const got = JSON.stringify(value);
  return dataError(where, expected, got.length > 40 ? `${got.slice(0, 40)}…` : got);
}
