/**
 * Objects → a table. A column is of numbers, text, booleans or Dates; text is of numbers where every
 * value is one, as in a CSV file. null, undefined and "" are missing.
 */

import { NablaError, nearestName } from "../errors.ts";
import { cellError } from "./columns/cells.ts";
import { type Column, createTable, type Table } from "./table.ts";

/** Rows, or columns by name. */
export type GivenRows = readonly object[] | Readonly<Record<string, ArrayLike<unknown>>>;

/** What rows are called in messages: `rows, row 3: column "mass" …` */
const name = "rows";

interface GivenColumn {
  readonly name: string;
  readonly values: ArrayLike<unknown>;
}

export interface Reading {
  /** The types of columns that are known; the others are inferred. */
  readonly types?: ReadonlyMap<string, Column["type"]>;
  /** Columns whose text stays text, even if it reads as numbers. */
  readonly words?: readonly string[];
  /** Columns that may hold anything: they are not read. */
  readonly ignore?: readonly string[] | undefined;
}

/** Throws with row and column at a value of another kind, and at a number that is not finite. */
export function tableOfRows(rows: GivenRows, reading: Reading = {}): Table {
  const { types, words = [], ignore = [] } = reading;
  const columns = givenColumns(rows, ignore).map((column) => {
    const type = types?.get(column.name) ?? inferType(column, words.includes(column.name));
    return typedValues(column, type);
  });
  return createTable(name, columns);
}

/** A table of these columns alone; what else is in the rows is not looked at. */
export function tableOfColumns(
  rows: readonly object[],
  columns: Iterable<{ readonly name: string; readonly type: Column["type"] }>,
): Table {
  rows.forEach(checkRow);
  const typed = Array.from(columns, ({ name, type }) =>
    typedValues({ name, values: cellsOf(rows, name) }, type),
  );
  return { ...createTable(name, typed), rows: rows.length };
}

/** Whether the column is of numbers, some of which are written as text. */
export function hasNumbersAsText(
  rows: GivenRows,
  { name, ...reading }: Reading & { name: string },
) {
  const column = givenColumns(rows, reading.ignore).find((column) => column.name === name);
  if (column === undefined || inferType(column, false) !== "number") return false;
  return Array.from(column.values).some((value) => typeof value === "string" && value !== "");
}

function givenColumns(rows: GivenRows, ignore: readonly string[] = []): GivenColumn[] {
  const blank = ({ length }: ArrayLike<unknown>) => new Array<null>(length).fill(null);
  if (Array.isArray(rows)) {
    rows.forEach(checkRow);
    const names = new Set<string>(rows.flatMap((row) => Object.keys(row)));
    const cells = (name: string) => (ignore.includes(name) ? blank(rows) : cellsOf(rows, name));
    if (names.size > 0) return Array.from(names, (name) => ({ name, values: cells(name) }));
  } else if (typeof rows === "object" && rows !== null) {
    return Object.entries(rows).map(([column, values]) => {
      if (isList(values))
        return { name: column, values: ignore.includes(column) ? blank(values) : values };
      throw unfit(`${name}, column "${column}"`, "a list of values", String(values));
    });
  }
  throw unfit(
    name,
    "objects with a field for each column",
    Array.isArray(rows) ? "none" : `${rows}`,
  );
}

const isList = (values: unknown): values is ArrayLike<unknown> =>
  Array.isArray(values) || (ArrayBuffer.isView(values) && "length" in values);

function checkRow(row: unknown, n: number): void {
  if (typeof row === "object" && row !== null && !Array.isArray(row)) return;
  const got = Array.isArray(row)
    ? "a list"
    : typeof row === "string"
      ? JSON.stringify(row)
      : `${row}`;
  throw unfit(`${name}, row ${n + 1}`, "an object with a field for each column", got);
}

