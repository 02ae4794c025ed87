/**
 * The chains of the backward pass, one for each ∂C/∂X, from the trace of the one rule:
 *
 *     ∂C/∂X[q] = Σ_o ∂C/∂T[o]·∂T[o]/∂X[q]        chain rule, over everything through which X acts
 *              = Σ_o ∂C/∂T[o]·[q = p]·∂f/∂X       the equation of T differentiated
 *              = …                                the deltas solved: sums disappear, or stay
 *              = …                                what is known inserted, what does not depend on a sum before it
 */

import type { Adjoint } from "../../equations/differentiate.ts";
import { type Equation, sumTerm, type Term, tensorsOf } from "../../equations/equation.ts";
import {
  add,
  type Element,
  element,
  type Index,
  mul,
  type Tensor,
  walk,
} from "../../equations/expression.ts";
import { formatEquation } from "../../equations/format.ts";
import { isNumber, simplify } from "../../equations/simplify.ts";
import type { Rule } from "../derivation.ts";
import type { DraftChain, DraftLink } from "../proof/verify.ts";
import type { SymbolTable } from "../symbols.ts";
import { insert } from "./insert.ts";
import { type Group, groupsOf, type Paths } from "./paths.ts";
import * as say from "./reasons.ts";
import { readStored } from "./stored.ts";
import { factorOut, solveDeltas } from "./terms.ts";

export interface Backward {
  /** In order of definition, the cost last. */
  readonly forward: readonly Equation[];
  readonly cost: Tensor;
  readonly adjoints: readonly Adjoint[];
  readonly symbols: SymbolTable;
  /** Only how each chain begins and ends: the steps between have been told for one row. */
  readonly brief?: boolean;
}

/** How far a line may go before what is known is not inserted any more. */
const LONGEST = 84;

export function adjointChains(backward: Backward): DraftChain[] {
  const state: State = { ...backward, finals: new Map(), deltas: deltasOf(backward) };
  return backward.adjoints.flatMap((adjoint) => {
    const chain = adjointChain(adjoint, state);
    return chain === undefined ? [] : [chain];
  });
}

interface State extends Backward, Paths {
  /** What ∂C/∂X has been found to be, by its symbol. */
  readonly finals: Map<Tensor, Equation>;
}

/** δ names ∂C/∂T of each T that a parameter enters: from there its gradient is one step. */
function deltasOf({ forward, cost, adjoints, symbols }: Backward): Map<Tensor, Tensor> {
  const entered = forward.filter(
    (equation) =>
      equation.target !== cost &&
      adjoints.some(({ of }) => of === equation.target) &&
      [...tensorsOf(equation)].some(({ role }) => role === "parameter"),
  );
  const taken = new Set<string>();
  return new Map(
    entered.map(({ target }) => {
      const number = /(?<=\p{L})\d.*$/u.exec(target.name)?.[0] ?? "";
      const isShort = !taken.has(number) && (number !== "" || entered.length === 1);
      taken.add(number);
      const name = isShort ? `δ${number}` : `δ_${target.name}`;
      return [target, symbols.delta(symbols.gradient(cost, target), name)];
    }),
  );
}

function adjointChain(adjoint: Adjoint, state: State): DraftChain | undefined {
  const { symbols, cost, deltas, finals, brief = false } = state;
  const groups = groupsOf(adjoint, state);
  if (groups.length === 0) return undefined;
  const q = adjoint.equation.indices;
  const x = element(adjoint.of, q);
  const gradient = symbols.gradient(cost, adjoint.of);
  const target = deltas.get(adjoint.of) ?? gradient;
  const { links, push } = newLinks(target, q);

  if (target !== gradient) push("name", say.name(target), [sumTerm([], element(gradient, q))]);
  if (groups.some(({ through }) => through.target !== cost)) {
    const terms = groups.flatMap((group) => chainRule(group, x, state));
    push("chain-rule", say.chainRule(x, groups, { cost, brief }), terms);
  }
  const local = groups.flatMap((group) => group.terms);
  push("local-derivative", say.local(x, groups), local);
  const solved = local.map((term) => solveDeltas(term));
  push("delta", say.delta(x, groups), solved);

  const terms = finished(solved, { target, q, push, state });
  if (target === gradient) finals.set(gradient, { target, indices: q, terms });
  return { left: element(target, q), links: brief ? shortened(links, x) : links };
}

