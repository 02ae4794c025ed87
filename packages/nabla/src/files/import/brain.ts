/**
 * Networks of brain.js, as `toJSON()` of its NeuralNetwork writes them. All layers, the outputs included,
 * have one activation.
 *
 *     1.x   layers: [{ "0": {}, … }, { "0": { bias, weights: { "0": … } }, … }, …], inputs and outputs by
 *           name where they have names
 *     2.x   layers: [{ weights: [], biases: [] }, { weights: [[…]], biases: […] }, …], type, lookups
 */

import { dense } from "../../layers.ts";
import { dataError, type JsonValue, quoted, readJson } from "../json.ts";
import { count, isRecord, list, number } from "../plain.ts";
import { cannotTake, type DenseNumbers, type Imported, networkOf } from "./imported.ts";

type Fields = { readonly [name: string]: JsonValue };

const fields = (value: JsonValue | undefined, where: string): Fields => {
  if (value !== undefined && isRecord(value)) return value;
  throw dataError(where, "an object", value === undefined ? "none" : JSON.stringify(value));
};

/** Whether a JSON value is a network of brain.js, of any kind. */
export const isBrain = (value: JsonValue): boolean =>
  isRecord(value) && Array.isArray(value.sizes) && Array.isArray(value.layers);

/**
 * The network that a JSON text of brain.js holds.
 * Throws with the place in the text, and where there is a network of another kind.
 */
export function importBrain(text: string, name = "brain.js"): Imported {
  const json = fields(readJson({ text, name }), name);
  const { type = "NeuralNetwork", trainOpts, options } = json;
  if (type !== "NeuralNetwork" && type !== "NeuralNetworkGPU")
    throw cannotTake(name, `a network of type ${JSON.stringify(type)}`);
  const sizes = list(count)(json.sizes ?? null, `${name}, sizes`);
  const [inputs, ...units] = sizes;
  const layers = list((layer, where) => fields(layer, where))(
    json.layers ?? null,
    `${name}, layers`,
  );
  if (inputs === undefined || units.length === 0 || layers.length !== sizes.length)
    throw dataError(`${name}, layers`, `${sizes.length} layers, two or more`, `${layers.length}`);

  const isFirst = !layers.slice(1).every((layer) => Array.isArray(layer.weights));
  const said = [trainOpts, options].map((part) => fields(part ?? {}, name));
  const activation = isFirst
    ? (json.activation ?? said[0]!.activation)
    : (said[0]!.activation ?? said[1]!.activation);
  const alpha = number(
    said[0]!.leakyReluAlpha ?? said[1]!.leakyReluAlpha ?? json.leakyReluAlpha ?? 0.01,
    `${name}, leakyReluAlpha`,
  );
  const formula = activationOf(activation ?? "sigmoid", { alpha, isFirst, name });
  const dense_ = isFirst ? firstWeights(layers, name) : secondWeights(layers, name);
  const names = isFirst
    ? [layers[0]!, layers.at(-1)!].map((layer) => Object.keys(layer))
    : [json.inputLookup, json.outputLookup].map((lookup) => namesOf(lookup, name));

  return {
    network: networkOf(
      {
        inputs,
        layers: units.map((count) => dense(count, formula)),
        ...{ cost: "mean-squared-error", precision: "float64", dense: dense_ },
      },
      name,
    ),
    notTaken: [
      ...["inputs", "outputs"].flatMap((what, i) => orderOf(what, names[i])),
      ...Object.keys(json)
        .filter((field) => !TAKEN.includes(field))
        .map((field) => `${field}: it says how the network was trained or set up`),
    ],
  };
}

const TAKEN = ["type", "sizes", "layers", "activation", "leakyReluAlpha"].concat([
  "inputLookup",
  "inputLookupLength",
  "outputLookup",
  "outputLookupLength",
]);

/** Names that are more than numbers: a network goes by the order. */
function orderOf(what: string, names: readonly string[] | undefined): string[] {
  if (names === undefined || names.every((name, i) => name === String(i))) return [];
  return [`the names of the ${what}, whose order is ${names.map(quoted).join(", ")}`];
}

/** The names of a lookup, by their numbers. */
function namesOf(lookup: JsonValue | undefined, where: string): string[] | undefined {
  if (lookup === undefined || lookup === null) return undefined;
  const numbers = Object.entries(fields(lookup, `${where}, lookup`));
  return numbers
    .map(([name, at]) => [name, count(at, `${where}, lookup, ${quoted(name)}`)] as const)
    .sort(([, a], [, b]) => a - b)
    .map(([name]) => name);
}

function activationOf(
  activation: JsonValue,
  { alpha, isFirst, name }: { alpha: number; isFirst: boolean; name: string },
): string {
  switch (activation) {
    case "sigmoid":
    case "tanh":
    case "relu":
      return activation;
    case "leaky-relu":
      // 1.x computes what its name does not say: 0 below 0, and a slope of α above
      return isFirst ? `select(z < 0, 0, ${alpha}*z)` : `max(z, ${alpha}*z)`;
    default:
      throw cannotTake(name, `the activation ${JSON.stringify(activation)}`);
  }
}

/** 1.x: nodes by name, in the order of the names; the weights of a node by the names of the layer before. */
const firstWeights = (layers: readonly Fields[], name: string): DenseNumbers[] =>
  layers.slice(1).map((layer, l) => {
    const before = Object.keys(layers[l]!);
    const weights: number[] = [];
    const biases: number[] = [];
    for (const [key, value] of Object.entries(layer)) {
      const where = `${name}, layers[${l + 1}], ${quoted(key)}`;
      const node = fields(value, where);
      const own = fields(node.weights, `${where}, weights`);
      const other = Object.keys(own).find((key) => !before.includes(key));
      if (other !== undefined)
        throw dataError(`${where}, weights`, "those of the layer before", quoted(other));
      biases.push(number(node.bias ?? null, `${where}, bias`));
      for (const from of before)
        weights.push(number(own[from] ?? null, `${where}, weights, ${quoted(from)}`));
    }
    return { weights, biases };
  });

const secondWeights = (layers: readonly Fields[], name: string): DenseNumbers[] =>
  layers.slice(1).map(({ weights = null, biases = null }, l) => {
    const where = `${name}, layers[${l + 1}]`;
    const rows = list(list(number))(weights, `${where}.weights`);
    const ragged = rows.find((row) => row.length !== rows[0]!.length);
    if (ragged !== undefined)
      throw dataError(`${where}.weights`, `rows of ${rows[0]!.length} numbers`, `${ragged.length}`);
    return { weights: rows.flat(), biases: list(number)(biases, `${where}.biases`) };
  });
