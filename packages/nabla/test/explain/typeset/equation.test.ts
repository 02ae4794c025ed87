import { describe, expect, test } from "vitest";
import { type Equation, sumTerm } from "../../../src/equations/equation.ts";
import { div, type Expression, element, index, mul } from "../../../src/equations/expression.ts";
import { typesetEquation } from "../../../src/explain/typeset/typeset.ts";
import { equationsOf } from "./written.ts";

/** What is written comes last; before it, what normal form has taken out. */
const first = (text: string): Equation => equationsOf(text).at(-1)!;

describe("an equation in index notation, as text and as LaTeX", () => {
  test.each([
    [
      "z1[n,j] = Σ_i W1[j,i]·x[n,i] + b1[j]",
      "z¹[n,j] = Σ_i W¹[j,i]·x[n,i] + b¹[j]",
      "z^{1}_{nj} = \\sum_{i} W^{1}_{ji} \\, x_{ni} + b^{1}_{j}",
    ],
    ["a[n,j] = x[n,j]", "a[n,j] = x[n,j]", "a_{nj} = x_{nj}"],
    [
      "a1[n,j] = leaky_relu(x[n,j])",
      "a¹[n,j] = leaky-relu(x[n,j])",
      "a^{1}_{nj} = \\mathrm{leaky\\text{-}relu}(x_{nj})",
    ],
    [
      "a[n,j] = (x[n,j] - y[n,j])^2/2",
      "a[n,j] = (x[n,j] − y[n,j])²/2",
      "a_{nj} = \\frac{(x_{nj} - y_{nj})^{2}}{2}",
    ],
    [
      "a[n,j] = 1/(1 + exp(-x[n,j]))",
      "a[n,j] = 1/(1 + exp(−x[n,j]))",
      "a_{nj} = \\frac{1}{1 + e^{-x_{nj}}}",
    ],
    ["a = exp(-z[])/z1[]", "a = e⁻ᶻ/z¹", "a = \\frac{e^{-z}}{z^{1}}"],
    [
      "c[n] = 1/2·Σ_k (x[n,k] - y[n,k])^2",
      "c[n] = ½·Σ_k (x[n,k] − y[n,k])²",
      "c_{n} = \\frac{1}{2} \\sum_{k} (x_{nk} - y_{nk})^{2}",
    ],
    ["C = -1/N·Σ_n r[n]", "C = −1/N·Σ_n r[n]", "C = -\\frac{1}{N} \\sum_{n} r_{n}"],
    ["m[n] = max_k x[n,k]", "m[n] = max_k x[n,k]", "m_{n} = \\max_{k} x_{nk}"],
    [
      "z[n,j] = Σ_j W[j]·x[n,j]",
      "z[n,j] = Σ_j′ W[j′]·x[n,j′]",
      "z_{nj} = \\sum_{j'} W_{j'} \\, x_{nj'}",
    ],
    [
      "a[n,t] = Σ_r K[r]·q[n,2*t+r]",
      "a[n,t] = Σ_r K[r]·q[n,2·t+r]",
      "a_{nt} = \\sum_{r} K_{r} \\, q_{n,2 \\, t + r}",
    ],
    ["a[n,d] = E[id[n],d]", "a[n,d] = E[id[n],d]", "a_{nd} = E_{\\mathrm{id}_{n},d}"],
    [
      "a[n,i] = select(x[n,i] <= 0, 0.5*x[n,i], x[n,i])",
      "a[n,i] = {½·x[n,i] if x[n,i] ≤ 0; x[n,i] otherwise}",
      "a_{ni} = \\begin{cases} \\frac{1}{2} \\, x_{ni} & \\text{if } x_{ni} \\le 0 \\\\ x_{ni} & \\text{otherwise} \\end{cases}",
    ],
    [
      "mu1[n] = sqrt(r[n] + 1e-5)·mask1[]·alpha[]^2",
      "μ¹[n] = √(r[n] + 10⁻⁵)·mask¹·α²",
      "\\mu^{1}_{n} = \\sqrt{r_{n} + 10^{-5}} \\, \\mathrm{mask}^{1} \\, \\alpha^{2}",
    ],
    [
      "a[n] = log1p(r[n])·expm1(r[n]) - abs(r[n])",
      "a[n] = log(1 + r[n])·(exp(r[n]) − 1) − |r[n]|",
      "a_{n} = \\log(1 + r_{n}) \\, (e^{r_{n}} - 1) - \\lvert r_{n}\\rvert",
    ],
    [
      "h1[n] = r[n]/3·erf(r[n]/sqrt(2))·2/sqrt(pi)",
      "h¹[n] = r[n]/3·erf(r[n]/√2)·2/√π",
      "h^{1}_{n} = \\frac{\\frac{r_{n}}{3} \\, \\mathrm{erf}\\Bigl(\\frac{r_{n}}{\\sqrt{2}}\\Bigr) \\cdot 2}{\\sqrt{\\pi}}",
    ],
    [
      "h1_2[n] = r[n] - (0 - r[n])",
      "h¹_2[n] = r[n] − (0 − r[n])",
      "h^{1(2)}_{n} = r_{n} - (0 - r_{n})",
    ],
    [
      "a[n] = r[n]/Σ_i W[i] + (0 - r[n])/(r[n]·r[n])",
      "a[n] = r[n]/a_sum + (0 − r[n])/(r[n]·r[n])",
      "a_{n} = \\frac{r_{n}}{a_{\\mathrm{sum}}} + \\frac{0 - r_{n}}{r_{n} \\, r_{n}}",
    ],
    ["a[n] = r[n]*(-2)", "a[n] = r[n]·(−2)", "a_{n} = r_{n} \\cdot (-2)"],
    ["a[n] = z1[]^2·r[n]", "a[n] = (z¹)²·r[n]", "a_{n} = (z^{1})^{2} \\, r_{n}"],
    ["v[i] <- v[i] - learningRate*w[i]", "v[i] = v[i] − η·w[i]", "v_{i} = v_{i} - \\eta \\, w_{i}"],
    [
      "v[i] <- beta1*v[i] + (1 - beta1^t)*w1[i]",
      "v[i] = β₁·v[i] + (1 − β₁ᵗ)·w¹[i]",
      "v_{i} = \\beta_{1} \\, v_{i} + (1 - \\beta_{1}^{t}) \\, w^{1}_{i}",
    ],
  ])("%s", (written, text, latex) => {
    const equation = first(written);
    expect(typesetEquation(equation, "text")).toBe(text);
    expect(typesetEquation(equation, "latex")).toBe(latex);
  });
});

