// Who runs: name, how it is loaded, which problems it can be given, and where its work differs.

/**
 * @typedef {object} Rival
 * @property {string} name
 * @property {"JavaScript" | "Python"} language
 * @property {string} module  from src/
 * @property {object} [options]  for its `prepare`
 * @property {(problem: Problem) => boolean} runs  can be given this problem
 * @property {(problem: Problem) => string | undefined} differs
 *   how its work differs, where it is not the same; such a rival is shown, and not counted
 * @property {(problem: Problem) => string | undefined} peculiar
 *   a difference of the mathematics in spite of which it is as much work, and counted
 * @property {boolean} [ownNetwork]  it trains another network: its cost says nothing
 *
 * @typedef {import("../problems.js").Problem} Problem
 */

/**
 * A module's `prepare(problem, options)` gives `train(epochs)`, whose promise is fulfilled when the
 * work is done, and `parameters()`, which are the problem's weights and biases as they stand.
 * @typedef {object} Session
 * @property {(epochs: number) => void | Promise<void>} train
 * @property {() => object | Promise<object>} parameters
 */

const always = () => true;
const never = () => undefined;
const isSigmoid = ({ cost }) => cost === "squared-error";
// An epoch of the largest network takes them 5 to 12 seconds
const butTheLargest = ({ row }) => row < 5;
const afterEveryRow = ({ batchSize }) =>
  batchSize === 1 ? undefined : "it updates after every row, whatever the batch";

const javascript = { language: "JavaScript", runs: always, differs: never, peculiar: never };

const pythons = (name, framework, rest) =>
  [1, 2].map((threads) => ({
    name: `${name}, ${threads} thread${threads > 1 ? "s" : ""}`,
    language: "Python",
    module: "./rivals/python.py",
    options: { framework, threads },
    runs: always,
    peculiar: never,
    ...rest,
    differs: (problem) => (threads > 1 ? `${threads} threads` : rest.differs?.(problem)),
  }));

/** @type {readonly Rival[]} */
export const rivals = [
  { ...javascript, name: "nabla", module: "./rivals/nabla.js" },
  {
    ...javascript,
    name: "TensorFlow.js wasm",
    module: "./rivals/tfjs.js",
    options: { backend: "wasm" },
  },
  {
    ...javascript,
    name: "TensorFlow.js cpu",
    module: "./rivals/tfjs.js",
    options: { backend: "cpu" },
    runs: butTheLargest,
  },
  { ...javascript, name: "jax-js", module: "./rivals/jax-js.js" },
  {
    ...javascript,
    name: "brain.js",
    module: "./rivals/brain.js",
    runs: isSigmoid,
    differs: afterEveryRow,
  },
  {
    ...javascript,
    name: "synaptic",
    module: "./rivals/synaptic.js",
    runs: isSigmoid,
    differs: afterEveryRow,
    peculiar: () =>
      "counted, though it leaves the output's σ′ out and its hidden layer sees weights that have moved already",
  },
  {
    ...javascript,
    name: "ml-fnn",
    module: "./rivals/ml-fnn.js",
    runs: (problem) => !isSigmoid(problem) && butTheLargest(problem),
    differs: () => "tanh instead of relu and one update for all rows, whatever one asks for",
    ownNetwork: true,
  },
  ...pythons("PyTorch", "torch", {}),
  ...pythons("scikit-learn", "sklearn", {
    differs: (problem) =>
      isSigmoid(problem) ? "binary cross-entropy: sigmoids have no other cost there" : undefined,
    peculiar: ({ rule }) =>
      rule === "adam" ? "counted, though its ε stands inside the bias correction" : undefined,
  }),
];
