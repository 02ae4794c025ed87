// ml-fnn: its own train() over all rows at once; tanh whatever activation one asks for.

import FeedForwardNeuralNetworks from "ml-fnn";
import { Matrix } from "ml-matrix";
import { inputsByUnits, rowsOf, unitsByInputs } from "./matrices.js";

export function prepare(problem) {
  const { sizes, rows } = problem;
  const net = new FeedForwardNeuralNetworks({
    hiddenLayers: sizes.slice(1, -1),
    // Its gradient is the sum over the rows; a penalty of 0 would be read as 0.01
    learningRate: problem.learningRate / rows,
    regularization: Number.EPSILON,
  });
  net.buildNetwork(sizes[0], sizes.at(-1));
  for (const [layer, weights] of inputsByUnits(problem).entries()) {
    net.model[layer].W = Matrix.from1DArray(sizes[layer], sizes[layer + 1], weights);
    net.model[layer].b = Matrix.from1DArray(1, sizes[layer + 1], problem.biases[layer]);
  }

  const data = rowsOf(problem);
  const features = new Matrix(data.map(({ input }) => input));
  const labels = data.map(({ output }) => output.indexOf(1));
  return {
    train(epochs) {
      net.iterations = epochs;
      net.train(features, labels);
    },
    parameters: () => ({
      weights: unitsByInputs(
        problem,
        net.model.map(({ W }) => Float32Array.from(W.to1DArray())),
      ),
      biases: net.model.map(({ b }) => Float32Array.from(b.to1DArray())),
    }),
  };
}
