// Compiling alone: from the import to the first gradients of 784-128-10, of one row, as the first thing
// that a process does. Prints one object; start-up.js runs it in fresh processes.

import { dense, network } from "nabla";

const inputs = new Float32Array(784).fill(0.5);
const targets = Float32Array.from({ length: 10 }, (_, k) => (k === 3 ? 1 : 0));

const started = performance.now();
const layers = [dense(128, "relu"), dense(10, "softmax")];
const net = network({ inputs: 784, layers, cost: "cross-entropy", seed: 1 });
net.gradients(inputs, targets);
console.log(JSON.stringify({ compiled: (performance.now() - started) / 1000 }));
