import { expect, test } from "vitest";
import { readyFactorsFirst } from "../../../src/compile/registers/readiness.ts";
import { formatEquation } from "../../../src/equations/format.ts";
import { normalise } from "../../../src/equations/normalise.ts";
import { parseEquations } from "../../../src/equations/parse.ts";
import { namedFunction } from "../../../src/functions/activations.ts";

const reordered = (text: string): string[] =>
  readyFactorsFirst(
    normalise(
      parseEquations(text, {
        extents: { j: 3 },
        inputs: ["x"],
        scalars: [],
        functions: namedFunction,
      }).equations,
    ),
  ).map(formatEquation);

test("what is computed last is multiplied last", () => {
  expect(
    reordered("a[n,j] = tanh(x[n,j]); d[n,j] = exp(a[n,j]); g[n,j] = d[n,j]*a[n,j]*(1 - a[n,j])"),
  ).toEqual([
    "a[n,j] = tanh(x[n,j])",
    "d[n,j] = exp(a[n,j])",
    "g[n,j] = a[n,j]·(1 − a[n,j])·d[n,j]",
  ]);
});
