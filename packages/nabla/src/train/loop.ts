/**
 * The training loop: epochs of steps over shuffled batches, as an async generator. Between steps it
 * gives way about every 50 ms, so that pages stay alive and an AbortSignal is heard.
 */

import type { Engine } from "../engine.ts";
import type { NablaError } from "../errors.ts";
import { divergence } from "./divergence.ts";
import { newStopper } from "./early-stopping.ts";
import type { Plan } from "./options.ts";
import { newPace } from "./pace.ts";
import { haltedBatch, newStepper } from "./stepper.ts";

export interface Epoch {
  /** From 1. */
  readonly epoch: number;
  /** The steps taken so far. */
  readonly step: number;
  /** The mean of the steps' costs in this epoch, each before its update. */
  readonly cost: number;
  readonly validationCost?: number;
  /** Since the training began. */
  readonly seconds: number;
  /** Of the last step. */
  readonly learningRate: number;
}

export interface TrainingResult {
  readonly epochs: number;
  readonly steps: number;
  readonly stopped: "epochs" | "patience" | "aborted" | "converged";
  /** With validation rows: the epoch whose parameters the network now has, where patience was given. */
  readonly best?: { readonly epoch: number; readonly validationCost: number };
}

export type Training = AsyncGenerator<Epoch, TrainingResult>;

/** The parameters of the engine move by the plan. */
export async function* trainingLoop(engine: Engine, plan: Plan): Training {
  const { batches, rates, validation, signal } = plan;
  const stepper = newStepper(engine, plan);
  const stopper = newStopper(plan.patience);
  const pace = newPace();
  const started = performance.now();
  let hasDiverged = false;
  const result = (stopped: TrainingResult["stopped"], epochs: number): TrainingResult => ({
    epochs,
    steps: stepper.steps,
    stopped,
    ...(stopper.best && {
      best: { epoch: stopper.best.epoch, validationCost: stopper.best.validationCost },
    }),
  });

  try {
    for (let epoch = 0; epoch < plan.epochs; ) {
      // Epochs that nobody looks at are taken together
      const apart = plan.looksAtEpochs ? 1 : plan.reportEvery - (epoch % plan.reportEvery);
      const epochs = Math.min(apart, plan.epochs - epoch);
      let sum = { total: 0, skipped: 0 };
      for (let left = epochs * batches; left > 0; ) {
        if (signal?.aborted) return result("aborted", Math.floor(stepper.steps / batches));
        const count = Math.min(pace.left, left);
        const taken = stepper.take(count);
        hasDiverged = taken.halted;
        if (hasDiverged) throw halt(engine, plan, stepper.steps);
        sum = taken;
        left -= count;
        if (pace.spend(count)) await pace.rest();
      }
      epoch += epochs;

      const cost = sum.total / (batches - sum.skipped);
      const validationCost = validation && engine.cost(validation);
      const learningRate = rates.rate(stepper.steps - 1);
      rates.endEpoch(validationCost ?? cost);
      if (validationCost !== undefined)
        stopper.look(epoch, validationCost, engine.parameters.view());
      const ends = stopper.hasWaited(epoch)
        ? "patience"
        : stepper.converged
          ? "converged"
          : undefined;
      if (epoch % plan.reportEvery === 0 || epoch === plan.epochs || ends) {
        yield {
          ...{ epoch, step: stepper.steps, cost },
          ...(validationCost !== undefined && { validationCost }),
          seconds: (performance.now() - started) / 1000,
          learningRate,
        };
      }
      if (ends !== undefined) return result(ends, epoch);
    }
    return result("epochs", plan.epochs);
  } finally {
    // With patience what stays is the best, also after `break`; after a divergence, what was before it
    const best = stopper.best?.parameters;
    if (best !== undefined && !hasDiverged) engine.parameters.view().set(best);
  }
}

/** Why the step that comes next was not taken. */
function halt(engine: Engine, plan: Plan, steps: number): NablaError {
  return divergence(engine, {
    epoch: Math.floor(steps / plan.batches) + 1,
    step: steps + 1,
    learningRate: plan.rates.rate(steps),
    batch: haltedBatch(plan, steps),
    training: { step: steps + 1, seed: plan.seed },
  });
}
