/** The model of a table: rows of objects in, predictions out. */

import type { FlatInputs } from "../data.ts";
import { type Floats, newFloats, type Precision } from "../equations/memory.ts";
import { dataError } from "../files/json.ts";
import { type Feature, isEmbedded } from "../tables/columns/features.ts";
import type { TableSchema } from "../tables/columns/schema.ts";
import { type Cell, categoryNumbers, slotCount, slotWriter } from "../tables/columns/slots.ts";
import type { Prediction, Probabilities } from "../tables/fit.ts";
import { expectations, NUMBER } from "../tables/rows.ts";
import { decodeOutputs, targetColumns } from "../tables/target.ts";
import type { NetworkModel } from "./network.ts";

/**
 * A model whose rows are objects, as `rowModel` has it: their fields may stand in any order, and others
 * may be there. Throws where a field is absent or holds something else, and names the row.
 */
export interface TableModel {
  readonly schema: TableSchema;
  /** Takes encoded rows. */
  readonly network: NetworkModel;
  predict(rows: readonly object[]): Prediction[];
  predict(row: object): Prediction;
  /** By class or label. Throws where the model predicts quantities, which have none. */
  probabilities(rows: readonly object[]): Probabilities[];
  probabilities(row: object): Probabilities;
}

export function newTableModel(network: NetworkModel, schema: TableSchema): TableModel {
  const { definition } = network;
  const encode = rowEncoder(schema);
  const outputsOf = (rows: readonly object[]): Floats =>
    network.predict(encode(rows, definition.precision ?? "float32"));
  const { target } = schema;
  const columns = targetColumns(target);

  const predictions = (rows: readonly object[]): Prediction[] => {
    const values = decodeOutputs(target, outputsOf(rows));
    return rows.map((_, n) => {
      const own = columns.map(({ type }, c) => {
        const value = values[n * columns.length + c]!;
        const word = "classes" in target ? target.classes[value]! : value;
        if (type === "boolean") return word === 1 || word === "true";
        return type === "number" ? Number(word) : word;
      });
      if (!("targets" in target)) return own[0]!;
      return Object.fromEntries(columns.map(({ name }, c) => [name, own[c]!]));
    });
  };
  const probabilities = (rows: readonly object[]): Probabilities[] => {
    if (target.task === "regression")
      throw dataError("probabilities", "a model of classes or labels", "one of quantities");
    const names = "classes" in target ? target.classes : columns.map(({ name }) => name);
    const outputs = outputsOf(rows);
    return rows.map((_, n) =>
      Object.fromEntries(names.map((name, c) => [name, outputs[n * names.length + c]!])),
    );
  };
  return {
    schema,
    network,
    predict: oneOrAll(predictions),
    probabilities: oneOrAll(probabilities),
  };
}

const oneOrAll = <T>(all: (rows: readonly object[]) => T[]) =>
  ((given: object | readonly object[]) =>
    Array.isArray(given) ? all(given) : all([given])[0]!) as {
    (rows: readonly object[]): T[];
    (row: object): T;
  };

type Encode = (rows: readonly object[], precision: Precision) => FlatInputs;

/** Writes rows as `encodeFeatures` writes tables. */
function rowEncoder({ features }: TableSchema): Encode {
  let width = 0;
  let embedded = 0;
  const columns = features.map((feature) => {
    const first = width;
    width += slotCount(feature);
    return isEmbedded(feature)
      ? { feature, id: `id${++embedded}`, numberOf: categoryNumbers(feature) }
      : { feature, first, write: slotWriter(feature) };
  });
  return (rows, precision) => {
    const x = newFloats(precision, rows.length * width);
    const inputs: Record<string, Floats> = width > 0 ? { x } : {};
    for (const { feature, id, numberOf, first, write } of columns) {
      const ids = id === undefined ? x : newFloats(precision, rows.length);
      if (id !== undefined) inputs[id] = ids;
      for (const [n, row] of rows.entries()) {
        const cell = cellOf(row, feature, n);
        if (write === undefined) ids[n] = numberOf(cell);
        else if (!write(cell, x, n * width + first)) throw wrong(row, feature, n);
      }
    }
    return inputs;
  };
}

const DAY = 86_400_000;

function cellOf(row: object, feature: Feature, n: number): Cell {
  const { name, type } = feature;
  if (Object(row) !== row || !Object.hasOwn(row, name)) throw wrong({}, feature, n);
  const value: unknown = row[name as never];
  const isLabel = type === "text" || type === "boolean";
  if (value === null || value === undefined || value === "") return isLabel ? null : Number.NaN;
  if (isLabel && typeof value === (type === "text" ? "string" : type)) return String(value);
  const isDate = Object.prototype.toString.call(value) === "[object Date]";
  const number =
    type === "date" && isDate
      ? Number(value) / DAY
      : type === "number" && (typeof value === "number" || NUMBER.test(`${value}`))
        ? Number(value)
        : Number.NaN;
  if (!Number.isFinite(number)) throw wrong(row, feature, n);
  return number;
}

const wrong = (row: object, { name, type }: Feature, n: number): Error =>
  dataError(
    `rows, row ${n + 1}: column "${name}"`,
    `${expectations[type]}, null where it is missing`,
    String(row[name as never]),
  );
