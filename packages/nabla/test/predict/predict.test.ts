/** `loadModel` of `nabla/predict`: rows in, predictions out, and what it refuses. */

import { describe, expect, test } from "vitest";
import { saveModel } from "../../src/files/model.ts";
import { readSafetensors, writeSafetensors } from "../../src/files/safetensors.ts";
import { adam } from "../../src/functions/optimizers.ts";
import { dense, type LayeredDefinition, network } from "../../src/network.ts";
import { loadModel, type NetworkModel, type TableModel } from "../../src/predict/index.ts";
import type { TableSchema } from "../../src/tables/columns/schema.ts";
import { rowModel } from "../../src/tables/fit.ts";
import type { TableModel as FullModel } from "../../src/tables/model.ts";
import { randomStream } from "../../src/train/random.ts";

function loadNetwork(bytes: Uint8Array): NetworkModel {
  const model = loadModel(bytes);
  if ("schema" in model) throw new Error("a model of tables");
  return model;
}

function loadTable(bytes: Uint8Array): TableModel {
  const model = loadModel(bytes);
  if (!("schema" in model)) throw new Error("a network");
  return model;
}

const definition: LayeredDefinition = { inputs: 2, layers: [dense(1)], cost: "squared-error" };

/** a = 2·x₁ − x₂ + 0.5 */
const byHand = network(definition);
byHand.parameters.get("W1")!.set([2, -1]);
byHand.parameters.get("b1")!.set([0.5]);

describe("a network", () => {
  const model = loadNetwork(saveModel(byHand));

  test("takes rows and gives rows, takes a flat array and gives one", () => {
    const rows = [
      [1, 2],
      [3, -1],
    ];
    expect(model.predict(rows)).toEqual([[0.5], [7.5]]);
    expect(model.predict(rows.map((row) => Float64Array.from(row)))).toEqual([[0.5], [7.5]]);
    expect(model.predict({ x: rows })).toEqual([[0.5], [7.5]]);
    expect(model.predict(Float32Array.of(1, 2, 3, -1))).toEqual(Float32Array.of(0.5, 7.5));
    expect(model.predict({ x: Int8Array.of(1, 2, 3, -1) })).toEqual(Float32Array.of(0.5, 7.5));
    expect(model.predict([])).toEqual([]);
  });

  test("gives what it gave when it has been asked for more and for fewer rows", () => {
    const x = Float32Array.from({ length: 400 }, (_, i) => i / 7);
    const all = model.predict(x);
    expect(model.predict(x.subarray(0, 2))).toEqual(all.subarray(0, 1));
    expect(model.predict(x)).toEqual(all);
    const [first] = model.predict([[...x.subarray(0, 2)]]);
    expect(first).toEqual([all[0]]);
  });

  test.each<[string, unknown, string]>([
    ["a row too short", [[1]], "inputs, x, row 0: expected 2 numbers, got 1"],
    [
      "text",
      [
        [1, 2],
        ["a", 2],
      ],
      "inputs, x, row 1: expected 1 numbers, got a",
    ],
    [
      "a number that is not finite",
      [[1, Number.NaN]],
      "inputs, x, row 0: expected a finite number",
    ],
    ["part of a row", Float32Array.of(1, 2, 3), "inputs, x: expected whole rows, got 1.5"],
    ["no inputs", undefined, "inputs, x: expected rows of numbers, or a typed array"],
    ["inputs of another name", { y: [[1, 2]] }, "inputs, x: expected rows of numbers"],
  ])("refuses %s", (_, inputs, message) => {
    expect(() => model.predict(inputs as never)).toThrow(message);
    expect(() => model.predict(inputs as never)).toThrow(
      expect.objectContaining({ name: "NablaError", code: "data" }),
    );
  });

  test("of integers refuses those without a row in the table", () => {
    const embedded = network({
      ...{ inputs: 1, embeddings: [{ categories: 3, units: 2 }], layers: [dense(1)] },
      cost: "squared-error",
    });
    const model = loadNetwork(saveModel(embedded));
    expect(model.predict({ x: [[0]], id1: [2] })).toHaveLength(1);
    for (const id of [3, -1, 0.5])
      expect(() => model.predict({ x: [[0]], id1: [id] })).toThrow("expected an integer in [0, 3)");
    expect(() => model.predict({ x: [[0]], id1: [0, 1] })).toThrow("expected 1 rows, got 2");
  });
});

const training: FullModel["training"] = {
  seed: 3,
  optimizer: adam({ learningRate: 0.01 }),
  ...{ batchSize: 32, epochs: 7, stopped: "epochs" },
  rows: { train: 6, validation: 2, test: 2 },
  cost: { train: 0.5 },
  metrics: {},
  baseline: { constant: {}, linear: {} },
};

