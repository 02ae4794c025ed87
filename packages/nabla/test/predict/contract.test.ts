/** What `nabla/predict` predicts, held against `evaluate`: every kind of equation and layer. */

import { describe, expect, test } from "vitest";
import type { FlatInputs } from "../../src/data.ts";
import { inPhase, neededFor, tensorsOf } from "../../src/equations/equation.ts";
import { type Floats, sizeOf } from "../../src/equations/memory.ts";
import type { SystemText } from "../../src/equations/system.ts";
import { saveModel } from "../../src/files/model.ts";
import { activationNames } from "../../src/functions/activations.ts";
import { costNames, costs } from "../../src/functions/costs.ts";
import {
  activation,
  dense,
  dropout,
  type Layer,
  type LayeredDefinition,
  layerNorm,
  type NetworkDefinition,
  network,
  residual,
} from "../../src/network.ts";
import { loadModel, type NetworkModel } from "../../src/predict/index.ts";
import { randomStream } from "../../src/train/random.ts";
import { knownLists } from "../equations/known-lists.ts";
import { relativeError, systemOf } from "../equations/points.ts";
import { randomLists } from "../equations/random-lists.ts";

const random = randomStream(11, "split");

function load(bytes: Uint8Array): NetworkModel {
  const model = loadModel(bytes);
  if ("schema" in model) throw new Error("a model of tables");
  return model;
}

/** How far the two are apart for random parameters and inputs, as a part of the largest magnitude. */
function errorOf(definition: NetworkDefinition, text: SystemText, rows: number): number {
  const net = network({ ...definition, backend: "evaluate" });
  for (const values of net.parameters.values())
    for (let i = 0; i < values.length; i++) values[i] = 2 * random.uniform() - 1;
  const { inputs } = systemOf(text);
  const given: Record<string, Floats> = {};
  for (const tensor of inputs) {
    const { name, count } = tensor;
    const draw = () => (count === undefined ? 2 * random.uniform() - 1 : random.below(count));
    given[name] = Float64Array.from({ length: sizeOf(tensor, rows) }, draw);
  }
  const flat: FlatInputs = given;
  return relativeError(load(saveModel(net)).predict(flat), net.predict(flat));
}

/** Those whose outputs can be known, and are known for each row. */
const lists = [
  ...knownLists.map(({ rows: _, ...list }) => list),
  ...randomLists(80).flatMap(({ seed, text, system }) => {
    const forward = inPhase("prediction", system.equations);
    const isKnown = (name: string): boolean => {
      const tensor = forward.find(({ target }) => target.name === name)?.target;
      if (tensor === undefined || tensor.shape[0] !== "rows") return false;
      const needed = neededFor([tensor], forward);
      const read = needed.flatMap((equation) => [...tensorsOf(equation)]);
      return !read.some((t) => t === system.targets) && !JSON.stringify(needed).includes('"N"');
    };
    const names = forward.map(({ target }) => target.name).filter((name) => !name.includes("_"));
    const name = names.findLast(isKnown);
    return name === undefined ? [] : [{ ...text, outputs: name, name: `random list ${seed}` }];
  }),
];

test("there are all known lists, and fifty random ones at least", () => {
  expect(lists.length).toBeGreaterThanOrEqual(knownLists.length + 50);
});

// Sums have another order than where evaluate scales each of their terms
describe.each([
  ["float64", 1e-13],
  ["float32", 1e-6],
] as const)("in %s the predictions are those of evaluate for", (precision, tolerance) => {
  test.each(lists)("$name", ({ name: _, ...text }) => {
    const definition = { ...text, precision };
    for (const rows of [1, 5, 130]) {
      const error = errorOf(definition, text as SystemText, rows);
      expect(error).toBeLessThanOrEqual(tolerance);
    }
  });

  const layered = (layers: readonly Layer[], cost = "squared-error"): LayeredDefinition => ({
    ...{ inputs: 3, layers, cost, precision },
  });
  const lastOf = (name: string): Layer[] =>
    "link" in costs[name as keyof typeof costs] ? [dense(3)] : [dense(2, "tanh")];
  const cases: (readonly [string, LayeredDefinition])[] = [
    ...activationNames.flatMap((name) =>
      costNames.map(
        (cost) => [`${name}, ${cost}`, layered([dense(5, name), ...lastOf(cost)], cost)] as const,
      ),
    ),
    ["a formula", layered([dense(4, "z*tanh(z) + max(z, 0.1)"), dense(3)])],
    ["a softmax inside", layered([dense(4, "softmax"), layerNorm(), activation("gelu"), dense(1)])],
    ["layer norms", layered([layerNorm(), layerNorm(), dense(4), layerNorm(), layerNorm()])],
    ["dropout", layered([dropout(0.2), dense(5, "relu"), dropout(0), dense(2)], "hinge")],
    [
      "residual links",
      layered([
        residual([dense(7, "mish"), residual([dense(7), layerNorm()]), dense(3)]),
        dense(3),
      ]),
    ],
    [
      "more units than a block",
      layered([dense(67, "selu"), dense(33, "silu"), dense(4)], "poisson"),
    ],
    [
      "embeddings beside numbers",
      {
        ...layered([dense(6, "tanh"), layerNorm(), dense(2)], "cross-entropy"),
        embeddings: [
          { categories: 5, units: 3 },
          { categories: 40, units: 2 },
        ],
      },
    ],
    [
      "an embedding alone",
      { ...layered([dense(2)]), inputs: 0, embeddings: [{ categories: 4, units: 2 }] },
    ],
  ];
  test.each(cases)("%s", (_, definition) => {
    const { embeddings = [], inputs } = definition;
    const rows = 70;
    const net = network({ ...definition, backend: "evaluate", seed: 2 });
    const given: Record<string, Floats> = {};
    const draw = () => 2 * random.normal();
    if (inputs > 0) given.x = Float64Array.from({ length: rows * inputs }, draw);
    for (const [e, { categories }] of embeddings.entries())
      given[`id${e + 1}`] = Float64Array.from({ length: rows }, () => random.below(categories));
    const [got, expected] = [load(saveModel(net)).predict(given), net.predict(given)];
    expect(relativeError(got, expected)).toBeLessThanOrEqual(tolerance);
  });
});
