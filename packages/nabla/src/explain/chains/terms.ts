/** What is done to a term Σ_r [q = p] f on the way to its final form. */

import { type Delta, sumTerm, type Term } from "../../equations/equation.ts";
import {
  div,
  type Expression,
  freeIndices,
  type Index,
  index,
  mapChildren,
  mul,
  neg,
  one,
  plainIndex,
  rename,
  renamePlace,
} from "../../equations/expression.ts";
import { isNumber } from "../../equations/simplify.ts";

/** The term with indices replaced, those that it sums over included. */
export function renameTerm(
  { over, where, body, reduction }: Term,
  to: ReadonlyMap<Index, Index>,
): Term {
  return {
    reduction,
    over: over.map((i) => to.get(i) ?? i),
    where: where.map((d) => ({
      index: to.get(d.index) ?? d.index,
      place: renamePlace(d.place, to),
    })),
    body: rename(body, to),
  };
}

/** Which of the summed indices the deltas give: i ↦ q for [q = i]. */
export function solutions({ over, where }: Term): Map<Index, Index> {
  const solved = new Map<Index, Index>();
  for (const { index: q, place } of where) {
    const i = plainIndex(place);
    if (i !== undefined && over.includes(i) && !solved.has(i)) solved.set(i, q);
  }
  return solved;
}

/** The term with the sums over solved indices gone. */
export function solveDeltas(term: Term, solved = solutions(term)): Term {
  const used = new Set<Index>();
  const isSpent = ({ index: q, place }: Delta): boolean => {
    const i = plainIndex(place);
    const spent = i !== undefined && solved.get(i) === q && !used.has(i);
    if (spent && i !== undefined) used.add(i);
    return spent;
  };
  const where = term.where.filter((delta) => !isSpent(delta));
  const over = term.over.filter((i) => !solved.has(i));
  return renameTerm(sumTerm(over, term.body, where), solved);
}

/** Σ_k f·g = (Σ_k f)·g where g does not depend on k; undefined where there is no such g. */
export function factorOut({ over, where, body }: Term): Term | undefined {
  if (over.length === 0 || where.length > 0) return undefined;
  const depends = (e: Expression): boolean => [...freeIndices(e)].some((i) => over.includes(i));
  const { above, below } = factorsOf(body);
  const outside = [...above, ...below].filter((f) => !depends(f) && !isNumber(f, 1));
  const inside = above.filter(depends);
  if (outside.length === 0 || inside.length === 0) return undefined;
  const sum: Expression = {
    kind: "reduction",
    name: "sum",
    over,
    body: quotient(inside, below.filter(depends)),
  };
  const rest = above.filter((f) => !depends(f));
  const whole = quotient(
    [sum, ...rest],
    below.filter((f) => !depends(f)),
  );
  return sumTerm([], whole);
}

const quotient = (above: readonly Expression[], below: readonly Expression[]): Expression => {
  const top = above.filter((f) => !isNumber(f, 1)).reduce(product, one);
  return below.length === 0 ? top : div(top, below.reduce(product, one));
};

/** a·b without ones; a sign comes to the front. */
export function product(a: Expression, b: Expression): Expression {
  if (isNumber(a, 1)) return b;
  if (isNumber(b, 1)) return a;
  if (isNumber(b, -1)) return neg(a);
  if (b.kind === "operation" && b.name === "negate")
    return neg(mul(a, b.arguments[0] as Expression));
  return mul(a, b);
}

interface Factors {
  readonly above: readonly Expression[];
  readonly below: readonly Expression[];
}

export function factorsOf(e: Expression): Factors {
  if (e.kind === "operation") {
    const [x, y] = e.arguments as [Expression, Expression];
    if (e.name === "multiply" || e.name === "divide") {
      const a = factorsOf(x);
      const b = factorsOf(y);
      const [up, down] = e.name === "multiply" ? [b.above, b.below] : [b.below, b.above];
      return { above: [...a.above, ...up], below: [...a.below, ...down] };
    }
    if (e.name === "negate") {
      const { above, below } = factorsOf(x);
      return { above: [{ kind: "number", value: -1 }, ...above], below };
    }
  }
  return { above: [e], below: [] };
}

/** Letters for new indices that nobody confuses with those around. */
export function newLetter(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  const free = [..."mlpqrtuvdefghijkno"].find((letter) => !taken.has(letter));
  return free ?? `${name}′`;
}

/** The index under a letter of its own. */
export const renamed = (i: Index, taken: ReadonlySet<string>): Index =>
  index(newLetter(i.name, taken), i.extent);

/** Each index under a letter of its own, from then on taken as well. */
export function renewed(over: readonly Index[], taken: Set<string>): Map<Index, Index> {
  const to = new Map<Index, Index>();
  for (const i of over) {
    const fresh = renamed(i, taken);
    taken.add(fresh.name);
    to.set(i, fresh);
  }
  return to;
}

/** The expression with the indices of its sums under letters of their own. */
export function renameSums(e: Expression, taken: ReadonlySet<string>): Expression {
  if (e.kind !== "reduction") return mapChildren(e, (child) => renameSums(child, taken));
  const names = new Set(taken);
  const to = renewed(e.over, names);
  const over = [...to.values()];
  return { ...e, over, body: renameSums(rename(e.body, to), names) };
}
