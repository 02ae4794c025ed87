import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { div, element, mul, type Tensor } from "../../src/equations/expression.ts";
import { formatEquation, formatExpression } from "../../src/equations/format.ts";
import { normalise } from "../../src/equations/normalise.ts";
import { parseEquations } from "../../src/equations/parse.ts";
import { namedFunction } from "../../src/functions/activations.ts";
import { arithmetic, exact, readFormula, trees } from "./trees.ts";

describe("an expression is printed with just the parentheses that it needs", () => {
  test.each([
    "x + y·z − 2",
    "x − (y − z)",
    "−x·y/z",
    "x − y − z",
    "x − y + z",
    "(x + y)·z",
    "x/(y·z)",
    "x/y·z",
    "x/(y/z)",
    "−x·y",
    "x·−y",
    "−(x + y)",
    "−x^2",
    "(−x)^2",
    "x^−2",
    "(x^2)^3",
    "(x/y)^2",
    "exp(x)^2/sqrt(y)",
    "max(x, −1)",
    "select(x <= 0, 0.01·x, x + 1)",
    "sigmoid(x)·leaky_relu(x·y)",
    "1e-7·x + 1e+21",
  ])("%s", (text) => {
    expect(formatExpression(readFormula(text))).toBe(text);
  });

  test("and reads as the same value again", () => {
    const formulas = trees([0, 1, 2, 3, -1, -2], [...arithmetic, "exp", "max"]);
    const property = fc.property(formulas, (tree) => {
      expect(exact(readFormula(formatExpression(tree)))).toEqual(exact(tree));
    });
    fc.assert(property, { numRuns: 2000, seed: 1 });
  });
});

describe("an equation in normal form is printed as it is read", () => {
  const lines = (text: string): string[] => {
    const extents = { i: 3, j: 3, k: 3, t: 2, r: 2, id: 4 };
    const inputs = ["x", "y", "id"];
    const parsed = parseEquations(text, {
      extents,
      inputs,
      scalars: ["N"],
      functions: namedFunction,
    });
    return normalise(parsed.equations, parsed.tensors.get("C")).map(formatEquation);
  };

  test.each([
    "z[n,j] = Σ_i W[j,i]·x[n,i] + b[j]",
    "z[n] = Σ_{i,j} W[i,j]·x[n,i]·y[n,j] + Σ_i x[n,i]^2",
    "m[n] = max_i x[n,i]   stabiliser",
    "m = max_{i,j} W[i,j]",
    "z[n,i] = select(x[n,i] > 0, x[n,i], 0)   training",
    "z[n,t] = Σ_r K[r]·x[n,2*t+r+1]",
    "z[n,t] = x[n,-t+3]·v[0]",
    "z[n,i] = E[id[n],i] + P[i,id[n]]",
    "z[n,i] = alpha[]·x[n,i]",
    "z[n,j] = Σ_i (x[n,i] + W[j,i])",
    "z[n,j] = Σ_i −x[n,i]·W[j,i] − b[j]",
    "z[n,j] = −b[j] + x[n,j]",
    "z[n,j] = Σ_j′ W[j′,j]·x[n,j′] + Σ_i x[n,i]",
    "C = Σ_n 1/N·x[n] + Σ_i W[i]^2",
  ])("%s", (line) => {
    expect(lines(line)).toEqual([line]);
    expect(lines(lines(line).join("\n"))).toEqual([line]);
  });

  test("with different indices of one name told apart by primes", () => {
    const text = "z[n,j] = Σ_j W[j]·x[n,j]\nC = 1/N·Σ_n Σ_j z[n,j]·(Σ_j V[j])";
    expect(lines(text)).toEqual([
      "z[n,j] = Σ_j′ W[j′]·x[n,j′]",
      "C_sum = Σ_j V[j]",
      "C_sum2[n] = Σ_j z[n,j]·C_sum",
      "C = Σ_n 1/N·C_sum2[n]",
    ]);
  });
});

test("a sum stands in parentheses where a factor or divisor follows", () => {
  const index = { name: "k", extent: 3 };
  const y: Tensor = { name: "y", shape: [3], role: "input" };
  const s: Tensor = { name: "s", shape: [], role: "input" };
  const sum = { kind: "reduction", name: "sum", over: [index], body: element(y, [index]) } as const;
  expect(formatExpression(div(sum, element(s)))).toBe("(Σ_k y[k])/s");
  expect(formatExpression(mul(sum, element(s)))).toBe("(Σ_k y[k])·s");
  expect(formatExpression(mul(element(s), sum))).toBe("s·Σ_k y[k]");
});
