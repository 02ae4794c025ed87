/** Columns → the inputs of the network, by a schema: flat row-major arrays. */

import { standardReader, typedColumn } from "./cells.ts";
import { labelOf } from "./labels.ts";
import { type Feature, featureNames, slotNames, type TableSchema } from "./schema.ts";
import { allRows, type Table } from "./table.ts";

export interface Encoded {
  /** By the names that the network has for them: x, [rows, width]. */
  readonly inputs: { readonly x: Float64Array };
  readonly rows: number;
}

/**
 * The inputs of the given rows (all, unless told). The order of the columns is free, and those that
 * the schema does not name are left out.
 * Throws where a column is absent, is of another type or holds an infinite number.
 */
export function encodeFeatures(
  schema: TableSchema,
  table: Table,
  rows: Uint32Array = allRows(table),
): Encoded {
  const width = featureNames(schema).length;
  const values = new Float64Array(rows.length * width);
  let first = 0;
  for (const feature of schema.features) {
    const encode = cellEncoder(table, { feature, values });
    for (const [n, row] of rows.entries()) encode(row, n * width + first);
    first += slotNames(feature).length;
  }
  return { inputs: { x: values }, rows: rows.length };
}

/** Writes the cell of a row into the feature's slots, which begin at `first` and hold 0. */
function cellEncoder(
  table: Table,
  { feature, values }: { feature: Feature; values: Float64Array },
): (row: number, first: number) => void {
  const column = typedColumn(table, feature);
  if ("categories" in feature) {
    const slots = new Map(feature.categories.map((category, slot) => [category, slot]));
    const missing = feature.missing ? feature.categories.length : undefined;
    return (row, first) => {
      const label = labelOf(column, row);
      const slot = label === null ? missing : slots.get(label);
      if (slot !== undefined) values[first + slot] = 1;
    };
  }
  const read = standardReader(table, { ...feature, column });
  return (row, first) => {
    const standard = read(row);
    if (!Number.isNaN(standard)) values[first] = standard;
    else if (feature.missing) values[first + 1] = 1;
  };
}
