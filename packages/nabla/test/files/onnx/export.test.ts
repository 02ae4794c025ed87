/** What stands in the files; that they predict the same is tested where the runtimes are. */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { exportOnnx } from "../../../src/files/onnx/export.ts";
import { activations } from "../../../src/functions/activations.ts";
import { dense, network } from "../../../src/network.ts";
import type { Network } from "../../../src/running.ts";
import type { TableModel } from "../../../src/tables/model.ts";
import { models } from "../../onnx/models.ts";
import {
  bytesOf,
  type Fields,
  integersOf,
  messagesOf,
  readMessage,
  readTensor,
  textsOf,
} from "../../onnx/read-protobuf.ts";

/** The parts of a file, by the numbers of their fields in onnx.proto. */
function read(model: Network | TableModel) {
  const file = readMessage(exportOnnx(model));
  const [graph] = messagesOf(file, 7);
  const text = (fields: Fields, number: number) => textsOf(fields, number)[0] ?? "";
  const info = (fields: Fields) => {
    const [tensor] = messagesOf(messagesOf(fields, 2)[0]!, 1);
    const shape = messagesOf(messagesOf(tensor!, 2)[0]!, 1);
    return {
      name: text(fields, 1),
      type: integersOf(tensor!, 1)[0],
      shape: shape.map((extent) => textsOf(extent, 2)[0] ?? integersOf(extent, 1)[0]),
      doc: text(fields, 3),
    };
  };
  return {
    irVersion: integersOf(file, 1),
    producer: [text(file, 2), text(file, 3)],
    opsets: messagesOf(file, 8).map((opset) => [text(opset, 1), integersOf(opset, 2)[0]]),
    metadata: Object.fromEntries(
      messagesOf(file, 14).map((entry) => [text(entry, 1), text(entry, 2)]),
    ),
    nodes: messagesOf(graph!, 1).map((node) => ({
      inputs: textsOf(node, 1),
      outputs: textsOf(node, 2),
      name: text(node, 3),
      operator: text(node, 4),
    })),
    initializers: bytesOf(graph!, 5).map((tensor) => ({
      name: text(readMessage(tensor), 8),
      ...readTensor(tensor),
    })),
    inputs: messagesOf(graph!, 11).map(info),
    outputs: messagesOf(graph!, 12).map(info),
  };
}

const operatorsOf = (net: Network): string[] => read(net).nodes.map(({ operator }) => operator);

const classifier = network({
  inputs: 2,
  layers: [dense(3, "tanh"), dense(2)],
  cost: "cross-entropy",
});

const formula = (text: string, precision: "float32" | "float64" = "float32") =>
  network({
    equations: `a[n] = ${text}; C = 1/N·Σ_n a[n]`,
    extents: {},
    inputs: "x",
    outputs: "a",
    cost: "C",
    precision,
  });

test("a classifier is four operators, its parameters as they are", () => {
  const { nodes, initializers, inputs, outputs } = read(classifier);
  expect(nodes.map(({ operator, inputs, outputs }) => [...outputs, operator, ...inputs])).toEqual([
    ["z1", "Gemm", "x", "W1", "b1"],
    ["a1", "Tanh", "z1"],
    ["z2", "Gemm", "a1", "W2", "b2"],
    ["a2", "Softmax", "z2"],
  ]);
  expect(initializers).toEqual(
    [...classifier.parameters].map(([name, values]) => ({
      name,
      dims: classifier.shapes.get(name),
      values: [...values],
    })),
  );
  expect(inputs).toEqual([{ name: "x", type: 1, shape: ["rows", 2], doc: "" }]);
  expect(outputs).toEqual([{ name: "a2", type: 1, shape: ["rows", 2], doc: "" }]);
});

test("the file says by whom and in which operators it is written", () => {
  const { irVersion, producer, opsets, metadata } = read(classifier);
  const { version } = JSON.parse(
    readFileSync(new URL("../../../package.json", import.meta.url), "utf8"),
  );
  expect(irVersion).toEqual([8]);
  expect(producer).toEqual(["nabla", version]);
  expect(opsets).toEqual([
    ["", 13],
    ["ai.onnx.ml", 3],
  ]);
  expect(JSON.parse(metadata.versions!)).toEqual({
    nabla: version,
    "ai.onnx": 13,
    "ai.onnx.ml": 3,
  });
  expect(metadata.equations!.split("\n").slice(0, 2)).toEqual([
    "z1[n,j] = Σ_i W1[j,i]·x[n,i] + b1[j]",
    "a1[n,j] = tanh(z1[n,j])",
  ]);
});

