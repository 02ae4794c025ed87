import { activationNames, costNames, dense, layerNorm, network, residual } from "nabla";
import { describe, expect, test } from "vitest";
import { index } from "../../../src/equations/expression.ts";
import { claim } from "../../../src/explain/claims/claim.ts";
import { formulaOf, withOwnLetters } from "../../../src/explain/claims/formula.ts";
import { shown } from "../../../src/explain/claims/slips/slip.ts";
import { batchSubject, lettersOf, rowSubject } from "../../../src/explain/claims/subject.ts";
import { costOf } from "../../../src/functions/costs.ts";
import { internalsOf, type Network } from "../../../src/running.ts";

/** The derived formula of every gradient as text; `kept` are the gradients that stay names. */
function formulas(net: Network): string[] {
  const { system } = internalsOf(net).engine;
  return [batchSubject(system), rowSubject(system)].flatMap((subject) => {
    const tensors = [...subject.tensors.values()].filter((t) => subject.adjoint(t) !== undefined);
    const kept = new Set(tensors.filter(({ name }) => name.startsWith("z")));
    return tensors.flatMap((tensor) => {
      const indices = lettersOf(tensor, subject).map((i) => index(i.name, i.extent));
      const formula = formulaOf(tensor, indices, { subject, kept });
      if (formula === undefined || tensor === subject.cost) return [];
      const left = `${subject.gradient(tensor).name}[${indices.map((i) => i.name)}]`;
      return [`${left.replace("[]", "")} = ${shown(withOwnLetters(formula, indices))}`];
    });
  });
}

describe("the derived formula, read again as a claim, holds", () => {
  test.each(activationNames)("behind the activation %s", (activation) => {
    const net = network({
      ...{ inputs: 2, layers: [dense(3, activation), dense(2)], cost: "squared-error" },
    });
    for (const text of formulas(net)) expect([text, claim(net, text).holds]).toEqual([text, true]);
  });

  test.each(costNames)("of the cost %s", (cost) => {
    const net = network({
      ...{
        inputs: 2,
        layers: [dense(3, "tanh"), dense(2, costOf(cost).link)],
        cost,
        weighted: true,
      },
    });
    const all = formulas(net);
    expect(all.length).toBeGreaterThan(12);
    for (const text of all) expect([text, claim(net, text).holds]).toEqual([text, true]);
  });

  test("of a residual network with layer normalisation and penalties", () => {
    const net = network({
      inputs: 3,
      layers: [dense(3, "tanh"), residual([dense(3, "relu"), layerNorm()]), dense(2)],
      ...{ cost: "cross-entropy", l1: 0.1, l2: 0.2 },
    });
    for (const text of formulas(net)) expect([text, claim(net, text).holds]).toEqual([text, true]);
  });
});
