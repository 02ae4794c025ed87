/**
 * The model file: a safetensors file whose tensors are the parameters, W1, b1, … All else is JSON in
 * its metadata, one text for each part:
 *
 *     format      nabla
 *     versions    of the format, and of the nabla that wrote it
 *     network     the definition
 *     schema      the columns of the table, and
 *     training    how it was trained, where the model reads tables
 *
 * Reading is by an allow-list of plain data: an unknown field, layer or version is refused, and the
 * tensors at hand are compared with the definition before anything is built from it.
 */

import { isFloats } from "../data.ts";
import type { Floats } from "../equations/memory.ts";
import { readSystem } from "../equations/system.ts";
import { NablaError } from "../errors.ts";
import { namedFunction } from "../functions/activations.ts";
import { type NetworkDefinition, network, writeEquations } from "../network.ts";
import type { Network } from "../running.ts";
import type { TableModel } from "../tables/model.ts";
import { featureNames, type TableSchema } from "../tables/schema.ts";
import { outputCount } from "../tables/target.ts";
import { dataError, quoted, readJson } from "./json.ts";
import { networkDefinition, tableSchema, trainingLog } from "./model-parts.ts";
import { oneOf, type Reader, record, text } from "./plain.ts";
import { readSafetensors, type Safetensors, type Tensor, writeSafetensors } from "./safetensors.ts";

const FORMAT = "nabla";
const VERSIONS = { format: 1, nabla: "0.1.0" };
const PARTS = ["format", "versions", "network", "schema", "training"];

const versions = record({ format: oneOf(VERSIONS.format), nabla: text });

/**
 * The bytes of a model file: of a network, of a model of tables, or of what `fit` gave.
 * Throws where `loadModel` would refuse them: at a parameter that is not finite, …
 */
export function saveModel(
  model: Network | TableModel | { readonly table: TableModel },
): Uint8Array {
  if ("table" in model) return saveModel(model.table);
  const [net, parts] =
    "schema" in model
      ? [model.network, { schema: model.schema, training: model.training }]
      : [model, {}];
  const { backend: _, ...definition } = net.definition; // what runs it is no part of it
  const texts = Object.entries({ versions: VERSIONS, network: definition, ...parts }).map(
    ([name, part]) => [name, JSON.stringify(part)],
  );
  const tensors = Array.from(net.parameters, ([name, data]): [string, Tensor] => {
    const shape = net.shapes.get(name) ?? [];
    const tensor: Tensor =
      data instanceof Float32Array ? { dtype: "F32", shape, data } : { dtype: "F64", shape, data };
    return [name, tensor];
  });
  const bytes = writeSafetensors({
    tensors: new Map(tensors),
    metadata: { format: FORMAT, ...Object.fromEntries(texts) },
  });
  readParts(bytes); // the rules are written once, there
  return bytes;
}

/**
 * The network of a model file or, where it reads tables, the model with its schema.
 * Throws with the place where the file is not what `saveModel` writes.
 */
export function loadModel(bytes: Uint8Array): Network | TableModel {
  const { definition, parameters, table } = readParts(bytes);
  const net = asData("model file, network", () => network(definition));
  for (const [name, values] of parameters) net.parameters.get(name)?.set(values);
  return table === undefined ? net : { network: net, ...table };
}

function readParts(bytes: Uint8Array) {
  const { tensors, metadata } = readSafetensors(bytes);
  if (metadata.format !== FORMAT) {
    const got = metadata.format === undefined ? "no format" : quoted(metadata.format);
    throw dataError("model file", `the format "${FORMAT}" in its metadata`, got);
  }
  readPart(metadata, { name: "versions", read: versions });
  const unknown = Object.keys(metadata).find((name) => !PARTS.includes(name));
  if (unknown !== undefined)
    throw dataError("model file", `the parts ${PARTS.join(", ")}`, quoted(unknown));

  const definition = readPart(metadata, { name: "network", read: networkDefinition });
  const parameters = matchTensors(definition, tensors);
  const isTable = ["schema", "training"].some((name) => Object.hasOwn(metadata, name));
  if (!isTable) return { definition, parameters };
  const schema = readPart(metadata, { name: "schema", read: tableSchema });
  checkSizes(definition, schema);
  return {
    definition,
    parameters,
    table: { schema, training: readPart(metadata, { name: "training", read: trainingLog }) },
  };
}

/** One part of the metadata. */
function readPart<T>(
  metadata: Safetensors["metadata"],
  { name, read }: { name: string; read: Reader<T> },
): T {
  const where = `model file, ${name}`;
  const json = metadata[name];
  if (json === undefined) throw dataError("model file", `a part ${name}`, "none");
  return asData(where, () => read(readJson({ text: json, name: where }), where));
}

/** The parameters: the tensors must have the names, shapes and precision of the definition. */
function matchTensors(
  definition: NetworkDefinition,
  tensors: Safetensors["tensors"],
): Map<string, Floats> {
  const system = asData("model file, network", () =>
    readSystem(
      "equations" in definition ? definition : writeEquations(definition).text,
      namedFunction,
    ),
  );
  const dtype = definition.precision === "float64" ? "F64" : "F32";
  const parameters = new Map<string, Floats>();
  for (const { name, shape } of system.parameters) {
    const where = `model file, tensor ${quoted(name)}`;
    const tensor = tensors.get(name);
    const expected = `${dtype} [${shape.join(", ")}]`;
    const got = tensor === undefined ? "none" : `${tensor.dtype} [${tensor.shape.join(", ")}]`;
    if (got !== expected || !isFloats(tensor?.data)) throw dataError(where, expected, got);

    const wrong = tensor.data.find((value) => !Number.isFinite(value));
    if (wrong !== undefined) throw dataError(where, "finite numbers", String(wrong));
    parameters.set(name, tensor.data);
  }
  const other = [...tensors.keys()].find((name) => !parameters.has(name));
  if (other === undefined) return parameters;
  const known = [...parameters.keys()].join(", ");
  throw dataError("model file", `the tensors ${known}`, `${quoted(other)} too`);
}

/** A table's columns must be as many inputs and outputs as the network has, and its classes as the weights. */
function checkSizes(definition: NetworkDefinition, schema: TableSchema): void {
  const sizes = (inputs: unknown, outputs: unknown) => `${inputs} inputs and ${outputs} outputs`;
  const expected =
    "layers" in definition
      ? sizes(definition.inputs, writeEquations(definition).outputs)
      : "a network of layers";
  const got = sizes(featureNames(schema).length, outputCount(schema.target));
  if (got !== expected) throw dataError("model file, schema", expected, got);

  const { target, weights } = schema;
  const count = target.task === "classification" ? target.classes.length : 0;
  const given = weights?.classes?.length ?? count;
  if (given === count) return;
  throw dataError("model file, schema.weights.classes", `${count} numbers`, `${given} numbers`);
}

/** What is wrong with a part is wrong with the file, however it was found. */
function asData<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof NablaError) || error.code === "data") throw error;
    throw new NablaError("data", `${where}: ${error.message}`, { ...error.details, where });
  }
}
