/**
 * Layers are plain data, and each writes a few equations: from the values a[n,j] of the layer before,
 * those of its own, a′[n,j].
 *
 * Numbers count the dense layers, so that W2 is the second one's, whatever stands between them. What
 * follows a dense layer has its number (0 where none stands before), and what comes again under the
 * same number is h1, h1_2, ….
 */

import { checkCount, checkFields, checkShare, type Fields } from "./checks.ts";
import { type Embedding, writeEmbedding } from "./embeddings.ts";
import { NablaError, unknownName } from "./errors.ts";
import { type ActivationName, activations, activationText } from "./functions/activations.ts";
import type { InitializerName } from "./functions/initializers.ts";
import { elementOf, type Page, type Values } from "./layer-page.ts";

export type Layer = DenseLayer | ActivationLayer | LayerNormLayer | DropoutLayer | ResidualLayer;

/** Where a layer stands. */
interface Place {
  readonly page: Page;
  /** In messages: `layer 2`. */
  readonly where: string;
  /** The activation of a dense layer that names none; undefined where z goes on as it is. */
  readonly unsaid: string | undefined;
}

export interface DenseLayer {
  readonly layer: "dense";
  readonly units: number;
  readonly activation?: string;
}

/**
 * dense: z[n,j] = Σ_i W[j,i]·a[n,i] + b[j],  a′[n,j] = σ(z[n,j]).  W [units, inputs], b [units].
 *
 * Embeddings e1, e2, … beside the inputs add Σ_d1 V1[j,d1]·e1[n,d1] + … to z.
 *
 * `activation` is a name of the table or a formula in z. Left out, it is the link of the cost in the
 * last layer, else the identity.
 */
export const dense = (units: number, activation?: string): DenseLayer => ({
  layer: "dense",
  units,
  ...(activation !== undefined && { activation }),
});

function writeDense(layer: DenseLayer, before: Values, { page, where, unsaid }: Place): Values {
  const { units, activation = unsaid } = layer;
  checkCount(`${where}: units`, units);
  const l = page.dense + 1;
  const j = letterOf(l);
  const read = [
    ...(before.units > 0 ? [{ ...before, by: `W${l}` }] : []),
    ...(before.beside ?? []).map((values, e) => ({ ...values, by: `V${e + 1}` })),
  ];
  const weights = read.map(({ by }) => by);
  const z = { name: `z${l}`, index: j, units, weights };

  const sums = read.map(
    (values) => `Σ_${values.index} ${values.by}[${j},${values.index}]·${elementOf(values)}`,
  );
  page.lines.push(`${elementOf(z)} = ${sums.join(" + ")} + b${l}[${j}]`);
  page.extents[j] = units;
  page.weights.push(...read.map(({ by, index }) => `${by}[${j},${index}]`));
  for (const name of weights) page.initial[name] = initializerFor("identity");
  page.initial[`b${l}`] = "zeros";
  page.dense++;
  return activation === undefined ? z : writeActivation(activation, z, page);
}

/** i for the inputs, then j, k, …; n counts the rows. */
const letterOf = (l: number): string => "ijklopqr"[l] ?? `u${l}`;

export interface ActivationLayer {
  readonly layer: "activation";
  readonly activation: string;
}

/**
 * activation: a′[n,j] = σ(a[n,j]), by a name of the table or a formula in z. Right after a dense layer
 * it is that layer's activation.
 */
export const activation = (name: string): ActivationLayer => ({
  layer: "activation",
  activation: name,
});

/** a = σ(z), or the three equations of the softmax. */
function writeActivation(activation: string, before: Values, page: Page): Values {
  const { index: j, units, weights } = before;
  const number = numberOf("a", page);
  const made = { by: activation, z: before.name, number };
  const values = { name: `a${number}`, index: j, units, made };
  const [z, a] = [elementOf(before), elementOf(values)];

  if (activation === ("softmax" satisfies ActivationName)) {
    page.lines.push(
      `m${number}[n] = max_${j} ${z}   stabiliser`,
      `s${number}[n] = Σ_${j} exp(${z} − m${number}[n])`,
      `${a} = exp(${z} − m${number}[n])/s${number}[n]`,
    );
  } else {
    page.lines.push(`${a} = ${activationText(activation, z)}`);
    if (!Object.hasOwn(activations, activation)) page.checkFormula(activation);
  }
  for (const name of weights ?? []) page.initial[name] = initializerFor(activation);
  return values;
}

