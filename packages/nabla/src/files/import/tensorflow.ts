/**
 * Layers models of TensorFlow.js, `model.json` and its weight files: stacks of InputLayer, Dense,
 * Activation, Dropout, and Flatten of what is flat. Kernels are [inputs, units]; W is [units, inputs].
 */

import { dense, dropout, type Layer, activation as layerOf } from "../../layers.ts";
import { dataError, type JsonValue, quoted, readJson } from "../json.ts";
import { count, isRecord, list, number, text } from "../plain.ts";
import { cannotTake, type DenseNumbers, type Imported, networkOf } from "./imported.ts";

type Fields = { readonly [name: string]: JsonValue };

/** A model whose weight files are still to be read. */
export interface TensorFlowModel {
  /** Relative to the folder of the model, in this order. */
  readonly paths: readonly string[];
  /** Takes the bytes of all of them, one after the other. */
  import(weights: Uint8Array): Imported;
}

interface Weight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Whether a JSON value is a model of TensorFlow.js, of any kind. */
export const isTensorFlow = (value: JsonValue): boolean =>
  isRecord(value) && Object.hasOwn(value, "modelTopology");

/**
 * The model that a `model.json` describes.
 * Throws with the place in the text, and by name at a layer or a setting that changes predictions and
 * that there is no equation for here.
 */
export function readTensorFlow(json: string, name = "model.json"): TensorFlowModel {
  const model = fields(readJson({ text: json, name, deepest: 16 }), name);
  const { format = "layers-model" } = model;
  if (format !== "layers-model") throw cannotTake(name, `the format ${JSON.stringify(format)}`);
  const groups = list(fields)(model.weightsManifest ?? null, `${name}, weightsManifest`);
  const specs = groups.flatMap((group, g) =>
    list(fields)(group.weights ?? null, `${name}, weightsManifest[${g}].weights`),
  );
  const paths = groups.flatMap((group, g) =>
    list(text)(group.paths ?? null, `${name}, weightsManifest[${g}].paths`),
  );
  const layers = layersOf(model, name);
  return {
    paths: paths.map((path) => checkPath(path, name)),
    import: (bytes) => {
      const weights = readWeights(specs, bytes, name);
      const stack = stackOf(layers, weights, name);
      return {
        network: networkOf(stack, name),
        notTaken: [
          ...layers.flatMap(leftOut),
          ...Object.keys(model)
            .filter((field) => !TAKEN.includes(field))
            .map((field) => `${field}: it says how the model was trained or made`),
        ],
      };
    },
  };
}

const TAKEN = ["format", "modelTopology", "weightsManifest", "generatedBy", "convertedBy"];

function fields(value: JsonValue | undefined, where: string): Fields {
  if (value !== undefined && isRecord(value)) return value;
  throw dataError(where, "an object", value === undefined ? "none" : JSON.stringify(value));
}

