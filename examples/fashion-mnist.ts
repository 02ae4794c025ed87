/** 60,000 pictures of clothes, 28 × 28, in ten classes. Debian: apt-get install dataset-fashion-mnist */

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { adam, classificationMetrics, cosine, dense, network, train } from "nabla";
import { readIdx } from "nabla/files";

const folder = "/usr/share/datasets/fashion-mnist";
const read = (name: string) => readIdx(gunzipSync(readFileSync(`${folder}/${name}-ubyte.gz`))).data;
const readImages = (name: string) => new Float32Array(read(name)).map((grey) => grey / 255);

const inputs = readImages("train-images-idx3");
const labels = read("train-labels-idx1");
const targets = new Float32Array(labels.length * 10); //  [rows, classes], 1 at the right one
labels.forEach((label, n) => {
  targets[n * 10 + label] = 1;
});

const net = network({
  inputs: 784,
  layers: [dense(128, "relu"), dense(10, "softmax")],
  cost: "cross-entropy",
  seed: 1,
});

const optimizer = adam({ learningRate: 0.002 });
const options = { optimizer, schedule: cosine(), epochs: 10, batchSize: 64 };
for await (const { epoch, cost, seconds } of train(net, { inputs, targets }, options)) {
  console.log("epoch", epoch, "cost", cost, "seconds", seconds);
}

const predictions = net.predict(readImages("t10k-images-idx3"));
const { accuracy } = classificationMetrics(predictions, read("t10k-labels-idx1"), { classes: 10 });
console.log("test accuracy", accuracy);
