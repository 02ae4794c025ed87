/** The worked example of 2-2-2 that is quoted everywhere (M. Mazur), and what its one step may mean. */

import { dense, type Network, network, sgd } from "nabla";

const inputs = [[0.05, 0.1]];
const targets = [[0.01, 0.99]];
const learningRate = 0.5;
const start = {
  ...{ W1: [0.15, 0.2, 0.25, 0.3], b1: [0.35, 0.35] },
  ...{ W2: [0.4, 0.45, 0.5, 0.55], b2: [0.6, 0.6] },
};
type Parameters = Readonly<Record<string, ArrayLike<number>>>;

/** Its cost before the step, and after one step as each reading has it. */
export interface KnownExample {
  readonly before: number;
  /** All four parameters move. */
  readonly moving: number;
  /** The biases stay. */
  readonly frozen: number;
  /** The biases stay, and δ1 reads W2 as it is after the update. */
  readonly updatedWeights: number;
}

export function knownExample(): KnownExample {
  const net = network({
    ...{ inputs: 2, layers: [dense(2, "sigmoid"), dense(2, "sigmoid")] },
    ...{ cost: "squared-error", precision: "float64" },
  });
  const cost = (parameters: Parameters): number => {
    assign(net, parameters);
    return net.cost(inputs, targets);
  };
  const before = cost(start);
  const gradients = net.gradients(inputs, targets);
  net.step(inputs, targets, sgd({ learningRate }));
  const stepped = parametersOf(net);
  const frozen = { ...stepped, b1: start.b1, b2: start.b2 };
  const slope = hiddenSlope({ ...frozen, W1: start.W1 }, gradients.get("b2"));
  const W1 = start.W1.map((weight, i) => weight - learningRate * (slope[i] ?? Number.NaN));
  return {
    before,
    moving: cost(stepped),
    frozen: cost(frozen),
    updatedWeights: cost({ ...frozen, W1 }),
  };
}

/** Σ_k δ2[k]·∂z2[k]/∂W1, with a W2 of one's own: the gradient of Σ_k δ2[k]·z2[k]. */
function hiddenSlope(parameters: Parameters, delta: ArrayLike<number> = []): ArrayLike<number> {
  const net = network({
    equations: `
      a[n,j] = sigmoid(Σ_i W1[j,i]·x[n,i] + b1[j])
      z[n,k] = Σ_j W2[k,j]·a[n,j]
      C = 1/N·Σ_n Σ_k d[n,k]·z[n,k]`,
    extents: { i: 2, j: 2, k: 2 },
    ...{ inputs: "x", targets: "d", outputs: "z", cost: "C", precision: "float64" },
  });
  assign(net, parameters);
  return net.gradients(inputs, [Array.from(delta)]).get("W1") ?? [];
}

function assign(net: Network, parameters: Parameters): void {
  for (const [name, values] of Object.entries(parameters)) net.parameters.get(name)?.set(values);
}

const parametersOf = (net: Network): Record<string, number[]> =>
  Object.fromEntries([...net.parameters].map(([name, values]) => [name, Array.from(values)]));
