/**
 * What the forward pass has computed already is read, not computed again: exp(z2 − m2)/s2 is a2, and so
 * is sigmoid(z2).
 */

import { type Equation, left, type Term } from "../../equations/equation.ts";
import {
  add,
  div,
  type Expression,
  type Index,
  mapChildren,
  mul,
  neg,
  plainIndex,
  rename,
  same,
  sub,
  walk,
} from "../../equations/expression.ts";
import { formatExpression } from "../../equations/format.ts";
import { simplify } from "../../equations/simplify.ts";

export interface Read {
  readonly terms: readonly Term[];
  /** Empty where nothing was found. */
  readonly reason: string;
}

/** The terms with the quotients and calls in them that equations of the forward pass define. */
export function readStored(terms: readonly Term[], forward: readonly Equation[]): Read {
  const found = new Set<string>();
  const quotients = forward.filter((equation) => formOf(equation) === "divide");
  const calls = forward.filter((equation) => formOf(equation) === "call");
  const read = terms.map((term) => {
    const inSums = quotients.reduce((body, equation) => inSum(body, equation, found), term.body);
    return { ...term, body: calls.reduce((body, e) => inCalls(body, e, found), inSums) };
  });
  return { terms: found.size === 0 ? terms : read, reason: [...found].join(", ") };
}

/** Of T[o] = f/g or T[o] = f(…), elementwise, what it is. */
function formOf({ terms, indices }: Equation): string | undefined {
  const [term] = terms;
  if (terms.length !== 1 || term?.over.length !== 0 || indices.length === 0) return undefined;
  return term.body.kind === "operation" ? term.body.name : term.body.kind;
}

/** Each call of the function with the same arguments. */
function inCalls(e: Expression, equation: Equation, found: Set<string>): Expression {
  const body = equation.terms[0]?.body as Expression;
  const at = e.kind === "call" ? placesIn(e, equation) : undefined;
  if (at === undefined || !same(rename(body, at), e)) {
    return mapChildren(e, (child) => inCalls(child, equation, found));
  }
  const stored = rename(left(equation), at);
  found.add(`${formatExpression(e)} is ${formatExpression(stored)}`);
  return stored;
}

/** Each summand by itself. */
function inSum(e: Expression, equation: Equation, found: Set<string>): Expression {
  if (e.kind === "operation") {
    const [x, y] = e.arguments as [Expression, Expression];
    if (e.name === "add") return add(inSum(x, equation, found), inSum(y, equation, found));
    if (e.name === "subtract") return sub(inSum(x, equation, found), inSum(y, equation, found));
    if (e.name === "negate") return neg(inSum(x, equation, found));
  }
  const at = placesIn(e, equation);
  if (at === undefined) return e;
  const body = rename(equation.terms[0]?.body as Expression, at);
  const rest = simplify(div(e, body));
  const stored = rename(left(equation), at);
  const product = simplify(mul(rest, stored));
  if (formatExpression(product).length >= formatExpression(e).length) return e;
  found.add(`${formatExpression(body)} is ${formatExpression(stored)}`);
  return product;
}

/** The indices at which `e` reads what the equation reads: where its first element stands. */
function placesIn(e: Expression, { indices, terms }: Equation): Map<Index, Index> | undefined {
  const body = terms[0]?.body as Expression;
  const at = new Map<Index, Index>();
  for (const part of walk(body)) {
    if (part.kind !== "element") continue;
    const same = walk(e).find((p) => p.kind === "element" && p.tensor === part.tensor);
    if (same?.kind !== "element") return undefined;
    for (const [d, place] of part.places.entries()) {
      const from = plainIndex(place);
      const to = plainIndex(same.places[d] ?? place);
      if (from === undefined || to === undefined) return undefined;
      if ((at.get(from) ?? to) !== to) return undefined;
      at.set(from, to);
    }
  }
  return indices.every((i) => at.has(i)) ? at : undefined;
}
