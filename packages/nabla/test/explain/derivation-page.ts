/**
 * docs/derivation.md: what stands there of a derivation, in which order, and the words between. Formulas,
 * shapes, reasons and numbers are computed; `npm run docs` writes the page.
 */

import { dense, network, sgd } from "nabla";
import type { Chain, Derivation, Section } from "../../src/explain/derivation.ts";
import { derive } from "../../src/explain/derive/derive.ts";
import { deriveGeneral } from "../../src/explain/derive/general.ts";
import { type Notation, typeset } from "../../src/explain/typeset/typeset.ts";
import { derivationFigure } from "./derivation-figure.ts";
import { knownExample } from "./known-example.ts";
import { chainOf, sectionOf } from "./lines.ts";
import { corners } from "./page-corners.ts";

/** The files of docs/ by name. */
export function derivationPages(): Record<string, string> {
  const general = deriveGeneral();
  const net = network({
    ...{ inputs: 2, layers: [dense(3, "sigmoid"), dense(2, "sigmoid")] },
    cost: "squared-error",
  });
  const concrete = derive(net, { optimizer: sgd({ learningRate: 0.1 }) });
  const parts = [
    ...[opening, forAnyFunctions, ...generalParts(general)],
    ...[forOneNetwork, ...concreteParts(concrete)],
    slips(),
  ];
  return {
    "derivation.md": `${parts.map((part) => part.trim()).join("\n\n")}\n`,
    "derivation.svg": derivationFigure(concrete),
  };
}

const opening = `
# Back-propagation, derived

A network computes from left to right: inputs, layers, cost. Learning asks how the cost changes with each
weight, and the chain rule answers from right to left, each step with what the step before has found.

![Forward, from left to right: x, z1, a1, z2, a2, c. Backward, from right to left: the deltas of z2 and z1, and beneath each the gradients of its weights and biases.](derivation.svg)

nabla writes this page. Every formula and every reason comes from the equations of a network and from the
rule that differentiates them. Both sides of every equality were computed at random points, the derivatives
by dual numbers through the forward equations, and had to agree.

How to read it:

| | |
|---|---|
| $\`x_{ni}\`$, $\`y_{nk}\`$ | input $\`i\`$ and target $\`k\`$ of row $\`n\`$ |
| $\`W^{2}_{kj}\`$ | the weight of layer 2, to unit $\`k\`$ from unit $\`j\`$ |
| $\`z\`$, $\`a\`$ | the sum that a unit forms, and what its activation function makes of it |
| $\`c\`$, $\`C\`$ | the cost of one row, and its mean over all $\`N\`$ rows |
| $\`\\delta^{2}\`$ | short for $\`\\partial c / \\partial z^{2}\`$, or $\`\\partial C / \\partial z^{2}\`$ where rows are counted |
| $\`[l = m]\`$ | 1 where $\`l\`$ equals $\`m\`$, else 0 (Kronecker's delta) |
| [rows, 3] | the shape of the left side |
| $\`\\odot\`$ | element by element |
`;

const forAnyFunctions = `
## Any network of such layers

Here $\`\\sigma\`$ is any activation function and $\`E\`$ any error of one output; they stay symbols, with
$\`\\sigma'\`$ and $\`E'\`$ for their derivatives. The network has 2 inputs, two hidden layers of 3 units, and 2
outputs. Each step was verified with every activation function of nabla that takes one number in the place of
$\`\\sigma\`$, and with every cost of its tables that fits in the place of $\`E\`$.
`;

const forOneNetwork = `
## One network, all the way

Now 2 inputs, 3 hidden units and 2 outputs, with the sigmoid and half the squared error: nothing stays a symbol.
`;

const oneRow = "Backward, for one row";
const batch = "Backward, for a batch";

function generalParts(derivation: Derivation): string[] {
  const { row, rows, forward } = pickerOf(derivation);
  const index = [
    forward,
    section("Equation 1: δ of the last layer", row("∂c/∂a3", "δ3"), [
      "First one row, and its cost c; the index n is left out.",
      "Each output has a term of c to itself, and z3[l] acts on a3[l] alone: so both sums disappear.",
    ]),
    section("Equation 2: δ of a hidden layer", row("∂c/∂a2", "δ2"), [
      "A hidden unit acts on every unit of the next layer: so the sum over l stays.",
      "Layer 2 stands for any layer ℓ before the last; read 3 as ℓ + 1.",
    ]),
    section("Equation 3: biases", row("∂c/∂b2"), ["For every layer, the last one too."]),
    section("Equation 4: weights", row("∂c/∂W2"), [
      "For every layer, the last one too; in the first layer x stands for the activations before it.",
    ]),
    section(
      "The same for all rows",
      rows("∂C/∂c", "∂C/∂a3", "δ3", "∂C/∂a2", "δ2", "∂C/∂b2", "∂C/∂W2"),
      [
        "Rows meet only in the mean C. Each row keeps its own deltas, now with 1/N in them.",
        "Weights and biases serve every row, so their gradients add up over the rows.",
      ],
    ),
  ];
  return [part(derivation, index), asMatrices(derivation)];
}

