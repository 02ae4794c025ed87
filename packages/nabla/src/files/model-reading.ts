/**
 * What is in a model file, compared with itself. Whoever reads says what a definition means and how to
 * read the training log, so that what only predicts need not know how to train.
 */

import type { Tensor } from "../equations/expression.ts";
import type { Floats } from "../equations/memory.ts";
import type { Embedding, NetworkDefinition } from "../network.ts";
import { embeddingsOf, type TableSchema } from "../tables/columns/schema.ts";
import { slotCount } from "../tables/columns/slots.ts";
import { outputCount } from "../tables/target.ts";
import { checkSeal } from "./checksum.ts";
import { asData, checkFormat, checkParts, type FileKind, readPart } from "./container.ts";
import { dataError, quoted } from "./json.ts";
import { networkDefinition, tableSchema } from "./model-parts.ts";
import { oneOf, type Reader, record, text } from "./plain.ts";
import { readSafetensors, type Safetensors } from "./safetensors.ts";
import { FORMAT_VERSION, formatVersions, upgraded } from "./upgrade.ts";

export const kind: FileKind = {
  file: "model file",
  format: "nabla",
  parts: ["format", "versions", "network", "schema", "training", "checksum"],
};

const versions = record({ format: oneOf(...formatVersions), nabla: text });

/** What a definition says. */
export interface Described {
  readonly parameters: readonly Tensor[];
  /** The numbers in a row of the outputs, where it has layers. */
  readonly outputCount?: number;
}

export interface Reading<D extends Described, Log> {
  /** Throws where the definition is wrong. */
  readonly describe: (definition: NetworkDefinition) => D;
  readonly trainingLog: Reader<Log>;
}

export interface ModelParts<D, Log> {
  readonly definition: NetworkDefinition;
  readonly described: D;
  /** Views of the file's bytes, where these lie aligned. */
  readonly parameters: ReadonlyMap<string, Floats>;
  readonly table: { readonly schema: TableSchema; readonly training: Log } | undefined;
}

/** Throws with the place where the file is not what `saveModel` writes. */
export function readParts<D extends Described, Log>(
  bytes: Uint8Array,
  { describe, trainingLog }: Reading<D, Log>,
): ModelParts<D, Log> {
  const file = readSafetensors(bytes);
  const { tensors, metadata } = file;
  checkFormat(metadata, kind);
  const { format } = partOf(metadata, { name: "versions", read: versions });
  checkParts(metadata, kind);

  const definition = partOf(metadata, { name: "network", read: networkDefinition });
  const described = asData("model file, network", () => describe(definition));
  const dtype = definition.precision === "float64" ? "F64" : "F32";
  const parameters = matchTensors(described, tensors, dtype);
  const isTable = ["schema", "training"].some((name) => Object.hasOwn(metadata, name));
  const table = isTable ? readTable() : undefined;
  // At last, so that what breaks a rule is named
  if (format > 1 || Object.hasOwn(metadata, "checksum")) checkSeal(file, kind.file);
  return { definition, described, parameters, table };

  function readTable() {
    const schema = partOf(metadata, { name: "schema", read: tableSchema, format });
    checkSizes(definition, described, schema);
    return { schema, training: partOf(metadata, { name: "training", read: trainingLog, format }) };
  }
}

/** One part, upgraded from the format of the file. */
const partOf = <T>(
  metadata: Safetensors["metadata"],
  { name, read, format = FORMAT_VERSION }: { name: string; read: Reader<T>; format?: number },
): T =>
  readPart(metadata, {
    ...{ file: kind.file, name, read },
    upgrade: (part, where) => upgraded(part, { name, where, format }),
  });

/** The parameters: the tensors must have their names and shapes, and the precision of the network. */
function matchTensors(
  { parameters: wanted }: Described,
  tensors: Safetensors["tensors"],
  dtype: "F32" | "F64",
): Map<string, Floats> {
  const parameters = new Map<string, Floats>();
  for (const { name, shape } of wanted) {
    const where = `model file, tensor ${quoted(name)}`;
    const tensor = tensors.get(name);
    const expected = `${dtype} [${shape.join(", ")}]`;
    const got = tensor === undefined ? "none" : `${tensor.dtype} [${tensor.shape.join(", ")}]`;
    if (got !== expected) throw dataError(where, expected, got);

    const data = tensor?.data as Floats; //  as the dtype says
    checkFinite(data, where);
    parameters.set(name, data);
  }
  const other = [...tensors.keys()].find((name) => !parameters.has(name));
  if (other === undefined) return parameters;
  const known = [...parameters.keys()].join(", ");
  throw dataError("model file", `the tensors ${known}`, `${quoted(other)} too`);
}

function checkFinite(values: Floats, where: string): void {
  for (let i = 0; i < values.length; i++)
    if (!Number.isFinite(values[i])) throw dataError(where, "finite numbers", String(values[i]));
}

/** A table's columns must be as many inputs and outputs as the network has, and its classes as the weights. */
function checkSizes(
  definition: NetworkDefinition,
  described: Described,
  schema: TableSchema,
): void {
  const sizes = (inputs: number, embeddings: readonly Embedding[], outputs = Number.NaN) => {
    const tables = embeddings.map(({ categories, units }) => `, ${categories} × ${units}`).join("");
    return `${inputs}${tables} inputs and ${outputs} outputs`;
  };
  const expected =
    "layers" in definition
      ? sizes(definition.inputs, definition.embeddings ?? [], described.outputCount)
      : "a network of layers";
  const outputs = outputCount(schema.target);
  const got = sizes(sum(schema.features.map(slotCount)), embeddingsOf(schema), outputs);
  if (got !== expected) throw dataError("model file, schema", expected, got);

  const { target, weights } = schema;
  const count = target.task === "classification" ? target.classes.length : 0;
  const given = weights?.classes?.length ?? count;
  if (given === count) return;
  throw dataError("model file, schema.weights.classes", `${count} numbers`, `${given} numbers`);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
