/** Rows and words as TeX that pdflatex with amsmath, KaTeX and GitHub's renderer all take. */

import { aboveOf, belowOf, type FenceItem, type Item, type Row, type SymbolItem } from "./items.ts";
import { greek } from "./names.ts";
import type { Words } from "./words.ts";

/** Letters and signs that are commands in TeX. Those of Greek are their names, ε the usual one. */
const commands: ReadonlyMap<string, string> = new Map([
  ...[...greek].map(([name, letter]) => [letter, `\\${name}`] as const),
  ["ε", "\\varepsilon"],
  ["φ", "\\varphi"],
  ...Object.entries({
    ...{ "∂": "\\partial", "∘": "\\circ", "∞": "\\infty", "𝟏": "\\mathbf{1}", "−": "-" },
    ...{ "⊙": "\\odot", "⊘": "\\oslash", "·": "\\cdot", "≤": "\\le", "≥": "\\ge" },
    ...{ "≠": "\\ne", "←": "\\leftarrow", "→": "\\to", "√": "\\surd", "∇": "\\nabla" },
    ...{ "′": "'", "×": "\\times", "±": "\\pm", "≈": "\\approx", "∈": "\\in", ℓ: "\\ell" },
    ...{ ᵀ: "^{\\mathsf{T}}", ᴸ: "^{L}", "₀": "_{0}", "…": "\\ldots" },
  }),
]);

const functionCommands = ["exp", "log", "tanh", "min", "max"];

export const tex = (row: Row): string =>
  row
    .map((item, i) => (isBeforeBig(row, i) ? " " : print(item)))
    .join("")
    .replaceAll(/ {2,}/g, " ")
    .trim();

/** Σ brings its own space. */
const isBeforeBig = (row: Row, i: number): boolean => {
  const item = row[i];
  return item?.kind === "times" && !item.dot && row[i + 1]?.kind === "big";
};

function print(item: Item): string {
  switch (item.kind) {
    case "symbol":
      return printSymbol(item);
    case "number":
      return item.text.replace(/[π∞]/g, (sign) => commands.get(sign) ?? sign);
    case "infix":
    case "relation":
      return ` ${commands.get(item.text) ?? item.text} `;
    case "times":
      return item.dot ? " \\cdot " : " \\, ";
    case "space":
      return " \\, ";
    case "minus":
      return "-";
    case "comma":
      return ", ";
    case "words":
      return `\\text{${texText(item.text)}}`;
    case "slash":
      return "/";
    case "open":
    case "close":
      return printFence(item);
    case "power":
      return `${tex(item.base)}^{${tex(item.exponent)}}`;
    case "exponential":
      return `e^{${tex(item.exponent)}}`;
    case "fraction":
      return `\\frac{${tex(item.above)}}{${tex(item.below)}}`;
    case "root":
      return `\\sqrt{${tex(item.of)}}`;
    case "transposed":
      return `${tex(item.of)}^{\\mathsf{T}}`;
    case "big": {
      const over = item.over.map(tex).join(",");
      return `${item.text === "Σ" ? "\\sum" : "\\max"}_{${over}} `;
    }
    case "cases": {
      const lines = item.branches.map(({ value, condition }) => {
        const when =
          condition === undefined ? "\\text{otherwise}" : `\\text{if } ${tex(condition)}`;
        return `${tex(value)} & ${when}`;
      });
      return `\\begin{cases} ${lines.join(" \\\\ ")} \\end{cases}`;
    }
    default:
      return item satisfies never;
  }
}

function printSymbol(item: SymbolItem): string {
  const { text, primes, isFunction = false } = item;
  const scripts = [
    "'".repeat(primes),
    aboveOf(item) === "" ? "" : `^{${numberInTex(aboveOf(item))}}`,
    belowInTex(item) === "" ? "" : `_{${belowInTex(item)}}`,
  ];
  const name = isFunction && functionCommands.includes(text) ? `\\${text}` : nameInTex(text);
  return isFunction ? name + scripts.join("") : spaced(name + scripts.join(""));
}

