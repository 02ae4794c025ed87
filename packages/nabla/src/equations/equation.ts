/**
 * The one equation form, in normal form:
 *
 *     target[indices] = Σ_r f  +  Σ_s g  +  …  +  h
 *
 * a sum of terms, each free of reductions inside. A list of equations defines each tensor before it
 * is used; forward passes, gradients and optimiser updates are all such lists.
 */

import {
  type Element,
  type Expression,
  element,
  type Index,
  type Place,
  type ReductionName,
  type Tensor,
  walk,
} from "./expression.ts";

/** Kronecker's delta that could not be solved, [index = place]: the term is scattered to `place`. */
export interface Delta {
  readonly index: Index;
  readonly place: Place;
}

/** Σ_over [where] body, or max_over body. */
export interface Term {
  readonly reduction: ReductionName;
  readonly over: readonly Index[];
  readonly where: readonly Delta[];
  readonly body: Expression;
}

export interface Equation {
  readonly target: Tensor;
  readonly indices: readonly Index[];
  /** A sum; a term of max stands alone. */
  readonly terms: readonly Term[];
  /** `stabiliser`: the result does not depend on it, so the rule skips it: the m of a softmax. */
  readonly stabiliser?: true;
  /** `training`: holds during training only, where it takes the place of an unmarked equation. */
  readonly training?: true;
}

export const sumTerm = (
  over: readonly Index[],
  body: Expression,
  where: readonly Delta[] = [],
): Term => ({ reduction: "sum", over, where, body });

/** The left side of an equation, as an element. */
export const left = (equation: Equation): Element => element(equation.target, equation.indices);

/** All expressions of an equation that read tensors: bodies and the places of scattered terms. */
export const expressionsOf = (equation: Equation): readonly Expression[] =>
  equation.terms.flatMap(({ body, where }) => [
    body,
    ...where.flatMap(({ place }) => (place.kind === "lookup" ? [place.element] : [])),
  ]);

/** The tensors that the right side reads. */
export function tensorsOf(equation: Equation): ReadonlySet<Tensor> {
  const found = new Set<Tensor>();
  for (const expression of expressionsOf(equation)) {
    for (const e of walk(expression)) if (e.kind === "element") found.add(e.tensor);
  }
  return found;
}

/** What the equations read and do not define, in order of appearance. */
export function givenTo(equations: readonly Equation[]): ReadonlySet<Tensor> {
  const given = new Set(equations.flatMap((equation) => [...tensorsOf(equation)]));
  for (const { target } of equations) given.delete(target);
  return given;
}

/** The equations that `wanted` depend on, in their order. */
export function neededFor(wanted: Iterable<Tensor>, list: readonly Equation[]): Equation[] {
  const needed = new Set(wanted);
  const kept: Equation[] = [];
  for (const equation of list.toReversed()) {
    if (!needed.has(equation.target)) continue;
    kept.push(equation);
    for (const tensor of tensorsOf(equation)) needed.add(tensor);
  }
  return kept.reverse();
}

/** The equations that hold in a phase: in training the marked one stands in for the unmarked one. */
export function inPhase(phase: "prediction" | "training", list: readonly Equation[]): Equation[] {
  if (phase === "prediction") return list.filter((equation) => !equation.training);
  const replaced = new Set(list.filter((e) => e.training).map((e) => e.target));
  return list.filter((e) => e.training === true || !replaced.has(e.target));
}

/** Whether a tensor has an element, or a row of them, for each row of the batch. */
export const hasRows = (tensor: Tensor): boolean => tensor.shape.includes("rows");