/** Throws at a row without such a field: null and undefined are missing values, no field is a slip. */
function cellsOf(rows: readonly object[], column: string): unknown[] {
  return rows.map((row, n) => {
    if (Object.hasOwn(row, column)) return row[column as keyof typeof row];
    const nearest = nearestName(column, Object.keys(row));
    const hint = nearest === undefined ? "" : ` did you mean "${nearest}"?`;
    const remedy = "write null for a missing value";
    const where = `${name}, row ${n + 1}`;
    throw new NablaError("data", `${where} has no "${column}";${hint} ${remedy}`, {
      ...{ where, expected: `a field "${column}"`, got: Object.keys(row).join(", "), remedy },
    });
  });
}

const isMissing = (value: unknown): boolean =>
  value === null || value === undefined || value === "";

/** As in a CSV file: "007" and numbers of more than 15 digits are names. */
export const NUMBER = /^\s*[+-]?((0|[1-9]\d{0,14})(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*$/;

function inferType(column: GivenColumn, isWords: boolean): Column["type"] {
  const present = Array.from(column.values).flatMap((value, row) =>
    isMissing(value) ? [] : [{ type: typeOf(column, row), row }],
  );
  const first = present[0];
  if (first === undefined) return "number";
  const isNumeric = ({ type, row }: { type: Column["type"]; row: number }) =>
    type === "number" || (type === "text" && !isWords && NUMBER.test(String(column.values[row])));
  if (present.every(isNumeric)) return "number";

  const other = present.find((cell) =>
    first.type === "number" ? !isNumeric(cell) : cell.type !== first.type,
  );
  if (other === undefined) return first.type;
  const expected = `${expectations[first.type]} as in row ${first.row + 1}`;
  throw cellError({ name }, { column, row: other.row, expected });
}

export const expectations = {
  number: "a number",
  text: "text",
  boolean: "true or false",
  date: "a Date",
} as const satisfies Record<Column["type"], string>;

function typeOf(column: GivenColumn, row: number): Column["type"] {
  const value = column.values[row];
  if (typeof value === "number" || typeof value === "boolean")
    return typeof value as "number" | "boolean";
  if (typeof value === "string") return "text";
  if (isDate(value)) return "date";
  throw cellError({ name }, { column, row, expected: "a number, text, true or false, or a Date" });
}

function typedValues(column: GivenColumn, type: Column["type"]): Column {
  const { name: own } = column;
  const cells = Array.from(column.values);
  const read = (value: unknown, row: number) => {
    if (isMissing(value)) return null;
    if (typeOf(column, row) === type) return value;
    if (type === "number" && typeof value === "string" && NUMBER.test(value)) return Number(value);
    if (type === "text" && typeof value === "number" && Number.isFinite(value)) return `${value}`;
    throw cellError({ name }, { column, row, expected: expectations[type] });
  };
  switch (type) {
    case "text":
      return { name: own, type, values: cells.map(read) as (string | null)[] };
    case "boolean":
      return { name: own, type, values: cells.map(read) as (boolean | null)[] };
    case "number":
    case "date": {
      const values = cells.map((value, row) => finite(column, row, read(value, row)));
      return { name: own, type, values: Float64Array.from(values) };
    }
    default:
      return type satisfies never;
  }
}

const isDate = (value: unknown): value is { getTime(): number } =>
  Object.prototype.toString.call(value) === "[object Date]";

const DAY = 86_400_000;

function finite(column: GivenColumn, row: number, value: unknown): number {
  if (value === null) return Number.NaN;
  const number = isDate(value) ? value.getTime() / DAY : Number(value);
  if (Number.isFinite(number)) return number;
  const expected = isDate(value) ? "a valid Date" : "a finite number";
  throw cellError({ name }, { column, row, expected, remedy: "write null where it is missing" });
}

function unfit(where: string, expected: string, got: string): NablaError {
  const message = `${where}: expected ${expected}, got ${got}`;
  return new NablaError("data", message, { where, expected, got });
}
