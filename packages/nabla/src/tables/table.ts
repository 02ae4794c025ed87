/**
 * A table in columns: what a file, a database or a page hands over, before anything is encoded.
 * Rows count from 0 here and from 1 in messages, where row 1 is the first row of data.
 */

import { NablaError, nearestName } from "../errors.ts";

export type Column =
  /** NaN is a missing value. A date is the days since 1970-01-01 UTC, fractions allowed. */
  | { readonly name: string; readonly type: "number" | "date"; readonly values: Float64Array }
  | { readonly name: string; readonly type: "text"; readonly values: readonly (string | null)[] }
  | {
      readonly name: string;
      readonly type: "boolean";
      readonly values: readonly (boolean | null)[];
    };

export interface Table {
  /** For messages, such as `penguins.json`. */
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly Column[];
  /** Where it is a block of a longer table, how many rows come before it, for messages. Default 0. */
  readonly firstRow?: number;
}

/**
 * The table of these columns.
 * Throws where two columns share a name or differ in length.
 */
export function createTable(name: string, columns: readonly Column[]): Table {
  const rows = columns[0]?.values.length ?? 0;
  const seen = new Set<string>();
  for (const column of columns) {
    if (seen.has(column.name)) {
      throw new NablaError("data", `${name} has two columns named "${column.name}"; rename one`, {
        where: name,
        expected: "columns of different names",
        got: `"${column.name}" twice`,
        remedy: "rename one",
      });
    }
    seen.add(column.name);
    if (column.values.length !== rows) {
      const got = `${column.values.length} values`;
      const message = `${name}: column "${column.name}" has ${got}, expected ${rows}`;
      throw new NablaError("data", message, { where: name, expected: `${rows} values`, got });
    }
  }
  return { name, rows, columns };
}

/** The column of this name. Throws a usage error with the nearest name where there is none. */
export function columnOf(table: Table, name: string): Column {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (column === undefined) throw noColumn(table, { name, code: "usage" });
  return column;
}

/** `new.csv has no column "petal width"; did you mean "petal_width"? columns: …` */
export function noColumn(
  table: Table,
  { name, code }: { name: string; code: "usage" | "data" },
): NablaError {
  const names = table.columns.map((column) => column.name);
  const nearest = nearestName(name, names);
  const hint = nearest === undefined ? "" : ` did you mean "${nearest}"?`;
  const message = `${table.name} has no column "${name}";${hint} columns: ${names.join(", ")}`;
  return new NablaError(code, message, {
    where: table.name,
    expected: `a column "${name}"`,
    got: names.join(", "),
    ...(nearest !== undefined && { remedy: `"${nearest}" is the nearest name` }),
  });
}

/** The given rows, in the given order. */
export function selectRows(table: Table, indices: ArrayLike<number>): Table {
  const columns = table.columns.map((column) => selectValues(column, indices));
  return { name: table.name, rows: indices.length, columns };
}

function selectValues(column: Column, indices: ArrayLike<number>): Column {
  const pick = <T>(values: ArrayLike<T>): T[] => Array.from(indices, (row) => values[row]!);
  switch (column.type) {
    case "number":
    case "date":
      return { ...column, values: Float64Array.from(indices, (row) => column.values[row]!) };
    case "text":
      return { ...column, values: pick(column.values) };
    case "boolean":
      return { ...column, values: pick(column.values) };
    default:
      throw column satisfies never;
  }
}

/** The indices of all rows. */
export const allRows = (table: Table): Uint32Array =>
  Uint32Array.from({ length: table.rows }, (_, row) => row);
