// How fast the README's model of penguins predicts encoded rows, a thousand at a time, compiled and from
// `nabla/predict` alone, and what a million single predictions leave in memory. Rates are of CPU time, so
// that other work on the machine counts little; `npm run build` first. Prints one object.

import { readFileSync } from "node:fs";
import { fit as fitRows, loadModel, saveModel } from "nabla";
import { loadModel as loadPredictor } from "nabla/predict";
import { median } from "./measure.js";

const ROWS = 1000;
const ROUNDS = 9;

const file = new URL("../../node_modules/vega-datasets/data/penguins.json", import.meta.url);
const penguins = JSON.parse(readFileSync(file, "utf8"));
const fitted = await fitRows(penguins, { target: "Species", epochs: 5 });
const bytes = saveModel(fitted);

/** Rows a second of CPU time. */
function rateOf(network, x) {
  const batches = (count) => {
    for (let i = 0; i < count; i++) network.predict(x);
  };
  const secondsOf = (count) => {
    const before = process.cpuUsage();
    batches(count);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  };
  batches(50);
  const count = Math.ceil(50 / secondsOf(50) / 5) + 1; //  a fifth of a second
  return median(Array.from({ length: ROUNDS }, () => (count * ROWS) / secondsOf(count)));
}

/** Bytes that the heap and its buffers have more after a million predictions than after the first thousands. */
function growthOf(network, row) {
  const used = () => {
    globalThis.gc?.();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  for (let i = 0; i < 10_000; i++) network.predict(row);
  const before = used();
  for (let i = 0; i < 1_000_000; i++) network.predict(row);
  return used() - before;
}

const compiled = loadModel(bytes).network;
const alone = loadPredictor(bytes).network;
const width = compiled.definition.inputs;
const x = Float32Array.from({ length: ROWS * width }, (_, i) => Math.sin(i));
const row = x.slice(0, width);

console.log(
  JSON.stringify({
    compiled: { rowsPerSecond: rateOf(compiled, x), grown: growthOf(compiled, row) },
    alone: { rowsPerSecond: rateOf(alone, x), grown: growthOf(alone, row) },
  }),
);