/** A weight file lies in the model's folder, or below it. */
function checkPath(path: string, name: string): string {
  const parts = path.split("/");
  const isPlain =
    !/[\\:\0?#%]/.test(path) && parts.every((part) => part !== "" && !/^\.\.?$/.test(part));
  if (isPlain) return path;
  throw dataError(`${name}, weightsManifest`, "paths within the model's folder", quoted(path));
}

interface LayerEntry {
  readonly kind: string;
  readonly name: string;
  readonly config: Fields;
}

/** The layers of a stack, in their order. */
function layersOf(model: Fields, name: string): LayerEntry[] {
  const topology = fields(model.modelTopology, `${name}, modelTopology`);
  const { class_name: kind, config } = fields(topology.model_config ?? topology, name);
  const where = `${name}, modelTopology.config`;
  const isSequence = kind === "Sequential";
  if (!isSequence && kind !== "Model" && kind !== "Functional")
    throw cannotTake(name, `a model of class ${JSON.stringify(kind ?? null)}`);
  const listed = Array.isArray(config) ? config : fields(config, where).layers;
  const entries = list(fields)(listed ?? null, `${where}.layers`);
  const layers = entries.map((entry, l): LayerEntry => {
    const at = `${where}.layers[${l}]`;
    const own = fields(entry.config, `${at}.config`);
    return {
      kind: text(entry.class_name ?? null, `${at}.class_name`),
      name: text(own.name ?? entry.name ?? null, `${at}.config.name`),
      config: own,
    };
  });
  if (!isSequence) checkChain(entries, { layers, config: fields(config, where), name });
  return layers;
}

/** Each layer of a graph must read the one before it, and nothing else. */
function checkChain(
  entries: readonly Fields[],
  { layers, config, name }: { layers: readonly LayerEntry[]; config: Fields; name: string },
): void {
  const branch = entries.find((entry, l) => {
    const read = l === 0 ? [] : [[[layers[l - 1]!.name, 0, 0, {}]]];
    return JSON.stringify(entry.inbound_nodes ?? []) !== JSON.stringify(read);
  });
  if (branch !== undefined)
    throw cannotTake(name, `layer ${JSON.stringify(branch.name)}: layers that branch`);
  const ends = [layers[0], layers.at(-1)].map((layer) => JSON.stringify([[layer?.name, 0, 0]]));
  const said = [config.input_layers, config.output_layers].map((end) => JSON.stringify(end));
  if (said.some((end, i) => end !== ends[i])) throw cannotTake(name, "several inputs or outputs");
}

/** The values of each weight, by name. */
function readWeights(
  specs: readonly Fields[],
  bytes: Uint8Array,
  name: string,
): Map<string, Weight> {
  const weights = new Map<string, Weight>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  for (const spec of specs) {
    const own = text(spec.name ?? null, `${name}, weightsManifest, name`);
    const where = `${name}, weight ${quoted(own)}`;
    if (spec.dtype !== "float32")
      throw cannotTake(where, `the dtype ${JSON.stringify(spec.dtype ?? null)}`);
    if (spec.quantization !== undefined) throw cannotTake(where, "quantization");
    if (weights.has(own)) throw dataError(where, "each name once", "it again");
    const shape = list(count)(spec.shape ?? null, `${where}, shape`);
    const size = shape.reduce((a, b) => a * b, 1);
    if (!(4 * size <= bytes.length - at))
      throw dataError(where, `${4 * size} bytes`, `${bytes.length - at}`);
    const start = at;
    const values = Float32Array.from({ length: size }, (_, i) =>
      view.getFloat32(start + 4 * i, true),
    );
    weights.set(own, { shape, values });
    at += 4 * size;
  }
  if (at === bytes.length) return weights;
  throw dataError(`${name}, weight files`, `${at} bytes`, String(bytes.length));
}

function stackOf(entries: readonly LayerEntry[], weights: Map<string, Weight>, name: string) {
  const layers: Layer[] = [];
  const numbers: DenseNumbers[] = [];
  let units = inputsOf(entries, name);
  let last: string | undefined;
  const inputs = units;
  const take = (layer: LayerEntry, part: string, shape: readonly number[]): Float32Array => {
    const own = `${layer.name}/${part}`;
    const weight = weights.get(own);
    const where = `${name}, weight ${quoted(own)}`;
    const got = weight === undefined ? "none" : `[${weight.shape}]`;
    if (got !== `[${shape}]`) throw dataError(where, `[${shape}]`, got);
    weights.delete(own);
    return weight!.values;
  };
  for (const layer of entries) {
    const { kind, config } = layer;
    const where = `${name}, layer ${quoted(layer.name)}`;
    switch (kind) {
      case "InputLayer":
      case "Flatten":
        break;
      case "Dropout":
        layers.push(dropout(number(config.rate ?? null, `${where}, rate`)));
        break;
      case "Activation":
        last = activationOf(config.activation, where);
        layers.push(layerOf(last));
        break;
      case "Dense": {
        const own = count(config.units ?? null, `${where}, units`);
        const kernel = take(layer, "kernel", [units, own]);
        const bias = config.use_bias === false ? new Float32Array(own) : take(layer, "bias", [own]);
        const before = units;
        const transposed = Array.from({ length: own * before }, (_, at) => {
          const [j, i] = [Math.floor(at / before), at % before];
          return kernel[i * own + j]!;
        });
        numbers.push({ weights: transposed, biases: Array.from(bias) });
        last = activationOf(config.activation, where);
        layers.push(dense(own, last));
        units = own;
        break;
      }
      default:
        throw cannotTake(where, `a layer of class ${JSON.stringify(kind)}`);
    }
  }
  const [unread] = weights.keys();
  if (unread !== undefined)
    throw cannotTake(name, `the weight ${quoted(unread)}, which no layer reads`);
  const isLast = ["Dense", "Activation"].includes(entries.at(-1)?.kind ?? "");
  const cost = isLast && last !== undefined ? (costs.get(last) ?? ANY) : ANY;
  return { inputs, layers, cost, precision: "float32" as const, dense: numbers };
}

const ANY = "mean-squared-error";
const costs = new Map([
  ["softmax", "cross-entropy"],
  ["sigmoid", "binary-cross-entropy"],
]);

/** The numbers in a row: the batch is [null, inputs], or lists of lists that are flattened first. */
function inputsOf(entries: readonly LayerEntry[], name: string): number {
  const { batch_input_shape, batch_shape = null } = entries[0]?.config ?? {};
  const where = `${name}, batch_input_shape`;
  const shape = batch_input_shape ?? batch_shape;
  const [rows, ...row] = Array.isArray(shape) ? (shape as JsonValue[]) : [];
  if (rows !== null || row.length === 0)
    throw dataError(where, "[null, inputs]", JSON.stringify(shape));
  const first = entries.find(({ kind }) => kind !== "InputLayer" && kind !== "Dropout");
  if (row.length > 1 && first?.kind !== "Flatten")
    throw cannotTake(name, `inputs of shape ${JSON.stringify(shape)} that are not flattened first`);
  return list(count)(row, where).reduce((a, b) => a * b, 1);
}

/** The same functions under the names that nabla has; others as formulas. */
const activations = new Map([
  ["linear", "identity"],
  ...[
    "relu",
    "sigmoid",
    "tanh",
    "softmax",
    "elu",
    "selu",
    "softplus",
    "softsign",
    "silu",
    "mish",
    "gelu",
  ].map((name) => [name, name] as const),
  ["swish", "silu"],
  ["gelunew", "gelu-tanh"],
  ["relu6", "min(max(z, 0), 6)"],
  ["hardsigmoid", "max(0, min(1, 0.2*z + 0.5))"],
]);

function activationOf(given: JsonValue | undefined, where: string): string {
  const name = typeof given === "string" ? given : given === undefined ? "linear" : "";
  const known = activations.get(name.replaceAll("_", "").toLowerCase());
  if (known !== undefined) return known;
  throw cannotTake(where, `the activation ${JSON.stringify(given)}`);
}

/** What a layer's training had. */
function leftOut({ name, config }: LayerEntry): string[] {
  const training = Object.keys(config).filter(
    (field) => /_(regularizer|constraint)$/.test(field) && config[field] !== null,
  );
  return training.map((field) => `layer ${quoted(name)}: ${field}, which training alone reads`);
}