const initializerFor = (activation: string): InitializerName =>
  Object.hasOwn(activations, activation)
    ? activations[activation as keyof typeof activations].initializer
    : "glorot-uniform";

export interface LayerNormLayer {
  readonly layer: "layer-norm";
}

/**
 * layerNorm: a′[n,j] = g[j]·(a[n,j] − μ[n])/√(v[n] + ε) + o[j], with the mean μ and the variance v over
 * the units of a row, and ε = 1e-5.  Gains g [units] start at 1, offsets o [units] at 0.
 *
 * J. L. Ba, J. R. Kiros, G. E. Hinton, Layer normalization (2016).
 */
export const layerNorm = (): LayerNormLayer => ({ layer: "layer-norm" });

function writeLayerNorm(before: Values, page: Page): Values {
  const { index: j, units } = before;
  const l = numberOf("h", page);
  const a = elementOf(before);

  page.lines.push(
    `mu${l}[n] = mean_${j} ${a}`,
    `dev${l}[n,${j}] = ${a} − mu${l}[n]`,
    `var${l}[n] = mean_${j} dev${l}[n,${j}]^2`,
    `sd${l}[n] = sqrt(var${l}[n] + 1e-5)`,
    `h${l}[n,${j}] = g${l}[${j}]·dev${l}[n,${j}]/sd${l}[n] + o${l}[${j}]`,
  );
  page.initial[`g${l}`] = "ones";
  page.initial[`o${l}`] = "zeros";
  return { name: `h${l}`, index: j, units };
}

export interface DropoutLayer {
  readonly layer: "dropout";
  readonly rate: number;
}

/**
 * dropout: a′[n,j] = a[n,j]·mask[n,j] in training, a[n,j] in prediction. The mask is 0 with probability
 * `rate` in [0, 1), else 1/(1 − rate), so that a′ is a on average.
 *
 * N. Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting (2014).
 */
export const dropout = (rate: number): DropoutLayer => ({ layer: "dropout", rate });

function writeDropout({ rate }: DropoutLayer, before: Values, { page, where }: Place): Values {
  checkShare(`${where}: rate`, rate);
  const { name, index, units } = before;
  if (rate === 0) return { name, index, units };
  const l = numberOf("d", page);
  const values = { name: `d${l}`, index, units };
  const [a, d] = [elementOf(before), elementOf(values)];

  page.lines.push(`${d} = ${a}`, `${d} = ${a}·mask${l}[n,${index}]   training`);
  page.masks[`mask${l}`] = 1 - rate;
  return values;
}

export interface ResidualLayer {
  readonly layer: "residual";
  readonly layers: readonly Layer[];
}

/**
 * residual: a′[n,j] = a[n,j] + f(a)[n,j], where f is the given layers, one after another; they must end
 * in as many units as a has.
 *
 * K. He et al., Deep residual learning for image recognition (2016).
 */
export const residual = (layers: readonly Layer[]): ResidualLayer => ({
  layer: "residual",
  layers,
});

function writeResidual({ layers }: ResidualLayer, before: Values, { page, where }: Place): Values {
  const list = { page, where: `${where} (residual)`, prefix: `${where}.` };
  const inner = writeList(layers, before, list);
  const { index, units } = before;
  if (inner.units !== units) {
    const widths = `${where} (residual ${units} → ${inner.units})`;
    const remedy = `end them with dense(${units})`;
    throw new NablaError(
      "usage",
      `${widths} expects layers that end in ${units} units, got ${inner.units}; ${remedy}`,
      { where: widths, expected: `${units} units`, got: `${inner.units} units`, remedy },
    );
  }
  const values = { name: `r${numberOf("r", page)}`, index, units };
  const f = elementOf({ name: inner.name, index });
  page.lines.push(`${elementOf(values)} = ${elementOf(before)} + ${f}`);
  return values;
}

