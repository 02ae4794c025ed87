// What is trained: five networks, six problems (the fourth with two update rules). Data and start
// parameters come from a seed, so that every rival gets the same numbers.

/**
 * @typedef {object} Problem
 * @property {number} row  of the page's table
 * @property {string} title
 * @property {readonly number[]} sizes  inputs, hidden units, outputs
 * @property {readonly ("sigmoid" | "relu" | "softmax")[]} activations  of each layer
 * @property {"squared-error" | "cross-entropy"} cost
 * @property {"sgd" | "adam"} rule
 * @property {number} learningRate
 * @property {number} batchSize
 * @property {number} rows  a multiple of the batch size or not, as in life
 * @property {number} checkedEpochs  after which the costs are compared
 * @property {Float32Array} inputs  [rows, inputs]
 * @property {Float32Array} targets  [rows, outputs]
 * @property {readonly Float32Array[]} weights  [units, inputs] of each layer, to start from
 * @property {readonly Float32Array[]} biases  [units]
 */

/** mulberry32, T. Ettinger (2017): numbers in [0, 1). */
export function randomStream(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The four rows of exclusive or. */
function xorData() {
  return {
    inputs: Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1),
    targets: Float32Array.of(0, 1, 1, 0),
  };
}

/** Rows around one centre per class; a tenth of the labels is random, so that no cost reaches 0. */
function clusters({ sizes, rows }, random, { centre, around }) {
  const [inputCount] = sizes;
  const classes = sizes.at(-1);
  const centres = Array.from({ length: classes }, () =>
    Array.from({ length: inputCount }, () => centre(random)),
  );
  const inputs = new Float32Array(rows * inputCount);
  const targets = new Float32Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    const own = Math.floor(random() * classes);
    const label = random() < 0.1 ? Math.floor(random() * classes) : own;
    targets[row * classes + label] = 1;
    for (let i = 0; i < inputCount; i++) {
      inputs[row * inputCount + i] = around(centres[own][i], random);
    }
  }
  return { inputs, targets };
}

/** Of iris's shape: standardised measurements, classes that overlap. */
const flowers = {
  centre: (random) => 3 * random() - 1.5,
  around: (centre, random) => centre + (random() + random() + random() - 1.5),
};

/** Of the shape of 28×28 digits: a fifth of the pixels belongs to a class, with noise over all. */
const digits = {
  centre: (random) => (random() < 0.2 ? 1 : 0),
  around: (centre, random) =>
    Math.max(0, Math.min(1, centre * (0.4 + 0.6 * random()) + 0.5 * random() - 0.25)),
};

/** Glorot's uniform weights, biases 0. */
function startParameters(sizes, random) {
  const weights = sizes.slice(1).map((units, layer) => {
    const reach = Math.sqrt(6 / (units + sizes[layer]));
    return Float32Array.from({ length: units * sizes[layer] }, () => reach * (2 * random() - 1));
  });
  return { weights, biases: sizes.slice(1).map((units) => new Float32Array(units)) };
}

/** @returns {Problem} */
function problem(seed, definition, data) {
  const random = randomStream(seed);
  return {
    ...definition,
    ...startParameters(definition.sizes, random),
    ...(data === undefined ? xorData() : clusters(definition, random, data)),
  };
}

/** 784-128-10 relu + softmax, of any number of rows. */
export const classifier = ({ rows, rule, name, learningRate }) =>
  problem(
    4,
    {
      row: 4,
      title: `784-128-10 relu + softmax, batch 32, ${name}`,
      sizes: [784, 128, 10],
      activations: ["relu", "softmax"],
      cost: "cross-entropy",
      rule,
      learningRate,
      batchSize: 32,
      rows,
      checkedEpochs: 3,
    },
    digits,
  );

/** @returns {Problem[]} */
export const problems = () => [
  problem(1, {
    row: 1,
    title: "2-3-1 sigmoid, batch 1, SGD (XOR)",
    sizes: [2, 3, 1],
    activations: ["sigmoid", "sigmoid"],
    cost: "squared-error",
    rule: "sgd",
    learningRate: 0.5,
    batchSize: 1,
    rows: 4,
    checkedEpochs: 500,
  }),
  problem(
    2,
    {
      row: 2,
      title: "4-16-3 relu + softmax, batch 16, Adam (of iris's shape)",
      sizes: [4, 16, 3],
      activations: ["relu", "softmax"],
      cost: "cross-entropy",
      rule: "adam",
      learningRate: 0.01,
      batchSize: 16,
      rows: 150,
      checkedEpochs: 50,
    },
    flowers,
  ),
  problem(
    3,
    {
      row: 3,
      title: "784-30-10 sigmoid, batch 10, SGD",
      sizes: [784, 30, 10],
      activations: ["sigmoid", "sigmoid"],
      cost: "squared-error",
      rule: "sgd",
      learningRate: 0.5,
      batchSize: 10,
      rows: 1280,
      checkedEpochs: 3,
    },
    digits,
  ),
  classifier({ rows: 1280, rule: "sgd", name: "SGD", learningRate: 0.02 }),
  classifier({ rows: 1280, rule: "adam", name: "Adam", learningRate: 0.001 }),
  problem(
    5,
    {
      row: 5,
      title: "784-512-512-10 relu + softmax, batch 128, SGD",
      sizes: [784, 512, 512, 10],
      activations: ["relu", "relu", "softmax"],
      cost: "cross-entropy",
      rule: "sgd",
      learningRate: 0.02,
      batchSize: 128,
      rows: 1280,
      checkedEpochs: 2,
    },
    digits,
  ),
];

/**
 * Of one row of one step: forward and ∂C/∂W are 2·units·inputs each, ∂C/∂a as much for all layers
 * but the first. Activations and updates are not counted.
 */
export function operationsPerRow({ sizes }) {
  const products = sizes.slice(1).map((units, layer) => 2 * units * sizes[layer]);
  return products.reduce((sum, product) => sum + 3 * product, 0) - products[0];
}

const activate = {
  sigmoid: (z) => z.map((x) => 1 / (1 + Math.exp(-x))),
  relu: (z) => z.map((x) => Math.max(0, x)),
  softmax: (z) => {
    const largest = Math.max(...z);
    const powers = z.map((x) => Math.exp(x - largest));
    const sum = powers.reduce((a, b) => a + b);
    return powers.map((x) => x / sum);
  },
};

/** The last rows are left out of the largest problem's cost, which is plain JavaScript. */
const costedRows = 256;

/**
 * C over (the first 256 of) the rows, of anybody's parameters: half the squared error, or the cross
 * entropy, summed over the outputs and averaged over the rows. One float64 function for all rivals.
 */
export function costOf(problem, { weights, biases }) {
  const { sizes, activations, targets } = problem;
  const rows = Math.min(problem.rows, costedRows);
  const outputs = sizes.at(-1);
  let total = 0;
  for (let row = 0; row < rows; row++) {
    let a = Array.from(problem.inputs.subarray(row * sizes[0], (row + 1) * sizes[0]));
    for (const [layer, activation] of activations.entries()) {
      const z = Array.from(biases[layer]);
      for (let j = 0; j < z.length; j++) {
        for (let i = 0; i < a.length; i++) z[j] += weights[layer][j * a.length + i] * a[i];
      }
      a = activate[activation](z);
    }
    for (let k = 0; k < outputs; k++) {
      const y = targets[row * outputs + k];
      if (problem.cost === "squared-error") total += (a[k] - y) ** 2 / 2;
      else if (y > 0) total -= y * Math.log(a[k]);
    }
  }
  return total / rows;
}
