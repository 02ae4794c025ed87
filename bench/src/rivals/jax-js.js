// jax-js on its WebAssembly device: one jitted step of gradient and update for each batch.

import {
  blockUntilReady,
  defaultDevice,
  grad,
  init,
  jit,
  nn,
  numpy as np,
  tree,
} from "@jax-js/jax";
import { batchesOf, inputsByUnits, unitsByInputs } from "./matrices.js";

export async function prepare(problem) {
  await init("wasm");
  defaultDevice("wasm");
  const { sizes, activations, rule } = problem;
  const array = (values, shape) => np.array(Float32Array.from(values)).reshape(shape);

  const cost = (parameters, { x, y }) => {
    const rows = x.shape[0];
    let a = x;
    for (const [layer, activation] of activations.entries()) {
      const z = np.matmul(a, parameters.weights[layer]).add(parameters.biases[layer]);
      if (activation === "softmax")
        return nn
          .logSoftmax(z, -1)
          .mul(y)
          .sum()
          .mul(-1 / rows);
      a = activation === "relu" ? nn.relu(z) : nn.sigmoid(z);
    }
    const difference = a.sub(y);
    return difference.ref
      .mul(difference)
      .sum()
      .mul(0.5 / rows);
  };
  const step = jit(updates[rule](grad(cost), problem.learningRate));

  let state = {
    parameters: {
      weights: inputsByUnits(problem).map((own, l) => array(own, [sizes[l], sizes[l + 1]])),
      biases: problem.biases.map((own) => array(own, [own.length])),
    },
  };
  if (rule === "adam") {
    const zeros = () => tree.map((p) => np.zeros(p.shape), state.parameters);
    state = {
      ...state,
      m: zeros(),
      s: zeros(),
      powers: { beta1: np.array(1), beta2: np.array(1) },
    };
  }
  const batches = batchesOf(problem).map(({ rows, inputs, targets }) => ({
    x: array(inputs, [rows, sizes[0]]),
    y: array(targets, [rows, sizes.at(-1)]),
  }));

  return {
    async train(epochs) {
      for (let epoch = 0; epoch < epochs; epoch++) {
        for (const { x, y } of batches) {
          state = step(state, { x: x.ref, y: y.ref });
          // Its queue of steps slows it down by a factor of up to four
          await blockUntilReady(state);
        }
      }
    },
    async parameters() {
      const read = (arrays) => Promise.all(arrays.map((own) => own.ref.data()));
      const { weights, biases } = state.parameters;
      return { weights: unitsByInputs(problem, await read(weights)), biases: await read(biases) };
    },
  };
}

// jax-js counts references: `ref` before each use of an array but its last
const refs = tree.ref;

const updates = {
  /** θ ← θ − η g */
  sgd:
    (gradient, rate) =>
    ({ parameters }, batch) => {
      const g = gradient(refs(parameters), batch);
      return { parameters: tree.map((p, own) => p.sub(own.mul(rate)), parameters, g) };
    },

  /** m ← β₁m + (1 − β₁)g;  s ← β₂s + (1 − β₂)g²;  θ ← θ − η m̂/(√ŝ + ε) */
  adam: (gradient, rate) => (state, batch) => {
    const g = gradient(refs(state.parameters), batch);
    const powers = { beta1: state.powers.beta1.mul(0.9), beta2: state.powers.beta2.mul(0.999) };
    const m = tree.map((old, own) => old.mul(0.9).add(own.mul(0.1)), state.m, refs(g));
    const s = tree.map((old, own) => old.mul(0.999).add(own.ref.mul(own).mul(0.001)), state.s, g);
    const update = (p, first, second) => {
      const firstUnbiased = first.div(np.array(1).sub(powers.beta1.ref));
      const secondUnbiased = second.div(np.array(1).sub(powers.beta2.ref));
      return p.sub(firstUnbiased.mul(rate).div(np.sqrt(secondUnbiased).add(1e-8)));
    };
    return { parameters: tree.map(update, state.parameters, refs(m), refs(s)), m, s, powers };
  },
};
