/**
 * Reads rows in index notation as a reader would, with numbers in place of names and loops in place of Σ:
 * the oracle of that notation. In flat rows a fraction is only a slash, so parentheses must tell.
 */

import type { Call, Tensor } from "../../../src/equations/expression.ts";
import { operations } from "../../../src/equations/operations.ts";
import { flat } from "../../../src/explain/typeset/flat.ts";
import {
  aboveOf,
  type Item,
  type Row,
  type SymbolItem,
  symbol,
} from "../../../src/explain/typeset/items.ts";
import { isVulgar } from "../../../src/explain/typeset/numbers.ts";
import { namedFunction } from "../../../src/functions/activations.ts";
import { compute } from "../../equations/trees.ts";

export interface Reading {
  readonly kind: "flat" | "stacked";
  /** An element by the written name of its tensor. */
  element(name: string, places: readonly number[]): number;
  /** How far an index runs, by its letter. */
  extent(letter: string): number;
  readonly scalars: Readonly<Record<string, number>>;
}

type Letters = ReadonlyMap<string, number>;

export function read(row: Row, reading: Reading, letters: Letters): number {
  const items = linear(row, reading.kind);
  let position = 0;
  const kindAt = (): Item["kind"] | undefined => items[position]?.kind;

  const sum = (at: Letters): number => {
    const negative = kindAt() === "minus";
    if (negative) position++;
    let total = negative ? -product(at) : product(at);
    for (let item = items[position]; item?.kind === "infix"; item = items[position]) {
      position++;
      total += item.text === "−" ? -product(at) : product(at);
    }
    return total;
  };
  const product = (at: Letters): number => {
    let value = factor(at);
    for (;;) {
      const sign = kindAt();
      if (sign !== "times" && sign !== "slash") return value;
      position++;
      value = sign === "times" ? value * factor(at) : value / factor(at);
    }
  };
  const factor = (at: Letters): number => {
    const item = items[position++];
    switch (item?.kind) {
      case "number":
        return { π: Math.PI, "∞": Number.POSITIVE_INFINITY }[item.text] ?? Number(item.text);
      case "big":
        return reduced(item, at);
      case "open": {
        if (item.text === "[") return delta(at);
        const inside = sum(at);
        position++;
        return item.text === "|" ? Math.abs(inside) : inside;
      }
      case "symbol":
        return item.isFunction === true ? applied(item, at) : named(item, at);
      case "fraction": {
        const gradient = nameOfGradient(item);
        if (gradient !== undefined) return named(gradient, at);
        return read(item.above, reading, at) / read(item.below, reading, at);
      }
      case "power":
        checkBase(linear(item.base, reading.kind), reading.kind);
        return operations.power.compute(
          read(item.base, reading, at),
          read(item.exponent, reading, at),
        );
      case "exponential":
        return Math.exp(read(item.exponent, reading, at));
      case "root":
        return Math.sqrt(read(item.of, reading, at));
      case "cases": {
        const found = item.branches.find(
          ({ condition }) => condition === undefined || holds(condition, at),
        );
        return read(found!.value, reading, at);
      }
      default:
        throw new Error(`${item?.kind ?? "the end"} in ${flat(row)}`);
    }
  };

  const reduced = (big: Extract<Item, { kind: "big" }>, at: Letters): number => {
    const start = position;
    const loop = (left: readonly Row[], now: Letters): number => {
      const [index, ...rest] = left;
      if (index === undefined) {
        position = start;
        return product(now);
      }
      const letter = flat(index);
      const values = Array.from({ length: reading.extent(letter) }, (_, i) =>
        loop(rest, new Map([...now, [letter, i]])),
      );
      return big.text === "max" ? Math.max(...values) : values.reduce((a, b) => a + b, 0);
    };
    return loop(big.over, at);
  };
  const delta = (at: Letters): number => {
    const close = items.findIndex((item, i) => i >= position && item.kind === "close");
    const inside = items.slice(position, close);
    position = close + 1;
    const [left, right] = sidesOf(inside);
    return placeOf(left, at) === placeOf(right, at) ? 1 : 0;
  };
  const holds = (condition: Row, at: Letters): boolean => {
    const [left, right, sign] = sidesOf(condition);
    const [x, y] = [read(left, reading, at), read(right, reading, at)];
    return { "<": x < y, "≤": x <= y, ">": x > y, "≥": x >= y, "=": x === y }[sign]!;
  };
  const placeOf = (place: Row, at: Letters): number =>
    read(
      place.map((item) => {
        const letter =
          item.kind === "symbol" && item.places.length === 0 ? at.get(flat([item])) : undefined;
        return letter === undefined ? item : { kind: "number", text: String(letter) };
      }),
      reading,
      at,
    );
  const named = (item: SymbolItem, at: Letters): number => {
    const name = flat([{ ...item, places: [] }]);
    if (Object.hasOwn(reading.scalars, name)) return reading.scalars[name]!;
    return reading.element(
      name,
      item.places.map((place) => placeOf(place, at)),
    );
  };
  const applied = (item: SymbolItem, at: Letters): number => {
    if (item.text === "ties") {
      const of = items[position + 1] as SymbolItem;
      position += 3;
      const name = `ties(${flat([{ ...of, places: [] }])})`;
      return reading.element(
        name,
        of.places.map((place) => placeOf(place, at)),
      );
    }
    const inside: number[] = [];
    do {
      position++;
      inside.push(sum(at));
    } while (kindAt() === "comma");
    position++;
    return functionAt(flat([item]), inside);
  };

  const value = sum(letters);
  if (position < items.length) throw new Error(`${flat(items.slice(position))} after ${flat(row)}`);
  return value;
}

