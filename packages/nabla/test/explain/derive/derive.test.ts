import {
  activation,
  activationNames,
  adam,
  costNames,
  dense,
  dropout,
  layerNorm,
  lbfgs,
  network,
  residual,
  sgd,
} from "nabla";
import { describe, expect, test } from "vitest";
import { derive, deriveSystem } from "../../../src/explain/derive/derive.ts";
import { costOf } from "../../../src/functions/costs.ts";
import { knownLists } from "../../equations/known-lists.ts";
import { systemOf } from "../../equations/points.ts";
import { randomLists } from "../../equations/random-lists.ts";
import { chainOf, largestError, linesOf, linksOf, sectionOf } from "../lines.ts";

// Some 10⁶ roundings: the tolerance that a link must meet to be shown at all
const TOLERANCE = 1e-9;

describe.each(activationNames)("every link is proven with %s", (name) => {
  test.each(costNames)("and %s", (cost) => {
    const depth = 1 + ((activationNames.indexOf(name) + costNames.indexOf(cost)) % 5);
    const widths = [...[4, 2, 5, 3].slice(0, depth - 1), 2];
    const last = costOf(cost).link ?? name;
    const layers = widths.map((units, l) => dense(units, l === depth - 1 ? last : name));
    const derivation = derive(network({ inputs: 3, layers, cost }));
    expect(largestError(derivation)).toBeLessThanOrEqual(TOLERANCE);
    // δ, ∂/∂W and ∂/∂b of each layer, for one row and for a batch
    for (const title of ["Backward, for one row", "Backward, for a batch"]) {
      const names = sectionOf(derivation, title).chains.map(({ left }) => left.tensor.name);
      const of = title.endsWith("row") ? "c" : "C";
      for (let l = 1; l <= depth; l++) {
        expect(names).toEqual(expect.arrayContaining([`δ${l}`, `∂${of}/∂W${l}`, `∂${of}/∂b${l}`]));
      }
    }
  });
});

describe("every link is proven", () => {
  test.each(knownLists)("of $name", (list) => {
    expect(largestError(deriveSystem(systemOf(list)))).toBeLessThanOrEqual(TOLERANCE);
  });

  test.each(randomLists(40))("of random list $seed", ({ seed, system }) => {
    const derivation = deriveSystem(system, { training: seed % 2 === 0 });
    expect(largestError(derivation)).toBeLessThanOrEqual(TOLERANCE);
  });

  test.each([
    "log(1 + exp(z))",
    "sqrt(z^2 + 1)",
    "max(z, 0)*tanh(z)",
    "log(z)",
    "erf(z)/z",
    "z^-2",
  ])("of the formulas %s and abs(a - y)^3", (formula) => {
    const layers = [dense(3, formula), dense(2, "tanh")];
    const net = network({ inputs: 2, layers, cost: "abs(a - y)^3" });
    expect(largestError(derive(net))).toBeLessThanOrEqual(TOLERANCE);
  });

  test("in training, with dropout, layer normalisation, residual layers, penalties and weights", () => {
    const inner = residual([dense(4, "softplus"), dropout(0.3)]);
    const layers = [dense(4), layerNorm(), activation("relu"), inner, dense(3)];
    const given = { inputs: 2, layers, cost: "cross-entropy" } as const;
    const net = network({ ...given, l1: 0.1, l2: 0.2, weighted: true, labelSmoothing: 0.1 });
    const derivation = derive(net, { training: true, optimizer: adam() });
    expect(largestError(derivation)).toBeLessThanOrEqual(TOLERANCE);
    const W2 = chainOf(sectionOf(derivation, "Backward, for a batch"), "∂C/∂W2");
    expect(linesOf(W2).at(-1)).toBe("Σ_n δ2[n,k]·a1[n,j] + 0.1·sign(W2[k,j]) + 0.2·W2[k,j]");
    const a2 = chainOf(sectionOf(derivation, "Backward, for one row"), "∂c/∂a2");
    expect(linesOf(a2).at(-1)).toContain("mask2[k]");
  });

  test("of a network whose layers are wide, on a small copy, in no time", () => {
    const layers = [dense(3000, "tanh"), dense(10)];
    const net = network({ inputs: 2000, layers, cost: "cross-entropy", backend: "evaluate" });
    expect(largestError(derive(net))).toBeLessThanOrEqual(TOLERANCE);
  });

  test.each([
    ["sgd", sgd({ momentum: 0.9, nesterov: true, weightDecay: 0.1 })],
    ["adam", adam()],
  ])("of the update of %s", (_, optimizer) => {
    const net = network({ inputs: 1, layers: [dense(1, "tanh")], cost: "squared-error" });
    const derivation = derive(net, { optimizer });
    expect(derivation.sections.at(-1)?.title).toBe("The update");
    expect(largestError(derivation)).toBeLessThanOrEqual(TOLERANCE);
  });
});

