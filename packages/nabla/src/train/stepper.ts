/**
 * Training steps over one data set, epoch after epoch: each batch a forward pass, a backward pass and an
 * update. A backend that can takes many steps in one call.
 */

import { type Data, gatherRows } from "../data.ts";
import { type Engine, type Segment, weightOf } from "../engine.ts";
import type { Optimizer } from "../functions/optimizers.ts";
import type { Rates } from "../functions/schedules.ts";
import { newLbfgsStepper } from "./lbfgs.ts";
import { permutation, randomStream } from "./random.ts";
import { newUpdater } from "./update.ts";

export interface Stepper {
  /** The batches looked at so far. Each is a step, unless its rows weigh nothing or it halted. */
  readonly steps: number;
  /** Whether there is nothing left to find. */
  readonly converged?: boolean;
  /** Looks at the next `count` batches, through as many epochs as they reach. */
  take(count: number): Taken;
}

export interface Taken {
  /**
   * The sum of the costs of the epoch at hand so far, each before its update: added up in one order,
   * whatever the counts are.
   */
  readonly total: number;
  /** The batches of the epoch at hand whose rows weigh nothing: they are no steps. */
  readonly skipped: number;
  /** The cost or the gradients of the next batch are not finite: it has moved no parameter. */
  readonly halted: boolean;
}

export interface StepperPlan {
  readonly optimizer: Optimizer;
  readonly rates: Rates;
  readonly rows: Data;
  readonly batchSize: number;
  /** A new order of the rows for every epoch: it follows from the seed and the epoch alone. */
  readonly shuffle: boolean;
  /** The parts of the parameters that move. */
  readonly moving: readonly Segment[];
  /** The largest norm of the gradients. */
  readonly clipNorm?: number | undefined;
  /** Of the order of the rows and the dropout masks. */
  readonly seed: number;
}

export function newStepper(engine: Engine, plan: StepperPlan): Stepper {
  if (plan.optimizer.rule === "lbfgs") return newLbfgsStepper(engine, plan);
  const fits = Math.min(plan.batchSize, plan.rows.rows) <= engine.backend.blockRows;
  const compiled = fits ? engine.backend.newStepper?.(engine, plan) : undefined;
  return compiled ?? plainStepper(engine, plan);
}

function plainStepper(engine: Engine, plan: StepperPlan): Stepper {
  const { optimizer, rates, rows, batchSize, moving, clipNorm, seed } = plan;
  const updater = newUpdater(optimizer, { ...engine, moving }, { clipNorm });
  const batches = Math.ceil(rows.rows / batchSize);
  const orders = newOrders(plan);
  let steps = 0;
  let total = 0;
  let skipped = 0;
  return {
    get steps() {
      return steps;
    },
    take(count) {
      for (let i = 0; i < count; i++) {
        const batch = batchOf(plan, orders, steps);
        if (steps % batches === 0) total = skipped = 0;
        if (weightOf(engine.system, batch) === 0) skipped++;
        else {
          const cost = engine.differentiate(batch, { step: updater.steps + 1, seed });
          if (!updater.step(cost, rates.rate(steps))) return { total, skipped, halted: true };
          total += cost;
        }
        steps++;
      }
      return { total, skipped, halted: false };
    },
  };
}

/** The rows of a batch, in the order of its epoch. */
function batchOf({ rows, batchSize }: StepperPlan, orders: Orders, step: number): Data {
  const batches = Math.ceil(rows.rows / batchSize);
  const first = (step % batches) * batchSize;
  const order = orders(Math.floor(step / batches) + 1);
  return gatherRows(rows, order.subarray(first, first + batchSize));
}

type Orders = (epoch: number) => Uint32Array;

/** The order of the rows in each epoch, from 1; the last one asked for is kept. */
function newOrders({ rows, shuffle, seed }: StepperPlan): Orders {
  let order = Uint32Array.from({ length: rows.rows }, (_, row) => row);
  let known = 0;
  return (epoch) => {
    if (shuffle && epoch !== known) {
      order = permutation(rows.rows, randomStream(seed, "shuffle", epoch));
      known = epoch;
    }
    return order;
  };
}

/** What the step at which a training halted has to say: the rows of its batch. */
export const haltedBatch = (plan: StepperPlan, step: number): Data =>
  batchOf(plan, newOrders(plan), step);
