/**
 * The one rule. Equations are walked backwards; for each element X[p] in a term of
 * T[o] = … + Σ_r f + …, with o and r renamed to new indices and q new,
 *
 *     ∂C/∂X[q]  +=  Σ_{o,r} [q = p] · ∂C/∂T[o] · ∂f/∂X[p]
 *
 * [q = p] is Kronecker's delta. Where a place of p is a plain index the delta is solved and its sum
 * disappears: "∂a_k/∂z_j = 0 unless j = k". What cannot be solved (X[i,i], x[n,t+r], E[id[n],d])
 * stays, and the term is scattered. An adjoint that is only another tensor is replaced by it.
 */

import { derivative, type LocalStep } from "./derivative.ts";
import { type Delta, type Equation, left, sumTerm, type Term, tensorsOf } from "./equation.ts";
import {
  add,
  div,
  type Element,
  type Expression,
  element,
  type Index,
  index,
  mapChildren,
  mul,
  one,
  type Place,
  plainIndex,
  rename,
  renamePlace,
  same,
  select,
  type Tensor,
  walk,
  zero,
} from "./expression.ts";
import { simplify } from "./simplify.ts";

/** One use of the rule: how X acts on the cost through one element in one term of one equation. */
export interface Contribution {
  readonly through: Equation;
  readonly occurrence: Element;
  /** ∂f/∂X[p], by the scalar rules in `steps`. */
  readonly local: Expression;
  readonly steps: readonly LocalStep[];
  /** Σ_{o,r} [q = p] · ∂C/∂T[o] · ∂f/∂X[p], as the rule states it. */
  readonly stated: Term;
  /** With the deltas solved that can be. */
  readonly solved: Term;
  /** Simplified: the term that is added to ∂C/∂X[q]. */
  readonly result: Term;
}

/** ∂C/∂X: the sum of its contributions. */
export interface Adjoint {
  readonly of: Tensor;
  readonly equation: Equation;
  readonly contributions: readonly Contribution[];
  /** It is only another tensor or a number, and everywhere replaced by that: no equation is listed. */
  readonly replaced: boolean;
}

export interface Gradients {
  /** In the order in which they can be computed, after the forward equations. */
  readonly equations: readonly Equation[];
  /** ∂C/∂X by X, for each X asked for. */
  readonly gradients: ReadonlyMap<Tensor, Tensor>;
  /** The trace: every adjoint in the order of derivation, from the cost backwards. */
  readonly adjoints: readonly Adjoint[];
}

/**
 * The equations of ∂cost/∂X for each X in `wrt`.
 * `forward` defines the cost, and each tensor before its use.
 */
export function differentiate(
  forward: readonly Equation[],
  cost: Tensor,
  wrt: readonly Tensor[],
): Gradients {
  const active = activeTensors(forward, wrt);
  const firstUse = firstUses(forward, wrt);
  const equations: Equation[] = [];
  const gradients = new Map<Tensor, Tensor>();
  const adjoints = new Map<Tensor, Adjoint>();
  const open = new Map<Tensor, { q: Index[]; contributions: Contribution[] }>();

  /** All contributions to ∂C/∂X are in: its equation, unless something else stands for it. */
  const finish = (tensor: Tensor): Adjoint => {
    const { q, contributions } = open.get(tensor) ?? { q: newIndices(tensor), contributions: [] };
    const terms = gather(contributions.map((c) => c.result));
    const target: Tensor = {
      name: `∂${cost.name}/∂${tensor.name}`,
      shape: tensor.shape,
      role: "computed",
    };
    const equation: Equation = { target, indices: q, terms };
    const replaced = !wrt.includes(tensor) && isOnlyAnother(terms);
    const adjoint: Adjoint = { of: tensor, equation, contributions, replaced };
    adjoints.set(tensor, adjoint);
    if (!replaced) equations.push(equation);
    if (wrt.includes(tensor)) gradients.set(tensor, target);
    return adjoint;
  };

  const contribute = (equation: Equation, term: Term, x: Element, adjoint: Expression): void => {
    const entry = open.get(x.tensor) ?? { q: newIndices(x.tensor, x.places), contributions: [] };
    open.set(x.tensor, entry);
    const contribution = applyRule({ equation, term, x, adjoint, q: entry.q });
    if (!same(contribution.result.body, zero)) entry.contributions.push(contribution);
  };

  for (const equation of forward.toReversed()) {
    const { target } = equation;
    const reached = target === cost || open.has(target);
    if (reached && active.has(target) && equation.stabiliser !== true) {
      const finished = (): Adjoint => adjoints.get(target) ?? finish(target);
      const adjoint = target === cost ? one : readAdjoint(finished(), equation.indices);
      for (const term of equation.terms) {
        const through = term.reduction === "max" ? shareTies(equation, term, equations) : term;
        for (const x of elementsOf(term.body, active)) contribute(equation, through, x, adjoint);
      }
    }
    for (const tensor of firstUse.get(equation) ?? []) finish(tensor);
  }
  for (const tensor of wrt) if (!adjoints.has(tensor)) finish(tensor); //  the cost does not see it
  return { equations, gradients, adjoints: [...adjoints.values()] };
}

interface Use {
  readonly equation: Equation;
  readonly term: Term;
  readonly x: Element;
  /** ∂C/∂T[o], in the equation's own indices. */
  readonly adjoint: Expression;
  readonly q: readonly Index[];
}

