// TensorFlow.js core: variables, a cost of its operations, optimizer.minimize.

import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs";
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { batchesOf, inputsByUnits, unitsByInputs } from "./matrices.js";

export async function prepare(problem, { backend }) {
  if (backend === "wasm") {
    const main = import.meta.resolve("@tensorflow/tfjs-backend-wasm");
    setWasmPaths(`${dirname(fileURLToPath(main))}/`);
    setThreadsCount(1);
  }
  if (!(await tf.setBackend(backend))) throw new Error(`the ${backend} backend does not start`);
  await tf.ready();

  const { sizes, activations, cost, rule, learningRate } = problem;
  const weights = inputsByUnits(problem).map((own, layer) =>
    tf.variable(tf.tensor2d(own, [sizes[layer], sizes[layer + 1]])),
  );
  const biases = problem.biases.map((own) => tf.variable(tf.tensor1d(own)));
  const optimizer =
    rule === "adam" ? tf.train.adam(learningRate, 0.9, 0.999, 1e-8) : tf.train.sgd(learningRate);
  const batches = batchesOf(problem).map(({ rows, inputs, targets }) => ({
    rows,
    x: tf.tensor2d(inputs, [rows, sizes[0]]),
    y: tf.tensor2d(targets, [rows, sizes.at(-1)]),
  }));

  const batchCost = ({ rows, x, y }) => {
    let a = x;
    for (const [layer, activation] of activations.entries()) {
      const z = tf.add(tf.matMul(a, weights[layer]), biases[layer]);
      if (activation === "softmax") return tf.losses.softmaxCrossEntropy(y, z);
      a = activation === "relu" ? tf.relu(z) : tf.sigmoid(z);
    }
    if (cost !== "squared-error") throw new Error(`no ${cost} here`);
    return tf.mul(tf.sum(tf.squaredDifference(a, y)), 0.5 / rows);
  };

  return {
    async train(epochs) {
      for (let epoch = 0; epoch < epochs; epoch++) {
        for (const batch of batches) optimizer.minimize(() => batchCost(batch));
      }
      await weights[0].data();
    },
    async parameters() {
      return {
        weights: unitsByInputs(problem, await Promise.all(weights.map((w) => w.data()))),
        biases: await Promise.all(biases.map((b) => b.data())),
      };
    },
  };
}
