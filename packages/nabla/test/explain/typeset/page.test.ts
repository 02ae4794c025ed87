import { describe, expect, test } from "vitest";
import { left } from "../../../src/equations/equation.ts";
import {
  element,
  index,
  type NamedFunction,
  neg,
  power,
  type Tensor,
} from "../../../src/equations/expression.ts";
import type { Chain, Derivation, Rule } from "../../../src/explain/derivation.ts";
import { typeset } from "../../../src/explain/typeset/typeset.ts";
import { equationsOf } from "./written.ts";

const k = index("k", 2);
const n = index("n", "rows");
const matrix = (name: string): Tensor => ({ name, shape: ["rows", 2], role: "computed" });
const [cost, z, delta]: Tensor[] = [
  { name: "C", shape: [], role: "computed" },
  matrix("z2"),
  matrix("δ2"),
];
const gradient = matrix("∂C/∂z2");
const sigma: NamedFunction = { name: "σ", variables: [], value: element(cost!) };
const prime: NamedFunction = { ...sigma };
const byZ: NamedFunction = { ...sigma };

const linkOf = (rule: Rule, reason: string, equation: Chain["links"][0]["equation"]) => ({
  ...{ rule, reason, equation, verified: { points: 20, maxError: 3e-15 } },
});
const call = (f: NamedFunction, argument: Parameters<typeof neg>[0]) =>
  ({ kind: "call", function: f, arguments: [argument] }) as const;
const equationOf = (body: Parameters<typeof neg>[0]) => ({
  target: delta!,
  indices: [n, k],
  terms: [{ reduction: "sum", over: [], where: [], body } as const],
});

const at = element(z!, [n, k]);
const definitions = equationsOf("z2[n,k] = Σ_i W2[k,i]·x[n,i]\na2[n,k] = sigmoid(z2[n,k])");
const derivation: Derivation = {
  symbols: {
    tensors: new Map([[gradient, { kind: "gradient", of: cost!, by: z! }]]),
    functions: new Map([
      [prime, { kind: "prime", of: sigma }],
      [byZ, { kind: "derivative", by: { ...z!, name: "z" } }],
    ]),
    names: new Map(),
  },
  sections: [
    {
      about: [],
      title: "The forward pass",
      text: ["From z2[n,k] comes a2[n,k]; 100 % of it, {all}."],
      chains: definitions.map((equation) => ({
        left: left(equation),
        links: [linkOf("definition", "", equation)],
      })),
    },
    {
      about: [],
      title: "δ2",
      text: [],
      chains: [
        {
          left: element(delta!, [n, k]),
          links: [
            linkOf("name", "δ2 is short for it", equationOf(element(gradient, [n, k]))),
            linkOf(
              "chain-rule",
              "no more is known of σ than σ′, which is what a chain rule needs",
              equationOf(call(prime, at)),
            ),
            linkOf(
              "algebra",
              "[k = m] is 1 for k = m",
              equationOf(call(byZ, neg(power(at, { kind: "number", value: 2 })))),
            ),
          ],
        },
      ],
    },
  ],
};

