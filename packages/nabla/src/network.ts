/**
 * A network is a list of equations. Layers write them, or you do; all else follows from the equations
 * alone: the gradients by the one rule, the derivation, the checks, and the code that runs.
 *
 *     z1[n,j] = Σ_i W1[j,i]·x[n,i] + b1[j]
 *     a1[n,j] = σ(z1[n,j])
 *     …
 *     C = 1/N · Σ_n c[n]
 */

import type { BackendName } from "./choose-backend.ts";
import type { Precision } from "./equations/memory.ts";
import type { SystemText } from "./equations/system.ts";
import { NablaError, unknownName } from "./errors.ts";
import { type ActivationName, activations, activationText } from "./functions/activations.ts";
import { type Cost, costOf } from "./functions/costs.ts";
import type { InitializerName } from "./functions/initializers.ts";
import { type Network, run } from "./running.ts";

/** What both kinds of definition may say. */
interface Common {
  /** From which all randomness follows: an integer in [0, 2⁵³). Default 0. */
  readonly seed?: number;
  /** Of all that is stored. Default "float32". */
  readonly precision?: Precision;
  /** What runs the equations. Default "auto": "wasm" where the platform compiles it. */
  readonly backend?: BackendName;
  /** How single parameters start: an initialiser's name, or a number for every element. */
  readonly initial?: Readonly<Record<string, InitializerName | number>>;
}

/** A network given as layers. */
export interface LayeredDefinition extends Common {
  /** The numbers in a row of the inputs. */
  readonly inputs: number;
  readonly layers: readonly Layer[];
  /** A name of the table of costs, or a formula in a (or z) and y, summed over the outputs. */
  readonly cost: string;
  /** λ₁ of λ₁Σ|W|, over weights, never biases. Default 0. */
  readonly l1?: number;
  /** λ of ½λΣW², over weights, never biases. Default 0. */
  readonly l2?: number;
}

/** A network given as equations. */
export interface EquationDefinition extends Common, SystemText {}

/** Plain data: `network(definition)` builds the network, with freshly initialised parameters. */
export type NetworkDefinition = LayeredDefinition | EquationDefinition;

export interface Layer {
  readonly layer: "dense";
  readonly units: number;
  readonly activation?: string;
}

/**
 * dense: z[n,j] = Σ_i W[j,i]·a[n,i] + b[j],  a′[n,j] = σ(z[n,j]).  W [units, inputs], b [units].
 *
 * `activation` is a name of the table or a formula in z. Left out, it is the link of the cost in the
 * last layer, else the identity.
 */
export const dense = (units: number, activation?: string): Layer => ({
  layer: "dense",
  units,
  ...(activation !== undefined && { activation }),
});

/**
 * Builds a network from layers or from equations.
 * @throws NablaError that names the layer, or the line and column of the equation
 */
export function network(definition: NetworkDefinition): Network {
  if ("equations" in definition) {
    checkFields("field", definition, equationFields);
    return run(definition, { text: definition });
  }
  checkFields("field", definition, layeredFields);
  const { text, initial, cost } = writeEquations(definition);
  return run(definition, {
    text,
    initial: { ...initial, ...definition.initial },
    ...(cost.targets !== undefined && { targets: cost.targets }),
  });
}

/** What layers say, as equations. */
export interface WrittenLayers {
  readonly text: SystemText;
  readonly initial: Readonly<Record<string, InitializerName>>;
  readonly cost: Cost;
}

export function writeEquations(definition: LayeredDefinition): WrittenLayers {
  const { inputs, layers, l1 = 0, l2 = 0 } = definition;
  checkCount("inputs", inputs);
  const lines: string[] = [];
  const weights: string[] = [];
  const initial: Record<string, InitializerName> = {};
  const extents: Record<string, number> = { i: inputs };
  const cost = costOf(definition.cost);

  let before = "x";
  let i = "i";
  for (const [index, layer] of layers.entries()) {
    const l = index + 1;
    const j = letterOf(l);
    checkLayer(layer, l);
    const isLast = l === layers.length;
    const activation = layer.activation ?? (isLast ? cost.link : undefined) ?? "identity";
    if (isLast) checkPairing(definition.cost, cost, activation);

    extents[j] = layer.units;
    lines.push(`z${l}[n,${j}] = Σ_${i} W${l}[${j},${i}]·${before}[n,${i}] + b${l}[${j}]`);
    lines.push(...activationEquations(activation, l, j));
    weights.push(`W${l}[${j},${i}]`);
    initial[`W${l}`] = Object.hasOwn(activations, activation)
      ? activations[activation as keyof typeof activations].initializer
      : "glorot-uniform";
    initial[`b${l}`] = "zeros";
    before = `a${l}`;
    i = j;
  }
  if (layers.length === 0) throw new NablaError("usage", "a network needs at least one layer");

  lines.push(costEquation(cost, layers.length));
  const penalties = [
    ...(l1 === 0 ? [] : weights.map((w) => ` + ${checkPenalty("l1", l1)}·${sumOver(w)} abs(${w})`)),
    ...(l2 === 0 ? [] : weights.map((w) => ` + ${checkPenalty("l2", l2)}/2·${sumOver(w)} ${w}^2`)),
  ];
  lines.push(`C = 1/N · Σ_n c[n]${penalties.join("")}`);

  const equations = lines.join("\n");
  const names = { inputs: "x", targets: "y", outputs: before, cost: "C" };
  return { text: { equations, extents, ...names }, initial, cost };
}

