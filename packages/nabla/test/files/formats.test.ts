/**
 * Model files of every format there has been. They were written by the nabla of their time and are never
 * written anew; a new format gets new files beside them.
 */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadCheckpoint } from "../../src/files/checkpoint.ts";
import { loadModel } from "../../src/files/model.ts";
import { predictTable } from "../../src/tables/model.ts";
import type { TableCheckpoint } from "../../src/tables/resume.ts";
import { type Column, createTable } from "../../src/tables/table.ts";
import { writeFixtures } from "./fixtures/write.ts";

const read = (name: string) =>
  readFileSync(new URL(`fixtures/${name}.safetensors`, import.meta.url));
const load = (name: string) => loadModel(read(name));

const columns: Column[] = [
  { name: "mass", type: "number", values: Float64Array.of(3700, Number.NaN, 5000) },
  { name: "depth", type: "number", values: Float64Array.of(17.5, 15, 20.25) },
  { name: "seen", type: "date", values: Float64Array.of(13_800, 13_860, Number.NaN) },
  { name: "island", type: "text", values: ["Dream", null, "Nowhere"] },
  { name: "ringed", type: "boolean", values: [true, false, null] },
  { name: "heard", type: "text", values: ["dusk", "noon", null] }, // since format 2
];

// What the writers predicted, which the products of another processor may shift by rounding
const tables: readonly [name: string, accuracy: number, probabilities: number[][]][] = [
  [
    "model-1-table",
    0.8333333333333334,
    [
      [0.4474691152572632, 0.21459099650382996, 0.3379398584365845],
      [0.004629950970411301, 0.8196007013320923, 0.17576934397220612],
      [0.005076311063021421, 0.013594361022114754, 0.9813293218612671],
    ],
  ],
  [
    "model-2-table",
    0.75,
    [
      [0.5518327951431274, 0.21993407607078552, 0.22823312878608704],
      [0.010893921367824078, 0.558161735534668, 0.4309442937374115],
      [0.1006053015589714, 0.0036615433637052774, 0.895733118057251],
    ],
  ],
];

test.each(tables)("%s predicts what it predicted", (name, accuracy, probabilities) => {
  const model = load(name);
  if (!("schema" in model)) throw new Error("a network alone");
  const predicted = predictTable(model, createTable("new.csv", columns));
  const flat = probabilities.flat();
  expect([...predicted.probabilities!]).toEqual(flat.map((p) => expect.closeTo(p, 6)));
  expect(model.training.metrics.accuracy).toBe(accuracy);
});

const xor = [0.09702591076913804, 0.8869454372407027, 0.9245576085403957, 0.0977733864117306];

test.each(["model-1-network", "model-2-network"])("%s predicts what it predicted", (name) => {
  const net = load(name);
  if ("schema" in net) throw new Error("a model of tables");
  const outputs = net.predict(Float64Array.of(0, 0, 0, 1, 1, 0, 1, 1));
  expect(net.precision).toBe("float64");
  expect([...outputs]).toEqual(xor.map((p) => expect.closeTo(p, 12)));
});

test("checkpoint-1 says what it said", () => {
  const { state, history, schema, origin } = loadCheckpoint(
    read("checkpoint-1"),
  ) as TableCheckpoint;
  const { best, ...counters } = state.counters;
  expect(counters).toMatchObject({
    step: 14,
    epoch: 2,
    batch: 4,
    batches: 5,
    updates: 14,
    skipped: 0,
  });
  expect(best?.epoch).toBe(2);
  const lengths = Array.from(state.arrays, ([array, values]) => [array, values.length]);
  expect(lengths).toEqual(["parameters", "slot m", "slot s", "best"].map((name) => [name, 99]));
  expect(state.arrays.get("slot m")?.[5]).toBe(0.0013988795690238476);
  expect(history.map(({ cost }) => cost)).toEqual([1.1599875688552856, 1.0089054346084594]);
  expect(schema.target).toMatchObject({ classes: ["Adelie", "Chinstrap", "Gentoo"] });
  expect(origin).toMatchObject({ version: "0.1.0", precision: "float32", rows: 60 });
  expect(origin.options).toMatchObject({ seed: 7, batchSize: 8 });
});

if (process.env.NEW_FIXTURES === "1")
  test("new files are written", () => writeFixtures({ model: 2, checkpoint: 1 }));