function concreteParts(derivation: Derivation): string[] {
  const { row, forward, summary } = pickerOf(derivation);
  const index = [
    forward,
    ...derivation.sections.filter(({ title }) => title.startsWith("The derivative of")),
    section("Output weights", row("∂c/∂a2", "δ2", "∂c/∂W2"), [
      "One row. The other outputs do not depend on z2[k]: for them the derivative is 0, and the sum disappears.",
    ]),
    section("Hidden weights", row("∂c/∂a1", "δ1", "∂c/∂W1"), [
      "Every output depends on a1[j], so the sum over k stays; what does not depend on k may move out of it.",
    ]),
    section("Biases", row("∂c/∂b2", "∂c/∂b1"), [
      "A bias is added as it is: ∂z2/∂b2 is 1, and ∂z1/∂b1 too. So its gradient is the delta itself.",
    ]),
    section("An overview, right to left", summary.chains, [
      "All rows again. Each line needs only what stands above it, and the forward pass.",
    ]),
    sectionOf(derivation, "The update"),
  ];
  return [part(derivation, index), asMatrices(derivation)];
}

/** Forward and the summary: the whole computation. */
function asMatrices(derivation: Derivation): string {
  const { forward, summary } = pickerOf(derivation);
  const sections = [
    section("Forward, as matrices", forward.chains, [
      "Sums over an index are products of matrices; 1 is a column of ones, one for each row.",
    ]),
    section("Backward, as matrices", summary.chains, summary.text),
  ];
  return part(derivation, sections, "matrix");
}

function pickerOf(derivation: Derivation) {
  const from =
    (title: string) =>
    (...names: readonly string[]): Chain[] =>
      names.map((name) => chainOf(sectionOf(derivation, title), name));
  return {
    ...{ row: from(oneRow), rows: from(batch) },
    forward: sectionOf(derivation, "Forward"),
    summary: sectionOf(derivation, "Summary, right to left"),
  };
}

const section = (title: string, chains: readonly Chain[], text: readonly string[]): Section => ({
  ...{ title, chains, text, about: [] },
});

/** Sections of a derivation, their headings one level down. */
const part = (
  { symbols }: Derivation,
  sections: readonly Section[],
  notation: Notation = "index",
): string => typeset({ sections, symbols }, "markdown", { notation }).replaceAll(/^##/gm, "###");

function slips(): string {
  const { before, moving, frozen, updatedWeights } = knownExample();
  const { kink, tie } = corners();
  const cost = (value: number): string => value.toFixed(9);
  return `
## Simplifications, and slips in common texts

1. **The prime of another layer.** Common notes print equation 2 with $\`\\sigma'(z^{L})\`$ at its end, $\`L\`$ the last
   layer. It is $\`\\sigma'(z^{\\ell})\`$: the slope where the unit itself stands. Where layers differ
   in width, the shapes tell.
2. **A step that reads weights already updated.** The best-known worked example has 2 inputs, 2 hidden units, 2
   outputs, and a cost of ${cost(before)} before its first step ($\`\\eta = 0.5\`$, biases left as they are). After it,
   ${cost(updatedWeights)} is quoted. The rule gives ${cost(frozen)}, and ${cost(moving)} if the biases move too. The
   quoted cost comes out when $\`\\delta^{1}\`$ reads the weights $\`W^{2}\`$ after their update. All gradients belong to
   one point: first all of them, then the update.
3. **The order of the indices.** Some texts write $\`W_{ij}\`$ for the weight from $\`i\`$ to $\`j\`$. Here it is $\`W_{ji}\`$,
   to $\`j\`$ from $\`i\`$, so that $\`z = W a + b\`$ needs no transpose for one row; for rows it is
   $\`Z = A W^{\\mathsf{T}} + \\mathbf{1} \\, b^{\\mathsf{T}}\`$.
4. **A bias has one gradient.** A popular explainer updates each bias once per weight that comes in, so a unit with 3
   inputs moves its bias three times too far. In equation 3 the bias occurs once.
5. **The factor ½.** It stands before the squared error so that the 2 of the derivative goes. Without it each
   gradient of this cost is twice as large, and the same step takes half the learning rate.
6. **The mean over the rows.** $\`C\`$ has $\`1/N\`$ in it, and so has each $\`\\delta\`$ of a batch. Texts that add the rows up
   need a learning rate $\`N\`$ times smaller for the same step. The short last batch of an epoch is
   divided by its own number of rows.
7. **Half of a maximum.** Where the largest value occurs twice, a maximum has no derivative. nabla shares it equally:
   the gradient of max over ${tie.values.join(", ")} is ${tie.gradient.join(", ")}.
8. **Kinks.** relu has no derivative at 0, and nabla takes ${kink} there. Steps are verified at points that keep away
   from kinks and ties.
9. **What verified means.** Random points refute what is wrong; they do not prove what is right. The proof is the
   derivation itself.
`;
}
