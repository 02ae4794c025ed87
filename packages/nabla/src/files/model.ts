/**
 * The model file: a safetensors file whose tensors are the parameters, W1, b1, … All else is JSON in
 * its metadata, one text for each part:
 *
 *     format      nabla
 *     versions    of the format, and of the nabla that wrote it
 *     network     the definition
 *     schema      the columns of the table, and
 *     training    how it was trained, where the model reads tables
 *     checksum    of all of these and the parameters, from format 2 on
 *
 * Reading is by an allow-list of plain data: an unknown field, layer or version is refused, and the
 * tensors at hand are compared with the definition before anything is built from it.
 */

import { readSystem } from "../equations/system.ts";
import { namedFunction } from "../functions/activations.ts";
import { type NetworkDefinition, networkFrom, writeEquations } from "../network.ts";
import type { Network } from "../running.ts";
import type { TableModel } from "../tables/model.ts";
import { VERSION } from "../version.ts";
import { sealed } from "./checksum.ts";
import { asData } from "./container.ts";
import { type Described, kind, readParts } from "./model-reading.ts";
import { type Tensor, writeSafetensors } from "./safetensors.ts";
import { trainingLog } from "./training-log.ts";
import { FORMAT_VERSION } from "./upgrade.ts";

const VERSIONS = { format: FORMAT_VERSION, nabla: VERSION };
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
  const file = {
    tensors: new Map(tensors),
    metadata: { format: kind.format, ...Object.fromEntries(texts) },
  };
  const bytes = writeSafetensors({ ...file, metadata: sealed(file) });
  readParts(bytes, reading); // the rules are written once, there
  return bytes;
}

/**
 * The network of a model file or, where it reads tables, the model with its schema.
 * Throws with the place where the file is not what `saveModel` writes.
 */
export function loadModel(bytes: Uint8Array): Network | TableModel {
  const { definition, parameters, table } = readParts(bytes, reading);
  const net = asData("model file, network", () => networkFrom(definition, parameters));
  return table === undefined ? net : { network: net, ...table };
}

/** What a definition says. */
function describe(definition: NetworkDefinition): Described {
  if ("equations" in definition) return readSystem(definition, namedFunction);
  const { text, outputs } = writeEquations(definition);
  return { parameters: readSystem(text, namedFunction).parameters, outputCount: outputs };
}

const reading = { describe, trainingLog };
