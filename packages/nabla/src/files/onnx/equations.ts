/**
 * Equations → nodes: T[o] = Σ_r f + … + h becomes the sum of its terms, with an axis for each index of o.
 * What stands beside a product of matrices goes into it: Σ_i W[j,i]·x[n,i] + b[j] is one Gemm.
 */

import { type Equation, tensorsOf } from "../../equations/equation.ts";
import type { Index, Tensor } from "../../equations/expression.ts";
import type { Tensors } from "./elements.ts";
import { noOperator, type Place, writer } from "./expressions.ts";
import type { Name } from "./graph.ts";
import { matricesOf, matrixProduct, writeTerm } from "./sums.ts";
import { aligned, type Value } from "./values.ts";

/** Writes the equations in their order; returns the names of all tensors, those given among them. */
export function writeEquations(
  equations: readonly Equation[],
  { graph, names, rows }: Tensors,
): ReadonlyMap<Tensor, Name> {
  const all = new Map(names);
  for (const equation of equations) {
    const name = writeEquation(equation, { graph, names: all, rows });
    graph.rename(name, equation.target.name);
    all.set(equation.target, name);
  }
  return all;
}

function writeEquation(equation: Equation, tensors: Tensors): Name {
  const { terms, indices } = equation;
  const order = [...indices, ...terms.flatMap(({ over }) => over)];
  const place: Place = { ...tensors, equation, order };
  const { apply, number } = writer(place);
  checkGiven(place);

  const matrices = terms.map((term) => matricesOf(term, place));
  const others = terms.filter((_, t) => matrices[t] === undefined);
  const plus = others
    .map((term) => writeTerm(term, place))
    .reduce<Value | undefined>((a, b) => (a ? apply("Add", a, b) : b), undefined);
  const sum = matrices
    .filter((pair) => pair !== undefined)
    .reduce<Value | undefined>((plus, pair) => matrixProduct(pair, { plus, place }), plus);
  return spread(sum ?? number(0), indices, tensors);
}

/** Targets and weights belong to training: a runtime has no values for them. */
function checkGiven(place: Place): void {
  for (const tensor of tensorsOf(place.equation)) {
    if (place.names.has(tensor)) continue;
    const what = `${tensor.name}, which a prediction is not given,`;
    throw noOperator(place, { what, remedy: `leave ${tensor.name} out of what predicts` });
  }
}

/** The value with all axes of its equation: equal elements along those that no term depends on. */
function spread(value: Value, indices: readonly Index[], { graph, rows }: Tensors): Name {
  const name = aligned(graph, value, indices);
  if (indices.every((i) => value.axes.includes(i))) return name;
  const shape = indices.map(({ extent }) => (extent === "rows" ? undefined : extent));
  const count = () => graph.node("Gather", [graph.node("Shape", [rows]), graph.integers([0])]);
  const [first, ...inner] = shape;
  const to =
    first === undefined
      ? graph.node("Concat", [count(), graph.integers(inner as number[])], {
          attributes: { axis: { int: 0 } },
        })
      : graph.integers(shape as number[]);
  return graph.node("Expand", [name, to]);
}