type Push = (rule: Rule, reason: string, terms: readonly Term[]) => void;

/** Links `target[q] = terms`; what looks like the one before is none. */
function newLinks(target: Tensor, q: readonly Index[]): { links: DraftLink[]; push: Push } {
  const links: DraftLink[] = [];
  const push: Push = (rule, reason, terms) => {
    const equation: Equation = { target, indices: q, terms };
    const before = links.at(-1)?.equation;
    if (before !== undefined && textOf(before) === textOf(equation)) return;
    links.push({ equation, rule, reason });
  };
  return { links, push };
}

interface Finishing {
  readonly target: Tensor;
  readonly q: readonly Index[];
  readonly push: Push;
  readonly state: State;
}

/** What is known put in, what does not depend on a sum before it, all as short as it gets. */
function finished(solved: readonly Term[], { target, q, push, state }: Finishing): readonly Term[] {
  const { forward, finals } = state;
  let terms = solved;
  const shorten = (): void => {
    terms = tidied(terms);
    push("algebra", "written more simply", terms);
    const stored = readStored(terms, forward);
    terms = stored.terms;
    push("algebra", stored.reason, terms);
  };
  shorten();

  const inserted = terms.map((term) => insert(term, { finals, q }));
  if (fits(target, q, readStored(tidied(inserted), forward).terms)) {
    push("algebra", say.known(terms, finals), inserted);
    terms = inserted;
    shorten();
  }

  const factored = terms.map((term) => factorOut(term) ?? term);
  if (factored.some((term, t) => term !== terms[t])) {
    const reason = say.factor(terms, factored);
    terms = tidied(factored);
    push("factor", reason, terms);
    shorten();
  }
  return terms;
}

/** What can be told apart on a page: a sum that stands before a factor is another one than around it. */
const textOf = (equation: Equation): string => {
  const inside = equation.terms.flatMap(({ body }) => walk(body));
  return formatEquation(equation) + inside.filter((e) => e.kind === "reduction").length;
};

/** The first lines, and the last. */
function shortened(links: readonly DraftLink[], x: Element): DraftLink[] {
  const first = links.findIndex(({ rule }) => rule !== "name");
  const last = links.at(-1);
  if (last === undefined || links.length <= first + 2) return [...links];
  return [
    ...links.slice(0, first + 1),
    { ...last, rule: "algebra", reason: say.asForOneRow(x, last.equation) },
  ];
}

const fits = (target: Tensor, indices: readonly Index[], terms: readonly Term[]): boolean =>
  formatEquation({ target, indices, terms }).length <= LONGEST;

/** Σ_o ∂C/∂T[o]·∂T[o]/∂X[q]; what acts on the cost directly is written out. */
function chainRule({ through, at, over, terms }: Group, x: Element, state: State): readonly Term[] {
  const { cost, symbols, brief = false } = state;
  const { target } = through;
  if (target === cost) return brief ? tidied(terms.map((term) => solveDeltas(term))) : terms;
  const gradient = element(symbols.gradient(cost, target), at.places);
  const partial = element(symbols.partial(target, x.tensor), [...at.places, ...x.places]);
  return [sumTerm(over, mul(gradient, partial))];
}

/** Each body simplified; terms without a sum are one term. */
function tidied(terms: readonly Term[]): Term[] {
  const isPlain = (t: Term): boolean => t.over.length === 0 && t.where.length === 0;
  const bodies = terms.filter(isPlain).map((t) => t.body);
  const rest = terms
    .filter((t) => !isPlain(t))
    .map((t) => ({ ...t, body: simplify(t.body) }))
    .filter((t) => !isNumber(t.body, 0));
  if (bodies.length === 0) return rest;
  const sum = simplify(bodies.reduce(add));
  if (isNumber(sum, 0) && rest.length > 0) return rest;
  return [...rest, sumTerm([], sum)];
}
