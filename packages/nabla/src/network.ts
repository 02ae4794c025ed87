/**
 * A network is a list of equations. Layers write them, or you do; all else follows from the equations
 * alone: the gradients by the one rule, the derivation, the checks, and the code that runs.
 *
 *     z1[n,j] = Σ_i W1[j,i]·x[n,i] + b1[j]
 *     a1[n,j] = σ(z1[n,j])
 *     …
 *     C = 1/N · Σ_n c[n]
 */

import {
  check,
  checkCount,
  checkFields,
  checkNotNegative,
  checkShare,
  type Fields,
} from "./checks.ts";
import type { BackendName } from "./choose-backend.ts";
import type { Embedding } from "./embeddings.ts";
import type { Floats, Precision } from "./equations/memory.ts";
import type { SystemText } from "./equations/system.ts";
import { NablaError } from "./errors.ts";
import { checkFormula } from "./functions/activations.ts";
import { type Cost, costNames, costOf } from "./functions/costs.ts";
import type { InitializerName } from "./functions/initializers.ts";
import { elementOf, type Values } from "./layer-page.ts";
import { type Layer, writeLayers } from "./layers.ts";
import { type Network, run } from "./running.ts";

export type { Embedding } from "./embeddings.ts";
export {
  activation,
  dense,
  dropout,
  type Layer,
  layerNorm,
  residual,
} from "./layers.ts";

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
  /** The numbers in a row of the input x; 0 where there are embeddings alone, and no x. */
  readonly inputs: number;
  /** Inputs of their own, integers id1[n], id2[n], …: the first layer, which is dense, reads them. */
  readonly embeddings?: readonly Embedding[];
  readonly layers: readonly Layer[];
  /** A name of the table of costs, or a formula in a (or z) and y, summed over the outputs. */
  readonly cost: string;
  /** λ₁ of λ₁Σ|W|, over weights, never biases. Default 0. */
  readonly l1?: number;
  /** λ of ½λΣW², over weights, never biases. Default 0. */
  readonly l2?: number;
  /** Whether rows have weights w[n]: then C = 1/N · Σ_n w[n]·c[n] with N = Σ_n w[n]. Default false. */
  readonly weighted?: boolean;
  /**
   * ε in [0, 1): in training the targets of a cross-entropy are (1 − ε)·y + ε/K, those of a binary one
   * (1 − ε)·y + ε/2. Default 0.  C. Szegedy et al., Rethinking the inception architecture (2015).
   */
  readonly labelSmoothing?: number;
}

/** A network given as equations. */
export interface EquationDefinition extends Common, SystemText {}

/** Plain data: `network(definition)` builds the network, with freshly initialised parameters. */
export type NetworkDefinition = LayeredDefinition | EquationDefinition;

/**
 * Builds a network from layers or from equations.
 * @throws NablaError that names the layer, or the line and column of the equation
 */
export const network = (definition: NetworkDefinition): Network =>
  networkFrom(definition, new Map());

/** The same with these parameters for those that would be drawn. */
export function networkFrom(
  definition: NetworkDefinition,
  parameters: ReadonlyMap<string, Floats>,
): Network {
  if ("equations" in definition) {
    checkFields("field", definition, equationFields);
    return run(definition, { text: definition, parameters });
  }
  checkFields("field", definition, layeredFields);
  const { text, initial, cost } = writeEquations(definition);
  return run(definition, {
    text,
    initial: { ...initial, ...definition.initial },
    ...(cost.targets !== undefined && { targets: cost.targets }),
    parameters,
  });
}

/** What a layered definition says, as equations. */
export interface WrittenNetwork {
  readonly text: SystemText;
  readonly initial: Readonly<Record<string, InitializerName>>;
  readonly cost: Cost;
  /** The numbers in a row of the outputs. */
  readonly outputs: number;
}