describe("the derivation of two sigmoid layers", () => {
  const layers = [dense(3, "sigmoid"), dense(2, "sigmoid")];
  const derivation = derive(network({ inputs: 2, layers, cost: "squared-error" }));
  const row = sectionOf(derivation, "Backward, for one row");
  const batch = sectionOf(derivation, "Backward, for a batch");

  test("differentiates the activation by the quotient and the chain rule", () => {
    const { chains } = sectionOf(derivation, "The derivative of sigmoid");
    expect(chains.map(linesOf)).toEqual([
      ["sigmoid(z)", "1/(1 + exp(−z))"],
      [
        "d/dz(1/(1 + exp(−z)))",
        "−d/dz(1 + exp(−z))/(1 + exp(−z))^2",
        "−exp(−z)·d/dz(−z)/(1 + exp(−z))^2",
        "exp(−z)/(1 + exp(−z))^2",
        "a·(1 − a)",
      ],
    ]);
    expect(chains[1]?.links.map(({ reason }) => reason)).toEqual([
      "differentiated by z",
      "quotient rule: (1/v)′ = −v′/v²",
      "chain rule: (exp(u))′ = exp(u)·u′",
      "(−z)′ = −1",
      "written with a itself, which is known already",
    ]);
  });

  test("solves the delta at the outputs: the sum over the other ones disappears", () => {
    const { links } = chainOf(row, "δ2");
    expect(linesOf(chainOf(row, "δ2"))).toEqual([
      "∂c/∂z2[k]",
      "Σ_m ∂c/∂a2[m]·∂a2/∂z2[m,k]",
      "Σ_m [k = m]·∂c/∂a2[m]·a2[m]·(1 − a2[m])",
      "∂c/∂a2[k]·a2[k]·(1 − a2[k])",
      "(a2[k] − y[k])·a2[k]·(1 − a2[k])",
    ]);
    expect(links.map(({ rule }) => rule)).toEqual([
      "name",
      "chain-rule",
      "local-derivative",
      "delta",
      "algebra",
    ]);
    expect(links[3]?.reason).toBe(
      "a2[m] depends on z2[k] only for m = k: the sum over m disappears",
    );
  });

  test("keeps the sum over k at the hidden units, and says what may move out of it", () => {
    expect(chainOf(row, "∂c/∂a1").links.at(-1)?.reason).toContain(
      "the sum over k stays: a1[j] acts on each z2[k]",
    );
    const { links } = chainOf(row, "δ1");
    expect(links.at(-1)?.rule).toBe("factor");
    expect(links.at(-1)?.reason).toBe("a1[j] does not depend on k, and may move out of the sum");
  });

  test("ends in the four equations, for one row and for a batch", () => {
    const last = (section: typeof row, name: string) => linesOf(chainOf(section, name)).at(-1);
    expect(last(row, "∂c/∂b1")).toBe("δ1[j]");
    expect(last(row, "∂c/∂W1")).toBe("δ1[j]·x[i]");
    expect(last(batch, "δ2")).toBe("(a2[n,k] − y[n,k])·a2[n,k]·(1 − a2[n,k])/N");
    expect(last(batch, "δ1")).toBe("(Σ_k δ2[n,k]·W2[k,j])·a1[n,j]·(1 − a1[n,j])");
    expect(last(batch, "∂C/∂b1")).toBe("Σ_n δ1[n,j]");
    expect(last(batch, "∂C/∂W1")).toBe("Σ_n δ1[n,j]·x[n,i]");
  });
});

test("a softmax leads to a − y where the targets of a row add up to 1, and only there", () => {
  const net = network({ inputs: 2, layers: [dense(3)], cost: "cross-entropy" });
  const derivation = derive(net);
  const general = chainOf(sectionOf(derivation, "Backward, for one row"), "δ1");
  expect(linesOf(general).at(-1)).toBe("(Σ_m y[m])·a1[j] − y[j]");
  const special = chainOf(sectionOf(derivation, "Where the y of a row add up to 1"), "δ1");
  expect(linesOf(special).at(-1)).toBe("a1[j] − y[j]");
  expect(general.links.find(({ rule }) => rule === "chain-rule")?.reason).toContain(
    "all of z1 meet in s1: the others do not drop out",
  );
});

