import { dense, dropout, layerNorm, network, residual, sgd } from "nabla";
import { describe, expect, test } from "vitest";
import { trainingGradients } from "../../../src/equations/system.ts";
import { derive } from "../../../src/explain/derive/derive.ts";
import { typeset } from "../../../src/explain/typeset/typeset.ts";
import { knownLists } from "../../equations/known-lists.ts";
import { systemOf } from "../../equations/points.ts";
import { compileLatex, hasPdflatex } from "./pdflatex.ts";

if (process.env.CI === "true") {
  test("pdflatex is on this machine", () => {
    expect(hasPdflatex, "bash .ci/run installs it").toBe(true);
  });
} else if (!hasPdflatex) console.warn("Not tested here: pdflatex; bash .ci/run installs it.");

const networks = {
  "sigmoid and the squared error": network({
    ...{ inputs: 2, cost: "squared-error" },
    layers: [dense(2, "sigmoid"), dense(2, "sigmoid")],
  }),
  "softmax and a penalty": network({
    ...{ inputs: 2, cost: "cross-entropy", l2: 0.01 },
    layers: [dense(3, "tanh"), dense(2)],
  }),
  "layer normalisation and dropout": network({
    ...{ inputs: 2, cost: "mean-squared-error" },
    layers: [dense(3, "gelu-tanh"), layerNorm(), dropout(0.5), dense(1)],
  }),
  "a residual block of cases": network({
    ...{ inputs: 2, cost: "huber", l1: 0.1 },
    layers: [dense(3, "selu"), residual([dense(3, "hard-sigmoid")]), dense(1)],
  }),
};

/** A quarter of them; KaTeX reads all. */
const lists = knownLists.filter((_, i) => i % 4 === 0);

describe.runIf(hasPdflatex)("pdflatex compiles", () => {
  test.each(Object.keys(networks))("the derivation of a network with %s", async (name) => {
    const derivation = derive(networks[name as keyof typeof networks], {
      optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }),
    });
    for (const notation of ["index", "matrix"] as const) {
      const document = typeset(derivation, "latex", { notation, title: `Of ${name}` });
      const { pages, complaints } = await compileLatex(document);
      expect(complaints).toEqual([]);
      expect(pages).toBeGreaterThan(1);
    }
  });

  test.each(lists.map(({ name }) => name))("the equations and gradients of %s", async (name) => {
    const list = knownLists.find((known) => known.name === name)!;
    const { forward, equations } = trainingGradients(systemOf(list));
    const document = typeset([...forward, ...equations], "latex", { title: name });
    expect(await compileLatex(document)).toEqual({ pages: 1, complaints: [] });
  });
});
