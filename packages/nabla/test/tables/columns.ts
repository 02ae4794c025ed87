/** Columns of tables in a line each. */

import type { Column } from "../../src/tables/table.ts";

export const numbers = (name: string, values: ArrayLike<number>): Column => ({
  name,
  type: "number",
  values: Float64Array.from(values),
});
export const texts = (name: string, values: readonly (string | null)[]): Column => ({
  name,
  type: "text",
  values,
});
export const booleans = (name: string, values: readonly (boolean | null)[]): Column => ({
  name,
  type: "boolean",
  values,
});
export const dates = (name: string, values: ArrayLike<number>): Column => ({
  name,
  type: "date",
  values: Float64Array.from(values),
});