test("a sigmoid with its own cross-entropy leads to a − y", () => {
  const net = network({ inputs: 2, layers: [dense(1, "sigmoid")], cost: "binary-cross-entropy" });
  const delta = chainOf(sectionOf(derive(net), "Backward, for one row"), "δ1");
  expect(linesOf(delta).at(-1)).toBe("a1[j] − y[j]");
  expect(delta.links.at(-1)?.reason).toBe("sigmoid(z1[j]) is a1[j]");
});

test("a custom activation is derived by the same rules", () => {
  const net = network({ inputs: 2, layers: [dense(2, "z*tanh(z)")], cost: "huber" });
  const [, chain] = sectionOf(derive(net), "The derivative of a1").chains;
  expect(chain && linesOf(chain)).toEqual([
    "d/dz(z·tanh(z))",
    "tanh(z) + z·d/dz(tanh(z))",
    "tanh(z) + z·(1 − tanh(z)^2)",
  ]);
});

test("weights that are read twice, and residual links, add up their paths", () => {
  const list = knownLists.find(({ name }) => name === "weights that two equations share");
  const derivation = deriveSystem(systemOf(list!));
  const W = chainOf(sectionOf(derivation, "Backward, for one row"), "∂C_sum/∂W");
  expect(linesOf(W).at(-1)).toBe("δ_a_sum[j]·g[k] + δ_g_sum[j]·h[k]");
});

test("hidden layers of one kind are told once: the others are marked as repeats", () => {
  const layers = Array.from({ length: 5 }, () => dense(3, "tanh"));
  const derivation = derive(network({ inputs: 3, layers, cost: "squared-error" }));
  const { chains } = sectionOf(derivation, "Backward, for one row");
  const repeats = chains.map(({ left, repeats }) => [left.tensor.name, repeats?.tensor.name]);
  expect(repeats.filter(([name]) => name?.startsWith("δ"))).toEqual([
    ["δ5", undefined],
    ["δ4", undefined],
    ["δ3", "δ4"],
    ["δ2", "δ4"],
    ["δ1", "δ4"],
  ]);

  const layer = sectionOf(derivation, "Every hidden layer ℓ");
  expect(layer.text).toEqual([
    "The layers 1, 2, 3, 4 are alike, so they are told once, with ℓ for the number.",
    "ℓ = 1: z1 [3], W1 [3, 3], b1 [3], a1 [3].",
    "ℓ = 2: z2 [3], W2 [3, 3], b2 [3], a2 [3].",
    "ℓ = 3: z3 [3], W3 [3, 3], b3 [3], a3 [3].",
    "ℓ = 4: z4 [3], W4 [3, 3], b4 [3], a4 [3].",
    "For ℓ = 1, x stands for aℓ−1.",
  ]);
  expect(linesOf(chainOf(layer, "δℓ")).at(-1)).toBe("(Σ_p δℓ+1[p]·Wℓ+1[p,o])·(1 − aℓ[o]^2)");
  expect(linesOf(chainOf(layer, "∂c/∂Wℓ")).at(-1)).toBe("δℓ[o]·aℓ−1[l]");
  expect(linesOf(chainOf(layer, "∂c/∂bℓ")).at(-1)).toBe("δℓ[o]");
});

test("the numbers of ties that share a maximum are defined before they are used", () => {
  const list = knownLists.find(({ name }) => name.startsWith("max pooling"));
  const row = sectionOf(deriveSystem(systemOf(list!)), "Backward, for one row");
  const [cost, ties] = row.chains;
  expect([cost?.left.tensor.name, ties?.left.tensor.name]).toEqual(["C_x", "ties(p)"]);
  expect(linesOf(ties!)).toEqual(["Σ_r select(h[2*t+r,f] = p[t,f], 1, 0)"]);
});

test("what cannot be derived is an error", () => {
  const net = network({ inputs: 1, layers: [dense(1)], cost: "squared-error" });
  expect(() => derive(net, { optimizer: lbfgs() })).toThrow("lbfgs takes no single steps");
  const misspelt = { optimiser: sgd() } as object;
  expect(() => derive(net, misspelt)).toThrow('unknown derive option "optimiser"; did you mean');
});

test("ten layers are derived and proven in less than a second", () => {
  const layers = Array.from({ length: 10 }, () => dense(30, "sigmoid"));
  const net = network({ inputs: 30, layers, cost: "squared-error" });
  const start = performance.now();
  const derivation = derive(net);
  expect(performance.now() - start).toBeLessThan(1000);
  expect(linksOf(derivation).length).toBeGreaterThan(150);
});
