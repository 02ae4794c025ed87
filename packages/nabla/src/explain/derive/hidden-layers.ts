/** Hidden layers of one kind, told once: the chains of one of them, with ℓ for its number. */

import { type Equation, tensorsOf } from "../../equations/equation.ts";
import { element, type Tensor } from "../../equations/expression.ts";
import { once, replaceIn } from "../proof/resized.ts";
import type { DraftChain, DraftSection } from "../proof/verify.ts";
import type { SymbolTable } from "../symbols.ts";

/** A section where some layer repeats another one, else none. */
export function hiddenLayersSection(section: DraftSection, symbols: SymbolTable): DraftSection[] {
  const { chains, about } = section;
  const isDelta = ({ left }: DraftChain): boolean => symbols.names.has(left.tensor);
  const toldOf = ({ repeats }: DraftChain) =>
    chains.find(({ left }) => left.tensor === repeats?.tensor);
  const repeats = (one: DraftChain, other: DraftChain | undefined): boolean =>
    other !== undefined && one.repeats === other.left && areShifted(one, other, symbols);
  const again = chains.find((chain) => isDelta(chain) && repeats(chain, toldOf(chain)));
  const told = again && toldOf(again);
  const layer = told && numberOf(told.left.tensor, symbols);
  if (told === undefined || layer === undefined) return [];

  const own = chains.filter(
    (chain) =>
      numberOf(chain.left.tensor, symbols) === layer &&
      (repeats(chain, toldOf(chain)) || chains.some((other) => repeats(other, chain))),
  );
  const like = chains.filter((chain) => chain === told || chain.repeats === told.left);
  const layers = like.flatMap(({ left }) => numberOf(left.tensor, symbols) ?? []).reverse();
  const tensor = lettered(own, layer, symbols);
  const names = own.flatMap(tensorsIn).map(({ name }) => name);
  const stems = new Set(names.flatMap((name) => [...name.matchAll(NUMBERED)].map(([, s]) => s)));
  const index = <T>(old: T): T => old;
  const withLetter = (equation: Equation) => replaceIn(equation, { tensor, index });
  return [
    {
      ...section,
      title: "Every hidden layer ℓ",
      text: [
        `The layers ${layers.join(", ")} are alike, so they are told once, with ℓ for the number.`,
        ...layers.map((l) => `ℓ = ${l}: ${shapesOf(l, about, stems)}.`),
        ...standIns(own, chains, { layer, symbols }),
      ],
      about: about.map(withLetter),
      chains: own.map(({ left, links }) => ({
        left: element(tensor(left.tensor), left.places),
        links: links.map((link) => ({
          ...link,
          equation: withLetter(link.equation),
          reason: link.reason.replaceAll(NUMBERED, (_, stem, number) =>
            letter(stem, number, layer),
          ),
        })),
      })),
    },
  ];
}

/** A letter, or ∂c/∂ and a letter, and its number. */
const NUMBERED = /(\p{L}+)(\d+)(?![\p{L}\d])/gu;

/** W2 ↦ Wℓ, W3 ↦ Wℓ+1 where ℓ is 2. */
function letter(stem: string, number: string, layer: number): string {
  const ahead = Number(number) - layer;
  return `${stem}ℓ${ahead === 0 ? "" : ahead > 0 ? `+${ahead}` : `−${-ahead}`}`;
}

/**
 * Whether two chains are one with all numbers moved alike, as those of layers are; x has none. Two embeddings
 * have numbers, too, but are read by the same layer.
 */
function areShifted(one: DraftChain, other: DraftChain, symbols: SymbolTable): boolean {
  const [names, others] = [one, other].map(({ left, links }) => {
    const layer = numberOf(left.tensor, symbols) ?? 0;
    return tensorsIn({ left, links: links.slice(-1) }).map(({ name }) =>
      name.replace(NUMBERED, (_, stem, number) => letter(stem, number, layer)),
    );
  }) as [string[], string[]];
  return names.every((name, t) => {
    const twin = others[t] ?? name;
    return name === twin || !name.includes("ℓ") || !twin.includes("ℓ");
  });
}

/** The number of the tensor that a gradient is by. */
function numberOf(tensor: Tensor, { tensors, names }: SymbolTable): number | undefined {
  const by = tensors.get(names.get(tensor) ?? tensor)?.by;
  const number = by && /^\p{L}+(\d+)$/u.exec(by.name)?.[1];
  return number === undefined ? undefined : Number(number);
}

/** For each tensor that the chains speak of, one with a letter. */
function lettered(chains: readonly DraftChain[], layer: number, symbols: SymbolTable) {
  const spoken = new Set(
    chains.flatMap(({ links }) =>
      links.flatMap(({ equation }) => [equation.target, ...tensorsOf(equation)]),
    ),
  );
  for (const tensor of [...spoken]) {
    const symbol = symbols.tensors.get(symbols.names.get(tensor) ?? tensor);
    if (symbol !== undefined) spoken.add(symbol.of).add(symbol.by);
  }
  const make = (old: Tensor): Tensor => {
    if (!spoken.has(old)) return old;
    const named = symbols.names.get(old);
    const name = old.name.replace(NUMBERED, (_, stem, number) => letter(stem, number, layer));
    if (named !== undefined) return symbols.delta(tensor(named), name);
    const symbol = symbols.tensors.get(old);
    if (symbol !== undefined) return symbols[symbol.kind](tensor(symbol.of), tensor(symbol.by));
    return name === old.name ? old : { ...old, name };
  };
  const tensor = once(make);
  return tensor;
}

/** The inputs are no layer: for ℓ = 1, x stands for aℓ−1. */
function standIns(
  own: readonly DraftChain[],
  chains: readonly DraftChain[],
  { layer, symbols }: { readonly layer: number; readonly symbols: SymbolTable },
): string[] {
  const found = new Set<string>();
  for (const chain of own) {
    const first = chain.repeats?.tensor ?? chain.left.tensor;
    const twins = chains.filter((c) => c !== chain && c.repeats?.tensor === first);
    const tensors = tensorsIn(chain);
    for (const twin of twins) {
      const number = numberOf(twin.left.tensor, symbols);
      for (const [t, tensor] of tensorsIn(twin).entries()) {
        const numbered = tensors[t]?.name.replace(NUMBERED, (_, s, n) => letter(s, n, layer));
        if (/\d$/.test(tensor.name) || numbered === tensors[t]?.name) continue;
        found.add(`For ℓ = ${number}, ${tensor.name} stands for ${numbered}.`);
      }
    }
  }
  return [...found];
}

const tensorsIn = ({ links }: DraftChain): Tensor[] =>
  links.flatMap(({ equation }) => [...tensorsOf(equation)]);

/** `z2 [3], a2 [3], W2 [3, 3], b2 [3]` */
function shapesOf(
  layer: number,
  about: readonly Equation[],
  stems: ReadonlySet<string | undefined>,
): string {
  const all = new Set(about.flatMap((equation) => [equation.target, ...tensorsOf(equation)]));
  const own = [...all].filter(({ name }) => {
    const [, stem, number] = /^(\p{L}+)(\d+)$/u.exec(name) ?? [];
    return number === String(layer) && stems.has(stem);
  });
  return own.map(({ name, shape }) => `${name} [${shape.join(", ")}]`).join(", ");
}
