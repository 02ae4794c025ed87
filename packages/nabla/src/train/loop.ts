/**
 * The training loop: epochs of steps over shuffled batches, as an async generator. Between steps it
 * gives way about every 50 ms, so that pages stay alive, streams are read and an AbortSignal is heard;
 * and wherever it does, all that it knows is a state that another loop can go on from.
 */

import type { Data } from "../data.ts";
import type { Engine } from "../engine.ts";
import type { Floats } from "../equations/memory.ts";
import type { NablaError } from "../errors.ts";
import { newCheckpoints } from "./checkpoints.ts";
import { divergence } from "./divergence.ts";
import { foundIn, newStopper } from "./early-stopping.ts";
import type { Plan } from "./options.ts";
import { newPace } from "./pace.ts";
import { newBatches, positionOf } from "./position.ts";
import { stateOf } from "./state.ts";
import { newStepper, type Taken } from "./stepper.ts";

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
  const { batches, rates, windows, validation, signal, resume } = plan;
  if (resume) engine.parameters.view().set(resume.arrays.get("parameters") as Floats);
  const stepper = newStepper(engine, plan);
  const stopper = newStopper(plan.patience, foundIn(resume));
  const pace = newPace();
  const started = performance.now() - 1000 * (resume?.counters.seconds ?? 0);
  const seconds = (): number => (performance.now() - started) / 1000;
  const checkpoints = newCheckpoints(plan.checkpoint, { batches, seconds });
  let held: Data | undefined;
  let hasDiverged = false;

  const epochs = (): number => Math.floor(stepper.steps / batches);
  const ending = (): TrainingResult["stopped"] | undefined => {
    if (stopper.hasWaited(epochs())) return "patience";
    if (stepper.converged) return "converged";
    return epochs() < plan.epochs ? undefined : "epochs";
  };
  const result = (stopped: TrainingResult["stopped"]): TrainingResult => ({
    ...{ epochs: epochs(), steps: stepper.steps, stopped },
    ...(stopper.best && { best: stopper.best }),
  });
  const save = async (): Promise<void> => {
    await plan.checkpoint?.save(stateOf(engine, plan, { stepper, stopper, seconds: seconds() }));
    checkpoints.kept();
    pace.begin();
  };

  const hold = async (): Promise<void> => {
    held = await windows.next();
    if (held !== undefined) stepper.hold(held);
    pace.begin();
  };

  try {
    for (;;) {
      const stopped = ending();
      if (stopped !== undefined) return result(stopped);

      // Epochs that nobody looks at are taken together
      const apart = plan.looksAtEpochs ? 1 : plan.reportEvery - (epochs() % plan.reportEvery);
      const end = Math.min(epochs() + apart, plan.epochs) * batches;
      let taken: Taken | undefined;
      while (stepper.steps < end && !stepper.converged) {
        if (taken !== undefined && checkpoints.isDue(stepper.steps)) await save();
        if (held === undefined) await hold();
        if (held === undefined || signal?.aborted) {
          await save();
          return result("aborted");
        }
        const { steps } = stepper;
        const { ahead } = positionOf(plan, steps);
        const count = Math.min(pace.left, end - steps, ahead, checkpoints.ahead(steps));
        taken = stepper.take(count);
        hasDiverged = taken.halted;
        if (hasDiverged) throw halt(engine, plan, { held, steps: stepper.steps });
        if (count === ahead) held = undefined;
        if (pace.spend(count)) await pace.rest();
      }

      const { total, skipped } = taken as Taken;
      const cost = total / (batches - skipped);
      const validationCost = validation && engine.cost(validation);
      const learningRate = rates.rate(stepper.steps - 1);
      rates.endEpoch(validationCost ?? cost);
      if (validationCost !== undefined)
        stopper.look(epochs(), validationCost, engine.parameters.view());
      if (epochs() % plan.reportEvery === 0 || ending() !== undefined) {
        yield {
          ...{ epoch: epochs(), step: stepper.steps, cost },
          ...(validationCost !== undefined && { validationCost }),
          ...{ seconds: seconds(), learningRate },
        };
      }
      if (checkpoints.isDue(stepper.steps)) await save();
    }
  } finally {
    // With patience what stays is the best, also after `break`; after a divergence, what was before it
    if (stopper.parameters && !hasDiverged) engine.parameters.view().set(stopper.parameters);
    await windows.close();
  }
}

/** Why the step that comes next was not taken. */
function halt(
  engine: Engine,
  plan: Plan,
  { held, steps }: { held: Data; steps: number },
): NablaError {
  return divergence(engine, {
    epoch: positionOf(plan, steps).epoch,
    step: steps + 1,
    learningRate: plan.rates.rate(steps),
    batch: newBatches(plan)(held, steps),
    training: { step: steps + 1, seed: plan.seed },
  });
}
