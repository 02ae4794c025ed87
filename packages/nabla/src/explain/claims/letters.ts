/** How far the letters of a claim run: as far as the places in which they stand. */

import { type Extent, type Index, index, type Tensor } from "../../equations/expression.ts";
import type { Token } from "../../equations/lex.ts";

/** The tokens of a claim, and the tensors that names in it mean. */
export interface ClaimTokens {
  readonly all: readonly Token[];
  tensor(name: string): Tensor | undefined;
}

/** The places in the brackets that follow a name; undefined where none follow. */
export function placesAfter(all: readonly Token[], at: number): Token[][] | undefined {
  if (all[at + 1]?.text !== "[") return undefined;
  const places: Token[][] = [[]];
  let depth = 1;
  for (const token of all.slice(at + 2)) {
    if (token.text === "[") depth++;
    if (token.text === "]") depth--;
    if (depth === 0 || token.kind === "end") break;
    if (token.text === "," && depth === 1) places.push([]);
    else places.at(-1)?.push(token);
  }
  return places[0]?.length === 0 ? [] : places;
}

/** A letter that stands alone in a place of a tensor. */
interface Use {
  readonly at: number;
  readonly letter: string;
  readonly extent: Extent;
}

function usesOf({ all, tensor }: ClaimTokens): Use[] {
  return all.flatMap(({ text }, at) => {
    const of = tensor(text);
    const places = of && placesAfter(all, at);
    if (of === undefined || places?.length !== of.shape.length) return [];
    return places.flatMap(([only, ...others], d): Use[] =>
      others.length > 0 || only?.kind !== "name"
        ? []
        : [{ at, letter: only.text, extent: of.shape[d] as Extent }],
    );
  });
}

/** The extent of a letter from its next use on, seen from the token `from`. */
export function extentFrom(letter: string, from: number, tokens: ClaimTokens): Extent | undefined {
  const uses = usesOf(tokens).filter((use) => use.letter === letter);
  return (uses.find(({ at }) => at >= from) ?? uses[0])?.extent;
}

/** The letters that a reduction binds, whose name is the token `at`. */
export function boundAt(all: readonly Token[], at: number): string[] {
  const letter = /^(?:sum|Σ|max|mean)_(.*)$/u.exec(all[at]?.text ?? "")?.[1];
  if (letter === undefined) return [];
  if (letter !== "") return [letter];
  const end = all.findIndex(({ text }, i) => i > at && text === "}");
  return all.slice(at + 2, end).flatMap(({ kind, text }) => (kind === "name" ? [text] : []));
}

/** Letters that stand in a place, and neither on the left nor under any sum. */
export function freeLetters(left: readonly Index[], tokens: ClaimTokens): Index[] {
  const bound = new Set(left.map((i) => i.name));
  for (const at of tokens.all.keys()) for (const l of boundAt(tokens.all, at)) bound.add(l);
  const free = new Map<string, Index>();
  for (const { letter, extent } of usesOf(tokens)) {
    if (!bound.has(letter) && !free.has(letter)) free.set(letter, index(letter, extent));
  }
  return [...free.values()];
}