const features: TableSchema["features"] = [
  { name: "mass", type: "number", mean: 4, scale: 2, missing: true },
  { name: "seen", type: "date", mean: 500, scale: 200, cycles: ["day", "year"], missing: true },
  { name: "island", type: "text", categories: ["", "1.0"], other: true, missing: true },
  { name: "wild", type: "boolean", categories: ["false", "true"], other: false, missing: false },
  { name: "place", type: "text", categories: ["a", "b"], other: true, missing: true, units: 3 },
];

const random = randomStream(5, "split");
const pick = <T>(...of: T[]): T => of[random.below(of.length)] as T;
const rows = Array.from({ length: 90 }, () => ({
  mass: pick<unknown>(3.5, "12", 4, null, undefined, "", -90),
  seen: pick<unknown>(new Date(1e9), new Date(9e10 + 12345), null),
  island: pick<unknown>("1.0", "1", "x", null, ""),
  wild: pick<unknown>(true, false, null),
  place: pick<unknown>("a", "b", "c", null),
  other: Symbol("is not looked at"),
}));

function tableModel(target: TableSchema["target"], outputs: number, last: string): FullModel {
  const classes = target.task === "classification";
  const cost = classes ? "cross-entropy" : "squared-error";
  const net = network({
    ...{ inputs: 14, layers: [dense(9, "gelu"), dense(outputs, last)], cost, seed: 4 },
    embeddings: [{ categories: 4, units: 3 }],
    precision: "float64",
  });
  return { network: net, schema: { features, target }, training };
}

describe("a model of tables predicts what rowModel predicts,", () => {
  test.each<[string, TableSchema["target"], number, string]>([
    [
      "of classes in text",
      { task: "classification", name: "kind", type: "text", classes: ["1", "b", "🐧"] },
      ...([3, "softmax"] as const),
    ],
    [
      "of classes that are numbers",
      { task: "classification", name: "kind", type: "number", classes: ["1", "2"] },
      ...([2, "softmax"] as const),
    ],
    [
      "of booleans",
      { task: "classification", name: "kind", type: "boolean", classes: ["false", "true"] },
      ...([2, "softmax"] as const),
    ],
    [
      "of a quantity",
      { task: "regression", name: "price", type: "number", mean: 30, scale: 7 },
      ...([1, "identity"] as const),
    ],
    [
      "of several quantities",
      {
        task: "regression",
        targets: [
          { name: "price", type: "number", mean: 30, scale: 7 },
          { name: "size", type: "number", mean: 0, scale: 1 },
        ],
      },
      ...([2, "identity"] as const),
    ],
    [
      "of labels",
      {
        task: "multi-label",
        targets: [
          { name: "new", type: "boolean" },
          { name: "old", type: "number" },
        ],
      },
      ...([2, "sigmoid"] as const),
    ],
  ])("%s", (_, target, outputs, last) => {
    const full = tableModel(target, outputs, last);
    const [expected, got] = [rowModel(full), loadTable(saveModel(full))];
    const close = (value: unknown): unknown =>
      typeof value === "number" ? expect.closeTo(value, 9) : value;
    const closeTo = (value: unknown): unknown =>
      typeof value === "object"
        ? Object.fromEntries(Object.entries(value as object).map(([n, v]) => [n, close(v)]))
        : close(value);
    expect(got.predict(rows)).toEqual(expected.predict(rows).map(closeTo));
    expect(got.predict(rows[7]!)).toEqual(closeTo(expected.predict(rows[7]!)));
    if (target.task === "regression") {
      expect(() => got.probabilities(rows)).toThrow("expected a model of classes or labels");
    } else {
      expect(got.probabilities(rows)).toEqual(expected.probabilities(rows).map(closeTo));
      expect(got.probabilities(rows[7]!)).toEqual(closeTo(expected.probabilities(rows[7]!)));
    }
  });

  const model = loadTable(
    saveModel(
      tableModel({ task: "regression", name: "p", type: "number", mean: 0, scale: 1 }, 1, "tanh"),
    ),
  );
  const row = rows[0]!;

  test("and its network takes encoded rows", () => {
    const [x, id1] = [new Float64Array(28), Float64Array.of(0, 3)];
    expect(model.network.predict({ x, id1 })).toHaveLength(2);
  });

  test.each<[string, object, string]>([
    ["without a field", { ...row, mass: undefined, toString: 1 }, ""],
    ["that lacks a field", { mass: 1 }, 'rows, row 1: column "seen": expected a Date'],
    [
      "with text for a number",
      { ...row, mass: "n/a" },
      "expected a number, null where it is missing, got n/a",
    ],
    ["with an infinite number", { ...row, mass: Number.NEGATIVE_INFINITY }, "got -Infinity"],
    ["with a number that float32 cannot hold", { ...row, mass: 1e300 }, "got 1e+300"],
    ["with a number for a date", { ...row, seen: 3 }, "expected a Date"],
    ["with a number for text", { ...row, island: 3 }, "expected text"],
    ["with text for a boolean", { ...row, wild: "true" }, "expected true or false"],
    ["that is none", 5 as unknown as object, 'column "mass": expected a number'],
  ])("and refuses a row %s", (_, given, message) => {
    if (message === "") expect(() => model.predict(given)).not.toThrow();
    else expect(() => model.predict(given)).toThrow(message);
  });
});

