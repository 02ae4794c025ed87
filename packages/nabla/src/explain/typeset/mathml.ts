/** Rows as MathML Core, which browsers typeset by themselves. */

import { aboveOf, belowOf, type FenceItem, type Item, type Row, type SymbolItem } from "./items.ts";
import { isLetter } from "./tex.ts";
import type { Words } from "./words.ts";

export const mathml = (row: Row): string => `<mrow>${printRow(row)}</mrow>`;

/** Parentheses that close on the same line grow with what is between them, and with that alone. */
function printRow(row: Row): string {
  const printed: string[] = [];
  for (let i = 0; i < row.length; i++) {
    const item = row[i] as Item;
    const close = item.kind === "open" ? closeOf(row, i) : undefined;
    if (close === undefined) printed.push(print(item));
    else {
      const inner = [item, ...row.slice(i + 1, close), row[close] as Item];
      const inside = printRow(inner.slice(1, -1));
      printed.push(
        `<mrow>${fence(item as FenceItem)}${inside}${fence(inner.at(-1) as FenceItem)}</mrow>`,
      );
      i = close;
    }
  }
  return printed.join("");
}

function closeOf(row: Row, open: number): number | undefined {
  let depth = 0;
  for (let i = open; i < row.length; i++) {
    if (row[i]?.kind === "open") depth++;
    if (row[i]?.kind === "close" && --depth === 0) return i;
  }
  return undefined;
}

const operator = (text: string, attributes = ""): string =>
  `<mo${attributes}>${escapeHtml(text)}</mo>`;

function print(item: Item): string {
  switch (item.kind) {
    case "symbol":
      return printSymbol(item);
    case "number":
      return /^\d/.test(item.text) ? `<mn>${item.text}</mn>` : `<mi>${item.text}</mi>`;
    case "infix":
    case "relation":
      return operator(item.text, ' form="infix"');
    case "times":
      return item.dot ? operator("·") : '<mspace width="0.15em"></mspace>';
    case "space":
      return '<mspace width="0.2em"></mspace>';
    case "minus":
      return operator("−", ' form="prefix"');
    case "comma":
      return operator(",", ' separator="true"');
    case "words":
      return `<mtext>${escapeHtml(item.text)}</mtext>`;
    case "slash":
      return operator("/", ' lspace="0" rspace="0"');
    case "open":
    case "close":
      return fence(item, false);
    case "power":
      return `<msup>${mathml(item.base)}${mathml(item.exponent)}</msup>`;
    case "exponential":
      return `<msup><mi>e</mi>${mathml(item.exponent)}</msup>`;
    case "fraction":
      return `<mfrac>${mathml(item.above)}${mathml(item.below)}</mfrac>`;
    case "root":
      return `<msqrt>${mathml(item.of)}</msqrt>`;
    case "transposed":
      return `<msup>${mathml(item.of)}<mi mathvariant="normal">T</mi></msup>`;
    case "big":
      return `<munder>${
        item.text === "Σ" ? operator("∑") : operator("max", ' movablelimits="false"')
      }${joinPlaces(item.over, true)}</munder>`;
    case "cases":
      return `<mrow>${operator("{", ' form="prefix" stretchy="true"')}<mtable class="cases">${item.branches
        .map(({ value, condition }) => {
          const when =
            condition === undefined
              ? "<mtext>otherwise</mtext>"
              : `<mtext>if&nbsp;</mtext>${mathml(condition)}`;
          return `<mtr><mtd>${mathml(value)}</mtd><mtd>${when}</mtd></mtr>`;
        })
        .join("")}</mtable></mrow>`;
    default:
      return item satisfies never;
  }
}

const fence = ({ kind, text, only, height }: FenceItem, mayGrow = true): string =>
  only === "flat"
    ? ""
    : operator(
        text,
        ` form="${kind === "open" ? "prefix" : "postfix"}" stretchy="${mayGrow && height > 1}"`,
      );

function printSymbol(item: SymbolItem): string {
  const { text, primes } = item;
  const isWord = [...text].length > 1;
  const name =
    text === "𝟏"
      ? "<mn>𝟏</mn>"
      : `<mi${isWord ? ' mathvariant="normal"' : ""}>${escapeHtml(text)}</mi>`;
  const above = aboveOf(item);
  const prime = primes === 0 ? "" : operator("′".repeat(primes));
  const sup = above === "" ? prime : `<mrow>${prime}<mn>${above}</mn></mrow>`;
  const sub = printBelow(item);
  if (sup !== "" && sub !== "") return `<msubsup>${name}${sub}${sup}</msubsup>`;
  if (sup !== "") return `<msup>${name}${sup}</msup>`;
  return sub === "" ? name : `<msub>${name}${sub}</msub>`;
}

/** The number or the word of a name, then the places. */
function printBelow(item: SymbolItem): string {
  if (item.subscript !== "") return `<mn>${item.subscript}</mn>`; //  of a scalar, which has no places
  const word = belowOf(item);
  const places = item.places.length === 0 ? "" : joinPlaces(item.places, false);
  if (word === "") return places;
  const comma = places === "" ? "" : operator(",", ' separator="true"');
  return `<mrow><mi>${escapeHtml(word)}</mi>${comma}${places}</mrow>`;
}

function joinPlaces(places: readonly Row[], withCommas: boolean): string {
  const isPlain = !withCommas && places.every((row) => row.length === 1 && isLetter(row[0]));
  return `<mrow>${places.map(mathml).join(isPlain ? "" : operator(",", ' separator="true"'))}</mrow>`;
}

/** Words with formulas among them. */
export const htmlWords = (words: Words): string =>
  words
    .map((word) =>
      word
        .map((piece) =>
          typeof piece === "string" ? escapeHtml(piece) : `<math>${mathml(piece)}</math>`,
        )
        .join(""),
    )
    .join(" ");

export const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
