/** Models whose every number is set by hand, so that their predictions can be worked out. */

import { dense, network, saveModel, type TableModel } from "nabla";

const log: TableModel["training"] = {
  seed: 0,
  optimizer: { rule: "sgd", learningRate: 0.1, momentum: 0, nesterov: false, weightDecay: 0 },
  batchSize: 32,
  epochs: 7,
  stopped: "epochs",
  rows: { train: 30, validation: 10, test: 10 },
  cost: { train: 0.25, validation: 0.5 },
  metrics: { r2: 0.75, rmse: 2, mae: 1.5 },
  baseline: {
    constant: { r2: 0, rmse: 4, mae: 3 },
    linear: { r2: 0.75, rmse: 2, mae: 1.5 },
  },
};

/** price = 3 + 2·size + 10 where new, + 0.5 a day since 1970; a missing size is 4, one more slot. */
export function priceModel(): Uint8Array {
  const net = network({
    inputs: 5,
    layers: [dense(1, "identity")],
    cost: "squared-error",
    precision: "float64",
  });
  net.parameters.get("W1")!.set([2, 0, 0, 10, 0.5]);
  net.parameters.get("b1")!.set([3]);
  return saveModel({
    network: net,
    schema: {
      features: [
        { name: "size", type: "number", mean: 4, scale: 1, missing: true },
        {
          ...{ name: "new", type: "boolean", categories: ["false", "true"] },
          ...{ other: false, missing: false },
        },
        { name: "day", type: "date", mean: 0, scale: 1, cycles: [], missing: false },
      ],
      target: { task: "regression", name: "price", type: "number", mean: 0, scale: 1 },
    },
    training: log,
  });
}

/** p(red) = 1/(1 + e^-z), where z = ln 3 for code "01", −ln 3 for code "1" and 0 for any other. */
export function colourModel(): Uint8Array {
  const net = network({
    inputs: 2,
    layers: [dense(2, "softmax")],
    cost: "cross-entropy",
    precision: "float64",
  });
  net.parameters.get("W1")!.set([0, 0, Math.log(3), -Math.log(3)]);
  net.parameters.get("b1")!.fill(0);
  return saveModel({
    network: net,
    schema: {
      features: [
        { name: "code", type: "text", categories: ["01", "1"], other: false, missing: false },
      ],
      target: { task: "classification", name: "colour", type: "text", classes: ["blue", "red"] },
    },
    training: { ...log, metrics: {}, rows: { ...log.rows, test: 0 } },
  });
}
