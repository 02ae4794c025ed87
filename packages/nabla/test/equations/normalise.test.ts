import { describe, expect, test } from "vitest";
import { formatEquation } from "../../src/equations/format.ts";
import { normalise } from "../../src/equations/normalise.ts";
import { parseEquations } from "../../src/equations/parse.ts";
import { namedFunction } from "../../src/functions/activations.ts";

function normalForm(text: string): string[] {
  const extents = { i: 3, j: 2, k: 2 };
  const inputs = ["x", "y"];
  const parsed = parseEquations(text, {
    extents,
    inputs,
    scalars: ["N"],
    functions: namedFunction,
  });
  return normalise(parsed.equations, parsed.tensors.get("C")).map(formatEquation);
}

describe("the normal form", () => {
  test.each<[string, string, readonly string[]]>([
    [
      "leaves a sum of sums as it is",
      "z[n,j] = Σ_i W[j,i]·x[n,i] + b[j]",
      ["z[n,j] = Σ_i W[j,i]·x[n,i] + b[j]"],
    ],
    [
      "gathers what has no sum in one term, the last",
      "z[n,j] = b[j] + Σ_i W[j,i]·x[n,i] − 1 + Σ_k V[j,k]",
      ["z[n,j] = Σ_i W[j,i]·x[n,i] + Σ_k V[j,k] + b[j] − 1"],
    ],
    [
      "moves numbers and N into the sum that they stand before or after",
      "C = 1/N·Σ_n x[n]·3/2",
      ["C = Σ_n 1/N·x[n]·3/2"],
    ],
    [
      "carries a sign and a factor into every term in parentheses",
      "z[n] = 2·(1 − (Σ_i x[n,i] − y[n]))/3",
      ["z[n] = Σ_i −2·x[n,i]/3 + 2·1/3 − −2·y[n]/3"],
    ],
    [
      "gives a sum inside a function an equation of its own",
      "z[n] = tanh(Σ_i x[n,i])",
      ["z_sum[n] = Σ_i x[n,i]", "z[n] = tanh(z_sum[n])"],
    ],
    [
      "gives a sum in a product with tensors an equation of its own",
      "z[n,j] = V[j]·Σ_i x[n,i]",
      ["z_sum[n] = Σ_i x[n,i]", "z[n,j] = V[j]·z_sum[n]"],
    ],
    [
      "gives a sum in a sum an equation of its own, with the indices that it reads",
      "z[n] = Σ_j y[n,j]·Σ_i W[j,i]·x[n,i]",
      ["z_sum[n,j] = Σ_i W[j,i]·x[n,i]", "z[n] = Σ_j y[n,j]·z_sum[n,j]"],
    ],
    [
      "gives each of them a name that is free",
      "z_sum[n] = y[n]; z[n] = tanh(Σ_i x[n,i]) + exp(Σ_i W[i]·x[n,i])",
      [
        "z_sum[n] = y[n]",
        "z_sum2[n] = Σ_i x[n,i]",
        "z_sum3[n] = Σ_i W[i]·x[n,i]",
        "z[n] = tanh(z_sum2[n]) + exp(z_sum3[n])",
      ],
    ],
    [
      "takes no name of a parameter or an input either",
      "z[n,j] = tanh(Σ_i W[j,i]·x[n,i])·z_sum[j]",
      ["z_sum2[n,j] = Σ_i W[j,i]·x[n,i]", "z[n,j] = tanh(z_sum2[n,j])·z_sum[j]"],
    ],
    [
      "stores what a maximum is taken of, so that attaining it is an exact question",
      "z[n] = max_i (W[i]·x[n,i])",
      ["z_of[n,i] = W[i]·x[n,i]", "z[n] = max_i z_of[n,i]"],
    ],
    ["takes a maximum of elements directly", "z[n] = max_i x[n,i]", ["z[n] = max_i x[n,i]"]],
    [
      "gives a maximum among other terms an equation of its own",
      "z[n] = 1 − 2·max_i x[n,i]",
      ["z_max[n] = max_i x[n,i]", "z[n] = 1 − 2·z_max[n]"],
    ],
    [
      "puts the rows first in what it defines",
      "z[j,i] = Σ_k V[k]\nC = Σ_n Σ_j exp(Σ_i W[j,i]·x[n,i])",
      [
        "z[j,i] = Σ_k V[k]",
        "C_sum[n,j] = Σ_i W[j,i]·x[n,i]",
        "C_sum2[n] = Σ_j exp(C_sum[n,j])",
        "C = Σ_n C_sum2[n]",
      ],
    ],
    [
      "lets rows meet in the cost, in more than one term",
      "C = 1/N·Σ_n x[n]^2 + 0.1·Σ_i W[i]^2 − 1/N·Σ_n y[n]·x[n]",
      ["C = Σ_n 1/N·x[n]^2 + Σ_i 0.1·W[i]^2 + Σ_n −1/N·y[n]·x[n]"],
    ],
  ])("%s", (_, text, expected) => {
    expect(normalForm(text)).toEqual(expected);
  });
});
