/** What loading and predicting take of memory; bench/src/load-model.js measures their time. */

import { expect, test, vi } from "vitest";
import { sealed } from "../../src/files/checksum.ts";
import { loadModel, saveModel } from "../../src/files/model.ts";
import { readSafetensors, type Tensor, writeSafetensors } from "../../src/files/safetensors.ts";
import { dense, network } from "../../src/network.ts";
import type { Network } from "../../src/running.ts";

function loadNetwork(bytes: Uint8Array): Network {
  const loaded = loadModel(bytes);
  if ("schema" in loaded) throw new Error("a model of tables");
  return loaded;
}

/** A model of one layer, without the time to draw its weights. */
function largeModel(inputs: number, units: number): Uint8Array {
  const definition = { inputs, layers: [dense(units)], cost: "squared-error" };
  const { metadata } = readSafetensors(saveModel(network({ ...definition, inputs: 1 })));
  const tensors = new Map<string, Tensor>([
    [
      "W1",
      { dtype: "F32", shape: [units, inputs], data: new Float32Array(units * inputs).fill(1) },
    ],
    ["b1", { dtype: "F32", shape: [units], data: new Float32Array(units) }],
  ]);
  const file = { tensors, metadata: { ...metadata, network: JSON.stringify(definition) } };
  return writeSafetensors({ ...file, metadata: sealed(file) });
}

test("a model of 100 MB takes 1.2 times its size at most, beside its bytes", () => {
  const bytes = largeModel(5000, 5000);
  const before = process.memoryUsage.rss();
  const net = loadNetwork(bytes);
  expect(net.parameters.get("W1")?.at(-1)).toBe(1);
  expect(process.memoryUsage.rss() - before).toBeLessThan(1.2 * bytes.length);
});

test("a hundred thousand predictions of single rows allocate nothing that stays", () => {
  const layers = [dense(16, "relu"), dense(3, "softmax")];
  const saved = saveModel(network({ inputs: 4, layers, cost: "cross-entropy", seed: 1 }));
  const net = loadNetwork(saved);
  const row = Float32Array.of(1, 2, 3, 4);
  const [first] = net.predict(row);
  for (let i = 0; i < 5000; i++) net.predict(row);

  const grow = vi.spyOn(WebAssembly.Memory.prototype, "grow");
  const before = process.memoryUsage.rss();
  let sum = 0;
  for (let i = 0; i < 100_000; i++) sum += net.predict(row)[0]!;
  expect(sum / 100_000).toBeCloseTo(first!, 6);
  expect(grow).not.toHaveBeenCalled();
  grow.mockRestore();
  // Garbage that waits to be collected: a prediction leaves some hundred bytes, all of them 50 MB
  expect(process.memoryUsage.rss() - before).toBeLessThan(2 ** 24);
});
