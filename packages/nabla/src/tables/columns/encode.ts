/** Columns → the inputs of the network, by a schema: flat row-major arrays. */

import { type Floats, newFloats, type Precision } from "../../equations/memory.ts";
import { allRows, type Column, type Table } from "../table.ts";
import { beyondFloat32, numberReader, typedColumn } from "./cells.ts";
import { type Feature, isEmbedded } from "./features.ts";
import { labelOf } from "./labels.ts";
import { featureNames, type TableSchema } from "./schema.ts";
import { type Cell, categoryNumbers, slotCount, slotWriter } from "./slots.ts";

export interface Encoded {
  /**
   * By the names that the network has for them: x, [rows, width], absent where no column has a slot; then
   * id1, id2, …, [rows], of the embedded columns.
   */
  readonly inputs: Readonly<Record<string, Floats>>;
  readonly rows: number;
}

/**
 * The inputs of the given rows (all, unless told) in the precision of the network, which takes them
 * without a copy. The order of the columns is free, and those that the schema does not name are left out.
 * Throws where a column is absent, is of another type or holds an infinite number.
 */
export function encodeFeatures(
  schema: TableSchema,
  table: Table,
  rows: Uint32Array = allRows(table),
  precision: Precision = "float64",
): Encoded {
  const width = featureNames(schema).length;
  const x = newFloats(precision, rows.length * width);
  const inputs: Record<string, Floats> = width > 0 ? { x } : {};
  let first = 0;
  let embedded = 0;
  for (const feature of schema.features) {
    const column = typedColumn(table, feature);
    const cellOf = cellReader(table, column, feature);
    if (isEmbedded(feature)) {
      const numberOf = categoryNumbers(feature);
      inputs[`id${++embedded}`] = newFloats(precision, rows.length).map((_, n) =>
        numberOf(cellOf(rows[n]!)),
      );
      continue;
    }
    const write = slotWriter(feature);
    for (const [n, row] of rows.entries()) {
      if (write(cellOf(row), x, n * width + first) || "categories" in feature) continue;
      throw beyondFloat32(table, { ...feature, column, row });
    }
    first += slotCount(feature);
  }
  return { inputs, rows: rows.length };
}

function cellReader(table: Table, column: Column, { type }: Feature): (row: number) => Cell {
  const isLabel = type === "text" || type === "boolean";
  return isLabel ? (row) => labelOf(column, row) : numberReader(table, column);
}
