/** The forward pass: the equations of the network as they stand, each a definition. */

import { type Equation, givenTo, left, type Term } from "../../equations/equation.ts";
import { type Expression, type Tensor, walk } from "../../equations/expression.ts";
import { formatExpression } from "../../equations/format.ts";
import type { DraftChain } from "../proof/verify.ts";

export const definitions = (equations: readonly Equation[]): DraftChain[] =>
  equations.map((equation) => ({
    left: left(equation),
    links: [{ equation, rule: "definition", reason: reasonFor(equation) }],
  }));

/** `W1 [3, 2]` */
const shaped = ({ name, shape }: Tensor): string =>
  shape.length === 0 ? `${name}, a number` : `${name} [${shape.join(", ")}]`;

/** What the equations read and do not define, with shapes. */
export function givens(equations: readonly Equation[]): string {
  const given = givenTo(equations);
  const of = (role: Tensor["role"]): string =>
    [...given]
      .filter((t) => t.role === role)
      .map(shaped)
      .join(", ");
  const parameters = of("parameter");
  return `Given: ${of("input")}.${parameters === "" ? "" : ` To be learned: ${parameters}.`}`;
}

/** What the equation does, read off its form. */
function reasonFor({ target, terms, stabiliser, training }: Equation): string {
  if (stabiliser === true) {
    return "keeps exp finite; the result does not depend on it, so nothing is differentiated by it";
  }
  const what = terms.flatMap(whatIs).join("; ");
  const phase = training === true ? "in training only; " : "";
  const plain = target.shape.length === 0 ? "one number" : "element by element";
  return phase + (what === "" ? plain : what);
}

function whatIs({ reduction, over, body }: Term): string[] {
  if (over.length === 0) return whichRow(body);
  const letters = over.map((i) => i.name).join(", ");
  if (reduction === "max") return [`the largest over ${letters}`];
  if (over.some((i) => i.extent === "rows"))
    return [`all rows meet here, in a sum over ${letters}`];
  const weights = walk(body).filter((e) => e.kind === "element" && e.tensor.role === "parameter");
  const others = walk(body).filter((e) => e.kind === "element" && e.tensor.role !== "parameter");
  const [W, x] = [weights[0], others[0]];
  const isWeighing = body.kind === "operation" && body.name === "multiply";
  if (W === undefined || x === undefined || others.length > 1 || !isWeighing) {
    return [`a sum over ${letters}`];
  }
  return [`each ${formatExpression(x)} counts with its weight ${formatExpression(W)}`];
}

/** What E[id[n],d] is. */
function whichRow(body: Expression): string[] {
  const [first] = body.kind === "element" ? body.places : [];
  if (body.kind !== "element" || first?.kind !== "lookup") return [];
  return [`the row of ${body.tensor.name} that ${formatExpression(first.element)} names`];
}
