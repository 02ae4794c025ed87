/** What becomes of a gradient where the targets of a row add up to 1: (Σ_m y[m])·a − y is a − y. */

import { type Equation, sumTerm } from "../../equations/equation.ts";
import {
  type Expression,
  mapChildren,
  one,
  type Tensor,
  walk,
} from "../../equations/expression.ts";
import { simplify } from "../../equations/simplify.ts";
import type { Symbols } from "../derivation.ts";
import type { Draws } from "../proof/points.ts";
import type { DraftChain, DraftSection } from "../proof/verify.ts";

export interface Given {
  readonly chains: readonly DraftChain[];
  readonly about: readonly Equation[];
  readonly draws: Draws;
  readonly targets: Tensor;
  readonly symbols: Symbols;
}

/** A section where Σ_k y[k] stands in a result, else none. */
export function distributionSection(given: Given): DraftSection[] {
  const { chains, about, draws, targets, symbols } = given;
  const shortened = chains.flatMap((chain): DraftChain[] => {
    if (!symbols.names.has(chain.left.tensor)) return []; //  it has been inserted
    const last = chain.links.at(-1);
    const [term] = last?.equation.terms ?? [];
    if (last === undefined || term === undefined || last.equation.terms.length !== 1) return [];
    if (!walk(term.body).some((e) => isWholeSum(e, targets))) return [];
    const body = simplify(withOnes(term.body, targets));
    const equation = { ...last.equation, terms: [sumTerm(term.over, body, term.where)] };
    const reason = `the ${targets.name} of a row add up to 1`;
    const repeated = { ...last, rule: "summary", reason: "from above" } as const;
    return [{ left: chain.left, links: [repeated, { equation, rule: "algebra", reason }] }];
  });
  if (shortened.length === 0) return [];
  return [
    {
      title: `Where the ${targets.name} of a row add up to 1`,
      text: [`As the probabilities of classes do. This holds for such ${targets.name} only.`],
      chains: shortened,
      about,
      draws: { ...draws, distributions: new Set([targets.name]) },
    },
  ];
}

const isWholeSum = (e: Expression, targets: Tensor): boolean =>
  e.kind === "reduction" &&
  e.name === "sum" &&
  e.body.kind === "element" &&
  e.body.tensor === targets &&
  e.over.length === targets.shape.length;

const withOnes = (e: Expression, targets: Tensor): Expression =>
  isWholeSum(e, targets) ? one : mapChildren(e, (child) => withOnes(child, targets));
