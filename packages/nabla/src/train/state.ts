/** All that a training knows between two steps, as plain data. */

import type { Engine } from "../engine.ts";
import type { Floats } from "../equations/memory.ts";
import type { RuleName } from "../functions/optimizers.ts";
import type { Best, Found } from "./early-stopping.ts";
import type { Ending } from "./lbfgs.ts";
import type { Plan } from "./options.ts";
import type { PlateauState } from "./plateau.ts";
import type { Stepper } from "./stepper.ts";

/** Plain data, as JSON has it: every number is finite. */
export interface TrainingCounters {
  /** The batches looked at: `epoch` whole epochs, and `batch` batches of the next. */
  readonly step: number;
  readonly epoch: number;
  readonly batch: number;
  /** Batches of an epoch. */
  readonly batches: number;
  readonly optimizer: RuleName;
  /** The steps among the batches: those whose rows weigh something. The t of the optimiser. */
  readonly updates: number;
  /** The sum of the costs of the epoch at hand, and its batches that are no steps. */
  readonly total: number;
  readonly skipped: number;
  /** Since the training began, without the time between an end and a resumption. */
  readonly seconds: number;
  /** The epoch of the lowest validation cost. */
  readonly best?: Best;
  /** Of the schedule `on-plateau`. */
  readonly plateau?: PlateauState;
  readonly lbfgs?: { readonly pairs: number; readonly ending?: Ending };
}

/**
 * All that a training knows between two steps: numbers, and arrays by name. A training that is resumed
 * from it goes on to the same bits as one that never stopped.
 */
export interface TrainingState {
  readonly counters: TrainingCounters;
  /**
   * "parameters", "slot v" for each slot of the optimiser, with patience "best": copies, in the
   * network's precision. With lbfgs "lbfgs s 0", "lbfgs y 0", …, the oldest pair first, in float64.
   */
  readonly arrays: ReadonlyMap<string, Floats>;
}

/** Where a training is before its first step, unless it is resumed. */
export const begun = (
  resume: TrainingState | undefined,
): Pick<TrainingCounters, "step" | "updates" | "total" | "skipped"> =>
  resume?.counters ?? { step: 0, updates: 0, total: 0, skipped: 0 };

/** What is copied from. */
export interface Moment {
  readonly stepper: Pick<Stepper, "steps" | "state">;
  readonly stopper: Found;
  readonly seconds: number;
}

export function stateOf(engine: Engine, plan: Plan, moment: Moment): TrainingState {
  const { batches, optimizer, rates } = plan;
  const { stepper, stopper, seconds } = moment;
  const { best, parameters } = stopper;
  const { plateau } = rates;
  const { counters, arrays } = stepper.state();
  const step = stepper.steps;
  const epoch = Math.floor(step / batches);
  return {
    counters: {
      ...{ step, epoch, batch: step - epoch * batches, batches },
      ...{ optimizer: optimizer.rule, ...counters, seconds },
      ...(best && { best }),
      ...(plateau && { plateau }),
    },
    arrays: new Map([
      ["parameters", engine.parameters.view().slice()],
      ...arrays,
      ...(parameters === undefined ? [] : [["best", parameters.slice()] as const]),
    ]),
  };
}
