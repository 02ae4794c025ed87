/**
 * Training steps over the rows of a training, epoch after epoch: each batch a forward pass, a backward
 * pass and an update. A backend that can takes many steps in one call.
 */

import type { Data } from "../data.ts";
import { type Engine, type Segment, weightOf } from "../engine.ts";
import type { Floats } from "../equations/memory.ts";
import type { Optimizer } from "../functions/optimizers.ts";
import type { Rates } from "../functions/schedules.ts";
import { newLbfgsStepper } from "./lbfgs.ts";
import { batchesOf, type Cut, newBatches, type Ordering } from "./position.ts";
import { begun, type TrainingCounters, type TrainingState } from "./state.ts";
import { newUpdater, slotsIn } from "./update.ts";

export interface Stepper {
  /** The batches looked at so far. Each is a step, unless its rows weigh nothing or it halted. */
  readonly steps: number;
  /** Whether there is nothing left to find. */
  readonly converged?: boolean;
  /** Takes the rows of a window: batches come from it until the next one. */
  hold(window: Data): void;
  /** Looks at the next `count` batches: through as many epochs as they reach, but only of what is held. */
  take(count: number): Taken;
  /** What it knows beyond the parameters; the arrays are copies. */
  state(): StepperState;
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

export interface StepperState {
  readonly counters: Pick<TrainingCounters, "updates" | "total" | "skipped" | "lbfgs">;
  readonly arrays: ReadonlyMap<string, Floats>;
}

export interface StepperPlan extends Cut, Ordering {
  readonly optimizer: Optimizer;
  readonly rates: Rates;
  /** The parts of the parameters that move. */
  readonly moving: readonly Segment[];
  /** The largest norm of the gradients. */
  readonly clipNorm?: number | undefined;
  /** Of the order of the rows and the dropout masks. */
  readonly seed: number;
  /** Where to go on from; the parameters are there already. */
  readonly resume?: TrainingState | undefined;
}

export function newStepper(engine: Engine, plan: StepperPlan): Stepper {
  if (plan.optimizer.rule === "lbfgs") return newLbfgsStepper(engine, plan);
  const fits = plan.batchSize <= engine.backend.blockRows;
  const compiled = fits ? engine.backend.newStepper?.(engine, plan) : undefined;
  return compiled ?? plainStepper(engine, plan);
}

function plainStepper(engine: Engine, plan: StepperPlan): Stepper {
  const { optimizer, rates, moving, clipNorm, seed, resume } = plan;
  const updater = newUpdater(optimizer, { ...engine, moving }, { clipNorm, resume });
  const batches = batchesOf(plan);
  const batchAt = newBatches(plan);
  let { step: steps, total, skipped } = begun(resume);
  let held: Data | undefined;
  return {
    get steps() {
      return steps;
    },
    hold(window) {
      held = window;
    },
    take(count) {
      for (let i = 0; i < count; i++) {
        const batch = batchAt(held as Data, steps);
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
    state: () => ({
      counters: { updates: updater.steps, total, skipped },
      arrays: slotsIn(updater.slots),
    }),
  };
}
