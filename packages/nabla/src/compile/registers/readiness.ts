/**
 * Products in the order in which their factors are ready: δ·a·(1 − a) becomes a·(1 − a)·δ, so that a
 * single multiplication waits for δ, and what else there is to multiply is done meanwhile.
 */

import type { Equation } from "../../equations/equation.ts";
import { type Expression, mapChildren, mul, type Tensor } from "../../equations/expression.ts";
import { elementsIn } from "../tasks.ts";

/** The equations, in the order in which they run, with products that wait as little as they can. */
export function readyFactorsFirst(equations: readonly Equation[]): Equation[] {
  const ranks = new Map<Tensor, number>(equations.map(({ target }, rank) => [target, rank]));
  const rankOf = (e: Expression): number =>
    Math.max(-1, ...elementsIn([e]).map(({ tensor }) => ranks.get(tensor) ?? -1));
  const sorted = (e: Expression): Expression => {
    const factors = factorsOf(e);
    return factors.length < 3
      ? mapChildren(e, sorted)
      : factors
          .map(sorted)
          .toSorted((a, b) => rankOf(a) - rankOf(b))
          .reduce(mul);
  };
  return equations.map(({ terms, ...equation }) => ({
    ...equation,
    terms: terms.map((term) => ({ ...term, body: sorted(term.body) })),
  }));
}

const factorsOf = (e: Expression): Expression[] =>
  e.kind === "operation" && e.name === "multiply" ? e.arguments.flatMap(factorsOf) : [e];
