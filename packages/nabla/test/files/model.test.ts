import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { loadModel, saveModel } from "../../src/files/model.ts";
import { readSafetensors, type Tensor, writeSafetensors } from "../../src/files/safetensors.ts";
import { adam } from "../../src/functions/optimizers.ts";
import {
  activation,
  dense,
  dropout,
  layerNorm,
  type NetworkDefinition,
  network,
  residual,
} from "../../src/network.ts";
import type { Network } from "../../src/running.ts";
import { predictTable, type TableModel } from "../../src/tables/model.ts";
import { createTable } from "../../src/tables/table.ts";

const definition: NetworkDefinition = {
  inputs: 2,
  layers: [dense(3, "tanh"), dense(1, "sigmoid")],
  cost: "squared-error",
  seed: 1,
};
const net = network(definition);

const model: TableModel = {
  network: network({ inputs: 6, layers: [dense(2, "softmax")], cost: "cross-entropy" }),
  schema: {
    features: [
      { name: "mass", type: "number", mean: 0.1, scale: 1e-300, missing: true },
      { name: "seen", type: "date", mean: -1, scale: 2, cycles: [], missing: false },
      { name: "island", type: "text", categories: ["", "1.0"], other: false, missing: true },
      { name: "empty", type: "boolean", categories: [], other: false, missing: false },
    ],
    target: { task: "classification", name: "kind", type: "text", classes: ["1", "🐧"] },
  },
  training: {
    seed: 3,
    optimizer: adam({ learningRate: 0.01 }),
    batchSize: 32,
    epochs: 7,
    stopped: "patience",
    rows: { train: 6, validation: 2, test: 2 },
    cost: { train: 0.5, validation: 0.25 },
    metrics: { accuracy: 1, logLoss: 0.125 },
    baseline: { constant: { accuracy: 0.5, logLoss: 0.75 }, linear: {} },
  },
};

const isTable = (loaded: Network | TableModel): loaded is TableModel => "schema" in loaded;

function loadNetwork(bytes: Uint8Array): Network {
  const loaded = loadModel(bytes);
  if (isTable(loaded)) throw new Error("a model of tables");
  return loaded;
}

function outcomeOf(load: () => unknown): unknown {
  try {
    return load();
  } catch (error) {
    return error;
  }
}

