/** Equations as the compiler wants them: calls replaced by their definitions, numbers folded. */

import type { Equation } from "../equations/equation.ts";
import { type Expression, expand, mapChildren, number } from "../equations/expression.ts";
import { operations } from "../equations/operations.ts";

/** Once for each equation: what asks first is where it lies, then what it depends on, then its code. */
export function lower(equation: Equation): Equation {
  const known = lowered.get(equation);
  if (known !== undefined) return known;
  const terms = equation.terms.map((term) => ({ ...term, body: lowerExpression(term.body) }));
  const made = { ...equation, terms };
  lowered.set(equation, made);
  return made;
}

const lowered = new WeakMap<Equation, Equation>();

function lowerExpression(e: Expression): Expression {
  if (e.kind === "call") return lowerExpression(expand(e));
  const inner = mapChildren(e, lowerExpression);
  if (inner.kind !== "operation") return inner;
  const values = inner.arguments.map((a) => (a.kind === "number" ? a.value : Number.NaN));
  if (values.some(Number.isNaN)) return inner;
  return number(operations[inner.name].compute(values[0] as number, values[1] as number));
}
