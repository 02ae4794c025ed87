/** The six networks that the claims are about; the last is given as equations. */

import { dense, type Network, network } from "nabla";

export type NetworkName = "classic" | "classifier" | "mean" | "binary" | "deep" | "own";

export const networks: Readonly<Record<NetworkName, () => Network>> = {
  classic: () =>
    network({
      inputs: 2,
      layers: [dense(3, "sigmoid"), dense(2, "sigmoid")],
      cost: "squared-error",
    }),
  classifier: () =>
    network({ inputs: 3, layers: [dense(4, "tanh"), dense(3)], cost: "cross-entropy" }),
  mean: () =>
    network({ inputs: 2, layers: [dense(3, "relu"), dense(2)], cost: "mean-squared-error" }),
  binary: () =>
    network({
      inputs: 3,
      layers: [dense(4, "softplus"), dense(2)],
      cost: "binary-cross-entropy",
      l2: 0.1,
    }),
  deep: () =>
    network({
      inputs: 2,
      layers: [dense(3, "tanh"), dense(4, "sigmoid"), dense(1, "tanh")],
      cost: "squared-error",
    }),
  own: () =>
    network({
      equations: `
        h[n,j] = Σ_i V[j,i]·x[n,i] + d[j]
        g[n,j] = h·sigmoid(h)
        p[n,k] = Σ_j U[k,j]·g[n,j]
        e[n] = 1/2·Σ_k (p[n,k] − t[n,k])^2
        L = 1/N·Σ_n e[n]`,
      extents: { i: 3, j: 4, k: 2 },
      inputs: "x",
      targets: "t",
      outputs: "p",
      cost: "L",
    }),
};
