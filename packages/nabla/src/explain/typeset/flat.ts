/** Rows as one line of Unicode: z¹[n,j] = Σ_i W¹[j,i]·x[n,i] + b¹[j]. */

import { fenced, type Item, type Row, type SymbolItem } from "./items.ts";
import { isVulgar, vulgarFraction } from "./numbers.ts";

export const flat = (row: Row): string => row.map(print).join("");

function print(item: Item): string {
  switch (item.kind) {
    case "symbol":
      return printSymbol(item);
    case "number":
      return item.text;
    case "infix":
    case "relation":
      return ` ${item.text} `;
    case "times":
      return "·";
    case "space":
      return " ";
    case "minus":
      return "−";
    case "comma":
      return ", ";
    case "slash":
      return "/";
    case "open":
    case "close":
      return item.only === "stacked" ? "" : item.text;
    case "power":
      return flat(item.base) + raised(item.exponent);
    case "exponential":
      return superscript(flat(item.exponent)) === undefined
        ? `exp(${flat(item.exponent)})`
        : `e${raised(item.exponent)}`;
    case "fraction":
      return vulgarFraction(item.above, item.below) ?? `${flat(item.above)}/${flat(item.below)}`;
    case "root":
      return `√${flat(item.of)}`;
    case "transposed":
      return `${flat(item.of)}ᵀ`;
    case "big":
      return `${item.text}_${oneOrSet(item.over.map(flat))} `;
    case "words":
      return item.text;
    case "cases":
      return flat(casesInOneLine(item));
    default:
      return item satisfies never;
  }
}

function printSymbol({ text, number, subscript, word, primes, places }: SymbolItem): string {
  const numbers = (superscript(number) ?? number) + subscript.replaceAll(/\d/g, lowered);
  const name = `${text === "𝟏" ? "1" : text}${numbers}${word === "" ? "" : `_${word}`}`;
  const inside = places.length === 0 ? "" : `[${places.map(printPlace).join(",")}]`;
  return `${name}${"′".repeat(primes)}${inside}`;
}

/** `t+r`, as narrow as it is written in equation text. */
const printPlace = (row: Row): string => flat(row).replaceAll(" ", "");

const oneOrSet = (letters: readonly string[]): string =>
  letters.length === 1 ? (letters[0] ?? "") : `{${letters.join(",")}}`;

/** Each value with its condition: `if z ≤ 0`, and at last `otherwise`. */
export const branchesOf = ({ branches }: Extract<Item, { kind: "cases" }>): [string, string][] =>
  branches.map(({ value, condition }) => [
    flat(value),
    condition === undefined ? "otherwise" : `if ${flat(condition)}`,
  ]);

/** The row with x/y and {0 if z ≤ 0; z otherwise} written out, so that lines may break in them. */
export const inOneLine = (row: Row): Row =>
  row.flatMap((item): Row => {
    if (item.kind === "cases") return casesInOneLine(item);
    if (item.kind !== "fraction" || isVulgar(item)) return [item];
    return [...inOneLine(item.above), { kind: "slash" }, ...inOneLine(item.below)];
  });

function casesInOneLine({ branches }: Extract<Item, { kind: "cases" }>): Row {
  const parts = branches.flatMap(({ value, condition }, i): Row => {
    const when = condition === undefined ? [words(" otherwise")] : [words(" if "), ...condition];
    const apart: Row = i === 0 ? [] : [words(";"), { kind: "space" }];
    return [...apart, ...inOneLine(value), ...when];
  });
  return fenced(parts, "{");
}

const words = (text: string): Item => ({ kind: "words", text });

const lowered = (digit: string): string => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)] ?? digit;

function raised(exponent: Row): string {
  const text = flat(exponent);
  if (text.startsWith("∘")) return `∘${superscript(text.slice(1)) ?? text.slice(1)}`;
  return superscript(text) ?? (/^\p{L}+$/u.test(text) ? `^${text}` : `^(${text})`);
}

const ordinary = "0123456789+−=()abcdefghijklmnoprstuvwxyz";
const small = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ";
const superscripts: ReadonlyMap<string, string> = new Map(
  [...ordinary].map((character, i) => [character, [...small][i] as string]),
);

/** The text in small characters above the line, if there are such. */
export function superscript(text: string): string | undefined {
  const characters = [...text.replaceAll(" ", "")].map((c) => superscripts.get(c));
  return characters.includes(undefined) ? undefined : characters.join("");
}
