// Loading a model of 100 MB, and a million predictions of single rows. Prints one object; each half runs
// in a process of its own, so that its memory is its own.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dense, loadModel, network, saveModel } from "nabla";

const MB = 1e6;
const resident = () => process.memoryUsage.rss();

/** 25 million parameters, in float32. */
function write(file) {
  const net = network({
    inputs: 5000,
    layers: [dense(4999, "tanh"), dense(1)],
    cost: "squared-error",
  });
  writeFileSync(file, saveModel(net));
}

/** Seconds of the processor, and memory over the size of the file: what comes beside its bytes. */
function load(file) {
  const bytes = readFileSync(file);
  const before = {
    memory: resident(),
    most: process.resourceUsage().maxRSS,
    time: process.cpuUsage(),
  };
  const started = performance.now();
  const net = loadModel(bytes);
  const elapsed = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(before.time);
  const most = process.resourceUsage().maxRSS * 1024;
  return {
    megabytes: bytes.length / MB,
    seconds: (user + system) / 1e6,
    elapsed,
    memory: (resident() - before.memory) / bytes.length,
    mostMemory: (most - before.memory) / bytes.length,
    prediction: net.predict(new Float32Array(5000).fill(0.01))[0],
  };
}

/** Bytes by which the process grows over a million predictions, after the first ten thousand. */
function predict() {
  const layers = [dense(64, "relu"), dense(32, "relu"), dense(3, "softmax")];
  const net = loadModel(saveModel(network({ inputs: 10, layers, cost: "cross-entropy", seed: 1 })));
  const row = Float32Array.from({ length: 10 }, (_, i) => Math.sin(i));
  let sum = 0;
  const take = (count) => {
    for (let i = 0; i < count; i++) sum += net.predict(row)[0];
  };
  take(10_000);
  const before = resident();
  const started = process.cpuUsage();
  take(1_000_000);
  const { user, system } = process.cpuUsage(started);
  return { seconds: (user + system) / 1e6, grown: resident() - before, sum };
}

const ask = (...args) => {
  const reply = spawnSync(process.execPath, [fileURLToPath(import.meta.url), ...args], {
    encoding: "utf8",
  });
  if (reply.status !== 0) throw new Error(reply.stderr);
  return reply.stdout === "" ? undefined : JSON.parse(reply.stdout);
};

const [half, file] = process.argv.slice(2);
if (half === "write") write(file);
else if (half === "load") console.log(JSON.stringify(load(file)));
else if (half === "predict") console.log(JSON.stringify(predict()));
else {
  const folder = mkdtempSync(join(tmpdir(), "nabla-bench-"));
  try {
    const model = join(folder, "model.safetensors");
    ask("write", model);
    console.log(JSON.stringify({ load: ask("load", model), predict: ask("predict") }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
