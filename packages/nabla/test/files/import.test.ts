/** Networks of brain.js and TensorFlow.js predict here what they predicted there. */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { importBrain } from "../../src/files/import/brain.ts";
import { readTensorFlow } from "../../src/files/import/tensorflow.ts";
import { loadModel, saveModel } from "../../src/files/model.ts";

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`fixtures/import/${name}.json`, import.meta.url), "utf8"));

interface Case {
  readonly rows: readonly number[][];
  readonly predictions: readonly number[][];
}

const expectAgreement = (got: readonly number[][], { predictions }: Case): void => {
  for (const [n, row] of predictions.entries())
    for (const [k, value] of row.entries())
      expect(Math.abs(got[n]![k]! - value)).toBeLessThanOrEqual(
        1e-6 * Math.max(1, Math.abs(value)),
      );
  expect(got).toHaveLength(predictions.length);
};

type Brain = Case & { json: object; inputs?: readonly string[]; outputs?: readonly string[] };
const brains = ([1, 2] as const).flatMap((version) =>
  Object.entries(fixture(`brain-${version}`) as Record<string, Brain>).map(
    ([name, own]) => [`brain.js ${version}, ${name}`, own] as const,
  ),
);

describe("imported, a network of", () => {
  test.each(brains)("%s predicts what it did", (_, own) => {
    const { network } = importBrain(JSON.stringify(own.json));
    expectAgreement(network.predict(own.rows), own);
    expect(loadModel(saveModel(network))).toMatchObject({ definition: network.definition });
  });

  test.each(brains.filter(([name]) => name.includes("named")))(
    "%s loses its names, and their order is told",
    (_, { json, inputs, outputs }) => {
      const { notTaken } = importBrain(JSON.stringify(json));
      const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(", ");
      expect(notTaken).toContain(`the names of the inputs, whose order is ${quoted(inputs!)}`);
      expect(notTaken).toContain(`the names of the outputs, whose order is ${quoted(outputs!)}`);
      expect(notTaken.some((line) => line.startsWith("trainOpts: "))).toBe(true);
    },
  );
});

const sound = (fixture("brain-2") as Record<string, Brain>).sigmoid!.json as Record<string, never>;
const soundFirst = (fixture("brain-1") as Record<string, Brain>).sigmoid!.json as Record<
  string,
  never
>;

describe("a text of brain.js is refused", () => {
  test.each<[string, object, string]>([
    ["of a recurrent network", { ...sound, type: "LSTM" }, 'a network of type "LSTM"'],
    [
      "of an unknown activation",
      { ...sound, trainOpts: { activation: "swish" } },
      'activation "swish"',
    ],
    ["of more sizes than layers", { ...sound, sizes: [2, 3, 4, 4, 1] }, "expected 5 layers"],
    [
      "of other sizes",
      { ...sound, sizes: [2, 3, 5, 1] },
      "dense layer 2, weights: expected 15 numbers, got 12",
    ],
    [
      "of text for a weight",
      { ...sound, layers: [{}, { weights: [["a"]], biases: [] }, ...[0, 0]] },
      "layers[2]",
    ],
    [
      "of a weight from nowhere",
      { ...soundFirst, sizes: [1, 1], layers: [{ 0: {} }, { 0: { bias: 1, weights: { 7: 1 } } }] },
      'got "7"',
    ],
    [
      "of a weight that is missing",
      { ...soundFirst, sizes: [1, 1], layers: [{ 0: {} }, { 0: { bias: 1, weights: {} } }] },
      'weights, "0": expected a number, got null',
    ],
  ])("%s", (_, json, message) => {
    expect(() => importBrain(JSON.stringify(json))).toThrow(message);
    expect(() => importBrain(JSON.stringify(json))).toThrow(
      expect.objectContaining({ name: "NablaError", code: "data" }),
    );
  });
});

type TensorFlow = Case & { model: Record<string, never>; shards: readonly string[] };
test("sizes are proven against the numbers at hand before anything of them is made", () => {
  const layers = [{}, { weights: [[1]], biases: [1] }];
  const text = JSON.stringify({ sizes: [1e9, 1e9], layers });
  expect(() => importBrain(text, "b.json")).toThrow(
    "b.json, dense layer 1, weights: expected 1000000000000000000 numbers, got 1",
  );
});

