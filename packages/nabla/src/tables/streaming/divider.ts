/**
 * To which part each row of a stream belongs: decided by one number in [0, 1) for each row, drawn by the
 * seed and the place of the row, so that every pass decides alike and nothing need be remembered.
 *
 *     0 … test … test + validation … test + validation + sample … 1
 *                                    └──────── training ────────┘
 *
 * The sample is a part of the training rows that is held in memory. The first row of each class is trained
 * on, and in the sample, whatever its number.
 */

import { randomStream } from "../../train/random.ts";
import { typedColumn } from "../columns/cells.ts";
import { labelOf } from "../columns/labels.ts";
import { type Column, columnOf, type Table } from "../table.ts";

/** Fractions of the rows. */
export interface Shares {
  readonly validation: number;
  readonly test: number;
  /** Of all rows, to be held of those that are trained on. */
  readonly sample: number;
}

/** Rows of a block that have a target and weigh something, ascending. */
export interface DividedBlock {
  readonly train: Uint32Array;
  /** Some of the training rows. */
  readonly sample: Uint32Array;
  readonly validation: Uint32Array;
  readonly test: Uint32Array;
}

export interface DividerOptions {
  readonly seed: number;
  readonly shares: Shares;
  readonly targets: readonly string[];
  /** Whether the target is of classes. */
  readonly classes: boolean;
  /** The column of the rows' weights. */
  readonly weight: string | undefined;
}

const TWO_TO_32 = 0x1_0000_0000;

/** For one pass: takes its blocks one after another. */
export function newDivider(options: DividerOptions): (block: Table) => DividedBlock {
  const { seed, shares, targets, classes, weight } = options;
  const bounds = [shares.test, shares.test + shares.validation];
  const [test = 0, validation = 0] = bounds.map((bound) => Math.round(bound * TWO_TO_32));
  const sample = Math.round((bounds[1]! + shares.sample) * TWO_TO_32);
  const stream = randomStream(seed, "split");
  const seen = new Set<string>();

  return (block) => {
    const columns = targets.map((name) => columnOf(block, name));
    const weights = weight && typedColumn(block, { name: weight, type: "number" }).values;
    const rows = () => new Uint32Array(block.rows);
    const parts = { train: rows(), sample: rows(), validation: rows(), test: rows() };
    const counts = { train: 0, sample: 0, validation: 0, test: 0 };
    for (let row = 0; row < block.rows; row++) {
      const drawn = stream.uint32(); //  also of rows that are left out: a number for each place
      if (!columns.every((column) => isKnown(column, row)) || (weights && weights[row] === 0))
        continue;
      const isFirst = classes && isNew(seen, labelOf(columns[0]!, row)!);
      if (!isFirst && drawn < test) parts.test[counts.test++] = row;
      else if (!isFirst && drawn < validation) parts.validation[counts.validation++] = row;
      else {
        parts.train[counts.train++] = row;
        if (isFirst || drawn < sample) parts.sample[counts.sample++] = row;
      }
    }
    return {
      train: parts.train.subarray(0, counts.train),
      sample: parts.sample.subarray(0, counts.sample),
      validation: parts.validation.subarray(0, counts.validation),
      test: parts.test.subarray(0, counts.test),
    };
  };
}

function isKnown(column: Column, row: number): boolean {
  const value = column.values[row] ?? null;
  return value !== null && !Number.isNaN(value);
}

function isNew(seen: Set<string>, label: string): boolean {
  if (seen.has(label)) return false;
  seen.add(label);
  return true;
}
