/** Equations for these tests, from text. */

import type { Equation } from "../../../src/equations/equation.ts";
import { normalise } from "../../../src/equations/normalise.ts";
import { parseEquations } from "../../../src/equations/parse.ts";
import { namedFunction } from "../../../src/functions/activations.ts";

export function equationsOf(text: string): Equation[] {
  const { equations, tensors } = parseEquations(text, {
    extents: { i: 3, j: 2, k: 2, t: 2, r: 2, q: 4, d: 3, id: 4 },
    inputs: ["x", "y", "q", "id", "r"],
    scalars: ["N", "learningRate", "beta1", "t"],
    functions: namedFunction,
  });
  const rowsMeet = [...tensors.values()].find((tensor) => tensor === equations.at(-1)?.target);
  return normalise(equations, rowsMeet);
}
