/** The exclusive or, from rows to predictions. */

import { adam, dense, network, train } from "nabla";

const inputs = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const targets = [0, 1, 1, 0];

const net = network({
  inputs: 2,
  layers: [dense(3, "tanh"), dense(1, "sigmoid")],
  cost: "squared-error",
  seed: 1,
});

const options = { optimizer: adam({ learningRate: 0.05 }), epochs: 500, batchSize: 4 };
for await (const { epoch, cost } of train(net, { inputs, targets }, options)) {
  if (epoch % 100 === 0) console.log("epoch", epoch, "cost", cost);
}

console.log(net.predict(inputs)); //  near 0, 1, 1, 0