export function writeEquations(definition: LayeredDefinition): WrittenNetwork {
  const { inputs, embeddings = [], layers, l1 = 0, l2 = 0 } = definition;
  const { weighted = false, labelSmoothing = 0 } = definition;
  if (inputs !== 0 || embeddings.length === 0) checkCount("inputs", inputs);
  checkNotNegative("l1", l1);
  checkNotNegative("l2", l2);
  check("weighted", typeof weighted === "boolean", { expected: "true or false", got: weighted });
  const cost = costOf(definition.cost);
  const written = writeLayers(layers, {
    ...{ inputs, embeddings, last: cost.link ?? "identity" },
    checkFormula: (formula) => checkFormula(formula, ["z"]),
  });
  const { outputs, weights, extents, masks, initial } = written;
  checkPairing(definition, cost, outputs);
  checkSmoothing(definition, cost);

  const smoothed = labelSmoothing > 0;
  const penalties = [
    ...(l1 === 0 ? [] : weights.map((w) => ` + ${l1}·${sumOver(w)} abs(${w})`)),
    ...(l2 === 0 ? [] : weights.map((w) => ` + ${l2}/2·${sumOver(w)} ${w}^2`)),
  ];
  const equations = [
    ...written.lines,
    ...(smoothed ? smoothingEquations(cost, labelSmoothing, outputs) : []),
    costEquation(cost, outputs, smoothed ? "ys" : "y"),
    `C = 1/N · Σ_n ${weighted ? "w[n]·c[n]" : "c[n]"}${penalties.join("")}`,
  ].join("\n");
  const given = [...(inputs > 0 ? ["x"] : []), ...embeddings.map((_, e) => `id${e + 1}`)];
  const names = {
    inputs: given.length === 1 ? given[0]! : given,
    ...{ targets: "y", outputs: outputs.name, cost: "C" },
    ...(weighted && { weights: "w" }),
  };
  return {
    text: { equations, extents, masks, ...names },
    ...{ initial, cost, outputs: outputs.units },
  };
}

/** c[n] = Σ_k of the cost's formula, its letters replaced by the elements of the last layer. */
function costEquation({ formula, over }: Cost, last: Values, targets: string): string {
  const { index: k, made } = last;
  const written = withElements(formula, {
    a: elementOf(last),
    y: `${targets}[n,${k}]`,
    ...(made && {
      z: `${made.z}[n,${k}]`,
      m: `m${made.number}[n]`,
      s: `s${made.number}[n]`,
    }),
  });
  return `c[n] = ${over}_${k} (${written})`;
}

/** The targets ys, smoothed in training. */
function smoothingEquations(
  { smoothed = "y" }: Cost,
  epsilon: number,
  { index: k, units }: Values,
): string[] {
  const y = `y[n,${k}]`;
  const written = withElements(smoothed, { y, e: String(epsilon), K: String(units) });
  return [`ys[n,${k}] = ${y}`, `ys[n,${k}] = ${written}   training`];
}

/** A formula with its letters replaced. */
const withElements = (formula: string, elements: Readonly<Record<string, string>>): string =>
  formula.replaceAll(/\b[a-zA-Z]\b/g, (letter) => elements[letter] ?? letter);

/** W2[k,j] → Σ_{k,j} */
const sumOver = (weights: string): string => `Σ_{${weights.slice(weights.indexOf("[") + 1, -1)}}`;

/** A cost with a link goes with that activation; a formula in z reads what the last one reads. */
function checkPairing(definition: LayeredDefinition, cost: Cost, last: Values): void {
  const { link, formula } = cost;
  const got = last.made?.by;
  const kind = definition.layers.at(-1)?.layer;
  const dense = link === undefined ? "dense(units)" : `dense(units, "${link}")`;
  if (got === undefined && /\bz\b/.test(formula)) {
    const remedy = `end with ${dense}`;
    throw new NablaError(
      "usage",
      `cost "${definition.cost}" reads pre-activations z, and a ${kind} layer at the end has none; ${remedy}`,
      { expected: "a dense or activation layer at the end", got: `a ${kind} layer`, remedy },
    );
  }
  if (link === undefined || got === link) return;
  const remedy = kind === "dense" ? dense : `activation("${link}")`;
  throw new NablaError(
    "usage",
    `cost "${definition.cost}" goes with the output activation "${link}", got "${got}"; write ${remedy}` +
      (kind === "dense" ? ", or leave the activation out" : ""),
    { expected: link, got: String(got), remedy },
  );
}

function checkSmoothing({ cost: name, labelSmoothing = 0 }: LayeredDefinition, cost: Cost): void {
  checkShare("labelSmoothing", labelSmoothing);
  if (labelSmoothing === 0 || cost.smoothed !== undefined) return;
  const expected = costNames.filter((name) => costOf(name).smoothed !== undefined).join(" or ");
  const [where, remedy] = ["labelSmoothing", "leave it out"];
  throw new NablaError(
    "usage",
    `${where} goes with the cost ${expected}, got "${name}"; ${remedy}`,
    { where, expected, got: name, remedy },
  );
}

const commonFields: Fields<Common> = { seed: true, precision: true, backend: true, initial: true };
const layeredFields: Fields<LayeredDefinition> = {
  ...{ inputs: true, layers: true, cost: true, l1: true, l2: true },
  ...{ embeddings: true, weighted: true, labelSmoothing: true },
  ...commonFields,
};
const equationFields: Fields<EquationDefinition> = {
  ...{ equations: true, extents: true, inputs: true, targets: true, outputs: true },
  ...{ cost: true, weights: true, masks: true },
  ...commonFields,
};
