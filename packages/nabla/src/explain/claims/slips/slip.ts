/** What a slip is: a name, and its mutants of a derived tree. */

import { type Expression, type Index, type Tensor, walk } from "../../../equations/expression.ts";
import { formatExpression } from "../../../equations/format.ts";
import type { Subject } from "../subject.ts";
import { everywhere, type Rewrite } from "./mutate.ts";

export interface Slip {
  readonly name: string;
  mutants(tree: Expression, about: SlipContext): Iterable<Mutant>;
}

export interface SlipContext {
  readonly subject: Subject;
  /** X, of the gradient ∂C/∂X that is claimed. */
  readonly by: Tensor;
  /** The letters of the left side. */
  readonly indices: readonly Index[];
  /** The derivative as it is best written. */
  readonly formula: Expression;
  /** The numbers that the claim writes. */
  readonly numbers: readonly number[];
}

export interface Mutant {
  readonly tree: Expression;
  /** What went wrong, in a sentence or two. */
  readonly said: string;
}

/** A slip that rewrites single nodes; `rewrite` gives each new node with what is said of it. */
export const nodeSlip = (
  name: string,
  rewrite: (
    e: Expression,
    bound: readonly Index[],
    about: SlipContext,
  ) => Iterable<[Expression, string]>,
): Slip => ({
  name,
  *mutants(tree, about) {
    let said = "";
    const each: Rewrite = function* (e, bound) {
      for (const [changed, sentence] of rewrite(e, bound, about)) {
        said = sentence;
        yield changed;
      }
    };
    for (const changed of everywhere(tree, about.indices, each)) yield { tree: changed, said };
  },
});

export const numbersIn = (e: Expression): number[] => [
  ...new Set(walk(e).flatMap((part) => (part.kind === "number" ? [part.value] : []))),
];

/** As it is written in a formula. */
export const shown = (e: Expression): string => formatExpression(e);
