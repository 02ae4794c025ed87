// A hundred thousand steps of a small network, a thousand at a time, and how soon the largest one
// answers an abort. Prints one object; start-up.js runs it in fresh processes.

import { adam, dense, network, sgd, train } from "nabla";
import { median } from "./measure.js";
import { classifier } from "./problems.js";

const inputs = Float32Array.from({ length: 300 }, (_, i) => Math.sin(i));
const targets = Float32Array.from({ length: 400 }, (_, i) => (i % 4 === (i >> 2) % 4 ? 1 : 0));

/** Steps a second in each thousand of 10⁵ steps of 3-16-4, and by how much the heap grew after the first. */
async function steps() {
  const layers = [dense(16, "relu"), dense(4, "softmax")];
  const net = network({ inputs: 3, layers, cost: "cross-entropy", seed: 1 });
  const options = { optimizer: adam(), batchSize: 10, epochs: 10_000, reportEvery: 100 };
  const ends = [0];
  let heap = 0;
  for await (const { seconds } of train(net, { inputs, targets }, options)) {
    if (ends.push(seconds) === 2) heap = process.memoryUsage().heapUsed;
  }
  const rates = ends.slice(1).map((end, i) => 1000 / (end - ends[i]));
  const grown = process.memoryUsage().heapUsed - heap;
  return { first: rates[0], middle: median(rates), last: rates.at(-1), grown };
}

/** Seconds from when an abort was due, by a timer, to the end of a training of 784-512-512-10, batch 128. */
async function abort() {
  const data = classifier({ rule: "sgd", learningRate: 0.01, rows: 6400 });
  const layers = [dense(512, "relu"), dense(512, "relu"), dense(10, "softmax")];
  const net = network({ inputs: 784, layers, cost: "cross-entropy", seed: 1 });
  const controller = new AbortController();
  const asked = 1.5;
  const started = performance.now();
  setTimeout(() => controller.abort(), 1000 * asked);
  const given = { inputs: data.inputs, targets: data.targets };
  const options = { optimizer: sgd(), batchSize: 128, epochs: 1e6, signal: controller.signal };
  for await (const _ of train(net, given, options));
  return (performance.now() - started) / 1000 - asked;
}

const found = await steps();
console.log(JSON.stringify({ ...found, answered: await abort() }));
