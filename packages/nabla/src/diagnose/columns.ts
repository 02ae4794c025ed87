/**
 * Columns that are not scaled. A step moves a weight by η·δ·x, so what is a good rate for a column of
 * size 1 is 10⁴ times too large for one of size 100, and too small for one of size 0.01.
 *
 *     size = √(1/n Σ x²)        spread = √(1/n Σ (x − mean)²)
 *
 * Standardised columns have size 1; slots of categories and pixels in [0, 1] have less. None of them is
 * to be named here.
 */

import type { Data } from "../data.ts";
import type { Tensor } from "../equations/expression.ts";
import { type Floats, sizeOf } from "../equations/memory.ts";
import { type Finding, finding, short } from "./finding.ts";

/** Ten times the size of a standardised column, which no sample of one comes near. */
const LARGE_SIZE = 10;
/** A single value so far out is 100 spreads from the mean of a standardised column. */
const LARGEST = 100;
/** A column may be faint, as pixels at a border are: of 0 and 1/255, not of less. */
const FAINT = 1e-3;
/** So far from 0 that the offset hides what varies. */
const OFFSET = 10;
/** In [−1, 1] an offset does what a bias does: a slot that is nearly always 1 is no fault. */
const UNIT = 1;
/** Of fewer rows a mean may lie anywhere. */
const FEWEST_ROWS = 10;

/** The most columns that a message names. */
const NAMED = 3;

export interface ColumnFigures {
  readonly tensor: Tensor;
  /** From 0, among the numbers of a row of the tensor. */
  readonly column: number;
  readonly mean: number;
  readonly spread: number;
  readonly size: number;
  /** max |x| */
  readonly largest: number;
}

/** The figures of each column of a tensor [rows, …]. Integers that serve as indices have no size: none. */
export function columnsOf(tensor: Tensor, { rows, values }: Data): ColumnFigures[] {
  const flat = values.get(tensor);
  if (flat === undefined || tensor.count !== undefined) return [];
  const width = sizeOf(tensor, 1);
  return Array.from({ length: width }, (_, column) => ({
    ...{ tensor, column },
    ...figures(flat, { rows, width, column }),
  }));
}

function figures(
  flat: Floats,
  { rows, width, column }: { rows: number; width: number; column: number },
): Omit<ColumnFigures, "tensor" | "column"> {
  let [low, high, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (let at = column; at < rows * width; at += width) {
    const x = flat[at]!;
    low = Math.min(low, x);
    high = Math.max(high, x);
    sum += x;
  }
  const mean = sum / rows;
  let squares = 0;
  for (let at = column; at < rows * width; at += width) {
    const difference = flat[at]! - mean;
    squares += difference * difference;
  }
  return {
    mean,
    spread: low === high ? 0 : Math.sqrt(squares / rows), //  of a constant, rounding would be left
    size: Math.sqrt(mean * mean + squares / rows),
    largest: Math.max(-low, high),
  };
}

export const isLarge = ({ size, largest }: ColumnFigures): boolean =>
  size > LARGE_SIZE || largest > LARGEST;

function isUnscaled(column: ColumnFigures, rows: number): boolean {
  const { mean, spread, largest } = column;
  if (isLarge(column)) return true;
  if (spread === 0) return false; //  a constant of moderate size is one more bias
  const offset = rows >= FEWEST_ROWS && largest > UNIT && Math.abs(mean) > OFFSET * spread;
  return largest < FAINT || offset;
}

/** The columns that are not scaled, in one finding. */
export function unscaledColumns(
  inputs: readonly Tensor[],
  data: Data,
  names: readonly string[] | undefined,
): Finding[] {
  const all = inputs.flatMap((tensor) => columnsOf(tensor, data));
  const wrong = [...all.entries()].filter(([, column]) => isUnscaled(column, data.rows));
  const worst = wrong[0]?.[1];
  if (worst === undefined) return [];
  const listed = wrong.slice(0, NAMED).map(([i, { tensor, column }]) => {
    if (names !== undefined) return JSON.stringify(names[i]);
    return inputs.length === 1 ? String(column) : `${tensor.name} ${column}`;
  });
  if (wrong.length > NAMED) listed.push(`${wrong.length - NAMED} more`);
  const single = wrong.length === 1;
  const which = single ? listed[0] : `${listed.slice(0, -1).join(", ")} and ${listed.at(-1)}`;
  const { mean, spread, largest } = worst;
  const of = single ? "" : "the first ";
  return [
    finding("unscaled-column", {
      where: `${single ? "column" : "columns"} ${which}${names ? "" : " of the inputs"}`,
      figure: `${of}has mean ${short(mean)}, spread ${short(spread)}, and reaches ${short(largest)}`,
      remedy: `scale ${single ? "it" : "each"} to mean 0 and spread 1`,
    }),
  ];
}

/** The column that reaches furthest among those that are too large, if any is. */
export function largestColumn(tensors: readonly Tensor[], data: Data): ColumnFigures | undefined {
  return tensors
    .flatMap((tensor) => columnsOf(tensor, data))
    .filter(isLarge)
    .reduce<ColumnFigures | undefined>((a, b) => (a && a.largest >= b.largest ? a : b), undefined);
}