// Lists of layers

export type WrittenLayers = Readonly<Omit<Page, "given" | "dense" | "checkFormula">> & {
  readonly outputs: Values;
};

export interface LayersOptions {
  /** The numbers in a row of x. */
  readonly inputs: number;
  readonly embeddings?: readonly Embedding[];
  /** The activation of a last dense layer that names none. */
  readonly last: string;
  /** Throws at a formula in z that is none. */
  readonly checkFormula: (formula: string) => void;
}

/**
 * Writes the equations of layers that read x[n,i], and embeddings beside it.
 * @throws NablaError that names the layer
 */
export function writeLayers(layers: readonly Layer[], options: LayersOptions): WrittenLayers {
  const { inputs, embeddings = [], last, checkFormula } = options;
  const page: Page = {
    ...{ lines: [], extents: {}, initial: {}, masks: {}, weights: [], dense: 0 },
    ...{ given: new Map(), checkFormula },
  };
  if (inputs > 0) page.extents.i = inputs;
  const beside = embeddings.map((embedding, e) => writeEmbedding(embedding, e + 1, page));
  const first = layers[0]?.layer;
  if (beside.length > 0 && first !== undefined && first !== "dense") throw notDense(first);
  const x: Values = { name: "x", index: "i", units: inputs, beside };
  return {
    ...page,
    outputs: writeList(layers, x, { page, where: "a network", prefix: "layer ", last }),
  };
}

function notDense(got: string): NablaError {
  const [where, expected] = ["layer 1", "a dense layer, which reads the embeddings"];
  const message = `${where} must be ${expected}, got ${got}`;
  return new NablaError("usage", message, { where, expected, got });
}

/** Where a list of layers stands. */
interface List {
  readonly page: Page;
  readonly where: string;
  /** Of the numbers of its layers in messages: `layer 2.` */
  readonly prefix: string;
  readonly last?: string;
}

function writeList(layers: readonly Layer[], x: Values, list: List): Values {
  if (!Array.isArray(layers) || layers.length === 0) {
    throw new NablaError("usage", `${list.where} needs at least one layer`, { where: list.where });
  }
  return layers.reduce<Values>((before, layer, i) => {
    const next = layers[i + 1];
    const unsaid =
      next === undefined ? list.last : next?.layer === "dense" ? "identity" : undefined;
    return writeLayer(layer, before, { page: list.page, where: `${list.prefix}${i + 1}`, unsaid });
  }, x);
}

const fields: { readonly [L in Layer as L["layer"]]: Fields<L> } = {
  dense: { layer: true, units: true, activation: true },
  activation: { layer: true, activation: true },
  "layer-norm": { layer: true },
  dropout: { layer: true, rate: true },
  residual: { layer: true, layers: true },
};

function writeLayer(layer: Layer, before: Values, place: Place): Values {
  const name = String(layer?.layer);
  if (!Object.hasOwn(fields, name)) throw unknownName("layer", name, Object.keys(fields));
  checkFields(`field of ${place.where}`, layer, fields[layer.layer]);
  switch (layer.layer) {
    case "dense":
      return writeDense(layer, before, place);
    case "activation":
      return writeActivation(layer.activation, before, place.page);
    case "layer-norm":
      return writeLayerNorm(before, place.page);
    case "dropout":
      return writeDropout(layer, before, place);
    case "residual":
      return writeResidual(layer, before, place);
    default:
      return layer satisfies never;
  }
}

/** The number of the dense layer before; `1_2` where the letter has been given under it already. */
function numberOf(letter: string, { dense, given }: Page): string {
  const l = String(dense);
  const times = (given.get(letter + l) ?? 0) + 1;
  given.set(letter + l, times);
  return times === 1 ? l : `${l}_${times}`;
}
