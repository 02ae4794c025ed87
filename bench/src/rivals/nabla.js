// nabla through its public API: the generator of train(), one yield for each timed piece of work.

import { adam, dense, network, sgd, train } from "nabla";

const optimizers = { sgd, adam };

export function prepare(problem) {
  const { sizes, activations, cost, rule, learningRate, batchSize, inputs, targets } = problem;
  const layers = activations.map((activation, layer) => dense(sizes[layer + 1], activation));
  const net = network({ inputs: sizes[0], layers, cost, precision: "float32" });
  for (let layer = 0; layer < layers.length; layer++) {
    net.parameters.get(`W${layer + 1}`).set(problem.weights[layer]);
    net.parameters.get(`b${layer + 1}`).set(problem.biases[layer]);
  }

  const optimizer = optimizers[rule]({ learningRate });
  let training;
  let reportEvery;
  return {
    async train(epochs) {
      if (epochs !== reportEvery) {
        await training?.return();
        reportEvery = epochs;
        const options = { optimizer, batchSize, reportEvery, epochs: 1e12, shuffle: false };
        training = train(net, { inputs, targets }, options);
      }
      await training.next();
    },
    parameters: () => ({
      weights: layers.map((_, layer) => net.parameters.get(`W${layer + 1}`)),
      biases: layers.map((_, layer) => net.parameters.get(`b${layer + 1}`)),
    }),
  };
}
