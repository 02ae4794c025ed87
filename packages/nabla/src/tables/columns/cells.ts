/** Reads the cells that a schema asks for, or says by file, row and column what stands there instead. */

import { NablaError } from "../../errors.ts";
import { type Column, noColumn, type Table } from "../table.ts";
import { labelOf } from "./labels.ts";
import type { Moments } from "./moments.ts";

/**
 * The column of this name, holding values of this type. The order of columns is free and others may
 * be there; a column without any value is of every type, text that is a number is that number, and a
 * number is the text that JavaScript writes it as.
 */
export function typedColumn(
  table: Table,
  { name, type }: { name: string; type: Column["type"] },
): Column {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (column === undefined) throw noColumn(table, { name, code: "data" });
  if (column.type === type || isEmpty(column)) return column;
  if (column.type === "text" && type === "number") return parseNumbers(table, column);
  if (column.type === "number" && type === "text") return writeNumbers(column);

  const expected = plural[type];
  const got = plural[column.type];
  const message = `${table.name}: column "${name}" holds ${got}, where the model expects ${expected}`;
  throw new NablaError("data", message, {
    where: `${table.name}, column "${name}"`,
    expected,
    got,
  });
}

/** Reads the number or date of a row, NaN where it is missing. Throws where it is infinite. */
export function numberReader(table: Table, column: Column): (row: number) => number {
  return (row) => {
    const value = column.values[row];
    if (typeof value !== "number" || Number.isNaN(value)) return Number.NaN;
    if (Number.isFinite(value)) return value;
    throw cellError(table, {
      column,
      row,
      expected: "a finite number",
      remedy: "correct it, or leave it empty to treat it as missing",
    });
  };
}

/** Reads (x − mean)/scale of a row, NaN where it is missing. Throws where float32 cannot hold it. */
export function standardReader(
  table: Table,
  { column, mean, scale }: Moments & { readonly column: Column },
): (row: number) => number {
  const read = numberReader(table, column);
  return (row) => {
    const standard = (read(row) - mean) / scale;
    if (Number.isNaN(standard) || Number.isFinite(Math.fround(standard))) return standard;
    throw beyondFloat32(table, { column, row, mean, scale });
  };
}

export const beyondFloat32 = (
  table: Table,
  { column, row, mean, scale }: Moments & { readonly column: Column; readonly row: number },
): NablaError =>
  cellError(table, { column, row, expected: `a number within 3.4e38 × ${scale} of ${mean}` });

/** A column, of whatever. */
interface Cells {
  readonly name: string;
  readonly values: ArrayLike<unknown>;
}

/** `new.csv, row 17: column "mass" holds "n/a", which is not a number; name it with --missing …` */
export function cellError(
  table: Pick<Table, "name" | "firstRow">,
  cell: { column: Cells; row: number; expected: string; remedy?: string },
): NablaError {
  const { column, row, expected, remedy } = cell;
  const value = column.values[row];
  const got = typeof value === "string" ? JSON.stringify(value) : String(value);
  const where = `${table.name}, row ${(table.firstRow ?? 0) + row + 1}`;
  const hint = remedy === undefined ? "" : `; ${remedy}`;
  const message = `${where}: column "${column.name}" holds ${got}, which is not ${expected}${hint}`;
  return new NablaError("data", message, {
    where,
    expected,
    got,
    ...(remedy !== undefined && { remedy }),
  });
}

const plural = { number: "numbers", date: "dates", text: "text", boolean: "booleans" };

export const isEmpty = (column: Column): boolean =>
  Array.from<unknown>(column.values).every((value) => value === null || Number.isNaN(value));

const writeNumbers = (column: Column): Column => ({
  name: column.name,
  type: "text",
  values: Array.from({ length: column.values.length }, (_, row) => labelOf(column, row)),
});

function parseNumbers(table: Table, column: Column & { readonly type: "text" }): Column {
  const values = column.values.map((text, row) => {
    if (text === null) return Number.NaN;
    const value = Number(text);
    if (Number.isFinite(value) && text.trim() !== "") return value;
    const remedy = `name it with --missing ${JSON.stringify(text)} to treat it as missing`;
    throw cellError(table, { column, row, expected: "a number", remedy });
  });
  return { name: column.name, type: "number", values: Float64Array.from(values) };
}
