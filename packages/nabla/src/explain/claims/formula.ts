/**
 * The derived right side of a gradient as one expression, read from the trace of the rule: the gradients
 * in `kept` stay names, all others are put in. Derivatives of functions stay f′(z), as textbooks have
 * them; `inValues` writes them out in a.
 */

import {
  add,
  type Element,
  type Expression,
  element,
  type Index,
  index,
  mapChildren,
  mul,
  type NamedFunction,
  one,
  plainIndex,
  rename,
  substitute,
  type Tensor,
  walk,
  zero,
} from "../../equations/expression.ts";
import { simplify } from "../../equations/simplify.ts";
import type { Pointwise, Subject } from "./subject.ts";

/** ∂C/∂X at `indices`; undefined where the rule scatters or counts ties. */
export function formulaOf(
  of: Tensor,
  indices: readonly Index[],
  { subject, kept }: { readonly subject: Subject; readonly kept: ReadonlySet<Tensor> },
): Expression | undefined {
  const at = (tensor: Tensor, places: readonly Index[]): Expression | undefined => {
    if (tensor === subject.cost) return one;
    if (kept.has(tensor) && tensor !== of) return element(subject.gradient(tensor), places);
    const adjoint = subject.adjoint(tensor);
    if (adjoint === undefined) return undefined;
    const terms: Expression[] = [];
    for (const { through, occurrence, solved } of adjoint.contributions) {
      if (solved.where.length > 0 || solved.body.kind !== "operation") return undefined;
      const over = solved.over.map((i) => index(i.name, i.extent));
      const renewed = new Map([
        ...solved.over.map((i, n) => [i, over[n] as Index] as const),
        ...adjoint.equation.indices.map((q, d) => [q, places[d] as Index] as const),
      ]);
      const [before, local] = solved.body.arguments.map((e) => rename(e, renewed)) as [
        Expression,
        Expression,
      ];
      const outer = before.kind === "element" ? plainIndices(before) : [];
      const inner = outer && at(through.target, outer);
      if (inner === undefined) return undefined;
      const f = subject.pointwise.find(({ a, z }) => a === through.target && z === tensor);
      const slope: Expression = f
        ? { kind: "call", function: f.prime, arguments: [element(occurrence.tensor, places)] }
        : local;
      const body = simplify(mul(inner, slope));
      terms.push(over.length === 0 ? body : { kind: "reduction", name: "sum", over, body });
    }
    return (
      terms.reduce<Expression | undefined>((sum, e) => (sum ? add(sum, e) : e), undefined) ?? zero
    );
  };
  const whole = at(of, indices);
  const isKnown = ({ name }: Tensor): boolean => subject.tensors.has(name);
  const speaks = (e: Expression): boolean =>
    e.kind !== "element" || isKnown(subject.differentiatedBy(e.tensor) ?? e.tensor);
  return whole && walk(whole).every(speaks) ? simplify(whole) : undefined;
}

function plainIndices(e: Element): Index[] | undefined {
  const indices = e.places.map(plainIndex);
  return indices.every((i) => i !== undefined) ? indices : undefined;
}

/** f′(z) written out, in a where the function claims such a form: a(1 − a). */
export function inValues(e: Expression, subject: Subject): Expression {
  const known = primeCall(e, subject);
  if (known === undefined) return mapChildren(e, (child) => inValues(child, subject));
  const { f, argument } = known;
  const { value, prime } = f;
  const claimed = claimedAt(value, { z: argument, a: element(f.a, argument.places) });
  return claimed ?? substitute(prime.value, new Map([[prime.variables[0] as Tensor, argument]]));
}

/** The derivative that f claims, a(1 − a), or that the one function claims that f calls. */
export function claimedAt(
  { claim, value, variables }: NamedFunction,
  { z, a }: { readonly z: Expression; readonly a: Expression },
): Expression | undefined {
  const own = claim ?? (value.kind === "call" ? value.function.claim : undefined);
  if (own === undefined) return undefined;
  const at: [Tensor, Expression][] = [
    [variables[0] as Tensor, z],
    [own.result, a],
  ];
  return substitute(own.derivative, new Map(at));
}

/** f′(z[…]), with the function of the network that it belongs to. */
export function primeCall(e: Expression, { pointwise }: Subject) {
  if (e.kind !== "call") return undefined;
  const [argument] = e.arguments;
  if (argument?.kind !== "element") return undefined;
  const f = pointwise.find(
    (own): own is Pointwise => own.prime === e.function && own.z === argument.tensor,
  );
  return f && { f, argument };
}

/** `e` with a new letter for each sum whose own is taken around it. */
export function withOwnLetters(e: Expression, around: readonly Index[]): Expression {
  if (e.kind !== "reduction") return mapChildren(e, (child) => withOwnLetters(child, around));
  const inside = [...around];
  const renewed = new Map<Index, Index>();
  for (const i of e.over) {
    let { name } = i;
    while (inside.some((known) => known.name === name)) name += "′";
    const own = index(name, i.extent);
    renewed.set(i, own);
    inside.push(own);
  }
  const body = withOwnLetters(rename(e.body, renewed), inside);
  return { ...e, over: e.over.map((i) => renewed.get(i) as Index), body };
}
