/**
 * How names are written: `W1` is W with a 1 above, `mu1` is μ, `mask1` stands upright. Gradients,
 * partial derivatives and functions that only a derivation speaks of are read from its symbols.
 */

import type { Index, NamedFunction, Tensor } from "../../equations/expression.ts";
import type { Symbols } from "../derivation.ts";
import { fenced, type Item, type Row, type SymbolItem, symbol } from "./items.ts";

/** The Greek letters by name, and those that stand for words (the symbols of the design). */
export const greek: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{ alpha: "α", beta: "β", gamma: "γ", delta: "δ", epsilon: "ε", zeta: "ζ", eta: "η" },
    ...{ theta: "θ", iota: "ι", kappa: "κ", lambda: "λ", mu: "μ", nu: "ν", xi: "ξ", pi: "π" },
    ...{ rho: "ρ", sigma: "σ", tau: "τ", upsilon: "υ", phi: "φ", chi: "χ", psi: "ψ", omega: "ω" },
    ...{ Gamma: "Γ", Delta: "Δ", Theta: "Θ", Lambda: "Λ", Xi: "Ξ", Pi: "Π", Sigma: "Σ" },
    ...{ Upsilon: "Υ", Phi: "Φ", Psi: "Ψ", Omega: "Ω" },
  }),
);

const words: ReadonlyMap<string, string> = new Map([
  ["learningRate", "η"],
  ["momentum", "μ"],
  ["decay", "ρ"],
  ["weightDecay", "λ"],
]);

/** The letters of a name, the number after them (or ℓ, ℓ+1), a word after that, and primes. */
const parts = /^(?<stem>.+?)(?<number>\d*|ℓ(?:[+−]\d+)?)(?:_(?<word>.+?))?(?<primes>′*)$/u;

export function nameSymbol(name: string, places: readonly Row[] = []): SymbolItem {
  const found = parts.exec(name)?.groups ?? {};
  const { stem = name, number = "", word = "", primes = "" } = found;
  const text = greek.get(stem) ?? stem;
  return { ...symbol(text, places), number, word, primes: primes.length };
}

/** A number given at run time: N, η for `learningRate`, β₁ for `beta1`: numbers above are those of layers. */
export function scalarSymbol(name: string): SymbolItem {
  const { number, ...rest } = nameSymbol(words.get(name) ?? name);
  return { ...rest, number: "", subscript: number };
}

/** `leaky_relu` is one word. */
export function functionItems(f: NamedFunction, symbols: Symbols): Row {
  const known = symbols.functions.get(f);
  if (known?.kind === "derivative") {
    const by = nameSymbol(known.by.name);
    return [{ kind: "fraction", above: [symbol("d")], below: [symbol("d"), by] }];
  }
  if (known?.kind === "prime") {
    const [name] = functionItems(known.of, symbols) as [SymbolItem];
    return [{ ...name, primes: name.primes + 1 }];
  }
  return [functionSymbol(f.name)];
}

export function functionSymbol(name: string): SymbolItem {
  const word = /^\p{L}+_/u.test(name);
  const { text, ...rest } = word ? symbol(name.replaceAll("_", "-")) : nameSymbol(name);
  return { ...rest, text, isFunction: true };
}

/** A tensor at its places: z¹[n,j], ∂C/∂W¹[j,i], ∂a²[n,m]/∂z²[n,k], ties(m[n]). */
export function tensorRow(tensor: Tensor, places: readonly Row[], symbols: Symbols): Row {
  const known = symbols.tensors.get(tensor);
  if (known !== undefined) {
    const rank = known.kind === "gradient" ? 0 : known.of.shape.length;
    return ratio(
      tensorRow(known.of, places.slice(0, rank), symbols),
      tensorRow(known.by, places.slice(rank), symbols),
    );
  }
  const gradient = /^∂(?<of>.+)\/∂(?<by>.+)$/u.exec(tensor.name)?.groups;
  if (gradient !== undefined) {
    const { of = "", by = "" } = gradient;
    return ratio([nameSymbol(of)], namedRow(by, places));
  }
  return namedRow(tensor.name, places);
}

/** `ties(m)` at [n] is ties(m[n]): the function of an element. */
function namedRow(name: string, places: readonly Row[]): Row {
  const call = /^(?<f>[^()]+)\((?<of>.+)\)$/u.exec(name)?.groups;
  if (call === undefined) return [nameSymbol(name, places)];
  const { f = "", of = "" } = call;
  return [functionSymbol(f), ...fenced(namedRow(of, places), "(")];
}

const partial: Item = symbol("∂");
const ratio = (of: Row, by: Row): Row => [
  { kind: "fraction", above: [partial, ...of], below: [partial, ...by] },
];

/** The letters of indices, a prime for each index of that name around them. */
export type Letters = ReadonlyMap<Index, string>;

export const noLetters: Letters = new Map();

export function withLetters(letters: Letters, indices: readonly Index[]): Letters {
  const all = new Map(letters);
  for (const index of indices) {
    if (all.has(index)) continue;
    let { name } = index;
    while ([...all.values()].includes(name)) name += "′";
    all.set(index, name);
  }
  return all;
}
