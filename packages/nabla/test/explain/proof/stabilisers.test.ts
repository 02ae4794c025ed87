import { derive, type EquationDefinition, NablaError, type Network, network } from "nabla";
import { describe, expect, test } from "vitest";
import { workedExample } from "../../../src/explain/worked/worked.ts";

const names = { inputs: "x", targets: "y", outputs: "z", cost: "C" } as const;

/** A linear layer z with m = max_k z, and the cost of a row as given. */
const withCost = (cost: string, m = "max_k z[n,k]"): Network => {
  const definition: EquationDefinition = {
    equations: `
      z[n,k] = Σ_i W[k,i]·x[n,i]
      m[n] = ${m}   stabiliser
      c[n] = ${cost}
      C = 1/N·Σ_n c[n]`,
    extents: { i: 2, k: 3 },
    ...names,
  };
  return network(definition);
};

const softmax = "Σ_k y[n,k]·(m[n] + log(Σ_k exp(z[n,k] − m[n])) − z[n,k])";

function thrownBy(action: () => unknown): NablaError {
  try {
    action();
  } catch (error) {
    if (error instanceof NablaError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("a stabiliser on which the cost depends", () => {
  // Three rows, so ∂C/∂m[n] = 6/3
  const net = withCost("Σ_k (z[n,k] − y[n,k])^2 + 6·m[n]");
  const message =
    "m[n] = max_k z[n,k]: a stabiliser must have ∂C/∂m = 0, got ∂C/∂m[0] = 2 at a random point; leave the mark out";

  test("is named by derive, with the derivative that should be 0", () => {
    const error = thrownBy(() => derive(net));
    expect(error.message).toBe(message);
    expect(error.code).toBe("usage");
    expect(error.details).toEqual({
      where: "m[n] = max_k z[n,k]",
      expected: "∂C/∂m = 0",
      got: "∂C/∂m[0] = 2",
      remedy: "leave the mark out",
    });
  });

  test("is named by a worked example, which has one row's cost", () => {
    const row = { inputs: [1, 2], targets: [0, 0, 1] };
    const { details } = thrownBy(() => workedExample(net, row));
    expect(details).toMatchObject({ expected: "∂c/∂m = 0", got: "∂c/∂m = 6" });
  });

  test("is named itself where what it compares has an equation of its own", () => {
    const error = thrownBy(() => derive(withCost("6·m[n] + y[n,0]", "max_k (2·z[n,k])")));
    expect(error.details.where).toBe("m[n] = max_k m_of[n,k]");
  });

  test("is found where the cost is a number for positive inputs only", () => {
    const cost = "Σ_k (log(x[n,0]) + log(x[n,1]) + y[n,k]) + 6·m[n]";
    expect(thrownBy(() => derive(withCost(cost))).message).toBe(message);
  });
});

test("a stabiliser on which the cost does not depend is none the less shown", () => {
  const [forward] = derive(withCost(softmax)).sections;
  const chain = forward!.chains.find(({ left }) => left.tensor.name === "m");
  expect(chain!.links[0]!.verified).toEqual({ points: 3, maxError: 0 });
});
