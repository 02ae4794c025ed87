import { describe, expect, test } from "vitest";
import { inPhase, neededFor } from "../../../src/equations/equation.ts";
import type { Extent } from "../../../src/equations/expression.ts";
import { valuesAt } from "../../../src/explain/proof/values.ts";
import { newSymbols } from "../../../src/explain/symbols.ts";
import { randomStream } from "../../../src/train/random.ts";
import { knownLists } from "../../equations/known-lists.ts";
import { randomPoint, relativeError, systemOf } from "../../equations/points.ts";
import { dualGradient } from "../../oracles/dual.ts";

// Both add up the same products, in the same order but for ties
const TOLERANCE = 1e-12;

describe("the gradients by dual numbers are those of the oracle", () => {
  test.each(knownLists)("for $name", (list) => {
    const system = systemOf(list);
    const point = randomPoint(system, list.rows, randomStream(7, "split"));
    const oracle = dualGradient(system, "prediction", point);
    const about = neededFor([system.cost], inPhase("prediction", system.equations));
    const symbols = newSymbols();
    const sizes = (extent: Extent): number => (extent === "rows" ? list.rows : extent);
    const gradients = system.parameters.map((p) => symbols.gradient(system.cost, p));
    const { values } = point;
    const at = valuesAt(about, symbols, { values, sizes, scalars: { N: list.rows } });
    expect(at.of(system.cost)[0]).toBeCloseTo(oracle.cost, 12);
    for (const [i, parameter] of system.parameters.entries()) {
      const error = relativeError(at.of(gradients[i]!), oracle.gradients.get(parameter)!);
      expect(error, parameter.name).toBeLessThanOrEqual(TOLERANCE);
    }
  });
});

test("the margin is how far the nearest comparison was from a tie", () => {
  const system = systemOf({
    equations: "a[n] = abs(W[]*x[n] - 1) + max(W[], 7); C = 1/N*sum_n a[n]",
    extents: {},
    ...{ inputs: "x", outputs: "a", cost: "C" },
  });
  const [W] = system.parameters;
  const symbols = newSymbols();
  const gradient = symbols.gradient(system.cost, W!);
  const values = new Map([
    [W!, [5]],
    [system.inputs[0]!, [2, 0.1]],
  ]);
  const sizes = (extent: Extent): number => (extent === "rows" ? 2 : extent);
  const at = valuesAt(system.equations, symbols, { values, sizes, scalars: { N: 2 } });
  expect([...at.of(gradient)]).toEqual([0.95]); //  (2 − 0.1)/2: on both sides of the kink of abs
  expect(at.margin()).toBe(0.5); //  5·0.1 is ½ away from 1; 5 is 2 away from 7
});

test("a partial derivative holds all else: of a product, the other factor", () => {
  const system = systemOf({
    equations: "a[n,k] = W[k]*x[n,k]; C = 1/N*sum_n sum_k a[n,k]^2",
    extents: { k: 2 },
    ...{ inputs: "x", outputs: "a", cost: "C" },
  });
  const [a] = system.equations;
  const [W] = system.parameters;
  const symbols = newSymbols();
  const partial = symbols.partial(a!.target, W!);
  const values = new Map([
    [W!, [3, 5]],
    [system.inputs[0]!, [7, 11]],
  ]);
  const sizes = (extent: Extent): number => (extent === "rows" ? 1 : extent);
  const at = valuesAt(system.equations, symbols, { values, sizes, scalars: { N: 1 } });
  expect([...at.of(partial)]).toEqual([7, 0, 0, 11]); //  ∂a[k]/∂W[q] = [q = k]·x[k]
  expect([...at.of(symbols.gradient(system.cost, W!))]).toEqual([2 * 21 * 7, 2 * 55 * 11]);
});
