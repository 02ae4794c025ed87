import { network, saveModel } from "nabla";
import { expect, test } from "vitest";
import { colourModel, priceModel } from "../models.ts";
import { folderWith, nabla } from "../support.ts";

test("--json tells everything that the file holds but the numbers", async () => {
  const cwd = folderWith({ "price.safetensors": priceModel() });
  const { code, stdout } = await nabla(["inspect", "price.safetensors", "--json"], { cwd });
  expect(code).toBe(0);
  const contents = JSON.parse(stdout);
  expect(contents).toMatchObject({
    name: "price.safetensors",
    inputs: 5,
    layers: [{ layer: "dense", units: 1, activation: "identity" }],
    cost: "squared-error",
    precision: "float64",
    parameters: [
      { name: "W1", shape: [1, 5] },
      { name: "b1", shape: [1] },
    ],
    schema: { target: { name: "price", task: "regression" } },
    training: { epochs: 7, metrics: { r2: 0.75, rmse: 2, mae: 1.5 } },
    versions: { format: 2, nabla: expect.any(String) },
  });
  expect(contents.schema.features).toHaveLength(3);
});

test("without --json it is a page of 80 columns", async () => {
  const cwd = folderWith({ "colour.safetensors": colourModel() });
  const { stdout } = await nabla(["inspect", "colour.safetensors"], { cwd });
  const lines = stdout.trimEnd().split("\n");
  expect(lines.every((line) => line.length <= 80)).toBe(true);
  expect(lines.map((line) => line.replace(/ {2,}/, ": "))).toEqual([
    "model: colour.safetensors",
    "layers: 2 inputs, dense 2 softmax",
    "cost: cross-entropy",
    "parameters: W1 [2, 2], b1 [2], float64",
    "target: colour, classification: blue, red",
    "text columns: code",
    "training: 7 epochs of 30 rows in batches of 32, sgd with learning rate 0.1,",
    ": seed 0, ended by epochs",
    "0 test rows: none were held back",
    expect.stringMatching(/^versions: format 2, nabla /),
  ]);
});

test("a network of equations shows them", async () => {
  const net = network({
    equations: "a[n,j] = sum_i W[j,i]*x[n,i]; C = 1/N * sum_n sum_j (a[n,j] - y[n,j])^2",
    extents: { i: 2, j: 1 },
    inputs: "x",
    targets: "y",
    outputs: "a",
    cost: "C",
  });
  const cwd = folderWith({ "net.safetensors": saveModel(net) });
  const { code, stdout } = await nabla(["inspect", "net.safetensors"], { cwd });
  expect(code).toBe(0);
  expect(stdout).toContain("equations   a[n,j] = sum_i W[j,i]*x[n,i]\n");
  expect(stdout).not.toContain("training");
});
