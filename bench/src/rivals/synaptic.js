// synaptic: a network that it "optimizes" to unrolled source text, and its own Trainer.

import synaptic from "synaptic";
import { rowsOf } from "./matrices.js";

export function prepare(problem) {
  const { learningRate } = problem;
  const net = new synaptic.Architect.Perceptron(...problem.sizes);
  const layers = [...net.layers.hidden, net.layers.output];
  for (const [layer, { list }] of layers.entries()) {
    for (const [j, neuron] of list.entries()) {
      neuron.bias = problem.biases[layer][j];
      for (const [i, connection] of Object.values(neuron.connections.inputs).entries()) {
        connection.weight = problem.weights[layer][j * problem.sizes[layer] + i];
      }
    }
  }
  net.optimize();

  const trainer = new synaptic.Trainer(net);
  const data = rowsOf(problem);
  return {
    train(epochs) {
      trainer.train(data, { iterations: epochs, rate: learningRate, error: Number.MIN_VALUE });
    },
    parameters() {
      net.restore();
      const read = (of) => layers.map(({ list }) => Float32Array.from(list.flatMap(of)));
      return {
        weights: read(({ connections }) => Object.values(connections.inputs).map((c) => c.weight)),
        biases: read(({ bias }) => bias),
      };
    },
  };
}
