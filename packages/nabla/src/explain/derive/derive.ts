/**
 * The derivation of a network, in the order of the textbooks: forward; the derivative of every function;
 * backward for one row, then over the rows of a batch; what is used of it, right to left; the update.
 * Everything comes from the equations and from the trace of the one rule, and nothing leaves unproven.
 */

import { checkFields, type Fields } from "../../checks.ts";
import { type Equation, inPhase, neededFor, tensorsOf } from "../../equations/equation.ts";
import type { NamedFunction, Tensor } from "../../equations/expression.ts";
import type { EquationSystem } from "../../equations/system.ts";
import { costOf } from "../../functions/costs.ts";
import { checkOptimizer, type Optimizer } from "../../functions/optimizers.ts";
import { internalsOf, type Network } from "../../running.ts";
import type { Derivation, Section } from "../derivation.ts";
import { anyNumbers, type Draws } from "../proof/points.ts";
import { checkStabilisers } from "../proof/stabilisers.ts";
import { type DraftSection, verifySection } from "../proof/verify.ts";
import { newSymbols } from "../symbols.ts";
import { batchSections, oneRowSections } from "./backward.ts";
import { definitions, givens } from "./forward.ts";
import { functionSections } from "./functions.ts";
import { updateSection } from "./update-rule.ts";

export interface DeriveOptions {
  /** Whether the equations of training hold, with dropout and smoothed targets. Default false. */
  readonly training?: boolean;
  /** The optimiser whose update ends the derivation; none unless given. */
  readonly optimizer?: Optimizer;
}

const deriveFields: Fields<DeriveOptions> = { training: true, optimizer: true };

/**
 * Derives the gradients of a network, every step with its reason, every equality verified.
 * @throws NablaError for L-BFGS, which is no list of assignments, and for a stabiliser on which the cost
 * depends; an internal error where a step does not hold: it is never shown
 */
export function derive(net: Network, options: DeriveOptions = {}): Derivation {
  checkFields("derive option", options, deriveFields);
  const { system } = internalsOf(net).engine;
  const { definition } = net;
  const accept = "cost" in definition && "layers" in definition && costOf(definition.cost).targets;
  return deriveSystem(system, { ...options, ...(accept && { accept: accept.accept }) });
}

export interface SystemOptions extends DeriveOptions {
  /** What a target may be. */
  readonly accept?: (target: number) => boolean;
  /** Functions that stay symbols, by the symbol of their derivative: σ′ ↦ σ. */
  readonly opaque?: ReadonlyMap<NamedFunction, NamedFunction>;
}

export function deriveSystem(system: EquationSystem, options: SystemOptions = {}): Derivation {
  const { training = false, optimizer, opaque = new Map() } = options;
  const symbols = newSymbols(opaque);
  const draws = drawsOf(system, options);
  const phase = inPhase(training ? "training" : "prediction", system.equations);
  const forward = neededFor([system.cost, system.outputs], phase);
  const toCost = neededFor([system.cost], phase);
  checkStabilisers(toCost, system.cost, draws);
  const drafts = [
    forwardSection(forward, draws),
    ...functionSections({
      forward: toCost,
      active: activeIn(forward, system.parameters),
      opaque: new Set(opaque.values()),
      symbols,
      draws,
    }),
    ...oneRowSections(forward, system, { symbols, draws }),
    ...batchSections(forward, system, { symbols, draws }),
  ];
  const sections: Section[] = drafts.map((draft) => verifySection(draft, symbols));
  if (optimizer !== undefined) {
    sections.push(updateSection(checkOptimizer(optimizer), symbols));
  }
  const { tensors, functions, names } = symbols;
  return { sections, symbols: { tensors, functions, names } };
}

function drawsOf(system: EquationSystem, { accept }: SystemOptions): Draws {
  const positive = [...system.masks.keys(), ...(system.weights ? [system.weights] : [])];
  return {
    ...anyNumbers,
    accepts: (tensor) => (tensor.name === system.targets?.name ? accept : undefined),
    positive: new Set(positive.map(({ name }) => name)),
    weights: system.weights,
  };
}

/** What a parameter acts on. */
function activeIn(forward: readonly Equation[], parameters: readonly Tensor[]): Set<Tensor> {
  const active = new Set(parameters);
  for (const equation of forward) {
    if (equation.stabiliser === true) continue; //  never differentiated
    if ([...tensorsOf(equation)].some((tensor) => active.has(tensor))) active.add(equation.target);
  }
  return active;
}

const forwardSection = (forward: readonly Equation[], draws: Draws): DraftSection => ({
  title: "Forward",
  text: [givens(forward)],
  chains: definitions(forward),
  about: forward,
  draws,
});
