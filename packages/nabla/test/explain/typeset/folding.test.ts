import { dense, network } from "nabla";
import { expect, test } from "vitest";
import { derive } from "../../../src/explain/derive/derive.ts";
import { typeset } from "../../../src/explain/typeset/typeset.ts";

const pageOf = (hidden: number): string => {
  const layers = [...new Array<number>(hidden).fill(4), 2].map((units) => dense(units, "tanh"));
  return typeset(derive(network({ inputs: 3, layers, cost: "huber" })), "text");
};

test("what has been told of two layers is only stated of the others", () => {
  const page = pageOf(3);
  expect(page).toContain("δ¹[j]       = (Σ_k δ²[k]·W²[k,j])·(1 − a¹[j]²)   [4]  just as δ³[l]");
  expect(page).toContain("∂c/∂b¹[j]   = δ¹[j]                              [4]  just as ∂c/∂b⁴[o]");
});

test("one hidden layer is told in full", () => {
  expect(pageOf(1)).not.toContain("just as");
});

test("each layer more takes a few lines", () => {
  const lines = [4, 5, 6].map((hidden) => pageOf(hidden).split("\n").length);
  expect(lines[1]! - lines[0]!).toBeLessThan(60);
  expect(lines[2]! - lines[1]!).toBe(lines[1]! - lines[0]!);
});
