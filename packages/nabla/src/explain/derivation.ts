/**
 * A derivation as data: sections of chains `left = … = …`, each link an equation in the one form that
 * everything here has, with the rule that leads to it, a reason in words, and the proof by numbers.
 *
 * What only a derivation speaks of is a tensor or a function like any other, and `symbols` says how it is
 * read: ∂C/∂X[q], ∂T[o]/∂X[q], d/dz of an expression.
 */

import type { Equation } from "../equations/equation.ts";
import type { Element, NamedFunction, Tensor } from "../equations/expression.ts";

export interface Derivation {
  readonly sections: readonly Section[];
  readonly symbols: Symbols;
}

/** One idea: a title, what it is about, and its chains. */
export interface Section {
  readonly title: string;
  /** Paragraphs before the chains. */
  readonly text: readonly string[];
  readonly chains: readonly Chain[];
  /** The equations that it is about: every value in its chains follows from them and from what they read. */
  readonly about: readonly Equation[];
}

/** left = links[0] = links[1] = … */
export interface Chain {
  readonly left: Element;
  readonly links: readonly Link[];
  /** The left side of an earlier chain that is the same up to names: it need not be told again. */
  readonly repeats?: Element;
}

export interface Link {
  /** `left = right`: its target and indices are those of the chain's left side. */
  readonly equation: Equation;
  readonly rule: Rule;
  /** Why this follows from the link before: one short sentence. */
  readonly reason: string;
  readonly verified: Verified;
}

/** Both sides as numbers, in float64, at random points. */
export interface Verified {
  readonly points: number;
  /** The largest difference, relative to the largest magnitude; absolute where that is below 1e-12. */
  readonly maxError: number;
}

export type Rule =
  | "definition"
  | "chain-rule" //       Σ over everything through which X acts
  | "local-derivative" // ∂T/∂X written out
  | "delta" //            a sum disappears: nothing but one index depends on X
  | "factor" //           what does not depend on the sum's index moves out of it
  | "name" //             a sum or product that has a name of its own: δ
  | "claim" //            the nicer form that an activation claims
  | "algebra"
  | "update"
  | "summary";

/** How tensors and functions are read that no network has. */
export interface Symbols {
  readonly tensors: ReadonlyMap<Tensor, TensorSymbol>;
  readonly functions: ReadonlyMap<NamedFunction, FunctionSymbol>;
  /** Gradients that have a short name: δ1 ↦ ∂C/∂z1. */
  readonly names: ReadonlyMap<Tensor, Tensor>;
}

export type TensorSymbol =
  /** ∂of/∂by[places]: `of` is a scalar, the cost. */
  | { readonly kind: "gradient"; readonly of: Tensor; readonly by: Tensor }
  /** ∂of[o]/∂by[q]: its places are those of `of`, then those of `by`. */
  | { readonly kind: "partial"; readonly of: Tensor; readonly by: Tensor };

export type FunctionSymbol =
  /** d/dz of its argument. */
  | { readonly kind: "derivative"; readonly by: Tensor }
  /** f′ of an opaque f: σ′. */
  | { readonly kind: "prime"; readonly of: NamedFunction };
