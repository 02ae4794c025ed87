/**
 * The general network of the textbooks: σ is any function of one number, and the cost of a row adds up any
 * function E of each output and its target. Both stay symbols, with σ′ and E′ for their derivatives. Every
 * step is verified with each activation of the table for σ, and with each cost for E that can stand there.
 */

import { derivative } from "../../equations/derivative.ts";
import {
  type Expression,
  element,
  type NamedFunction,
  type Tensor,
  variable,
} from "../../equations/expression.ts";
import { formatEquation } from "../../equations/format.ts";
import { parseFormula } from "../../equations/parse.ts";
import { readSystem, type SystemText } from "../../equations/system.ts";
import { internal } from "../../errors.ts";
import { activations, namedFunction } from "../../functions/activations.ts";
import { type Cost, costs } from "../../functions/costs.ts";
import { sgd } from "../../functions/optimizers.ts";
import type { Derivation } from "../derivation.ts";
import { ownCall } from "../symbols.ts";
import { deriveSystem } from "./derive.ts";

const text: SystemText = {
  equations: `
    z1[n,j] = Σ_i W1[j,i]·x[n,i] + b1[j]
    a1[n,j] = sigma(z1[n,j])
    z2[n,k] = Σ_j W2[k,j]·a1[n,j] + b2[k]
    a2[n,k] = sigma(z2[n,k])
    z3[n,l] = Σ_k W3[l,k]·a2[n,k] + b3[l]
    a3[n,l] = sigma(z3[n,l])
    c[n] = Σ_l error(a3[n,l], y[n,l])
    C = 1/N·Σ_n c[n]`,
  extents: { i: 2, j: 3, k: 3, l: 2 },
  ...{ inputs: "x", targets: "y", outputs: "a3", cost: "C" },
};

/** The derivation of the general network. */
export function deriveGeneral(): Derivation {
  const activationFormulas = Object.values(activations).map(({ value }) => value);
  const errors = Object.values<Cost>(costs).filter(({ formula }) => !/\b[ms]\b/.test(formula));
  const derivations = activationFormulas.map((value, i) => {
    return withFunctions(value, errors[i % errors.length] as Cost);
  });
  return derivations.reduce(provenTogether);
}

function withFunctions(activation: string, { formula, targets }: Cost): Derivation {
  const z = variable("z");
  const sigma = opaque("σ", parseFormula(activation, [z], namedFunction), [z]);
  const a = variable(/\bz\b/.test(formula) ? "z" : "a");
  const y = variable("y");
  const error = opaque("E", parseFormula(formula, [a, y], namedFunction), [a, y]);
  const functions = (name: string): NamedFunction | undefined =>
    name === "sigma" ? sigma.function : name === "error" ? error.function : namedFunction(name);
  return deriveSystem(readSystem(text, functions), {
    optimizer: sgd({ learningRate: 0.1 }),
    opaque: new Map([sigma, error].map((f) => [f.prime, f.function])),
    ...(targets && { accept: targets.accept }),
  });
}

/** A function that shows only its name, and whose derivative is another such. */
function opaque(name: string, value: Expression, variables: readonly Tensor[]) {
  const [first] = variables;
  if (first === undefined) throw internal(`${name} has no variable`);
  const slope = derivative(value, element(first));
  const prime: NamedFunction = { name: `${name}′`, variables, value: slope };
  const claim = { result: variable("a"), derivative: ownCall(prime) };
  return { prime, function: { name, variables, value, claim } satisfies NamedFunction };
}

/** The same lines, proven by the points of both. */
function provenTogether(one: Derivation, other: Derivation): Derivation {
  const sections = one.sections.map((section, s) => ({
    ...section,
    chains: section.chains.map((chain, c) => ({
      ...chain,
      links: chain.links.map((link, l) => {
        const twin = other.sections[s]?.chains[c]?.links[l];
        if (twin === undefined || formatEquation(twin.equation) !== formatEquation(link.equation)) {
          throw internal(`${formatEquation(link.equation)} depends on what σ and E are`);
        }
        const points = link.verified.points + twin.verified.points;
        const maxError = Math.max(link.verified.maxError, twin.verified.maxError);
        return { ...link, verified: { points, maxError } };
      }),
    })),
  }));
  return { ...one, sections };
}