test("a model of tables says what its columns and its outputs are", () => {
  const { inputs, outputs, metadata } = read(models["embeddings beside other columns"]!);
  const text = { type: 8, shape: ["rows", 1], doc: 'text; "" where missing' };
  expect(inputs).toEqual([
    { name: "species", ...text },
    { name: "body mass (g)", type: 1, shape: ["rows", 1], doc: "a number; NaN where missing" },
    { name: "island", ...text },
    { name: "place", ...text },
  ]);
  expect(outputs).toEqual([
    { name: "label", type: 8, shape: ["rows"], doc: 'the likeliest class of "kind"' },
    { name: "probabilities", type: 1, shape: ["rows", 3], doc: 'of "Adélie", "b", "😀"' },
  ]);
  expect(metadata.task).toBe("classification");
  expect(JSON.parse(metadata.targets!)).toEqual(["kind"]);
  expect(JSON.parse(metadata.classes!)).toEqual(["Adélie", "b", "😀"]);

  const dates = read(models["dates with and without cycles"]!).inputs;
  const doc = "days since 1970-01-01 UTC; NaN where missing";
  expect(dates).toEqual([
    { name: "day", type: 1, shape: ["rows", 1], doc },
    { name: "moment", type: 11, shape: ["rows", 1], doc },
  ]);
  const strange = read(models["names of columns and categories with any characters"]!).inputs;
  expect(strange[0]!.doc).toBe('text; "" is a category');
});

test.each(Object.entries(models))("%s: every name is one value's", (_, model) => {
  const { nodes, initializers, inputs, outputs } = read(model);
  const made = nodes.flatMap((node) => node.outputs);
  const names = [...made, ...[...initializers, ...inputs].map(({ name }) => name)];
  expect(new Set(names).size).toBe(names.length);
  expect(nodes.map(({ name }) => name)).toEqual(made);
  const read_ = new Set([
    ...nodes.flatMap((node) => node.inputs),
    ...outputs.map(({ name }) => name),
  ]);
  expect(
    [...made, ...initializers.map(({ name }) => name)].filter((name) => !read_.has(name)),
  ).toEqual([]);
});

describe("forms of the textbooks", () => {
  const operators: Readonly<Record<string, string>> = {
    sigmoid: "Sigmoid",
    tanh: "Tanh",
    relu: "Relu",
    "leaky-relu": "LeakyRelu",
    elu: "Elu",
    selu: "Selu",
    softplus: "Softplus",
    softsign: "Softsign",
    "hard-sigmoid": "HardSigmoid",
    exp: "Exp",
  };

  test.each(Object.entries(operators))("%s is the operator %s", (name, operator) => {
    expect(operatorsOf(formula(`${name.replaceAll("-", "_")}(x[n])`))).toEqual([operator]);
  });

  test("a formula of the same form is the same operator, whatever it is a function of", () => {
    const { value } = activations.softplus;
    const net = formula(value.replaceAll("z", "(2*x[n])"));
    expect(operatorsOf(net)).toEqual(["Mul", "Softplus"]);
  });

  test("another form is not", () => {
    expect(operatorsOf(formula("select(x[n] <= 0, 0.02*x[n], x[n])"))).not.toContain("LeakyRelu");
    expect(operatorsOf(formula("1/(1 + exp(-2*x[n]))"))).not.toContain("Sigmoid");
    expect(operatorsOf(formula("exp(x[n])/(1 + exp(x[n]))"))).not.toContain("Sigmoid");
  });

  test("a softmax is one operator, and a quotient like it is none", () => {
    const quotient = (e: string) =>
      network({
        equations: `
          m[n,j] = max_k x[n,j,k]   stabiliser
          a[n,j,k] = exp(x[n,j,k] − m[n,j])/Σ_k exp(${e})
          C = 1/N·Σ_n Σ_{j,k} a[n,j,k]`,
        extents: { j: 2, k: 3 },
        ...{ inputs: "x", outputs: "a", cost: "C" },
      });
    expect(operatorsOf(quotient("x[n,j,k] − m[n,j]"))).toEqual(["Softmax"]);
    expect(operatorsOf(quotient("2*x[n,j,k] − m[n,j]"))).not.toContain("Softmax");
  });
});

describe("refused by name", () => {
  test("the number of rows", () => {
    expect(() => exportOnnx(formula("x[n]/N"))).toThrow(
      "a[n] = x[n]/N: the number N of the whole batch has no operator in ONNX; " +
        "leave N out of what predicts",
    );
  });

  test("the targets", () => {
    const net = network({
      equations: "a[n] = x[n]*y[n]; C = 1/N·Σ_n (a[n] − y[n])^2",
      extents: {},
      ...{ inputs: "x", targets: "y", outputs: "a", cost: "C" },
    });
    expect(() => exportOnnx(net)).toThrow(
      "a[n] = x[n]·y[n]: y, which a prediction is not given, has no operator in ONNX; " +
        "leave y out of what predicts",
    );
  });

  test("erf in float64, which runtimes lack", () => {
    expect(() => exportOnnx(formula("erf(x[n])", "float64"))).toThrow(
      "a[n] = erf(x[n]): erf(x[n]) in float64 has no operator in ONNX; " +
        'build the network with precision: "float32", or without erf',
    );
    expect(operatorsOf(formula("erf(x[n])"))).toEqual(["Erf"]);
  });

  test("a column without a name", () => {
    const model = models["dates with and without cycles"]!;
    const features = model.schema.features.map((feature) => ({ ...feature, name: "" }));
    const nameless = { ...model, schema: { ...model.schema, features } };
    expect(() => exportOnnx(nameless)).toThrow(
      'ONNX needs a name for every column, got ""; name it in the table, and train again',
    );
  });
});
