/**
 * The checkpoint: a safetensors file whose tensors are the arrays of a training's state: "parameters",
 * "slot m", "best", …, flat. All else is JSON in its metadata:
 *
 *     format      nabla checkpoint
 *     versions    of the format, and of the nabla that wrote it
 *     counters    the numbers of the state
 *     checksum    of everything else
 *
 * and, where the training is that of a table,
 *
 *     network     the definition
 *     schema      the columns of the table, and how they are encoded
 *     origin      what the training is of: the options, the columns' checksums, what runs it
 *
 * with the epochs that have ended in the tensor "history", [epochs, 5 or 6]: epoch, step, cost, seconds,
 * learning rate and, with validation rows, validation cost. The order of the rows and the dropout masks
 * follow from the seed and the step, so no generator has a state.
 */

import { isFloats } from "../data.ts";
import { checkOptimizer, type RuleName } from "../functions/optimizers.ts";
import type { TableCheckpoint } from "../tables/resume.ts";
import type { TrainingCounters, TrainingState } from "../train/state.ts";
import type { Epoch } from "../train/train.ts";
import { VERSION } from "../version.ts";
import { checkSeal, sealed } from "./checksum.ts";
import { checkFormat, checkParts, type FileKind, readPart } from "./container.ts";
import { dataError, quoted } from "./json.ts";
import { networkDefinition, tableSchema } from "./model-parts.ts";
import { count, dictionary, list, number, oneOf, type Reader, record, text } from "./plain.ts";
import { readSafetensors, type Safetensors, type Tensor, writeSafetensors } from "./safetensors.ts";

const VERSIONS = { format: 1, nabla: VERSION };
const tableParts = ["network", "schema", "origin"];
const kind: FileKind = {
  file: "checkpoint",
  format: "nabla checkpoint",
  parts: ["format", "versions", "counters", "checksum", ...tableParts],
};
const HISTORY = "history";

const versions = record({ format: oneOf(VERSIONS.format), nabla: text });

const rule: Reader<RuleName> = (value, where) =>
  checkOptimizer({ rule: text(value, where) as RuleName }).rule;

const counters: Reader<TrainingCounters> = record(
  {
    ...{ step: count, epoch: count, batch: count, batches: count },
    ...{ optimizer: rule, updates: count },
    ...{ total: number, skipped: count, seconds: number },
  },
  {
    best: record({ epoch: count, validationCost: number }),
    plateau: record({ waited: count, cooling: count, drops: count }, { best: number }),
    lbfgs: record({ pairs: count }, { ending: oneOf("gradient", "change", "line-search") }),
  },
);

const origin: Reader<TableCheckpoint["origin"]> = record({
  version: text,
  backend: text,
  precision: oneOf("float32", "float64"),
  options: dictionary((value) => value), // compared, and never used
  rows: count,
  columns: list(
    record({ name: text, type: oneOf("number", "date", "text", "boolean"), checksum: count }),
  ),
});

/** The bytes of a checkpoint: of a state that `train` gave, or of the checkpoint of a table's training. */
export function saveCheckpoint(checkpoint: TrainingState | TableCheckpoint): Uint8Array {
  const isTable = "state" in checkpoint;
  const { counters, arrays } = isTable ? checkpoint.state : checkpoint;
  const parts = isTable
    ? { network: checkpoint.network, schema: checkpoint.schema, origin: checkpoint.origin }
    : {};
  const texts = Object.entries({ versions: VERSIONS, counters, ...parts }).map(([name, part]) => [
    name,
    JSON.stringify(part),
  ]);
  const file = {
    tensors: new Map([
      ...Array.from(arrays, ([name, data]) => [name, flatTensor(data)] as const),
      ...(isTable ? [[HISTORY, historyTensor(checkpoint.history)] as const] : []),
    ]),
    metadata: { format: kind.format, ...Object.fromEntries(texts) },
  };
  return writeSafetensors({ ...file, metadata: sealed(file) });
}

/**
 * What `saveCheckpoint` was given, as `train` or `trainTable` resume it. The arrays are views of `bytes`.
 * Throws with the place where the file is not what `saveCheckpoint` writes.
 */
export function loadCheckpoint(bytes: Uint8Array): TrainingState | TableCheckpoint {
  const file = readSafetensors(bytes);
  const { metadata } = file;
  const read = <T>(name: string, reader: Reader<T>): T =>
    readPart(metadata, { file: kind.file, name, read: reader });
  checkFormat(metadata, kind);
  checkSeal(file, kind.file); // so that another version is no damage
  read("versions", versions);
  checkParts(metadata, kind);

  const tensors = new Map(file.tensors);
  const isTable = tableParts.some((name) => Object.hasOwn(metadata, name));
  const table = isTable && {
    history: readHistory(tensors.get(HISTORY)),
    network: read("network", networkDefinition),
    schema: read("schema", tableSchema),
    origin: read("origin", origin),
  };
  if (isTable) tensors.delete(HISTORY);
  const state = { counters: read("counters", counters), arrays: readArrays(tensors) };
  return table ? { state, ...table } : state;
}

const flatTensor = (data: Float32Array | Float64Array): Tensor => {
  const shape = [data.length];
  return data instanceof Float32Array
    ? { dtype: "F32", shape, data }
    : { dtype: "F64", shape, data };
};

function readArrays(tensors: Safetensors["tensors"]): TrainingState["arrays"] {
  const arrays = new Map<string, Float32Array | Float64Array>();
  for (const [name, { dtype, shape, data }] of tensors) {
    const where = `checkpoint, tensor ${quoted(name)}`;
    if (!isFloats(data) || shape.length !== 1)
      throw dataError(where, "F32 or F64 [length]", `${dtype} [${shape.join(", ")}]`);
    arrays.set(name, data);
  }
  return arrays;
}

const columnsOf = (epoch: Epoch): number[] => [
  ...[epoch.epoch, epoch.step, epoch.cost, epoch.seconds, epoch.learningRate],
  ...(epoch.validationCost === undefined ? [] : [epoch.validationCost]),
];

/** As numbers, so that costs need not be finite. */
function historyTensor(history: readonly Epoch[]): Tensor {
  const rows = history.map(columnsOf);
  const shape = [rows.length, rows[0]?.length ?? 5];
  return { dtype: "F64", shape, data: Float64Array.from(rows.flat()) };
}

function readHistory(tensor: Tensor | undefined): Epoch[] {
  const [epochs = 0, width = 0] = tensor?.shape ?? [];
  if (tensor?.dtype !== "F64" || tensor.shape.length !== 2 || (width !== 5 && width !== 6)) {
    const got = tensor === undefined ? "none" : `${tensor.dtype} [${tensor.shape.join(", ")}]`;
    throw dataError(`checkpoint, tensor "${HISTORY}"`, "F64 [epochs, 5 or 6]", got);
  }
  return Array.from({ length: epochs }, (_, row) => {
    const [epoch, step, cost, seconds, learningRate, validationCost] = tensor.data.subarray(
      row * width,
      (row + 1) * width,
    ) as unknown as [number, number, number, number, number, number?];
    const rest = validationCost === undefined ? {} : { validationCost };
    return { epoch, step, cost, ...rest, seconds, learningRate };
  });
}