/** 1, ℓ, ℓ − 1 */
const numberInTex = (number: string): string =>
  number.replace("ℓ", "\\ell ").replace("−", "-").trim();

/** The number or the word of a name, then the places. */
function belowInTex(item: SymbolItem): string {
  const word = belowOf(item);
  const parts = [item.subscript, word === "" ? "" : nameInTex(word), joinPlaces(item.places)];
  return parts.filter((part) => part !== "").join(",");
}

/** A command needs a space before a letter that follows. */
const spaced = (text: string): string => (/\\[a-zA-Z]+$/.test(text) ? `${text} ` : text);

function nameInTex(text: string): string {
  const command = commands.get(text);
  if (command !== undefined) return command;
  return /^[a-zA-Z]$/.test(text) ? text : `\\mathrm{${letters(text)}}`;
}

/** Upright letters; what TeX's fonts lack loses its accents, or becomes a question mark. */
const letters = (text: string): string =>
  [...text.normalize("NFKD")]
    .map((c) => {
      if (/[a-zA-Z0-9()]/.test(c)) return c;
      if (c === "_" || c === "-") return "\\text{-}";
      if (/\p{M}/u.test(c)) return "";
      return commands.has(c) ? `${commands.get(c)} ` : "?";
    })
    .join("");

/** ji for plain indices, n,t+r for others. */
export function joinPlaces(places: readonly Row[]): string {
  const isPlain = places.every((row) => row.length === 1 && isLetter(row[0]));
  return places.map(tex).join(isPlain ? "" : ",");
}

export const isLetter = (item: Item | undefined): boolean =>
  item?.kind === "symbol" && [...item.text].length === 1 && item.places.length === 0;

const sizes = ["", "", "\\Big", "\\bigg", "\\Bigg"];

function printFence({ kind, text, only, height }: FenceItem): string {
  if (only === "flat") return "";
  const size = sizes[Math.min(height, 4)] ?? "";
  const sign = text === "|" && size === "" ? (kind === "open" ? "\\lvert " : "\\rvert ") : text;
  return size === ""
    ? sign
    : `${size}${kind === "open" ? "l" : "r"}${text === "|" ? "\\vert " : text}`;
}

/** Words for \text: formulas, and signs that text fonts lack, stand between \( and \). */
export const texWords = (words: Words): string =>
  words
    .map((word) =>
      word
        .map((piece) => (typeof piece === "string" ? texText(piece) : `\\(${tex(piece)}\\)`))
        .join(""),
    )
    .join(" ");

/** Plain text for TeX. */
export const texText = (text: string): string =>
  [...text].map(texCharacter).join("").replaceAll("\\)\\(", "");

const superscripts: ReadonlyMap<string, string> = new Map(
  [..."⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ʲᵏˡᵐⁿ"].map((sign) => [sign, sign.normalize("NFKD").replace("−", "-")]),
);

function texCharacter(c: string): string {
  const above = superscripts.get(c);
  if (above !== undefined) return `\\(^{${above}}\\)`;
  if (c === "Σ") return "\\(\\sum\\)";
  const command = commands.get(c);
  if (command !== undefined) return c === "′" ? "\\('\\)" : `\\(${command}\\)`;
  if ("_{}&%#$".includes(c)) return `\\(\\${c}\\)`;
  if (c === "\\") return "\\(\\backslash\\)";
  if (c === "~") return "\\(\\sim\\)";
  if (c === "^") return "\\(\\wedge\\)";
  if ("<>|".includes(c)) return `\\(${c}\\)`;
  if (c === "“" || c === "”") return c === "“" ? "``" : "''";
  if (c === "’") return "'";
  if (c === "–" || c === "—") return c === "–" ? "--" : "---";
  if (c === "\u00a0") return "~";
  if (c.charCodeAt(0) < 128) return c;
  const stripped = c.normalize("NFKD").replaceAll(/\p{M}/gu, "");
  return /^[\x20-\x7e]+$/.test(stripped) ? stripped : "?";
}
