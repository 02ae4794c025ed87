/**
 * Where a step is: in which epoch, in which window of its rows, at which batch of it; and the order in
 * which a window's rows are taken, a function of (seed, epoch, window) alone.
 */

import { type Data, gatherRows } from "../data.ts";
import { permutation, randomStream } from "./random.ts";

/** How the rows of an epoch are cut. */
export interface Cut {
  /** Rows of an epoch. */
  readonly rows: number;
  /** The rows that are held at a time: whole batches, or all rows. */
  readonly windowRows: number;
  readonly batchSize: number;
}

export interface Position {
  /** From 1. */
  readonly epoch: number;
  /** From 0 in each epoch. */
  readonly window: number;
  /** The rows of the window. */
  readonly rows: number;
  /** From 0 in each window. */
  readonly batch: number;
  /** The batches from here to where another window has to be held. */
  readonly ahead: number;
}

export const batchesOf = ({ rows, batchSize }: Cut): number => Math.ceil(rows / batchSize);

/** Of the batch that follows `step` others. */
export function positionOf(cut: Cut, step: number): Position {
  const { rows, windowRows, batchSize } = cut;
  const batches = batchesOf(cut);
  const each = Math.ceil(windowRows / batchSize);
  const epoch = Math.floor(step / batches) + 1;
  const window = Math.floor((step % batches) / each);
  const first = window * each;
  const batch = (step % batches) - first;
  const ahead = Math.min(each, batches - first) - batch;
  return {
    ...{ epoch, window, batch },
    rows: Math.min(windowRows, rows - window * windowRows),
    ahead: each === batches ? Number.POSITIVE_INFINITY : ahead, //  a single window is kept
  };
}

export interface Ordering {
  /** Whether each window of each epoch has an order of its own. */
  readonly shuffle: boolean;
  readonly seed: number;
}

/** The order of a window's rows. */
export const orderOf = ({ shuffle, seed }: Ordering, { rows, epoch, window }: Position) =>
  shuffle ? permutation(rows, randomStream(seed, "shuffle", epoch, window)) : inOrder(rows);

export const inOrder = (rows: number): Uint32Array =>
  Uint32Array.from({ length: rows }, (_, row) => row);

/** Reads batches by their step out of the rows that are held; the order of one window is kept. */
export function newBatches(plan: Cut & Ordering): (held: Data, step: number) => Data {
  let known: Position | undefined;
  let order = inOrder(0);
  return (held, step) => {
    const at = positionOf(plan, step);
    if (at.epoch !== known?.epoch || at.window !== known.window) order = orderOf(plan, at);
    known = at;
    const first = at.batch * plan.batchSize;
    return gatherRows(held, order.subarray(first, first + plan.batchSize));
  };
}
