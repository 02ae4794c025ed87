import { readFileSync, writeFileSync } from "node:fs";
import katex from "katex";
import { describe, expect, test } from "vitest";
import { backpropagate } from "../oracles/textbook.ts";
import { derivationPages } from "./derivation-page.ts";
import { knownExample } from "./known-example.ts";
import { corners } from "./page-corners.ts";

const pages = derivationPages();
const page = pages["derivation.md"] ?? "";
const figure = pages["derivation.svg"] ?? "";
const fileOf = (name: string): URL => new URL(`../../../../docs/${name}`, import.meta.url);

/** Roundings may differ from engine to engine. */
const withoutErrors = (text: string): string => text.replaceAll(/\b\d+e-\d+/g, "…");

describe("docs/", () => {
  test.each(Object.entries(pages))(
    "%s is what the engine derives; else: npm run docs",
    (name, text) => {
      if (process.env.UPDATE_DOCS === "1") writeFileSync(fileOf(name), text);
      expect(withoutErrors(readFileSync(fileOf(name), "utf8"))).toBe(withoutErrors(text));
    },
  );

  test("every largest difference on the page is below 1e-12", () => {
    const errors = [...page.matchAll(/\b\d+e-\d+/g)].map(Number);
    expect(errors.length).toBeGreaterThanOrEqual(4);
    expect(Math.max(...errors)).toBeLessThan(1e-12);
  });
});

test("KaTeX accepts every formula of the page in strict mode", () => {
  const displays = [...page.matchAll(/(?<=```math\n).*?(?=\n```)/gs)].map(([tex]) => tex);
  const inline = [...page.matchAll(/(?<=\$`).*?(?=`\$)/g)].map(([tex]) => tex);
  expect(page).not.toContain("?"); //  what a letter without a TeX name becomes
  expect(displays.length).toBeGreaterThanOrEqual(20);
  expect(inline.length).toBeGreaterThanOrEqual(30);
  for (const [formulas, displayMode] of [
    [displays, true],
    [inline, false],
  ] as const) {
    for (const tex of formulas) {
      const render = () => katex.renderToString(tex, { displayMode, strict: "error" });
      expect(render, tex).not.toThrow();
    }
  }
});

test("the figure has each value of the forward pass, and each gradient, once", () => {
  const named = (name: string): number =>
    figure.split(`class="name"`).filter((part) => part.split("<")[0]?.endsWith(`>${name}`)).length;
  for (const name of ["x", "z¹", "a¹", "z²", "a²", "c", "∂c/∂a²", "δ²", "∂c/∂a¹", "δ¹"]) {
    expect(named(name), name).toBe(1);
  }
  for (const line of ["∂c/∂W² = δ² a¹ᵀ", "∂c/∂b² = δ²", "∂c/∂W¹ = δ¹ xᵀ", "∂c/∂b¹ = δ¹"]) {
    expect(figure).toContain(`>${line}</text>`);
  }
});

describe("the known example of 2-2-2", () => {
  const { before, moving, frozen, updatedWeights } = knownExample();

  test("has its printed costs, the second one with weights that are already updated", () => {
    // M. Mazur, A step by step backpropagation example
    expect(before).toBeCloseTo(0.298371109, 9);
    expect(updatedWeights).toBeCloseTo(0.291027924, 9);
  });

  test("goes down as the four equations by hand say, with biases that stay or move", () => {
    expect(costAfterStep({ biasesMove: false })).toBeCloseTo(frozen, 14);
    expect(costAfterStep({ biasesMove: true })).toBeCloseTo(moving, 14);
  });
});

function costAfterStep({ biasesMove }: { biasesMove: boolean }): number {
  const data = { inputs: [[0.05, 0.1]], targets: [[0.01, 0.99]] };
  const layers = [
    {
      weights: [
        [0.15, 0.2],
        [0.25, 0.3],
      ],
      biases: [0.35, 0.35],
      activation: "sigmoid",
    },
    {
      weights: [
        [0.4, 0.45],
        [0.5, 0.55],
      ],
      biases: [0.6, 0.6],
      activation: "sigmoid",
    },
  ];
  const gradients = backpropagate(layers, "squared-error", data).layers;
  const stepped = layers.map(({ weights, biases, activation }, l) => ({
    weights: weights.map((w, j) => w.map((w, k) => w - 0.5 * gradients[l]!.weights[j]![k]!)),
    biases: biases.map((b, j) => (biasesMove ? b - 0.5 * gradients[l]!.biases[j]! : b)),
    activation,
  }));
  return backpropagate(stepped, "squared-error", data).cost;
}

test("relu has slope 0 at 0, and equal maxima share", () => {
  expect(corners()).toEqual({ kink: 0, tie: { values: [1, 2, 2], gradient: [0, 0.5, 0.5] } });
});
