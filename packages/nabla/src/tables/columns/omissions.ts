/**
 * Columns that say nothing about other rows, and are left out unless the options name them:
 *
 *     constant      one value, or none, in all training rows
 *     identifier    text of which hardly any two rows have the same; whole numbers of which no two rows
 *                   have the same, in a column whose name says what they are
 */

import type { Column } from "../table.ts";
import { countLabels, labelOf } from "./labels.ts";

export interface Omission {
  readonly code: "constant-column" | "identifier";
  /** What was counted. */
  readonly figure: string;
}

/** Of fewer rows, that all differ is no wonder. */
const FEWEST_ROWS = 20;
/** Of the rows that have a value, so many different ones. */
const DIFFERENT = 0.95;

/** Why a column is left out, if it is. `rows` are the training rows, and the only ones looked at. */
export const omissionOf = (column: Column, rows: Uint32Array): Omission | undefined =>
  constancy(column, rows) ?? identity(column, rows);

function constancy(column: Column, rows: Uint32Array): Omission | undefined {
  const [first] = rows;
  if (first === undefined) return undefined;
  const label = labelOf(column, first);
  if (rows.some((row) => labelOf(column, row) !== label)) return undefined;
  const value = label === null ? "no value" : JSON.stringify(label);
  return { code: "constant-column", figure: `has ${value} in all ${rows.length} training rows` };
}

function identity(column: Column, rows: Uint32Array): Omission | undefined {
  if (rows.length < FEWEST_ROWS) return undefined;
  if (column.type === "text") {
    const counts = countLabels(column, rows);
    const present = rows.filter((row) => column.values[row] !== null).length;
    if (present < FEWEST_ROWS || counts.size < DIFFERENT * present) return undefined;
    const figure = `has ${counts.size} different texts in ${present} training rows`;
    return { code: "identifier", figure };
  }
  if (column.type !== "number" || !isNameOfNumbers(column.name)) return undefined;
  const values = new Set(Array.from(rows, (row) => column.values[row]!));
  if (values.size < rows.length || ![...values].every(Number.isInteger)) return undefined;
  return { code: "identifier", figure: `numbers the rows: all ${rows.length} differ` };
}

/**
 * `id`, `customer_id`, `PassengerId`; `#`, `index`, `row`, and what stands for the name of a first column
 * that has none. By its values alone a number of the row is like a time, or any other regular quantity.
 */
const isNameOfNumbers = (name: string): boolean =>
  /(^|[^a-z])id$/i.test(name) ||
  /[a-z]I[dD]$/.test(name) ||
  /^(#|no\.?|nr\.?|index|row|row ?(names?|numbers?)|unnamed: 0|column 1|)$/i.test(name);
