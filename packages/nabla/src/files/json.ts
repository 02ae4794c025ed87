/**
 * A strict reader of JSON text from files. Unlike JSON.parse it refuses a name that occurs twice (there
 * the last one wins), the names that reach JavaScript's prototypes, deep nesting, too many names,
 * lone surrogates and numbers beyond float64; and every error names the field and the byte.
 *
 * The caller asks for what it expects, token by token, so nothing else is ever built.
 */
import { NablaError } from "../errors.ts";

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

export interface JsonText {
  readonly text: string;
  /** What the text is, for errors: "safetensors header". */
  readonly name: string;
  /** Where in the file the text begins. */
  readonly firstByte?: number;
  /** How many lists and objects may be in one another. Default 8. */
  readonly deepest?: number;
  /** How many values there may be, where all are built. Default: any number. */
  readonly most?: number;
}

/** A point in the text: the names of the fields that enclose it, and its index. */
export interface JsonPlace {
  readonly fields: readonly string[];
  readonly index: number;
}

export interface JsonReader {
  /** Reads an object; `member` must read the value that follows its name. */
  object(member: (name: string) => void): void;
  /** Reads an array; `item` must read one value. */
  array(item: (index: number) => void): void;
  string(): string;
  /** Reads an integer in [0, 2⁴⁸) in its plain form: no sign, point, exponent or leading zero. */
  integer(): number;
  /** Reads any value. */
  value(): JsonValue;
  /** Reads up to the end of the text, where nothing but padding is left. */
  end(padding?: string): void;
  /** The place of the next token. */
  place(): JsonPlace;
  /** An error at the next token or at an earlier place. */
  error(expected: string, got?: string, place?: JsonPlace): NablaError;
}

const DEEPEST = 8;
const MOST_NAMES = 65_536; // what each costs in memory is more than its text
const LARGEST_INTEGER = 0xffff_ffff_ffff; // 2⁴⁸ − 1: sizes stay exact in float64
const PROTOTYPE_NAMES = ["__proto__", "constructor", "prototype"];
const WHITESPACE = " \t\n\r";
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const PLAIN_INTEGER = /^(?:0|[1-9][0-9]{0,14})$/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** The one value that a text holds; throws a NablaError with its place where it is not strict JSON. */
export function readJson(source: JsonText): JsonValue {
  const reader = jsonReader(source);
  const value = reader.value();
  reader.end();
  return value;
}

export function jsonReader({
  text,
  name: source,
  firstByte = 0,
  deepest = DEEPEST,
  most = Number.POSITIVE_INFINITY,
}: JsonText): JsonReader {
  let index = 0;
  const fields: string[] = [];
  let depth = 0;
  let values = 0;

  function skip(characters: string): void {
    while (index < text.length && characters.includes(text.charAt(index))) index++;
  }

  function next(): string {
    skip(WHITESPACE);
    return text.charAt(index);
  }

  function accept(token: string): boolean {
    next();
    const found = text.startsWith(token, index);
    if (found) index += token.length;
    return found;
  }

  function demand(token: string): void {
    if (!accept(token)) throw error(`"${token}"`);
  }

  function list(open: string, close: string, entry: (index: number) => void): void {
    demand(open);
    if (++depth > deepest) throw error(`at most ${deepest} levels of nesting`);
    if (!accept(close)) {
      let count = 0;
      do entry(count++);
      while (accept(","));
      demand(close);
    }
    depth--;
  }

  function object(member: (name: string) => void): void {
    const seen = new Set<string>();
    list("{", "}", () => {
      const start = place();
      const name = string();
      if (seen.has(name)) throw error("each name once", `${quoted(name)} again`, start);
      if (PROTOTYPE_NAMES.includes(name)) throw error("another name", quoted(name), start);
      if (seen.size === MOST_NAMES) throw error(`at most ${MOST_NAMES} names`, undefined, start);
      seen.add(name);
      demand(":");
      fields.push(name);
      member(name);
      fields.pop();
    });
  }

  const array = (item: (index: number) => void): void => list("[", "]", item);

  function string(): string {
    if (next() !== '"') throw error("a string");
    let end = index + 1;
    while (end < text.length && text.charAt(end) !== '"') end += text.charAt(end) === "\\" ? 2 : 1;
    const literal = text.slice(index, end + 1);
    const value = parsedString(literal);
    if (value === undefined) throw error("a string with a closing quote and proper escapes");
    if (LONE_SURROGATE.test(value)) throw error("a string without lone surrogates");
    index += literal.length;
    return value;
  }

  function numberToken(): string {
    next();
    NUMBER.lastIndex = index;
    return NUMBER.exec(text)?.[0] ?? "";
  }

  function integer(): number {
    const token = numberToken();
    const value = Number(token);
    if (!PLAIN_INTEGER.test(token) || value > LARGEST_INTEGER)
      throw error(
        "an integer in [0, 2⁴⁸) in its plain form",
        token === "" ? undefined : short(token),
      );
    index += token.length;
    return value;
  }

  function number(): number {
    const token = numberToken();
    if (token === "") throw error("a JSON value");
    const value = Number(token);
    if (!Number.isFinite(value)) throw error("a number in the range of float64", short(token));
    index += token.length;
    return value;
  }

  function value(): JsonValue {
    const first = next();
    if (++values > most) throw error(`at most ${most} values`);
    if (first === "{") {
      const members: [string, JsonValue][] = [];
      object((name) => members.push([name, value()]));
      return Object.fromEntries(members);
    }
    if (first === "[") {
      const items: JsonValue[] = [];
      array(() => items.push(value()));
      return items;
    }
    if (first === '"') return string();
    if (accept("null")) return null;
    if (accept("true")) return true;
    if (accept("false")) return false;
    return number();
  }

  function end(padding = WHITESPACE): void {
    skip(padding);
    if (index < text.length) throw error("the end of the text", undefined, { fields, index });
  }

  function place(): JsonPlace {
    next();
    return { fields: [...fields], index };
  }

  function error(expected: string, got?: string, { fields, index } = place()): NablaError {
    const byte = firstByte + new TextEncoder().encode(text.slice(0, index)).length;
    const path = fields.map((field) => quoted(field)).join(".");
    const where = [source, ...(path === "" ? [] : [path]), `byte ${byte}`].join(", ");
    const rest = index < text.length ? quoted(text.slice(index)) : "the end of the text";
    return dataError(where, expected, got ?? rest);
  }

  return { object, array, string, integer, value, end, place, error };
}

/** What a literal stands for, or undefined; JSON.parse is strict about escapes and control characters. */
function parsedString(literal: string): string | undefined {
  try {
    const value: unknown = JSON.parse(literal);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

/** `where: expected this, got that` */
export const dataError = (where: string, expected: string, got: string): NablaError =>
  new NablaError("data", `${where}: expected ${expected}, got ${got}`, { where, expected, got });

const short = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** A quoted text, cut short where it is long. */
export const quoted = (text: string): string => JSON.stringify(short(text));
