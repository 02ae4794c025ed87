/**
 * Training steps over one data set, epoch after epoch: each batch a forward pass, a backward pass and an
 * update. A backend that can takes many steps in one call.
 */

import { type Data, gatherRows } from "../data.ts";
import type { Engine, Segment } from "../engine.ts";
import type { Optimizer } from "../functions/optimizers.ts";
import { permutation, randomStream } from "./random.ts";
import { newUpdater } from "./update.ts";

export interface Stepper {
  /** The steps taken so far. */
  readonly steps: number;
  /**
   * Takes the next `count` steps, through as many epochs as they reach. Returns the sum of the costs of
   * the epoch at hand so far, each before its update: added up in one order, whatever the counts are.
   */
  take(count: number, learningRate: number): number;
}

export interface StepperPlan {
  readonly optimizer: Optimizer;
  readonly rows: Data;
  readonly batchSize: number;
  /** A new order of the rows for every epoch: it follows from the seed and the epoch alone. */
  readonly shuffle: boolean;
  /** The parts of the parameters that move. */
  readonly moving: readonly Segment[];
  /** Of the order of the rows and the dropout masks. */
  readonly seed: number;
}

export function newStepper(engine: Engine, plan: StepperPlan): Stepper {
  const fits = Math.min(plan.batchSize, plan.rows.rows) <= engine.backend.blockRows;
  const compiled = fits ? engine.backend.newStepper?.(engine, plan) : undefined;
  return compiled ?? plainStepper(engine, plan);
}

function plainStepper(engine: Engine, plan: StepperPlan): Stepper {
  const { optimizer, rows, batchSize, shuffle, moving, seed } = plan;
  const updater = newUpdater(optimizer, { ...engine, moving });
  const batches = Math.ceil(rows.rows / batchSize);
  let order = Uint32Array.from({ length: rows.rows }, (_, row) => row);
  let total = 0;
  return {
    get steps() {
      return updater.steps;
    },
    take(count, learningRate) {
      for (let i = 0; i < count; i++) {
        const batch = updater.steps % batches;
        const epoch = Math.floor(updater.steps / batches) + 1;
        if (batch === 0) total = 0;
        if (batch === 0 && shuffle)
          order = permutation(rows.rows, randomStream(seed, "shuffle", epoch));
        const own = order.subarray(batch * batchSize, (batch + 1) * batchSize);
        total += engine.differentiate(gatherRows(rows, own), { step: updater.steps + 1, seed });
        updater.step(learningRate);
      }
      return total;
    },
  };
}
