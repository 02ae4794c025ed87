/**
 * The equations of one row: rows meet only in C, so the index n can be left out, and z1[n,j] is written
 * z1[j]. What C adds up, once for each row, is the cost of one row: the C_x of the textbooks.
 */

import { type Equation, neededFor, sumTerm, type Term } from "../../equations/equation.ts";
import {
  type Element,
  type Expression,
  element,
  type Index,
  mapChildren,
  mul,
  type Place,
  scalar,
  type Tensor,
  walk,
} from "../../equations/expression.ts";
import { simplify } from "../../equations/simplify.ts";

export interface OneRow {
  /** In the order of definition, the cost of the row last. */
  readonly equations: readonly Equation[];
  /** All of them, those that the cost does not need included. */
  readonly all: readonly Equation[];
  readonly cost: Tensor;
  /** The tensor of one row for each tensor. */
  readonly tensor: (tensor: Tensor) => Tensor;
}

/** Undefined where C does not sum over the rows at all. */
export function oneRow(forward: readonly Equation[]): OneRow | undefined {
  const last = forward.at(-1);
  const terms = last?.terms.filter(({ over }) => over.some(isRows)) ?? [];
  const [first] = terms;
  if (last === undefined || first === undefined) return undefined;

  const made = new Map<Tensor, Tensor>();
  const tensor = (old: Tensor): Tensor => {
    if (!old.shape.includes("rows")) return old;
    const one = made.get(old) ?? { ...old, shape: old.shape.filter((extent) => extent !== "rows") };
    made.set(old, one);
    return one;
  };
  const before = forward.slice(0, -1).map((equation) => withoutRows(equation, tensor));
  const added = terms.length === 1 ? addedElement(first) : undefined;
  if (added !== undefined) {
    const cost = tensor(added.tensor);
    return { equations: neededFor([cost], before), all: before, cost, tensor };
  }
  const cost: Tensor = { name: `${last.target.name}_x`, shape: [], role: "computed" };
  const own = terms.map((term) => withoutRowsTerm({ ...term, body: timesN(term.body) }, tensor));
  const equation: Equation = { target: cost, indices: [], terms: own };
  const all = [...before, equation];
  return { equations: neededFor([cost], all), all, cost, tensor };
}

/** The c[n] of C = 1/N·Σ_n c[n], or of C = 1/N·Σ_n w[n]·c[n]. */
function addedElement({ over, body }: Term): Element | undefined {
  if (over.length !== 1) return undefined;
  const read = walk(body).filter((e) => e.kind === "element");
  const computed = read.filter(({ tensor }) => tensor.role === "computed");
  const [c] = computed;
  const isOne = computed.length === 1 && read.every(({ tensor }) => tensor.role !== "parameter");
  if (!isOne || c === undefined || c.places.length !== 1) return undefined;
  const isFactor = walk(body).every(
    (e) =>
      e.kind !== "call" &&
      e.kind !== "select" &&
      (e.kind !== "operation" || e.name === "multiply" || e.name === "divide"),
  );
  return isFactor ? c : undefined;
}

/** 1/N·f ↦ f */
function timesN(body: Expression): Expression {
  const product = simplify(mul(scalar("N"), body));
  return walk(product).some((e) => e.kind === "scalar" && e.name === "N") ? body : product;
}

type OfOneRow = (tensor: Tensor) => Tensor;

const isRows = (index: Index): boolean => index.extent === "rows";

function withoutRows(equation: Equation, tensor: OfOneRow): Equation {
  return {
    ...equation,
    target: tensor(equation.target),
    indices: equation.indices.filter((i) => !isRows(i)),
    terms: equation.terms.map((term) => withoutRowsTerm(term, tensor)),
  };
}

const withoutRowsTerm = (term: Term, tensor: OfOneRow): Term => ({
  ...sumTerm(
    term.over.filter((i) => !isRows(i)),
    withoutRowsIn(term.body, tensor),
  ),
  reduction: term.reduction,
});

function withoutRowsIn(e: Expression, tensor: OfOneRow): Expression {
  if (e.kind === "element") return elementWithoutRows(e, tensor);
  return mapChildren(e, (child) => withoutRowsIn(child, tensor));
}

function elementWithoutRows({ tensor: old, places }: Element, tensor: OfOneRow): Element {
  const kept = places.filter((_, d) => old.shape[d] !== "rows");
  const inside = kept.map(
    (place): Place =>
      place.kind === "lookup"
        ? { kind: "lookup", element: elementWithoutRows(place.element, tensor) }
        : place,
  );
  return element(tensor(old), inside);
}
