// The first training of a process: one epoch of 784-128-10 over 6,000 rows, and the steady rate that
// the same process reaches. Prints one object; start-up.js runs it in fresh processes.

import { dense, network, sgd, train } from "nabla";
import { median } from "./measure.js";
import { classifier } from "./problems.js";

const options = { rule: "sgd", learningRate: 0.02 };
const { sizes, batchSize, rows, inputs, targets } = classifier({ ...options, rows: 6000 });

/** The seconds of each epoch, and of what comes before the first: reading the data, compiling. */
async function trainFor(net, epochs) {
  const optimizer = sgd({ learningRate: options.learningRate });
  const called = performance.now();
  const ends = [0];
  for await (const { seconds } of train(
    net,
    { inputs, targets },
    { optimizer, batchSize, epochs },
  )) {
    ends.push(seconds);
  }
  const total = (performance.now() - called) / 1000;
  return { before: total - ends.at(-1), epochs: ends.slice(1).map((end, i) => end - ends[i]) };
}

const started = performance.now();
const layers = [dense(sizes[1], "relu"), dense(sizes[2], "softmax")];
const net = network({ inputs: sizes[0], layers, cost: "cross-entropy", seed: 1 });
const built = (performance.now() - started) / 1000;
const first = await trainFor(net, 1);
const steady = median((await trainFor(net, 8)).epochs.slice(3));
console.log(
  JSON.stringify({
    built,
    before: first.before,
    first: rows / first.epochs[0],
    all: rows / (first.before + first.epochs[0]),
    steady: rows / steady,
  }),
);
