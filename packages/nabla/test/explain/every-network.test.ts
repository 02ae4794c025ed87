/** Every activation with every cost, at depths 1 to 5: every step is proven, and every formula is TeX. */

import katex from "katex";
import { activationNames, type CostName, costNames, dense, network } from "nabla";
import { expect, test } from "vitest";
import type { Derivation } from "../../src/explain/derivation.ts";
import { derive } from "../../src/explain/derive/derive.ts";
import { typesetEquation } from "../../src/explain/typeset/typeset.ts";
import { costOf } from "../../src/functions/costs.ts";

/** An output has the cost's link, or the activation of the others. */
function derivationOf(cost: CostName, activation: string, depth: number): Derivation {
  const hidden = new Array<number>(depth - 1).fill(3).map((units) => dense(units, activation));
  const layers = [...hidden, dense(2, costOf(cost).link ?? activation)];
  return derive(network({ inputs: 2, layers, cost }));
}

const linksOf = ({ sections }: Derivation) =>
  sections.flatMap(({ chains }) => chains.flatMap(({ links }) => links));

test.each(costNames)("with the cost %s", (cost) => {
  const accepted = new Set<string>();
  for (const activation of activationNames) {
    for (const depth of [1, 2, 3, 4, 5]) {
      const derivation = derivationOf(cost, activation, depth);
      const { symbols } = derivation;
      for (const { equation, verified } of linksOf(derivation)) {
        expect(verified.points).toBeGreaterThanOrEqual(3);
        if (!(verified.maxError <= 1e-9))
          expect.fail(`${equation.target.name}: ${verified.maxError}`);
        for (const notation of ["index", "matrix"] as const) {
          const tex = typesetEquation(equation, "latex", { notation, symbols });
          if (accepted.has(tex)) continue;
          katex.renderToString(tex, { strict: "error", throwOnError: true, displayMode: true });
          accepted.add(tex);
        }
      }
    }
  }
  expect(accepted.size).toBeGreaterThan(100);
});
