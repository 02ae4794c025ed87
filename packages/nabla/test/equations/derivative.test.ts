import { describe, expect, test } from "vitest";
import { derivative, derivedDerivative, type LocalStep } from "../../src/equations/derivative.ts";
import { type Expression, element, number } from "../../src/equations/expression.ts";
import { formatExpression } from "../../src/equations/format.ts";
import { relativeError } from "./points.ts";
import { compute, readFormula, variables } from "./trees.ts";

const [x, y, z] = variables.map((variable) => element(variable)) as [
  ReturnType<typeof element>,
  ReturnType<typeof element>,
  ReturnType<typeof element>,
];
const at = new Map(variables.map((variable, i) => [variable, 0.4 + 0.9 * i])); //  0.4, 1.3, 2.2

// h²/6 times the third derivative, which is below 300 there, and the roundings of values over 2h
const TOLERANCE = 1e-8;

const table: readonly (readonly [string, string])[] = [
  ["3", "0"],
  ["y", "0"],
  ["x", "1"],
  ["x + y - x", "0"],
  ["2*x - y", "2"],
  ["-x", "−1"],
  ["x*y", "y"],
  ["x*x", "2·x"],
  ["x^3", "3·x^2"],
  ["(2*x + y)^3", "6·(2·x + y)^2"],
  ["x^-1", "−1/x^2"],
  ["1/x", "−1/x^2"],
  ["y/(1 + x)", "−y/(1 + x)^2"],
  ["x/(1 + x)", "1/(1 + x) − x/(1 + x)^2"],
  ["exp(2*x)", "2·exp(2·x)"],
  ["log(x*y)", "1/x"],
  ["log1p(x)", "1/(1 + x)"],
  ["expm1(x)", "exp(x)"],
  ["tanh(x)", "1 − tanh(x)^2"],
  ["sqrt(x)", "0.5/sqrt(x)"],
  ["abs(x - y)", "sign(x − y)"],
  ["sign(x)", "0"],
  ["max(x, y)", "select(x > y, 1, select(x = y, 0.5, 0))"],
  ["min(x^2, y)", "select(x^2 < y, 2·x, select(x^2 = y, x, 0))"],
  ["select(x < y, x^2, 3)", "select(x < y, 2·x, 0)"],
  ["select(x < y, x, x)", "1"],
  ["select(x < y, y, z)", "0"],
  ["exp(x)*select(x < y, 1, 0)", "select(x < y, exp(x), 0)"],
  // A named function by its claim, in which its value stands for itself
  ["sigmoid(x)", "sigmoid(x)·(1 − sigmoid(x))"],
  ["sigmoid(2*x)*y", "2·y·sigmoid(2·x)·(1 − sigmoid(2·x))"],
  ["relu(x*y)", "select(x·y <= 0, 0, y)"],
  ["binary_cross_entropy(x, y)", "sigmoid(x) − y"],
];

describe("∂/∂x by the scalar rules, as one writes it by hand", () => {
  test.each(table)("of %s is %s", (f, expected) => {
    expect(formatExpression(derivative(readFormula(f), x))).toBe(expected);
  });

  test.each([
    ...table.map(([f]) => f),
    "mish(x)",
    "gelu(x)*gelu_tanh(y*x)",
    "binary_cross_entropy(y*x, x)",
    "erf(x/y)^2/sqrt(1 + x^2)",
    "softplus(silu(x) - y)",
    "log(exp(x) + exp(y) + exp(z))",
  ])("of %s is its central difference", (f) => {
    const formula = readFormula(f);
    const h = 1e-5;
    const moved = (x: number) => compute(formula, new Map([...at, [variables[0]!, x]]));
    const numeric = (moved(0.4 + h) - moved(0.4 - h)) / (2 * h);
    expect(relativeError([compute(derivative(formula, x), at)], [numeric], 1)).toBeLessThanOrEqual(
      TOLERANCE,
    );
  });
});

describe("an element", () => {
  test("is differentiated by as a whole: other elements of its tensor are constant", () => {
    const index = { name: "i", extent: 3 };
    const tensor = { name: "W", shape: [3, 3], role: "parameter" } as const;
    const other = { name: "j", extent: 3 };
    const [here, there] = [element(tensor, [index, other]), element(tensor, [other, index])];
    const product: Expression = { kind: "operation", name: "multiply", arguments: [here, there] };
    expect(formatExpression(derivative(product, here))).toBe("W[j,i]");
    expect(formatExpression(derivative(product, there))).toBe("W[i,j]");
  });
});

describe("a claim", () => {
  test.each(["sigmoid(x)", "tanh(x)*sigmoid(y*x)", "gelu(x)", "softplus(x)"])(
    "in %s gives the slope that follows from the definition",
    (f) => {
      const formula = readFormula(f);
      const calls: LocalStep[] = [];
      derivative(formula, x, calls);
      for (const { rule, of, is } of calls) {
        if (of.kind !== "call") continue;
        expect(rule).toBe("claim");
        const derived = compute(derivedDerivative(of), at);
        expect(Math.abs(compute(is, at) - derived)).toBeLessThanOrEqual(1e-15);
      }
    },
  );
});

describe("the steps", () => {
  const stepsOf = (f: string): LocalStep[] => {
    const steps: LocalStep[] = [];
    derivative(readFormula(f), x, steps);
    return steps;
  };

  test("say which rule gives which partial derivative, from the inside out", () => {
    const lines = stepsOf("tanh(x*y)^2 + z").map(
      ({ rule, of, by, is }) =>
        `${rule}: ∂(${formatExpression(of)})/∂(${formatExpression(by)}) = ${formatExpression(is)}`,
    );
    expect(lines).toEqual([
      "multiply: ∂(x·y)/∂(x) = y",
      "tanh: ∂(tanh(x·y))/∂(x·y) = 1 − tanh(x·y)^2",
      "power: ∂(tanh(x·y)^2)/∂(tanh(x·y)) = 2·tanh(x·y)",
      "add: ∂(tanh(x·y)^2 + z)/∂(tanh(x·y)^2) = 1",
    ]);
  });

  test("name a claim as such, and a function without one by its definition", () => {
    expect(stepsOf("sigmoid(x) + mish(x)").map(({ rule }) => rule)).toEqual([
      "claim",
      "add",
      "definition",
      "add",
    ]);
  });

  test.each([...table.map(([f]) => f), "mish(x^2)", "gelu(tanh(x)*z)/y"])(
    "of %s are each the central difference in the argument that they name",
    (f) => {
      const h = 1e-5;
      for (const { of, by, is } of stepsOf(f)) {
        if (of.kind !== "operation" && of.kind !== "call") throw new Error(of.kind);
        const moved = (step: number): number => {
          const argument = number(compute(by, at) + step);
          const arguments_ = of.arguments.map((a) => (a === by ? argument : a));
          return compute({ ...of, arguments: arguments_ }, at);
        };
        const numeric = (moved(h) - moved(-h)) / (2 * h);
        expect(relativeError([compute(is, at)], [numeric], 1)).toBeLessThanOrEqual(TOLERANCE);
      }
    },
  );
});

test("by another variable only that one moves", () => {
  const f = readFormula("x*y^2 + exp(z)");
  expect(formatExpression(derivative(f, y))).toBe("2·x·y");
  expect(formatExpression(derivative(f, z))).toBe("exp(z)");
});