/** The file of a network or model with some of its tensors and texts replaced. */
function changed(
  saved: Network | TableModel,
  change: {
    tensors?: Readonly<Record<string, Tensor>>;
    metadata?: Readonly<Record<string, string | undefined>>;
  },
): Uint8Array {
  const { tensors, metadata } = readSafetensors(saveModel(saved));
  const texts = Object.entries({ ...metadata, ...change.metadata });
  return writeSafetensors({
    tensors: new Map([...tensors, ...Object.entries(change.tensors ?? {})]),
    metadata: Object.fromEntries(
      texts.filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  });
}

const withNetwork = (fields: object) =>
  changed(net, { metadata: { network: JSON.stringify({ ...definition, ...fields }) } });

const withSchema = (parts: object) =>
  changed(model, { metadata: { schema: JSON.stringify({ ...model.schema, ...parts }) } });
const label = { name: "a", type: "number" };

describe("a model file", () => {
  test("holds the parameters as tensors, and all else as JSON in the metadata", () => {
    const { tensors, metadata } = readSafetensors(saveModel(net));
    const shapes = [...tensors].map(([name, { dtype, shape }]) => [name, dtype, shape]);
    expect(shapes).toEqual([
      ["W1", "F32", [3, 2]],
      ["b1", "F32", [3]],
      ["W2", "F32", [1, 3]],
      ["b2", "F32", [1]],
    ]);
    expect(tensors.get("W1")?.data).toEqual(net.parameters.get("W1"));
    expect(metadata).toEqual({
      format: "nabla",
      versions: '{"format":2,"nabla":"0.1.0"}',
      network:
        '{"inputs":2,"layers":[{"layer":"dense","units":3,"activation":"tanh"},{"layer":"dense","units":1,"activation":"sigmoid"}],"cost":"squared-error","seed":1}',
      checksum: expect.stringMatching(/^[0-9a-f]{8}$/),
    });
  });

  test("names the version of the package that wrote it", () => {
    const file = new URL("../../package.json", import.meta.url);
    const { version } = JSON.parse(readFileSync(file, "utf8"));
    const { metadata } = readSafetensors(saveModel(net));
    expect(JSON.parse(metadata.versions ?? "")).toEqual({ format: 2, nabla: version });
  });

  test("gives the same bytes for the same network", () => {
    expect(saveModel(network(definition))).toEqual(saveModel(net));
  });
});

describe("loadModel", () => {
  test("gives back the network, to the bit", () => {
    net.parameters.get("b1")?.set([-0, 1e-45, 3.4e38]);
    const loaded = loadNetwork(saveModel(net));
    expect(loaded.definition).toEqual(definition);
    expect(loaded.parameters).toEqual(net.parameters);
    expect(Object.is(loaded.parameters.get("b1")?.[0], -0)).toBe(true);
    const inputs = [
      [0.5, -1],
      [1e-3, 2],
    ];
    expect(loaded.predict(inputs)).toEqual(net.predict(inputs));
  });

  test.each<[string, NetworkDefinition]>([
    ["float64", { ...definition, precision: "float64" }],
    [
      "penalties, starts and a formula",
      {
        ...definition,
        layers: [dense(3, "z*tanh(z)"), dense(1)],
        l1: 1e-3,
        l2: 0.1,
        initial: { W1: "he-normal", b1: 0.5 },
      },
    ],
    [
      "every layer",
      {
        inputs: 2,
        layers: [
          ...[dropout(0.25), dense(3), layerNorm(), activation("relu")],
          ...[residual([dense(4, "tanh"), residual([dropout(0.5)]), dense(3)]), dense(2)],
        ],
        cost: "cross-entropy",
        labelSmoothing: 0.1,
      },
    ],
    ["weighted rows", { ...definition, weighted: true }],
    [
      "equations with masks and weights",
      {
        equations: `
          a[n,i] = x[n,i]
          a[n,i] = x[n,i]·mask[n,i]   training
          z[n,j] = Σ_i W[j,i]·a[n,i]
          C = 1/N·Σ_n Σ_j w[n]·(z[n,j] − y[n,j])^2`,
        extents: { i: 2, j: 3 },
        ...{ inputs: "x", targets: "y", outputs: "z", cost: "C" },
        ...{ masks: { mask: 0.5 }, weights: "w" },
      },
    ],
    [
      "equations",
      {
        equations: "z[n,j] = Σ_i W[j,i]·x[n,i]; c[n] = Σ_j (z[n,j] − y[n,j])^2; C = 1/N·Σ_n c[n]",
        extents: { i: 2, j: 3 },
        inputs: "x",
        targets: "y",
        outputs: "z",
        cost: "C",
      },
    ],
  ])("gives back a network of %s", (_, definition) => {
    const saved = network(definition);
    const loaded = loadNetwork(saveModel(saved));
    expect(loaded.definition).toEqual(definition);
    expect(loaded.precision).toBe(saved.precision);
    expect(loaded.parameters).toEqual(saved.parameters);
  });

  test("gives back a model of tables with its schema and training log", () => {
    const loaded = loadModel(saveModel(model));
    if (!isTable(loaded)) throw new Error("a network alone");
    expect(loaded.schema).toEqual(model.schema);
    expect(loaded.training).toEqual(model.training);
    const table = createTable("new.csv", [
      { name: "mass", type: "number", values: Float64Array.of(0.1, Number.NaN) },
      { name: "seen", type: "date", values: Float64Array.of(0, 3) },
      { name: "island", type: "text", values: ["1.0", null] },
      { name: "empty", type: "boolean", values: [null, true] },
    ]);
    expect(predictTable(loaded, table)).toEqual(predictTable(model, table));
  });

  test.each<[string, TableModel["schema"]]>([
    ["of weighted rows", { ...model.schema, weights: { column: "w", classes: [0, 2.5] } }],
    [
      "of several quantities",
      {
        features: model.schema.features,
        target: {
          task: "regression",
          targets: [
            { name: "a", type: "number", mean: 0, scale: 1 },
            { name: "b", type: "number", mean: -3, scale: 0.5 },
          ],
        },
      },
    ],
    [
      "of several labels",
      {
        features: model.schema.features,
        target: {
          task: "multi-label",
          targets: [
            { name: "a", type: "number" },
            { name: "__proto__", type: "boolean" },
          ],
        },
      },
    ],
  ])("gives back a schema %s", (_, schema) => {
    const loaded = loadModel(saveModel({ ...model, schema }));
    expect(isTable(loaded) && loaded.schema).toEqual(schema);
  });

  test("leaves out what ran the network", () => {
    const slow = network({ ...definition, backend: "evaluate" });
    expect(loadNetwork(saveModel(slow)).definition).toEqual(definition);
    expect(slow.definition.backend).toBe("evaluate");
  });

  test.each<[string, Uint8Array, string | RegExp]>([
    [
      "no model",
      writeSafetensors({ tensors: new Map() }),
      'model file: expected the format "nabla" in its metadata, got no format',
    ],
    ["another format", changed(net, { metadata: { format: "pt" } }), 'got "pt"'],
    [
      "a newer version",
      changed(net, { metadata: { versions: '{"format":3,"nabla":"9.0.0"}', more: "" } }),
      "model file, versions.format: expected 1 or 2, got 3",
    ],
    [
      "an unknown part",
      changed(net, { metadata: { more: "" } }),
      'model file: expected the parts format, versions, network, schema, training, checksum, got "more"',
    ],
    [
      "no network",
      changed(net, { metadata: { network: undefined } }),
      "model file: expected a part network, got none",
    ],
    [
      "broken JSON",
      changed(net, { metadata: { network: "{" } }),
      "model file, network, byte 1: expected a string",
    ],
    [
      "a field twice",
      changed(net, { metadata: { network: '{"cost":"a","cost":"b"}' } }),
      'expected each name once, got "cost" again',
    ],
    ["an unknown field", withNetwork({ code: "1" }), 'got "code" too'],
    [
      "an unknown layer",
      withNetwork({ layers: [{ layer: "lambda", units: 3 }] }),
      'model file, network.layers[0]: expected layer dense or activation or layer-norm or dropout or residual, got "lambda"',
    ],
    [
      "an unknown layer in a residual",
      withNetwork({ layers: [residual([{ layer: "lambda" } as never]), dense(1)] }),
      "model file, network.layers[0].layers[0]: expected layer dense or",
    ],
    [
      "an unknown field of a layer",
      withNetwork({ layers: [{ ...layerNorm(), epsilon: 1 }, dense(1)] }),
      'model file, network.layers[0]: expected the fields layer, got "epsilon" too',
    ],
    [
      "a dropout of all",
      withNetwork({ layers: [dense(3, "tanh"), dropout(1), dense(1)] }),
      "model file, network: layer 2: rate must be a number in [0, 1), got 1",
    ],
    [
      "residuals deeper than a file nests",
      withNetwork({ layers: [residual([residual([residual([dense(2)])])]), dense(1)] }),
      "at most 8 levels of nesting",
    ],
    [
      "an unknown activation",
      withNetwork({ layers: [dense(3, "rleu"), dense(1)] }),
      'model file, network: unknown activation "rleu"; did you mean "relu"?',
    ],
    ["an unknown cost", withNetwork({ cost: "hings" }), 'unknown cost "hings"'],
    [
      "a huge layer",
      withNetwork({ layers: [dense(2 ** 52, "tanh"), dense(1)] }),
      'model file, tensor "W1": expected F32 [4503599627370496, 2], got F32 [3, 2]',
    ],
    [
      "a layer more",
      withNetwork({ layers: [dense(3), dense(1), dense(1)] }),
      'model file, tensor "W3": expected F32 [1, 1], got none',
    ],
    [
      "another precision",
      withNetwork({ precision: "float64" }),
      'model file, tensor "W1": expected F64 [3, 2], got F32 [3, 2]',
    ],
    [
      "a tensor too many",
      changed(net, { tensors: { W3: { dtype: "F32", shape: [1], data: Float32Array.of(1) } } }),
      'model file: expected the tensors W1, b1, W2, b2, got "W3" too',
    ],
    [
      "a parameter that is not finite",
      changed(net, {
        tensors: { b2: { dtype: "F32", shape: [1], data: Float32Array.of(Number.NaN) } },
      }),
      'model file, tensor "b2": expected finite numbers, got NaN',
    ],
    [
      "another finite parameter",
      changed(net, {
        tensors: { b2: { dtype: "F32", shape: [1], data: Float32Array.of(1) } },
      }),
      "model file, checksum: expected",
    ],
    [
      "no checksum",
      changed(net, { metadata: { checksum: undefined } }),
      /^model file, checksum: expected "[0-9a-f]{8}", got none$/,
    ],
    [
      "a schema alone",
      changed(model, { metadata: { training: undefined } }),
      "model file: expected a part training, got none",
    ],
    [
      "a training log alone",
      changed(model, { metadata: { schema: undefined } }),
      "model file: expected a part schema, got none",
    ],
    [
      "a schema of another size",
      changed(model, { metadata: { schema: JSON.stringify({ ...model.schema, features: [] }) } }),
      "model file, schema: expected 6 inputs and 2 outputs, got 0 inputs and 2 outputs",
    ],
    [
      "a scale of 0",
      changed(model, { metadata: { schema: JSON.stringify(model.schema).replace("1e-300", "0") } }),
      "model file, schema.features[0].scale: expected a number above 0, got 0",
    ],
    [
      "a category twice",
      changed(model, { metadata: { schema: JSON.stringify(model.schema).replace('"1.0"', '""') } }),
      'model file, schema.features[2].categories: expected each name once, got "" again',
    ],
    [
      "a target twice",
      withSchema({ target: { task: "multi-label", targets: [label, label] } }),
      'model file, schema.target.targets: expected each name once, got "a" again',
    ],
    [
      "no target in a list of them",
      withSchema({ target: { task: "regression", targets: [] } }),
      "model file, schema.target.targets: expected a column to predict, got none",
    ],
    [
      "a label of text",
      withSchema({ target: { task: "multi-label", targets: [{ ...label, type: "text" }] } }),
      'model file, schema.target.targets[0].type: expected "number" or "boolean", got "text"',
    ],
    [
      "a weight below 0",
      withSchema({ weights: { classes: [1, -1] } }),
      "model file, schema.weights.classes[1]: expected a number ≥ 0, got -1",
    ],
    [
      "weights of other classes",
      withSchema({ weights: { classes: [1, 1, 1] } }),
      "model file, schema.weights.classes: expected 2 numbers, got 3 numbers",
    ],
    [
      "an unknown optimiser",
      changed(model, {
        metadata: { training: JSON.stringify(model.training).replace("adam", "adan") },
      }),
      'model file, training: unknown optimizer "adan"; did you mean "adam"?',
    ],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => loadModel(bytes)).toThrow(message);
    expect(() => loadModel(bytes)).toThrow(expect.objectContaining({ code: "data" }));
  });

  describe.each<[string, Network | TableModel]>([
    ["network", network({ ...definition, layers: [dense(1)] })],
    ["model of tables", model],
  ])("of a file with a %s", (_, saved) => {
    const sound = saveModel(saved);

    test("detects every flipped bit", () => {
      for (let bit = 0; bit < 8 * sound.length; bit++) {
        const bytes = sound.slice();
        bytes[bit >>> 3]! ^= 1 << (bit & 7);
        expect(outcomeOf(() => loadModel(bytes))).toMatchObject({
          name: "NablaError",
          code: "data",
        });
      }
    });

    test("detects every truncation", () => {
      for (let length = 0; length < sound.length; length++)
        expect(outcomeOf(() => loadModel(sound.subarray(0, length)))).toMatchObject({
          name: "NablaError",
          code: "data",
        });
    });
  });
});

describe("saveModel", () => {
  test("refuses what loadModel would", () => {
    const diverged = network(definition);
    diverged.parameters.get("W2")?.fill(Number.POSITIVE_INFINITY);
    expect(() => saveModel(diverged)).toThrow(
      'model file, tensor "W2": expected finite numbers, got Infinity',
    );
    const { training } = model;
    const broken = { ...model, training: { ...training, metrics: { r2: Number.NaN } } };
    expect(() => saveModel(broken)).toThrow(
      "model file, training.metrics.r2: expected a number, got null",
    );
  });
});
