/**
 * A network that no stack of layers is: an autoencoder whose weights W are used twice, on the way in
 * and, transposed, on the way out. It squeezes eight patterns through three units.
 */

import { adam, network, train } from "nabla";

const net = network({
  equations: `
    h[n,j] = sigmoid(sum_i W[j,i]*x[n,i] + b[j])
    z[n,i] = sum_j W[j,i]*h[n,j] + d[i]
    a[n,i] = sigmoid(z)
    c[n]   = sum_i binary_cross_entropy(z[n,i], x[n,i])
    C      = 1/N * sum_n c[n]`,
  extents: { i: 8, j: 3 },
  inputs: "x",
  outputs: "a",
  cost: "C",
  seed: 1,
});

const patterns = [0, 1, 2, 3, 4, 5, 6, 7].map((on) =>
  [0, 1, 2, 3, 4, 5, 6, 7].map((i) => i === on),
);

const options = { optimizer: adam({ learningRate: 0.05 }), epochs: 1000, batchSize: 8 };
for await (const { epoch, cost } of train(net, { inputs: patterns }, options)) {
  if (epoch % 200 === 0) console.log("epoch", epoch, "cost", cost);
}

console.log(net.predict(patterns)); //  near 1 where a pattern is true, near 0 elsewhere
