import { dense, layerNorm, network } from "nabla";
import { describe, expect, test } from "vitest";
import { type Equation, tensorsOf } from "../../../src/equations/equation.ts";
import { index, type Tensor } from "../../../src/equations/expression.ts";
import { flat } from "../../../src/explain/typeset/flat.ts";
import { matrixEquation } from "../../../src/explain/typeset/matrix.ts";
import { typesetEquation } from "../../../src/explain/typeset/typeset.ts";
import { internalsOf } from "../../../src/running.ts";
import { randomStream } from "../../../src/train/random.ts";
import { knownLists } from "../../equations/known-lists.ts";
import { derive, evaluateAt, randomPoint, systemOf } from "../../equations/points.ts";
import { randomLists } from "../../equations/random-lists.ts";
import type { Point } from "../../oracles/dual.ts";
import { type Matrix, matrix, read } from "./matrices.ts";
import { equationsOf } from "./written.ts";

describe("an equation in matrix notation", () => {
  test.each([
    ["z[n,j] = Σ_i W[j,i]·x[n,i] + b[j]", "Z = X Wᵀ + 1 bᵀ"],
    ["z[n,j] = Σ_i W[i,j]·x[n,i]", "Z = X W"],
    ["z[n,j] = Σ_i V[j,j]·x[n,i]", undefined],
    ["g[j,i] = Σ_n x[n,i]·y[n,j]", "G = Yᵀ X"],
    ["g[j] = Σ_n y[n,j]", "g = Yᵀ 1"],
    ["a[n,i] = tanh(x[n,i])*(1 - x[n,i]^2)", "A = tanh(X) ⊙ (1 − X∘²)"],
    ["a[n,i] = exp(-x[n,i])/2", "A = exp(−X)/2"],
    ["a[n,i] = x[n,i]/s[i] - 2*s[i]", "A = X ⊘ (1 sᵀ) − 1 (2·s)ᵀ"],
    ["a[n] = Σ_{i,j} x[n,i]·W[i,j]·y[n,j]", "a = (X ⊙ (Y Wᵀ)) 1"],
    ["g[i,j] = Σ_n x[n,i]·r[n]·y[n,j]", "G = Xᵀ diag(r) Y"],
    ["g[j,i] = u[j]·v[i]", "G = u vᵀ"],
    ["s = Σ_{j,i} W[j,i]^2", "s = 1ᵀ W∘² 1"],
    ["C = -1/N·Σ_n r[n]", "C = −1/N·1ᵀ r"],
    ["k[n,i] = Σ_j K[j,i]·y[n,j]", "k = Y K"],
    ["m[n] = max_i x[n,i]", undefined],
    ["a[n,t] = Σ_r K[r]·q[n,t+r]", undefined],
    ["a[n,d] = E[id[n],d]", undefined],
    ["a[n,i] = select(x[n,i] > 0, x[n,i], 0)", undefined],
  ])("%s", (text, expected) => {
    const [equation] = equationsOf(text) as [Equation];
    const shown = typesetEquation(equation, "text", { notation: "matrix" });
    expect(shown).toBe(expected ?? typesetEquation(equation, "text"));
  });

  test("has no capital letter that is another tensor's", () => {
    const [z, g] = equationsOf("z[n,j] = Σ_i X[j,i]·x[n,i]\ng[n,j] = Σ_i V[j,i]·x[n,i]") as [
      Equation,
      Equation,
    ];
    expect(typesetEquation(z, "text", { notation: "matrix" })).toBe("Z = x Xᵀ");
    expect(typesetEquation(g, "text", { notation: "matrix" })).toBe("G = X Vᵀ");
    const tensors = [z.target, tensorOf(z, "X")];
    expect(typesetEquation(g, "text", { notation: "matrix", tensors })).toBe("G = x Vᵀ");
  });

  test("is the same in LaTeX, with a bold 1 and upright signs", () => {
    const [equation] = equationsOf("z[n,j] = Σ_i W[j,i]·tanh(x[n,i]) + b[j]") as [Equation];
    expect(typesetEquation(equation, "latex", { notation: "matrix" })).toBe(
      "Z = \\tanh(X) \\, W^{\\mathsf{T}} + \\mathbf{1} \\, b^{\\mathsf{T}}",
    );
  });
});

