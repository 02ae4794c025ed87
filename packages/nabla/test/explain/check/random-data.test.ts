import { costNames, costOf, dense, network } from "nabla";
import { check, randomData } from "nabla/explain";
import { describe, expect, it } from "vitest";

describe("random data", () => {
  it.each(costNames)("are such that the gradients of %s can be checked", (cost) => {
    const last = costOf(cost).link ?? "sigmoid";
    const layers = [dense(3, "tanh"), dense(2, last)];
    const net = network({ inputs: 2, layers, cost, precision: "float64" });
    const { inputs, targets } = randomData(net, { rows: 4, seed: 7 });
    expect([inputs.x?.length, targets?.length]).toEqual([8, 8]);
    expect(check(net, inputs, targets).passed).toBe(true);
  });

  it("have distributions as the targets of a softmax", () => {
    const net = network({ inputs: 2, layers: [dense(3)], cost: "cross-entropy" });
    const { targets = [] } = randomData(net, { rows: 5 });
    for (const row of [0, 3, 6, 9, 12]) {
      const sum = [...targets.slice(row, row + 3)].reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(1, 14);
    }
  });

  it("have integers where they serve as indices, and no targets where there are none", () => {
    const net = network({
      equations: "e[n,d] = E[id[n],d]; C = 1/N*sum_n sum_d e[n,d]^2",
      extents: { d: 2, id: 3 },
      ...{ inputs: "id", outputs: "e", cost: "C" },
    });
    const { inputs, targets } = randomData(net, { rows: 50 });
    expect(targets).toBeUndefined();
    expect([...new Set(inputs.id)].sort()).toEqual([0, 1, 2]);
  });

  it("are the same for the same seed, and others for another", () => {
    const net = network({ inputs: 2, layers: [dense(1)], cost: "squared-error" });
    const one = randomData(net, { rows: 3, seed: 1 });
    expect(randomData(net, { rows: 3, seed: 1 })).toEqual(one);
    expect(randomData(net, { rows: 3, seed: 2 })).not.toEqual(one);
    expect(() => randomData(net, { rows: 0 })).toThrow("rows must be a positive integer, got 0");
  });
});