describe("a derivation as a page", () => {
  test("of text has its equals signs aligned, and reasons beneath where they are long", () => {
    expect(typeset(derivation, "text", { title: "One layer" })).toBe(
      `One layer
═════════

1  The forward pass
───────────────────

From z²[n,k] comes a²[n,k]; 100 % of it, {all}.

  z²[n,k] = Σ_i W²[k,i]·x[n,i]   [rows, 2]
  a²[n,k] = sigmoid(z²[n,k])     [rows, 2]

2  δ²
─────

  δ²[n,k] = ∂C/∂z²[n,k]
            │ [rows, 2]  δ² is short for it

          = σ′(z²[n,k])
            │ no more is known of σ than σ′, which is what a chain rule needs

          = d/dz (−z²[n,k]²)
            │ [k = m] is 1 for k = m

5 equalities, each verified at 20 random points or more; the largest relative
difference is 3e-15.
`,
    );
  });

  test("in matrix notation has capital letters, and each form once", () => {
    const text = typeset(derivation, "text", { notation: "matrix" });
    expect(text).toContain("  Z² = X W²ᵀ         [rows, 2]\n  A² = sigmoid(Z²)   [rows, 2]\n");
    expect(text).toContain("  δ²      = ∂C/∂Z²\n");
    expect(text).toContain("          = σ′(Z²)\n");
    expect(text).toContain("  δ²[n,k] = d/dz (−z²[n,k]²)\n"); //  acts on numbers
  });

  test("of LaTeX needs amsmath only, and words stay words", () => {
    const latex = typeset(derivation, "latex", { title: "One layer" });
    expect(latex.match(/\\usepackage.*/g)).toEqual(["\\usepackage{amsmath,amssymb}"]);
    expect(latex).toContain(
      String.raw`
\section{The forward pass}

From \(z^{2}_{nk}\) comes \(a^{2}_{nk}\); 100 \(\%\) of it, \(\{\)all\(\}\).
\begin{alignat*}{2}
  z^{2}_{nk} &= \sum_{i} W^{2}_{ki} \, x_{ni} &\qquad &\text{\small [rows, 2]} \\
  a^{2}_{nk} &= \mathrm{sigmoid}(z^{2}_{nk}) &\qquad &\text{\small [rows, 2]}
\end{alignat*}

\section{\(\delta^{2}\)}

\begin{align*}
  \delta^{2}_{nk} &= \frac{\partial C}{\partial z^{2}_{nk}} \\
  &\qquad \text{\small [rows, 2]~ \(\delta^{2}\) is short for it} \\
  &= \sigma'(z^{2}_{nk}) \\
  &\qquad \text{\small no more is known of \(\sigma\) than \(\sigma'\), which is what a chain rule needs} \\
  &= \frac{d}{dz} \, (-(z^{2}_{nk})^{2}) \\
  &\qquad \text{\small [k~=~m] is 1 for k = m}
\end{align*}

{\small 5 equalities`,
    );
  });

  test("of Markdown has its formulas where GitHub does not read them as Markdown", () => {
    expect(typeset(derivation, "markdown")).toContain(
      String.raw`## The forward pass

From $${"`"}z^{2}_{nk}${"`"}$ comes $${"`"}a^{2}_{nk}${"`"}$; 100 % of it, \{all\}.

${"```"}math
\begin{alignedat}{2}
  z^{2}_{nk} &= \sum_{i} W^{2}_{ki} \, x_{ni} &\qquad &{\small\text{[rows, 2]}} \\
  a^{2}_{nk} &= \mathrm{sigmoid}(z^{2}_{nk}) &\qquad &{\small\text{[rows, 2]}}
\end{alignedat}
${"```"}

## $${"`"}\delta^{2}${"`"}$
`,
    );
  });

  test("of HTML is one file without scripts, references or unescaped text", () => {
    const html = typeset(derivation, "html", { title: "a < b" });
    expect(html).toMatch(/^<!doctype html>/);
    expect(html).not.toMatch(/<script|https?:|href|src=/);
    expect(html).toContain("<h1>a &lt; b</h1>");
    expect(html).toContain('<div class="reason">');
    const opened = [...html.matchAll(/<([a-z0-9]+)[ >]/g)].map(([, name]) => name).sort();
    const closed = [...html.matchAll(/<\/([a-z0-9]+)>/g)].map(([, name]) => name);
    const count = html.split("<br>").length - 1;
    expect(opened).toEqual([...closed, "meta", "meta", ...Array(count).fill("br")].sort());
  });
});

describe("equations as a page", () => {
  test("stand one beneath the other, long ones broken before operators", () => {
    const text =
      "a[n] = r[n]·(1 + r[n])·(2 + r[n])·(3 + r[n]) - exp(r[n])·log(1 + r[n]) + tanh(r[n])\nb[n] = a[n]";
    expect(typeset(equationsOf(text), "text", { width: 50 })).toBe(
      `  a[n] = r[n]·(1 + r[n])·(2 + r[n])·(3 + r[n])
           − exp(r[n])·log(1 + r[n])
           + tanh(r[n])
         │ [rows]

  b[n] = a[n]   [rows]
`,
    );
  });

  test("a function by cases has a line for each of them", () => {
    const text = "a[n] = select(r[n] <= -3, 0, select(r[n] >= 3, 1, r[n]/6 + 1/2))";
    expect(typeset(equationsOf(text), "text")).toBe(
      `  a[n] = ⎧ 0            if r[n] ≤ −3
         ⎨ 1            if r[n] ≥ 3
         ⎩ r[n]/6 + ½   otherwise
         │ [rows]
`,
    );
  });
});