describe("a file is refused", () => {
  const changed = (metadata: Readonly<Record<string, string>>): Uint8Array => {
    const file = readSafetensors(saveModel(byHand));
    const versions = JSON.stringify({ format: 1, nabla: "0.1.0" }); //  which has no checksum
    const parts = Object.entries({ ...file.metadata, versions, ...metadata });
    const unsealed = parts.filter(([name]) => name !== "checksum");
    return writeSafetensors({ tensors: file.tensors, metadata: Object.fromEntries(unsealed) });
  };
  const withNetwork = (change: object) =>
    changed({ network: JSON.stringify({ ...definition, ...change }) });

  test("unless it is sound", () => {
    expect(loadNetwork(changed({})).predict([[1, 2]])).toEqual([[0.5]]);
  });

  test.each<[string, Uint8Array, string]>([
    ["that is none", Uint8Array.of(1, 2, 3), "safetensors, byte 0"],
    ["of an unknown part", changed({ code: "1" }), 'got "code"'],
    ["of an unknown layer", withNetwork({ layers: [{ layer: "magic" }] }), "layer dense or"],
    ["of an unknown field", withNetwork({ run: "x" }), 'got "run" too'],
    ["of an unknown activation", withNetwork({ layers: [dense(1, "rleu")] }), "a known activation"],
    ["of a formula that reads elsewhere", withNetwork({ layers: [dense(1, "z*b1[0]")] }), "wrong"],
    [
      "of an operation for an activation",
      withNetwork({ layers: [dense(1, "log")] }),
      "a known activation",
    ],
    ["of no inputs", withNetwork({ inputs: 0 }), "expected inputs"],
    ["of an unknown cost", withNetwork({ cost: "error" }), "a known cost"],
    [
      "of a cost and another link",
      withNetwork({ cost: "poisson", layers: [dense(1, "tanh")] }),
      "exp at the end, with which poisson goes",
    ],
    [
      "of other shapes",
      withNetwork({ inputs: 3 }),
      'tensor "W1": expected F32 [1, 3], got F32 [1, 2]',
    ],
    [
      "of a rate of dropout that is none",
      withNetwork({ layers: [dense(1), { layer: "dropout", rate: 1 }] }),
      "expected a rate in [0, 1)",
    ],
    ["of no layers", withNetwork({ layers: [] }), "expected a layer at least"],
    ["of a layer without units", withNetwork({ layers: [dense(0)] }), "wrong before"],
    [
      "of a residual link of other units",
      withNetwork({ layers: [{ layer: "residual", layers: [dense(1)] }] }),
      "wrong before",
    ],
  ])("%s", (_, bytes, message) => {
    expect(() => loadModel(bytes)).toThrow(message);
    expect(() => loadModel(bytes)).toThrow(
      expect.objectContaining({ name: "NablaError", code: "data" }),
    );
  });

  test("with any bit of it flipped", () => {
    const sound = saveModel(byHand);
    let accepted = 0;
    for (let bit = 0; bit < 8 * sound.length; bit++) {
      const bytes = sound.slice();
      bytes[bit >>> 3]! ^= 1 << (bit & 7);
      try {
        loadModel(bytes);
        accepted++;
      } catch (error) {
        expect(error).toMatchObject({ name: "NablaError", code: "data" });
      }
    }
    expect(accepted).toBe(0);
  });
});

test("a hundred thousand single predictions leave the memory as it was", () => {
  const model = loadNetwork(
    saveModel(network({ inputs: 4, layers: [dense(8, "tanh"), dense(3)], cost: "cross-entropy" })),
  );
  const row = Float32Array.of(1, 2, 3, 4);
  const ask = (times: number) => {
    for (let i = 0; i < times; i++) model.predict(row);
    return process.memoryUsage().arrayBuffers;
  };
  ask(20_000);
  const before = process.memoryUsage();
  ask(100_000);
  const after = process.memoryUsage();
  const growth = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  expect(growth).toBeLessThan(64 * 1024 * 1024); //  what one collection of garbage leaves
});
