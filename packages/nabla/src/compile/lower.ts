/** Equations as the compiler wants them: calls replaced by their definitions, numbers folded. */

import type { Equation } from "../equations/equation.ts";
import { type Expression, expand, mapChildren, number } from "../equations/expression.ts";
import { operations } from "../equations/operations.ts";

export const lower = (equation: Equation): Equation => ({
  ...equation,
  terms: equation.terms.map((term) => ({ ...term, body: lowerExpression(term.body) })),
});

function lowerExpression(e: Expression): Expression {
  if (e.kind === "call") return lowerExpression(expand(e));
  const inner = mapChildren(e, lowerExpression);
  if (inner.kind !== "operation") return inner;
  const values = inner.arguments.map((a) => (a.kind === "number" ? a.value : Number.NaN));
  if (values.some(Number.isNaN)) return inner;
  return number(operations[inner.name].compute(values[0] as number, values[1] as number));
}
