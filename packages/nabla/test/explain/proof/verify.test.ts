import { dense, network } from "nabla";
import { describe, expect, test } from "vitest";
import type { Equation } from "../../../src/equations/equation.ts";
import {
  type Expression,
  mapChildren,
  mul,
  neg,
  number,
} from "../../../src/equations/expression.ts";
import { formatEquation } from "../../../src/equations/format.ts";
import { derive } from "../../../src/explain/derive/derive.ts";
import { anyNumbers } from "../../../src/explain/proof/points.ts";
import { valuesOf } from "../../../src/explain/proof/values.ts";
import { verifySection } from "../../../src/explain/proof/verify.ts";
import { internalsOf } from "../../../src/running.ts";
import { chainOf, sectionOf } from "../lines.ts";

const layers = [dense(2, "sigmoid"), dense(2, "sigmoid")];
const net = network({ inputs: 2, layers, cost: "squared-error", precision: "float64" });
const derivation = derive(net);
const row = sectionOf(derivation, "Backward, for one row");
const batch = sectionOf(derivation, "Backward, for a batch");

const withBody = (equation: Equation, change: (body: Expression) => Expression): Equation => ({
  ...equation,
  terms: equation.terms.map((term) => ({ ...term, body: change(term.body) })),
});

/** Every element with its places in the opposite order. */
const transposed = (e: Expression): Expression =>
  e.kind === "element" ? { ...e, places: e.places.toReversed() } : mapChildren(e, transposed);

/** Σ_k over one index fewer. */
const withoutSum = (equation: Equation): Equation => ({
  ...equation,
  terms: equation.terms.map((term) => ({ ...term, where: [] })),
});

describe("a link that does not hold is caught", () => {
  const mutations: readonly [string, typeof row, string, (e: Equation) => Equation][] = [
    ["a wrong sign", row, "δ2", (e) => withBody(e, neg)],
    ["a missing ½", row, "∂c/∂a2", (e) => withBody(e, (b) => mul(number(2), b))],
    ["a relative error of 1e-8", row, "δ1", (e) => withBody(e, (b) => mul(number(1 + 1e-8), b))],
    ["a transposed weight", row, "∂c/∂a1", (e) => withBody(e, transposed)],
    ["a delta that is left out", row, "∂c/∂W2", withoutSum],
    ["a transposed gradient", batch, "∂C/∂W1", (e) => ({ ...e, indices: e.indices.toReversed() })],
    ["a term that is left out", batch, "δ2", (e) => ({ ...e, terms: [] })],
  ];

  test.each(mutations)("%s", (_, section, name, mutate) => {
    const chain = chainOf(section, name);
    for (const [at, { equation }] of chain.links.entries()) {
      const mutant = mutate(equation);
      const links = chain.links.map((link, l) => (l === at ? { ...link, equation: mutant } : link));
      const draft = { ...section, chains: [{ ...chain, links }], draws: anyNumbers };
      const verify = () => verifySection(draft, derivation.symbols);
      const line = formatEquation(mutant);
      if (line === formatEquation(equation)) expect(verify, line).not.toThrow();
      else expect(verify, line).toThrow(/^internal: .*does not hold: its sides differ by/);
    }
  });

  test("a definition that `evaluate` does not follow", () => {
    const forward = sectionOf(derivation, "Forward");
    const { left, links } = chainOf(forward, "z1");
    const broken = links.map((link) => ({ ...link, equation: withBody(link.equation, neg) }));
    const draft = { ...forward, chains: [{ left, links: broken }], draws: anyNumbers };
    expect(() => verifySection(draft, derivation.symbols)).toThrow("definition of z1");
  });

  test("and the same sections pass as they are", () => {
    for (const section of [row, batch]) {
      const again = verifySection({ ...section, draws: anyNumbers }, derivation.symbols);
      expect(again.chains).toEqual(section.chains);
    }
  });
});

test("each link of the known example of 2-2-2 has its known value", () => {
  // M. Mazur, A step by step backpropagation example: inputs 0.05, 0.10, targets 0.01, 0.99
  const known: Record<string, number[]> = {
    x: [0.05, 0.1],
    y: [0.01, 0.99],
    W1: [0.15, 0.2, 0.25, 0.3],
    b1: [0.35, 0.35],
    W2: [0.4, 0.45, 0.5, 0.55],
    b2: [0.6, 0.6],
  };
  const { system } = internalsOf(net).engine;
  const sizes = (extent: number | "rows"): number => (extent === "rows" ? 1 : extent);
  const tensors = [...system.inputs, system.targets!, ...system.parameters];
  const values = new Map(tensors.map((tensor) => [tensor, known[tensor.name]!]));
  const point = { values, sizes, scalars: { N: 1 } };
  const at = (name: string): Float64Array[] =>
    valuesOf(chainOf(batch, name), batch, { symbols: derivation.symbols, point });

  for (const W2 of at("∂C/∂W2")) expect(W2[0]).toBeCloseTo(0.082167041, 9);
  for (const W1 of at("∂C/∂W1")) expect(W1[0]).toBeCloseTo(0.000438568, 9);
  for (const delta of at("δ2")) expect(delta[0]).toBeCloseTo(0.138498562, 9);
});
