/** The public door of training: all is checked here, then it runs here or in a worker. */

import { trainInWorker } from "../host/train-in-worker.ts";
import { internalsOf, type Network } from "../running.ts";
import { type Training, trainingLoop } from "./loop.ts";
import {
  planTraining,
  type StreamedData,
  type TrainingData,
  type TrainingOptions,
} from "./options.ts";

export type { Epoch, TrainingResult } from "./loop.ts";

/**
 * Trains the network in place and yields after each epoch; `break` stops it.
 * All options are checked, and all data in memory read, before any parameter changes; the parts of a
 * stream are checked as they come. Where a step's cost or
 * gradients are not finite, training stops with an error, and the parameters are those before that step.
 * @throws NablaError on bad options or data; then with the code "diverged", and "io" where a worker fails
 */
export function train(
  net: Network,
  data: TrainingData | StreamedData,
  options: TrainingOptions = {},
): Training {
  const plan = planTraining(net, data, options);
  const { engine } = internalsOf(net);
  if (options.reproducible === true) engine.backend.fused = false;
  return options.worker === true ? trainInWorker(net, plan, options) : trainingLoop(engine, plan);
}