/** a = σ(z), or the three equations of the softmax. */
function activationEquations(activation: string, l: number, j: string): string[] {
  const z = `z${l}[n,${j}]`;
  if (activation !== ("softmax" satisfies ActivationName)) {
    return [`a${l}[n,${j}] = ${activationText(activation, z)}`];
  }
  return [
    `m${l}[n] = max_${j} ${z}   stabiliser`,
    `s${l}[n] = Σ_${j} exp(${z} − m${l}[n])`,
    `a${l}[n,${j}] = exp(${z} − m${l}[n])/s${l}[n]`,
  ];
}

/** c[n] = Σ_k of the cost's formula, its letters replaced by the elements of the last layer. */
function costEquation({ formula, over }: Cost, l: number): string {
  const k = letterOf(l);
  const elements: Readonly<Record<string, string>> = {
    a: `a${l}[n,${k}]`,
    z: `z${l}[n,${k}]`,
    y: `y[n,${k}]`,
    m: `m${l}[n]`,
    s: `s${l}[n]`,
  };
  const written = formula.replaceAll(/\b[azyms]\b/g, (letter) => elements[letter] ?? letter);
  return `c[n] = ${over}_${k} (${written})`;
}

/** W2[k,j] → Σ_{k,j} */
const sumOver = (weights: string): string => `Σ_{${weights.slice(weights.indexOf("[") + 1, -1)}}`;

/** i for the inputs, then j, k, …; n counts the rows. */
const letterOf = (l: number): string => "ijklopqr"[l] ?? `u${l}`;

function checkPairing(name: string, { link }: Cost, activation: string): void {
  if (link === undefined || activation === link) return;
  throw new NablaError(
    "usage",
    `cost "${name}" goes with the output activation "${link}", got "${activation}"; write dense(units, "${link}"), or leave the activation out`,
    { expected: link, got: activation, remedy: `dense(units, "${link}")` },
  );
}

/** Every field of a type, so that a misspelt one is not passed over. */
type Fields<T> = Readonly<Record<keyof T, true>>;

const commonFields: Fields<Common> = { seed: true, precision: true, backend: true, initial: true };
const layeredFields: Fields<LayeredDefinition> = {
  ...{ inputs: true, layers: true, cost: true, l1: true, l2: true },
  ...commonFields,
};
const equationFields: Fields<EquationDefinition> = {
  ...{ equations: true, extents: true, inputs: true, targets: true, outputs: true },
  ...{ cost: true, masks: true },
  ...commonFields,
};
const layerFields: Fields<Layer> = { layer: true, units: true, activation: true };

function checkFields(what: string, given: object, known: object): void {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(known, name)) throw unknownName(what, name, Object.keys(known));
  }
}

function checkLayer(layer: Layer, l: number): void {
  if (layer.layer !== "dense") throw unknownName("layer", String(layer.layer), ["dense"]);
  checkFields(`field of layer ${l}`, layer, layerFields);
  checkCount(`layer ${l}: units`, layer.units);
}

function checkCount(what: string, count: number): void {
  if (Number.isSafeInteger(count) && count > 0) return;
  const expected = "a positive integer";
  throw new NablaError("usage", `${what} must be ${expected}, got ${count}`, {
    where: what,
    expected,
    got: String(count),
  });
}

function checkPenalty(what: string, lambda: number): number {
  if (Number.isFinite(lambda) && lambda >= 0) return lambda;
  throw new NablaError("usage", `${what} must be a number ≥ 0, got ${lambda}`, {
    where: what,
    expected: "a number ≥ 0",
    got: String(lambda),
  });
}
