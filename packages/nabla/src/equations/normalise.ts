/**
 * Written equations → normal form: a sum of terms Σ_r f, each f free of reductions. Factors without
 * tensors move into the sum they stand before (1/N·Σ_n c[n] = Σ_n 1/N·c[n]); a reduction inside a
 * function, a product or another reduction gets an equation of its own. Rows may meet in the cost only.
 */

import { type Equation, sumTerm, type Term } from "./equation.ts";
import {
  add,
  div,
  type Element,
  type Expression,
  element,
  freeIndices,
  type Index,
  index,
  mapChildren,
  mul,
  neg,
  type Reduction,
  rename,
  type Tensor,
  walk,
} from "./expression.ts";
import type { WrittenEquation } from "./parse.ts";

/** @throws NablaError that shows the place where rows meet outside of the cost */
export function normalise(written: readonly WrittenEquation[], cost?: Tensor): Equation[] {
  const names = new Set(written.flatMap(namesIn));
  return written.flatMap((equation) => normaliseOne(equation, { cost, names }));
}

interface Surroundings {
  readonly cost: Tensor | undefined;
  /** The names that are taken; those of new equations are added. */
  readonly names: Set<string>;
}

function normaliseOne(written: WrittenEquation, { cost, names }: Surroundings): Equation[] {
  const { target, indices, body } = written;
  const marks = {
    ...(written.stabiliser && { stabiliser: written.stabiliser }),
    ...(written.training && { training: written.training }),
  };
  const extracted: Equation[] = [];

  const checkRows = (reduction: Reduction, meetsInCost: boolean): void => {
    if (meetsInCost || !reduction.over.some((i) => i.extent === "rows")) return;
    const [letter] = reduction.over.filter((i) => i.extent === "rows").map((i) => i.name);
    written.fail(
      `this reduces over the rows (${letter}), and rows meet only in the cost`,
      `end with an equation such as C = 1/N * sum_${letter} c[${letter}], and name it as the cost`,
      reduction,
    );
  };

  /** An equation of its own for `term`; what reads it in its place. */
  const define = (term: Term, suffix: string): Element => {
    const bound = new Set(term.over);
    const free = [...freeIndices(term.body)].filter((i) => !bound.has(i)).sort(rowsFirst);
    const fresh = free.map((i) => index(i.name, i.extent));
    const tensor: Tensor = {
      name: newName(`${target.name}_${suffix}`, names),
      shape: free.map((i) => i.extent),
      role: "computed",
    };
    const body = rename(term.body, new Map(free.map((i, n) => [i, fresh[n] as Index])));
    extracted.push({ target: tensor, indices: fresh, terms: [{ ...term, body }], ...marks });
    return element(tensor, free);
  };

  /** `e` with each reduction in it replaced by an element of a tensor that is defined before. */
  const extract = (e: Expression): Expression => {
    if (e.kind !== "reduction") return mapChildren(e, extract);
    checkRows(e, false);
    const body = e.name === "max" ? stored(e.body) : extract(e.body);
    return define({ reduction: e.name, over: e.over, where: [], body }, e.name);
  };

  /** What a maximum is taken of is stored, so that "attains the maximum" is an exact question. */
  const stored = (e: Expression): Expression => {
    const body = extract(e);
    return body.kind === "element" ? body : define(sumTerm([], body), "of");
  };

  /** The terms of a sum, each times the factors without tensors around it. */
  const termsOf = (e: Expression, scale: (e: Expression) => Expression): Term[] => {
    if (e.kind === "reduction" && e.name === "sum") {
      checkRows(e, target === cost);
      return [sumTerm(e.over, scale(extract(e.body)))];
    }
    if (e.kind === "operation" && containsReduction(e)) {
      const [x, y] = e.arguments as [Expression, Expression];
      if (e.name === "negate") return termsOf(x, (e) => neg(scale(e)));
      if (e.name === "add") return [...termsOf(x, scale), ...termsOf(y, scale)];
      if (e.name === "subtract") {
        return [...termsOf(x, scale), ...termsOf(y, (e) => neg(scale(e)))];
      }
      if (e.name === "divide" && isFactor(y)) return termsOf(x, (e) => scale(div(e, y)));
      if (e.name === "multiply" && isFactor(x)) return termsOf(y, (e) => scale(mul(x, e)));
      if (e.name === "multiply" && isFactor(y)) return termsOf(x, (e) => scale(mul(e, y)));
    }
    return [sumTerm([], scale(extract(e)))];
  };

  if (body.kind === "reduction" && body.name === "max") {
    checkRows(body, false);
    const term: Term = { reduction: "max", over: body.over, where: [], body: stored(body.body) };
    return [...extracted, { target, indices, terms: [term], ...marks }];
  }
  const terms = gatherPlain(termsOf(body, (e) => e));
  return [...extracted, { target, indices, terms, ...marks }];
}

/** At most one term without a reduction, the last: Σ_i W·x + b + c = Σ_i W·x + (b + c). */
function gatherPlain(terms: readonly Term[]): Term[] {
  const sums = terms.filter((term) => term.over.length > 0);
  const plain = terms.filter((term) => term.over.length === 0).map((term) => term.body);
  if (plain.length === 0) return sums;
  return [...sums, sumTerm([], plain.reduce(add))];
}

const rowsFirst = (a: Index, b: Index): number =>
  Number(b.extent === "rows") - Number(a.extent === "rows");

const containsReduction = (e: Expression): boolean =>
  walk(e).some((part) => part.kind === "reduction");

/** Free of tensors, so that it may move into a sum. */
const isFactor = (e: Expression): boolean =>
  walk(e).every((part) => part.kind !== "element" && part.kind !== "reduction");

const namesIn = ({ target, body }: WrittenEquation): string[] => {
  const read = walk(body).map((e) => (e.kind === "element" ? e.tensor.name : target.name));
  return [target.name, ...read];
};

function newName(base: string, taken: Set<string>): string {
  let name = base;
  for (let i = 2; taken.has(name); i++) name = `${base}${i}`;
  taken.add(name);
  return name;
}
