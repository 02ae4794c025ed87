/** The answer that needs no features, for every row the same. Who does no better has learnt nothing. */

import type { Floats } from "../../equations/memory.ts";
import { surprise } from "../../metrics/classification.ts";
import { dense, network } from "../../network.ts";
import type { Network } from "../../running.ts";
import { costsOf, type Data, type Examples } from "../examples.ts";
import type { TrainingLog } from "../model.ts";

export interface ConstantOptions {
  /** What the network is to put out, [rows, outputs]. */
  readonly targets: Float64Array;
  readonly outputs: number;
  /** Of the rows. */
  readonly weights?: Float64Array | undefined;
  readonly cost: string;
  /** Of the outputs. */
  readonly activation: string;
}

/**
 * A network of one input that its outputs do not depend on: they are the weighted means of the targets,
 *
 *     z[n,k] = b[k],  σ(b) = Σ_n w[n]·y[n] / Σ_n w[n]
 */
export function constantNetwork(options: ConstantOptions): Network {
  const { targets, outputs, weights, cost, activation } = options;
  const net = network({
    ...{ inputs: 1, layers: [dense(outputs, activation)], cost, weighted: true },
    ...{ precision: "float64", initial: { W1: 0 } },
  });
  const sums = new Float64Array(outputs);
  const rows = targets.length / outputs;
  const total = weights?.reduce((sum, weight) => sum + weight, 0) ?? rows;
  targets.forEach((value, i) => {
    sums[i % outputs]! += (weights?.[Math.floor(i / outputs)] ?? 1) * value;
  });
  net.parameters.get("b1")!.set(sums.map((sum) => inverse(activation, sum / total)));
  return net;
}

/** z of σ(z) = mean, finite where the mean is 0 or 1. */
function inverse(activation: string, mean: number): number {
  switch (activation) {
    case "softmax":
    case "exp":
      return -surprise(mean);
    case "sigmoid":
      return surprise(1 - mean) - surprise(mean);
    default:
      return mean;
  }
}

export interface ConstantAnswers {
  /** By the weights of the cost. */
  readonly cost: TrainingLog["cost"];
  /** For the test rows, by their weights in the table. */
  readonly outputs: Floats;
}

/** The mean of the training targets for every row: of classes, how frequent each is. */
export function constantAnswers(
  { train, validation, test }: Data,
  options: Pick<ConstantOptions, "outputs" | "cost" | "activation">,
): ConstantAnswers {
  const answer = (weights: Float64Array | undefined) =>
    constantNetwork({ ...options, targets: train.targets, weights });
  const blind = (part: Examples) => ({ ...part, inputs: new Float64Array(part.rows) });
  const all = { train: blind(train), validation: blind(validation), test: blind(test) };
  return {
    cost: costsOf(answer(train.weights), all),
    outputs: answer(train.rowWeights).predict(all.test.inputs),
  };
}
