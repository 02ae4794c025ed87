// brain.js: its own train(), which updates after every row.

import brain from "brain.js";
import { rowsOf } from "./matrices.js";

export function prepare(problem) {
  const { sizes, learningRate } = problem;
  const net = new brain.NeuralNetwork({ activation: "sigmoid" });
  net.sizes = [...sizes];
  net.initialize();
  for (let layer = 1; layer < sizes.length; layer++) {
    const [units, ins] = [sizes[layer], sizes[layer - 1]];
    for (let j = 0; j < units; j++) {
      net.biases[layer][j] = problem.biases[layer - 1][j];
      net.weights[layer][j].set(problem.weights[layer - 1].subarray(j * ins, (j + 1) * ins));
    }
  }

  const data = rowsOf(problem);
  return {
    train(epochs) {
      // Neither may be 0; a momentum of 2⁻⁵² moves nothing
      const never = { errorThresh: Number.MIN_VALUE, momentum: Number.EPSILON };
      net.train(data, { iterations: epochs, learningRate, ...never });
    },
    parameters: () => ({
      weights: net.weights.slice(1).map((rows) => Float32Array.from(rows.flatMap((r) => [...r]))),
      biases: net.biases.slice(1).map((own) => Float32Array.from(own)),
    }),
  };
}
