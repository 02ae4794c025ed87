/** A small network and what trains it, for the tests of the loop. */

import {
  dense,
  type Epoch,
  type Floats,
  type LayeredDefinition,
  type Network,
  type StreamedData,
  type TrainingData,
  type TrainingOptions,
  type TrainingResult,
  train,
} from "nabla";
import { internalsOf } from "../../src/running.ts";
import { randomStream } from "../../src/train/random.ts";

export const definition: LayeredDefinition = {
  inputs: 2,
  layers: [dense(4, "tanh"), dense(1)],
  cost: "squared-error",
  seed: 3,
  precision: "float64",
};

/** y = x₁·x₂ at points from a stream. */
export function sample(rows: number, seed = 1) {
  const random = randomStream(seed, "split");
  const inputs = Array.from({ length: rows }, () => [random.normal(), random.normal()]);
  return { inputs, targets: inputs.map(([a, b]) => [a! * b!]) };
}

export const data = sample(10);

/** All epochs without their seconds, and what the generator returns. */
export async function run(
  net: Network,
  given: TrainingData | StreamedData,
  options: TrainingOptions,
) {
  const epochs: Omit<Epoch, "seconds">[] = [];
  const training = train(net, given, options);
  for (;;) {
    const { done, value } = await training.next();
    if (done) return { epochs, result: value as TrainingResult };
    const { seconds: _, ...epoch } = value as Epoch;
    epochs.push(epoch);
  }
}

/**
 * The network, without fused multiply-add where the engine has it: a step in registers adds up in an
 * order of its own where it fuses, and has the bits of `net.step` where it does not.
 */
export function unfused(net: Network): Network {
  internalsOf(net).engine.backend.fused = false;
  return net;
}

export const snapshot = (net: Network) => structuredClone(net.parameters as Map<string, Floats>);
