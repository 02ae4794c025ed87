/** Sentences with names in them: `z1[n,j]` and `∂C/∂W2` are read as formulas, the rest as words. */

import type { Tensor } from "../../equations/expression.ts";
import { flat, superscript } from "./flat.ts";
import { type Item, type Row, symbol } from "./items.ts";
import { nameSymbol } from "./names.ts";

/** Words, each without a space: letters, and formulas among them. */
export type Words = readonly Word[];
export type Word = readonly (string | Row)[];

const element = String.raw`[\p{L}][\p{L}\p{N}_]*′*(?:\[[^\]\s]*\])?`;
const formula = new RegExp(
  `(?<above>∂${element})/(?<below>∂${element})|(?<alone>${element})`,
  "gu",
);

/** `tensors` are those whose names are formulas. */
export function wordsOf(text: string, tensors: Iterable<Tensor>): Words {
  const names = new Set([...tensors].map((tensor) => tensor.name));
  const whole = text
    .replaceAll(/\[\S+ = \S+\]/gu, (delta) => delta.replaceAll(" ", "\u00a0"))
    .replaceAll(/\^(−?\d+)/gu, (power, exponent: string) => superscript(exponent) ?? power);
  const words = whole.split(/[ \n]+/).filter((word) => word !== "");
  return words.map((word) => readWord(word, names));
}

function readWord(word: string, names: ReadonlySet<string>): Word {
  const pieces: (string | Row)[] = [];
  let end = 0;
  for (const match of word.matchAll(formula)) {
    const { above, below, alone = "" } = match.groups ?? {};
    const row =
      above !== undefined && below !== undefined
        ? [...partial(above), slash, ...partial(below)]
        : isFormula(alone, names)
          ? elementRow(alone)
          : undefined;
    if (row === undefined) continue;
    pieces.push(word.slice(end, match.index), row);
    end = match.index + match[0].length;
  }
  pieces.push(word.slice(end));
  return pieces.filter((piece) => piece !== "");
}

const slash: Item = { kind: "slash" };
const partial = (text: string): Row => [symbol("∂"), ...elementRow(text.slice(1))];

/** A name of its own is a formula; `a` and `is` are words unless they are read somewhere. */
function isFormula(text: string, names: ReadonlySet<string>): boolean {
  const name = text.replace(/\[.*$/, "");
  if (!names.has(name)) return false;
  return name !== text || /[\d′\p{Lu}]|[α-ω]/u.test(name);
}

function elementRow(text: string): Row {
  const { name = text, places } =
    /^(?<name>[^[]+)(?:\[(?<places>.*)\])?$/u.exec(text)?.groups ?? {};
  const inside = places === undefined || places === "" ? [] : places.split(",");
  const rows = inside.map((place) => [
    /^\p{L}′*$/u.test(place) ? nameSymbol(place) : symbol(place),
  ]);
  return [nameSymbol(name, rows)];
}

const flatWord = (word: Word): string =>
  word
    .map((piece) => (typeof piece === "string" ? piece : flat(piece)))
    .join("")
    .replaceAll("\u00a0", " ");

/** Lines of at most `width`. */
export function wrapWords(words: Words, width: number): Words[] {
  const lines: Word[][] = [];
  let length = 0;
  for (const word of words) {
    const added = flatWord(word).length + 1;
    const line = lines.at(-1);
    if (line === undefined || length + added > width + 1) {
      lines.push([word]);
      length = added;
    } else {
      line.push(word);
      length += added;
    }
  }
  return lines;
}

export const lengthOf = (words: Words): number => flatWords(words).length;
export const flatWords = (words: Words): string => words.map(flatWord).join(" ");
