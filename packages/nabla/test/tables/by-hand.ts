/** Models of tables whose weights are set by hand, so that all they say can be worked out. */

import { dense, network } from "../../src/network.ts";
import type { Feature } from "../../src/tables/columns/schema.ts";
import type { TableModel } from "../../src/tables/model.ts";
import type { SchemaWeights } from "../../src/tables/weights.ts";

const training: TableModel["training"] = {
  seed: 0,
  optimizer: { rule: "sgd", learningRate: 0.1, momentum: 0, nesterov: false, weightDecay: 0 },
  batchSize: 1,
  epochs: 1,
  stopped: "epochs",
  rows: { train: 1, validation: 0, test: 0 },
  cost: { train: 0 },
  metrics: {},
  baseline: { constant: {}, linear: {} },
};

export const number = (name: string): Feature => ({
  ...{ name, type: "number", mean: 0, scale: 1, missing: false },
});

/** y = 10·Σ_i weights[i]·x[i], over the slots of the features. */
export function linearModel(
  features: readonly Feature[],
  { slopes, weights }: { slopes: readonly number[]; weights?: SchemaWeights },
): TableModel {
  const net = network({
    ...{ inputs: slopes.length, layers: [dense(1, "identity")], cost: "squared-error" },
    ...{ precision: "float64", initial: { b1: 0 } },
  });
  net.parameters.get("W1")!.set(slopes);
  const target = { task: "regression", name: "y", type: "number", mean: 0, scale: 10 } as const;
  return { network: net, schema: { features, target, ...(weights && { weights }) }, training };
}