const tensorOf = (equation: Equation, name: string): Tensor =>
  [...tensorsOf(equation)].find((tensor) => tensor.name === name)!;

interface Shown {
  readonly name: string;
  readonly equations: readonly Equation[];
  readonly point: Point;
}

/** How an equation's tensors are found by their written names, capital or not. */
function valuesAt({ equations, point }: Shown): ReadonlyMap<string, Matrix> {
  const at = evaluateAt(equations, point);
  const tensors = [...point.values.keys(), ...equations.map((equation) => equation.target)];
  return new Map(
    tensors.flatMap((tensor) => {
      if (tensor.shape.length > 2) return [];
      const values = at(tensor);
      const [rows = 1, columns = 1] = tensor.shape.map((n) => (n === "rows" ? point.rows : n));
      const stored = matrix(rows, columns, (i, j) => values[i * columns + j]!);
      return [[writtenName(tensor, tensors), stored] as const];
    }),
  );
}

function writtenName(tensor: Tensor, all: readonly Tensor[]): string {
  const indices = tensor.shape.map((extent, d) => index("ijk"[d]!, extent));
  const written = matrixEquation({ target: tensor, indices, terms: [] }, names(all));
  return flat(written!.left);
}

const names = (tensors: readonly Tensor[]) => ({
  symbols: { tensors: new Map(), functions: new Map(), names: new Map() },
  tensors,
});

const layered: Shown[] = ["tanh", "sigmoid", "gelu"].map((activation) => {
  const layers = [dense(3, activation), layerNorm(), dense(2, "sigmoid")];
  const net = network({ inputs: 2, layers, cost: "squared-error", l2: 0.1 });
  const { system } = internalsOf(net).engine;
  return shownOf(activation, system, randomPoint(system, 4, randomStream(1, "split", 0)));
});

function shownOf(name: string, system: ReturnType<typeof systemOf>, point: Point): Shown {
  const { forward, equations } = derive(system);
  return { name, equations: [...forward, ...equations], point };
}

const lists: Shown[] = [
  ...layered,
  ...knownLists.map((list) => {
    const system = systemOf(list);
    return shownOf(list.name, system, randomPoint(system, list.rows, randomStream(1, "split", 1)));
  }),
  ...randomLists(200).map(({ seed, system, point }) => shownOf(`list ${seed}`, system, point)),
];

test("whatever is written in matrix notation has the value of the equation", () => {
  let compared = 0;
  const wrong = lists.flatMap((shown) => {
    const at = evaluateAt(shown.equations, shown.point);
    const values = valuesAt(shown);
    const tensors = [...shown.point.values.keys(), ...shown.equations.map(({ target }) => target)];
    return shown.equations.flatMap((equation) => {
      const written = matrixEquation(equation, names(tensors));
      if (written === undefined) return [];
      compared++;
      const value = read(written.right, { values, scalars: { N: shown.point.rows } });
      const expected = at(equation.target);
      const columns = equation.target.shape.length === 2 ? (equation.target.shape[1] as number) : 1;
      const scale = Math.max(1, ...expected.map(Math.abs));
      const error = Math.max(
        ...expected.map((e, p) => {
          const computed = value.at(Math.floor(p / columns), p % columns);
          return Object.is(e, computed) ? 0 : Math.abs(e - computed) / scale;
        }),
      );
      return error < 1e-12
        ? []
        : [`${shown.name}: ${flat(written.left)} = ${flat(written.right)}: ${error}`];
    });
  });
  expect(wrong).toEqual([]);
  expect(compared).toBeGreaterThan(500);
});
