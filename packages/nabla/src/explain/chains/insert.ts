/** What has been found above is put in: ∂C/∂a1[j] is Σ_k δ2[k]·W2[k,j]. */

import type { Equation, Term } from "../../equations/equation.ts";
import {
  type Element,
  type Expression,
  type Index,
  mapChildren,
  plainIndex,
  rename,
  type Tensor,
  walk,
} from "../../equations/expression.ts";
import { renameSums, renewed } from "./terms.ts";

export interface Known {
  readonly finals: ReadonlyMap<Tensor, Equation>;
  /** The indices on the left. */
  readonly q: readonly Index[];
}

/** The term with the gradients in it that have been found to be one term. */
export function insert(term: Term, known: Known): Term {
  const factor = factorWithSum(term, known);
  if (factor !== undefined) return factor;
  const replace = (e: Expression): Expression => {
    const found = e.kind === "element" ? finalAt(e, known) : undefined;
    if (found === undefined) return mapChildren(e, replace);
    const { over, body } = found;
    return over.length === 0 ? body : { kind: "reduction", name: "sum", over, body };
  };
  return { ...term, body: replace(term.body) };
}

/** (Σ_k f)·g = Σ_k f·g, as it comes first. */
function factorWithSum(term: Term, known: Known): Term | undefined {
  const { body } = term;
  if (term.over.length > 0 || body.kind !== "operation" || body.name !== "multiply")
    return undefined;
  const inside = walk(body).filter((e) => e.kind === "element" && finalAt(e, known));
  const [only] = inside;
  if (inside.length !== 1 || only?.kind !== "element") return undefined;
  const found = finalAt(only, known);
  if (found === undefined || found.over.length === 0) return undefined;
  const replace = (e: Expression): Expression =>
    e === only ? found.body : mapChildren(e, replace);
  return { ...term, over: found.over, body: replace(body) };
}

/** The one term that an element of a gradient is. */
function finalAt(e: Element, { finals, q }: Known): Term | undefined {
  const final = finals.get(e.tensor);
  const [term] = final?.terms ?? [];
  if (final === undefined || term === undefined || final.terms.length !== 1) return undefined;
  if (term.where.length > 0) return undefined;
  const to = new Map<Index, Index>();
  for (const [d, i] of final.indices.entries()) {
    const place = e.places[d];
    const at = place && plainIndex(place);
    if (at === undefined) return undefined;
    to.set(i, at);
  }
  const names = new Set([...q, ...to.values()].map((i) => i.name));
  const fresh = renewed(term.over, names);
  const body = rename(term.body, new Map([...to, ...fresh]));
  return { ...term, over: [...fresh.values()], body: renameSums(body, names) };
}