const models = fixture("tensorflow") as Record<string, TensorFlow>;
const bytesOf = ({ shards }: TensorFlow) =>
  new Uint8Array(Buffer.concat(shards.map((shard) => Buffer.from(shard, "base64"))));

describe("imported, a model of TensorFlow.js", () => {
  test.each(Object.entries(models))("%s predicts what it did", (_, own) => {
    const { paths, import: take } = readTensorFlow(JSON.stringify(own.model));
    expect(paths).toEqual(["group1-shard1of2.bin", "group1-shard2of2.bin"]);
    const { network } = take(bytesOf(own));
    expectAgreement(network.predict(own.rows), own);
  });

  test("keeps its dropout, and tells what training alone had", () => {
    const { network, notTaken } = readTensorFlow(JSON.stringify(models.stack!.model)).import(
      bytesOf(models.stack!),
    );
    expect(network.definition).toMatchObject({
      inputs: 6,
      layers: [
        { layer: "dense", units: 5, activation: "relu" },
        { layer: "dropout", rate: 0.25 },
        { layer: "dense", units: 4, activation: "identity" },
        { layer: "activation", activation: "softsign" },
        { layer: "dense", units: 2, activation: "softmax" },
      ],
      cost: "cross-entropy",
    });
    expect(notTaken.filter((line) => line.includes("kernel_regularizer"))).toHaveLength(1);
  });
});

describe("a model of TensorFlow.js is refused", () => {
  const text = JSON.stringify(models.stack!.model);
  const bytes = bytesOf(models.stack!);
  const load =
    (json: string, weights = bytes) =>
    () =>
      readTensorFlow(json).import(weights);

  test("unless it is sound", () => {
    expect(load(text)).not.toThrow();
  });

  test.each<[string, string, string]>([
    [
      "of another format",
      text.replace('"layers-model"', '"graph-model"'),
      'the format "graph-model"',
    ],
    [
      "of a layer without equations here",
      text.replace('"Dropout"', '"Conv1D"'),
      'a layer of class "Conv1D"',
    ],
    [
      "of an unknown activation",
      text.replace('"softsign"', '"logSoftmax"'),
      'the activation "logSoftmax"',
    ],
    [
      "of quantized weights",
      text.replace('"dtype":"float32"}]', '"dtype":"uint8"}]'),
      'the dtype "uint8"',
    ],
    ["of inputs that stay lists", text.replace('"Flatten"', '"Activation"'), "not flattened first"],
    [
      "of a weight of another shape",
      text.replace('"shape":[6,5]', '"shape":[5,6]'),
      "expected [6,5], got [5,6]",
    ],
  ])("%s", (_, json, message) => {
    expect(json).not.toBe(text);
    expect(load(json)).toThrow(message);
    expect(load(json)).toThrow(expect.objectContaining({ name: "NablaError", code: "data" }));
  });

  test.each([
    "../w.bin",
    "/w.bin",
    "a/../../w.bin",
    "http://x/w.bin",
    "C:\\w.bin",
    "a\\..\\w.bin",
    "",
    "a//b",
    "./a",
    "w\0.bin",
    "%2e%2e/w.bin",
  ])("with weights at %j", (path) => {
    const json = JSON.stringify({
      ...models.stack!.model,
      weightsManifest: [{ paths: [path], weights: [] }],
    });
    expect(() => readTensorFlow(json)).toThrow("expected paths within the model's folder");
  });

  test("with too few or too many bytes, or one that is not finite", () => {
    expect(load(text, bytes.subarray(0, -4))).toThrow("bytes, got");
    expect(load(text, Uint8Array.of(...bytes, 0, 0, 0, 0))).toThrow("weight files: expected");
    const broken = bytes.slice();
    new DataView(broken.buffer).setFloat32(0, Number.NaN, true);
    expect(load(text, broken)).toThrow("dense layer 1, weights: expected finite numbers, got NaN");
  });

  test("with layers that branch", () => {
    const graph = JSON.stringify(models.graph!.model);
    const names = [...graph.matchAll(/"inbound_nodes":\[\[\["([^"]+)"/g)].map(([, name]) => name!);
    expect(names).toHaveLength(2);
    const skipping = graph.replace(`[[["${names[1]}"`, `[[["${names[0]}"`);
    expect(load(skipping, bytesOf(models.graph!))).toThrow("layers that branch");
  });
});