test("a sum that is divided or multiplied stands in parentheses in text", () => {
  const i = index("i", 3);
  const w = element({ name: "w", shape: [3], role: "parameter" }, [i]);
  const sum = { kind: "reduction", name: "sum", over: [i], body: w } as const;
  const s = element({ name: "s", shape: [], role: "computed" });
  const target = { name: "c", shape: [], role: "computed" } as const;
  const shown = (body: Expression) => {
    const equation = { target, indices: [], terms: [sumTerm([], body)] };
    return [typesetEquation(equation, "text"), typesetEquation(equation, "latex")];
  };
  expect(shown(div(sum, s))).toEqual(["c = (Σ_i w[i])/s", "c = \\frac{\\sum_{i} w_{i}}{s}"]);
  expect(shown(mul(sum, s))).toEqual([
    "c = (Σ_i w[i])·s",
    "c = \\Bigl(\\sum_{i} w_{i}\\Bigr) \\, s",
  ]);
  expect(shown(mul(s, sum))).toEqual(["c = s·Σ_i w[i]", "c = s \\sum_{i} w_{i}"]);
});

test("what normal form adds has its word below", () => {
  const [sum] = equationsOf("a[n] = tanh(Σ_i x[n,i])") as [Equation];
  expect(typesetEquation(sum, "text")).toBe("a_sum[n] = Σ_i x[n,i]");
  expect(typesetEquation(sum, "latex")).toBe("a_{\\mathrm{sum},n} = \\sum_{i} x_{ni}");
});

test("the number of a scalar stands below in MathML, too", () => {
  const html = typesetEquation(first("v[i] <- beta1*v[i]"), "html");
  expect(html).toContain("<msub><mi>β</mi><mn>1</mn></msub>");
});

test("an equation is MathML that needs no style", () => {
  expect(typesetEquation(first("z1[n] = Σ_i x[n,i]/2"), "html")).toBe(
    '<math displaystyle="true"><mrow>' +
      "<msubsup><mi>z</mi><mrow><mrow><mi>n</mi></mrow></mrow><mrow><mn>1</mn></mrow></msubsup>" +
      '<mo form="infix">=</mo>' +
      "<munder><mo>∑</mo><mrow><mrow><mi>i</mi></mrow></mrow></munder>" +
      "<mfrac><mrow><msub><mi>x</mi><mrow><mrow><mi>n</mi></mrow><mrow><mi>i</mi></mrow></mrow></msub></mrow>" +
      "<mrow><mn>2</mn></mrow></mfrac>" +
      "</mrow></math>",
  );
});
