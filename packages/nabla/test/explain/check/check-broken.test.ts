import { dense, network } from "nabla";
import { expect, it, vi } from "vitest";
import { sumTerm } from "../../../src/equations/equation.ts";
import { mul, number } from "../../../src/equations/expression.ts";
import { check } from "../../../src/explain/check/check.ts";

/** ∂C/∂b1 comes out 1 % too large. */
vi.mock("../../../src/equations/differentiate.ts", async (original) => {
  const real = await original<typeof import("../../../src/equations/differentiate.ts")>();
  const differentiate: typeof real.differentiate = (...given) => {
    const derived = real.differentiate(...given);
    const equations = derived.equations.map((equation) =>
      equation.target.name === "∂C/∂b1"
        ? {
            ...equation,
            terms: equation.terms.map(({ over, body, where }) =>
              sumTerm(over, mul(number(1.01), body), where),
            ),
          }
        : equation,
    );
    return { ...derived, equations };
  };
  return { ...real, differentiate };
});

it("a gradient that is broken fails the check, which names the parameter", () => {
  const net = network({
    ...{ inputs: 2, layers: [dense(3, "tanh"), dense(1, "sigmoid")], cost: "squared-error" },
    seed: 1,
  });
  const result = check(
    net,
    [
      [0.5, -1],
      [2, 1],
    ],
    [[0], [1]],
  );
  expect(result.passed).toBe(false);
  expect(result.parameters.filter(({ passed }) => !passed).map(({ name }) => name)).toEqual(["b1"]);
});