/** What the format shows: its own parentheses; in text a fraction is its parts with a slash between. */
function linear(row: Row, kind: Reading["kind"]): Item[] {
  return row.flatMap((item): Item[] => {
    if ("only" in item && item.only !== undefined) return item.only === kind ? [item] : [];
    const isWhole = item.kind !== "fraction" || kind === "stacked" || isVulgar(item);
    if (isWhole || nameOfGradient(item) !== undefined) return [item];
    return [...linear(item.above, kind), { kind: "slash" }, ...linear(item.below, kind)];
  });
}

/** ∂C/∂X is one name; its places are those of X. */
function nameOfGradient(item: Extract<Item, { kind: "fraction" }>): SymbolItem | undefined {
  const [sign, of] = item.above;
  const [, by] = item.below;
  if (sign?.kind !== "symbol" || sign.text !== "∂" || by?.kind !== "symbol") return undefined;
  const text = `∂${flat([of!])}/∂${flat([{ ...by, places: [] }])}`;
  return { ...symbol(text, by.places) };
}

/** Nothing but a name without anything above it, a call or parentheses may have an exponent. */
function checkBase(base: readonly Item[], kind: Reading["kind"]): void {
  const [first] = base;
  const last = base.at(-1);
  const isName =
    base.length === 1 &&
    (first?.kind === "number" ||
      (kind === "flat" && first?.kind === "cases") || //  in braces
      (first?.kind === "symbol" &&
        ((aboveOf(first) === "" && first.primes === 0) ||
          (kind === "flat" && first.places.length > 0))));
  const isClosed =
    last?.kind === "close" &&
    (first?.kind === "open" || (first?.kind === "symbol" && first.isFunction === true));
  if (!isName && !isClosed) throw new Error(`${flat(base)} has an exponent`);
}

function sidesOf(row: readonly Item[]): [Row, Row, "<" | "≤" | ">" | "≥" | "="] {
  const at = row.findIndex((item) => item.kind === "relation");
  const item = row[at];
  if (item?.kind !== "relation" || item.text === "←")
    throw new Error(`no relation in ${flat(row)}`);
  return [row.slice(0, at), row.slice(at + 1), item.text];
}

/** A function of numbers by its written name. */
export function functionAt(name: string, values: readonly number[]): number {
  if (Object.hasOwn(operations, name)) {
    return operations[name as keyof typeof operations].compute(values[0]!, values[1]!);
  }
  const f = namedFunction(name.replaceAll("-", "_"));
  if (f === undefined) throw new Error(`unknown function ${name}`);
  const args = f.variables.map((v) => ({ kind: "element", tensor: v, places: [] }) as const);
  const call: Call = { kind: "call", function: f, arguments: args };
  return compute(call, new Map<Tensor, number>(f.variables.map((v, i) => [v, values[i]!])));
}
