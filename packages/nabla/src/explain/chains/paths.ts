/**
 * The paths on which a tensor acts on the cost: one for each equation that reads it, with its
 * contributions ∂C/∂T[o]·[q = p]·∂f/∂X in letters that nobody confuses.
 */

import type { Adjoint, Contribution } from "../../equations/differentiate.ts";
import { type Equation, sumTerm, type Term } from "../../equations/equation.ts";
import {
  type Element,
  type Expression,
  element,
  type Index,
  plainIndex,
  rename,
  same,
  type Tensor,
  walk,
} from "../../equations/expression.ts";
import { formatExpression } from "../../equations/format.ts";
import type { SymbolTable } from "../symbols.ts";
import { product, renamed, renameTerm, renewed } from "./terms.ts";

/** A derivative that is longer is written f′(z). */
const LONG = 40;

export interface Paths {
  readonly forward: readonly Equation[];
  readonly cost: Tensor;
  readonly symbols: SymbolTable;
  /** The short names of gradients, δ, by the tensor. */
  readonly deltas: ReadonlyMap<Tensor, Tensor>;
}

/** The contributions through one equation, in indices of their own. */
export interface Group {
  readonly through: Equation;
  /** T[o] */
  readonly at: Element;
  /** The o that are summed over: rows that meet are one row. */
  readonly over: readonly Index[];
  /** ∂C/∂T[o]·[q = p]·∂f/∂X, of each occurrence. */
  readonly terms: readonly Term[];
  /** [q = p]·∂f/∂X */
  readonly locals: readonly Term[];
}

export function groupsOf(adjoint: Adjoint, state: Paths): Group[] {
  const throughs = new Set(adjoint.contributions.map(({ through }) => through));
  return [...throughs].map((through) =>
    groupOf(
      through,
      adjoint.contributions.filter((c) => c.through === through),
      { adjoint, state },
    ),
  );
}

function groupOf(
  through: Equation,
  contributions: readonly Contribution[],
  { adjoint, state }: { readonly adjoint: Adjoint; readonly state: Paths },
): Group {
  const { cost, forward, symbols, deltas } = state;
  const q = adjoint.equation.indices;
  const taken = new Set([...forward.map(({ target }) => target.name), ...q.map((i) => i.name)]);
  const own = through.indices.map((i) => {
    const row = i.extent === "rows" ? q.find(({ extent }) => extent === "rows") : undefined;
    if (row !== undefined) return row; //  rows meet in the cost only
    const fresh = renamed(i, taken);
    taken.add(fresh.name);
    return fresh;
  });
  const gradient = symbols.gradient(cost, through.target);
  const adjointAt = element(deltas.get(through.target) ?? gradient, own);

  const locals = contributions.map(({ stated, occurrence }) => {
    const outer = stated.over.slice(0, own.length);
    const inner = stated.over.slice(own.length);
    const given = outer.map((i, d) => [i, own[d] as Index] as const);
    const term = renameTerm(stated, new Map([...given, ...renewed(inner, new Set(taken))]));
    const derived = (term.body.kind === "operation" && term.body.arguments[1]) as Expression;
    const prime = isLong(derived) ? primeOf(through, occurrence, symbols) : undefined;
    const local = prime === undefined ? derived : rename(prime, outerOf(through, own));
    const where = term.where.filter(({ index, place }) => plainIndex(place) !== index);
    return sumTerm(
      term.over.filter((i) => !q.includes(i)),
      local,
      where,
    );
  });
  const terms = locals.map((term) =>
    through.target === cost ? term : { ...term, body: product(adjointAt, term.body) },
  );
  const over = own.filter((i) => !q.includes(i));
  return { through, at: element(through.target, own), over, terms, locals };
}

const outerOf = ({ indices }: Equation, own: readonly Index[]): Map<Index, Index> =>
  new Map(indices.map((i, d) => [i, own[d] as Index]));

const isLong = (e: Expression): boolean => formatExpression(e).length > LONG;

/** f′(z) for an equation a = f(z). */
function primeOf({ terms }: Equation, x: Element, symbols: SymbolTable): Expression | undefined {
  const [term] = terms;
  const body = term?.body;
  if (terms.length !== 1 || term?.over.length !== 0 || body?.kind !== "call") return undefined;
  const [first, ...others] = body.arguments;
  if (first === undefined || !same(first, x)) return undefined;
  if (others.some((e) => walk(e).some((part) => same(part, x)))) return undefined;
  return { ...body, function: symbols.prime(body.function) };
}
