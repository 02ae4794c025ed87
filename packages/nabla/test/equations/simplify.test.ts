import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { OperationName } from "../../src/equations/expression.ts";
import { formatExpression } from "../../src/equations/format.ts";
import { simplify } from "../../src/equations/simplify.ts";
import { arithmetic, compute, exact, readFormula, trees, variables } from "./trees.ts";

describe("a derived expression becomes what a textbook would write", () => {
  test.each([
    // Nothing that does nothing
    ["x + 0", "x"],
    ["0 + x", "x"],
    ["x - 0", "x"],
    ["1*x", "x"],
    ["x/1", "x"],
    ["x^1", "x"],
    ["x^0", "1"],
    ["0*log(x)", "0"],
    ["0/x", "0"],
    ["tanh(x*1 + 0)", "tanh(x)"],
    // Numbers are folded, and stay fractions
    ["2*3 + 4", "10"],
    ["1/3 + 1/6", "1/2"],
    ["2*(x/2)", "x"],
    ["1/2*(2*x)", "x"],
    ["1/2*2*(x - y)", "x − y"],
    ["x/2 + x/3", "5/6·x"],
    ["2*x/(4*y)", "1/2·x/y"],
    ["x/3", "1/3·x"],
    ["1/(2*x)", "1/(2·x)"],
    ["3*x*4", "12·x"],
    ["0.5*x*2", "x"],
    ["0.02/2*x", "0.01·x"],
    ["1/2*(2*x^1)", "x"],
    // Signs stand in front
    ["-(-x)", "x"],
    ["(-x)*(-y)", "x·y"],
    ["x*(-y)", "−x·y"],
    ["-x/y", "−x/y"],
    ["x/(-y)", "−x/y"],
    ["(-x)^2", "x^2"],
    ["(-x)^3", "−x^3"],
    ["x - (-y)", "x + y"],
    ["-x + y", "y − x"],
    ["z - (x - y)", "z − x + y"],
    ["z + -(x - y)", "z − x + y"],
    ["-x - y", "−x − y"],
    ["x + -2*y", "x − 2·y"],
    // Equal factors are powers, equal summands multiples
    ["x*x", "x^2"],
    ["x*x^2/x", "x^2"],
    ["x/x", "1"],
    ["x/x^3", "1/x^2"],
    ["x^-2", "1/x^2"],
    ["1/(1/x)", "x"],
    ["x/(y/z)", "x·z/y"],
    ["(2*x)^2", "4·x^2"],
    ["(x/y)^-2", "y^2/x^2"],
    ["(x^2)^3", "x^6"],
    ["exp(x)*exp(x)", "exp(x)^2"],
    ["(x + y)*(x + y)", "(x + y)^2"],
    ["x + x", "2·x"],
    ["x - x", "0"],
    ["2*x + 3*y - 2*x", "3·y"],
    ["x*y + 2*(x*y)", "3·x·y"],
    // Sums are not multiplied out
    ["2*(x + y)", "2·(x + y)"],
    ["x*(1 - x)", "x·(1 − x)"],
    ["(x - y)/2", "1/2·(x − y)"],
    // A product goes into the branches where one of them is 0, and an infinite factor never meets it
    ["y*select(x > 0, 1, 0)", "select(x > 0, y, 0)"],
    ["log(x)*select(x > 0, 2, 0)/3", "select(x > 0, 2/3·log(x), 0)"],
    ["select(x > 0, 1, 0)*select(y > 0, 1, 0)", "select(x > 0, select(y > 0, 1, 0), 0)"],
    ["y*select(x > 0, 1, 2)", "y·select(x > 0, 1, 2)"],
    ["select(x > 0, y + 0, y)", "y"],
    // A division by 0 is the reader's to see
    ["x/0", "1/0·x"],
    ["0/0", "0/0"],
  ])("%s is %s", (text, expected) => {
    const simplified = simplify(readFormula(text));
    expect(formatExpression(simplified)).toBe(expected);
    expect(formatExpression(simplify(simplified))).toBe(expected);
  });

  test("a power of any size takes no time", () => {
    expect(formatExpression(simplify(readFormula("(2*x)^9007199254740991/x")))).toBe(
      "(2·x)^9007199254740991/x",
    );
    expect(formatExpression(simplify(readFormula("(x^1000)^1000000")))).toBe("x^1000000000");
  });
});

describe("simplification keeps the value", () => {
  test("of every expression exactly, in rational numbers", () => {
    const names = [...arithmetic, ...arithmetic, "exp", "abs", "max"] as const;
    let defined = 0;
    const property = fc.property(trees([0, 1, 2, 3, -1, -2], names), (tree) => {
      const before = exact(tree);
      if (before === undefined) return;
      defined++;
      expect(exact(simplify(tree))).toEqual(before);
    });
    fc.assert(property, { numRuns: 3000, seed: 1 });
    expect(defined).toBeGreaterThan(1500);
  });

  test("of positive expressions in float64 to 1e-12: no sum there loses digits", () => {
    const names: readonly OperationName[] = ["add", "multiply", "divide", "exp", "log1p", "tanh"];
    const values = new Map(variables.map((variable, i) => [variable, 0.3 + 0.7 * i]));
    let finite = 0;
    const property = fc.property(trees([0.1, 0.7, 1, 3, 1e-3], names), (tree) => {
      const before = compute(tree, values);
      if (!(before > 1e-100 && before < 1e100)) return;
      finite++;
      expect(Math.abs(compute(simplify(tree), values) / before - 1)).toBeLessThanOrEqual(1e-12);
    });
    fc.assert(property, { numRuns: 3000, seed: 1 });
    expect(finite).toBeGreaterThan(1500);
  });
});