function applyRule({ equation, term, x, adjoint, q }: Use): Contribution {
  const steps: LocalStep[] = [];
  const whole = equation.terms.length === 1 && term.over.length === 0 ? term.body : undefined;
  const derived = derivative(term.body, x, steps);
  const local = whole === undefined ? derived : reuse(derived, whole, left(equation));

  const own = [...equation.indices, ...term.over];
  const fresh = own.map((i) => index(i.name, i.extent));
  const renewed = new Map(own.map((i, n) => [i, fresh[n] as Index]));
  const deltas = q.map((index, d) => ({
    index,
    place: renamePlace(x.places[d] as Place, renewed),
  }));
  const stated = sumTerm(fresh, rename(mul(adjoint, local), renewed), deltas);
  const solved = solve(stated);
  const result = { ...solved, body: simplify(solved.body) };
  return { through: equation, occurrence: x, local, steps, stated, solved, result };
}

/** Solves each delta [q = i] of a plain summed index i: the sum over i disappears, and i becomes q. */
function solve(term: Term): Term {
  const solution = new Map<Index, Index>();
  const kept: Delta[] = [];
  for (const delta of term.where) {
    const i = plainIndex(delta.place);
    if (i !== undefined && term.over.includes(i) && !solution.has(i)) solution.set(i, delta.index);
    else kept.push(delta);
  }
  return sumTerm(
    term.over.filter((i) => !solution.has(i)),
    rename(term.body, solution),
    kept.map(({ index, place }) => ({ index, place: renamePlace(place, solution) })),
  );
}

/**
 * A maximum passes its adjoint to the elements that attain it, and ties share it equally:
 * the term Σ_r select(f = T[o], f/ties[o], 0), whose derivative by f alone is what the rule needs.
 */
function shareTies(equation: Equation, term: Term, equations: Equation[]): Term {
  const { target, indices } = equation;
  const ties: Tensor = { name: `ties(${target.name})`, shape: target.shape, role: "computed" };
  const attained = (e: Expression): Expression => select([term.body, "=", left(equation)], e, zero);
  equations.push({ target: ties, indices, terms: [sumTerm(term.over, attained(one))] });
  return sumTerm(term.over, attained(div(term.body, element(ties, indices))));
}

// Adjoints

const readAdjoint = ({ equation, replaced }: Adjoint, at: readonly Index[]): Expression => {
  if (!replaced) return element(equation.target, at);
  const body = equation.terms[0]?.body ?? zero;
  return rename(body, new Map(equation.indices.map((q, d) => [q, at[d] as Index])));
};

/** ∂C/∂X[q] = T[…], or a number. */
function isOnlyAnother(terms: readonly Term[]): boolean {
  const [term] = terms;
  if (terms.length !== 1 || term === undefined) return terms.length === 0;
  if (term.over.length > 0 || term.where.length > 0) return false;
  if (term.body.kind === "element")
    return term.body.places.every((p) => plainIndex(p) !== undefined);
  return !walk(term.body).some((e) => e.kind === "element");
}

/** Terms without a sum are one term: ∂C/∂z = ∂C/∂s·exp(z − m) − y/N. */
function gather(terms: readonly Term[]): Term[] {
  const isPlain = (t: Term): boolean => t.over.length === 0 && t.where.length === 0;
  const plainTerms = terms.filter(isPlain).map((t) => t.body);
  const rest = terms.filter((t) => !isPlain(t));
  if (plainTerms.length === 0) return rest;
  return [...rest, sumTerm([], simplify(plainTerms.reduce(add)))];
}

/** New indices for ∂C/∂X, named after the places where X stands. */
function newIndices(tensor: Tensor, places: readonly Place[] = []): Index[] {
  return tensor.shape.map((extent, d) => {
    const place = places[d];
    const named = place === undefined ? undefined : plainIndex(place);
    return index(named?.name ?? "pqrstuv"[d % 7] ?? "p", extent);
  });
}

// Reading the equations

/** What lies between the tensors asked for and the cost. */
function activeTensors(forward: readonly Equation[], wrt: readonly Tensor[]): ReadonlySet<Tensor> {
  const active = new Set(wrt);
  for (const equation of forward) {
    if ([...tensorsOf(equation)].some((tensor) => active.has(tensor))) active.add(equation.target);
  }
  return active;
}

/** The tensors of `wrt` by the equation that uses them first: backwards, the last to contribute. */
function firstUses(forward: readonly Equation[], wrt: readonly Tensor[]): Map<Equation, Tensor[]> {
  const uses = new Map<Equation, Tensor[]>();
  for (const tensor of wrt) {
    const first = forward.find((equation) => tensorsOf(equation).has(tensor));
    if (first !== undefined) uses.set(first, [...(uses.get(first) ?? []), tensor]);
  }
  return uses;
}

/** The distinct elements of active tensors in `body`. */
function elementsOf(body: Expression, active: ReadonlySet<Tensor>): Element[] {
  const found: Element[] = [];
  for (const e of walk(body)) {
    if (e.kind !== "element" || !active.has(e.tensor)) continue;
    if (!found.some((known) => same(known, e))) found.push(e);
  }
  return found;
}

/** `e` with every subexpression equal to `known` read from where it has been stored. */
function reuse(e: Expression, known: Expression, stored: Element): Expression {
  if (known.kind === "number" || known.kind === "element") return e;
  return same(e, known) ? stored : mapChildren(e, (child) => reuse(child, known, stored));
}
