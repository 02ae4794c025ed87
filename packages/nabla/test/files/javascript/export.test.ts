/** The exported module, run as it is: what it predicts, and that nothing in a model gets out of its data. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { inPhase, neededFor, tensorsOf } from "../../../src/equations/equation.ts";
import { type Floats, sizeOf } from "../../../src/equations/memory.ts";
import type { SystemText } from "../../../src/equations/system.ts";
import { exportJavaScript } from "../../../src/files/javascript/export.ts";
import { activationNames } from "../../../src/functions/activations.ts";
import { adam } from "../../../src/functions/optimizers.ts";
import { dense, dropout, layerNorm, network, residual } from "../../../src/network.ts";
import type { Network } from "../../../src/running.ts";
import type { TableSchema } from "../../../src/tables/columns/schema.ts";
import { rowModel } from "../../../src/tables/fit.ts";
import type { TableModel } from "../../../src/tables/model.ts";
import { randomStream } from "../../../src/train/random.ts";
import { knownLists } from "../../equations/known-lists.ts";
import { relativeError, systemOf } from "../../equations/points.ts";
import { randomLists } from "../../equations/random-lists.ts";

interface Exported {
  predict(given: unknown): never;
  probabilities(given: unknown): never;
}

const folder = mkdtempSync(join(tmpdir(), "nabla-js-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

function write(text: string): string {
  const path = join(folder, `model-${++files}.mjs`);
  writeFileSync(path, text);
  return path;
}

const load = (model: Network | TableModel): Promise<Exported> =>
  import(/* @vite-ignore */ pathToFileURL(write(exportJavaScript(model))).href);

const random = randomStream(21, "split");

/** Rows as the module takes them, nested as the tensors are, and flat ones for the network. */
function given(text: SystemText, rows: number) {
  const flat: Record<string, Floats> = {};
  const { inputs } = systemOf(text);
  for (const tensor of inputs) {
    const { name, count } = tensor;
    const draw = () => (count === undefined ? 2 * random.uniform() - 1 : random.below(count));
    flat[name] = Float64Array.from({ length: sizeOf(tensor, rows) }, draw);
  }
  const nested = (values: ArrayLike<number>, [extent, ...inner]: readonly number[]): unknown => {
    if (extent === undefined) return values[0];
    const list = Array.from(values);
    const size = list.length / extent;
    return Array.from({ length: extent }, (_, i) =>
      nested(list.slice(i * size, (i + 1) * size), inner),
    );
  };
  const rowOf = (tensor: (typeof inputs)[number], n: number) => {
    const size = sizeOf(tensor, 1);
    const own = flat[tensor.name]!.subarray(n * size, (n + 1) * size);
    return nested(own, tensor.shape.slice(1) as number[]);
  };
  const list = Array.from({ length: rows }, (_, n) =>
    inputs.length === 1
      ? rowOf(inputs[0]!, n)
      : Object.fromEntries(inputs.map((tensor) => [tensor.name, rowOf(tensor, n)])),
  );
  return { flat, list };
}

const lists = [
  ...knownLists.map(({ rows: _, ...list }) => list),
  ...randomLists(60).flatMap(({ seed, text, system }) => {
    const forward = inPhase("prediction", system.equations);
    const isKnown = (name: string): boolean => {
      const tensor = forward.find(({ target }) => target.name === name)?.target;
      if (name.includes("_") || tensor === undefined || tensor.shape[0] !== "rows") return false;
      const needed = neededFor([tensor], forward);
      const read = needed.flatMap((equation) => [...tensorsOf(equation)]);
      return !read.some((t) => t === system.targets) && !JSON.stringify(needed).includes('"N"');
    };
    const name = forward.map(({ target }) => target.name).findLast(isKnown);
    return name === undefined ? [] : [{ ...text, outputs: name, name: `random list ${seed}` }];
  }),
];

describe("the module of a network predicts what evaluate predicts:", () => {
  test.each(lists)("$name", async ({ name: _, ...text }) => {
    const net = network({ ...text, precision: "float64", backend: "evaluate" });
    for (const values of net.parameters.values())
      for (let i = 0; i < values.length; i++) values[i] = 2 * random.uniform() - 1;
    const { flat, list } = given(text as SystemText, 3);
    const module = await load(net);
    const all = module.predict(list) as number[][];
    expect(relativeError(all.flat(), net.predict(flat))).toBeLessThanOrEqual(1e-14);
    expect(module.predict(list[1])).toEqual(all[1]);
  });

  test.each(activationNames)("%s in layers, in float32, to the bit", async (name) => {
    const inner = [dense(5), layerNorm(), dense(3)];
    const layers = [dense(70, name), dropout(0.1), dense(3, "relu"), residual(inner), dense(2)];
    const net = network({ inputs: 4, layers, cost: "squared-error", backend: "evaluate", seed: 2 });
    const rows = Array.from({ length: 300 }, () =>
      Array.from({ length: 4 }, () => random.normal()),
    );
    const { predict } = await load(net);
    expect(predict(rows)).toEqual(net.predict(rows));
  });
});

test("names that mean something in JavaScript, and indices called as tensors are, do no harm", async () => {
  const text: SystemText = {
    equations: `
      class[n,rows] = Σ_x W[rows,x]·inputs[n,x]
      let[n,rows] = tanh(class[n,rows]) + sum_sum W[rows,sum]
      h′[n,rows] = max_rows′ let[n,rows′] + 0·let[n,rows]
      C = mean_n Σ_rows h′[n,rows]`,
    extents: { rows: 2, x: 3, sum: 3 },
    ...{ inputs: "inputs", outputs: "h′", cost: "C" },
  };
  const net = network({ ...text, precision: "float64", backend: "evaluate", seed: 3 });
  const { predict } = await load(net);
  expect(predict([[1, 2, 3]])).toEqual(net.predict([[1, 2, 3]]));
});

const HOSTILE = [
  '"quoted"',
  "'); alert(1); ('",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a template in a template
  "`${alert(1)}`",
  "*/ alert(1); /*",
  "</script><script>alert(1)</script>",
  "<!--",
  "line\nbreak\r",
  "\u2028alert(1)\u2029",
  "\\",
  "__proto__",
  "constructor",
  "//",
  "🐧",
  "",
];

const training: TableModel["training"] = {
  seed: 3,
  optimizer: adam({ learningRate: 0.01 }),
  ...{ batchSize: 32, epochs: 7, stopped: "epochs" },
  rows: { train: 6, validation: 2, test: 2 },
  cost: { train: 0.5 },
  metrics: {},
  baseline: { constant: {}, linear: {} },
};

function tableModel(features: TableSchema["features"], target: TableSchema["target"]): TableModel {
  const slots = features.map((feature) => {
    if ("units" in feature) return 0;
    const missing = feature.missing ? 1 : 0;
    if ("categories" in feature)
      return feature.categories.length + (feature.other ? 1 : 0) + missing;
    return 1 + ("cycles" in feature ? 2 * feature.cycles.length : 0) + missing;
  });
  const outputs =
    target.task === "classification"
      ? target.classes.length
      : "targets" in target
        ? target.targets.length
        : 1;
  const isClass = target.task === "classification";
  const embeddings = features.flatMap((feature) =>
    "units" in feature
      ? [
          {
            categories: feature.categories.length + (feature.missing ? 2 : 1),
            units: feature.units,
          },
        ]
      : [],
  );
  return {
    network: network({
      inputs: slots.reduce((a, b) => a + b),
      ...(embeddings.length > 0 && { embeddings }),
      layers: [dense(20, "tanh"), isClass ? dense(outputs, "softmax") : dense(outputs, "sigmoid")],
      cost: isClass ? "cross-entropy" : "squared-error",
      ...{ precision: "float64", seed: 5, backend: "evaluate" },
    }),
    schema: { features, target },
    training,
  };
}

const hostile = tableModel(
  HOSTILE.map((name) => ({
    ...{ name, type: "text", categories: [...HOSTILE].sort(), other: true, missing: true },
  })) as TableSchema["features"],
  { task: "classification", name: "*/</script>\u2028", type: "text", classes: HOSTILE },
);
const hostileRow = Object.fromEntries(HOSTILE.map((name, i) => [name, HOSTILE[(i + 3) % 13]]));

test("columns and classes of hostile names are data and nothing else", async () => {
  const text = exportJavaScript(hostile);
  for (const harmful of ["</script", "<!--", "\u2028", "\u2029", "*/ alert"])
    expect(text).not.toContain(harmful);
  const { predict, probabilities } = await load(hostile);
  const expected = rowModel(hostile);
  expect(predict([hostileRow])).toEqual(expected.predict([hostileRow]));
  const got = Object.entries(probabilities(hostileRow) as Record<string, number>);
  expect(got.map(([name]) => name)).toEqual(HOSTILE);
  for (const [name, probability] of got)
    expect(probability).toBeCloseTo(expected.probabilities(hostileRow)[name]!, 12);
});

const features: TableSchema["features"] = [
  { name: "mass", type: "number", mean: 4, scale: 2, missing: true },
  {
    name: "seen",
    type: "date",
    mean: 500,
    scale: 200,
    cycles: ["day", "week", "year"],
    missing: true,
  },
  { name: "island", type: "text", categories: ["1.0", "a"], other: true, missing: true },
  { name: "wild", type: "boolean", categories: ["false", "true"], other: false, missing: false },
  { name: "place", type: "text", categories: ["a", "b"], other: true, missing: true, units: 3 },
];
const pick = <T>(...of: T[]): T => of[random.below(of.length)] as T;
const rows = Array.from({ length: 60 }, () => ({
  mass: pick<unknown>(3.5, "12", 4, null, undefined, "", -90),
  seen: pick<unknown>(new Date(1e9), new Date(9e10 + 12345), new Date(-1e10), null),
  island: pick<unknown>("1.0", "1", "x", null, ""),
  wild: pick<unknown>(true, false, null),
  place: pick<unknown>("a", "b", "c", null),
}));

describe("the module of a table predicts what the model predicts,", () => {
  test.each<[string, TableSchema["target"]]>([
    ["classes", { task: "classification", name: "k", type: "number", classes: ["1", "2", "3"] }],
    [
      "booleans",
      { task: "classification", name: "k", type: "boolean", classes: ["false", "true"] },
    ],
    ["a quantity", { task: "regression", name: "p", type: "number", mean: 30, scale: 7 }],
    [
      "quantities",
      {
        task: "regression",
        targets: [
          { name: "p", type: "number", mean: 30, scale: 7 },
          { name: "q", type: "number", mean: 0, scale: 1 },
        ],
      },
    ],
    [
      "labels",
      {
        task: "multi-label",
        targets: [
          { name: "new", type: "boolean" },
          { name: "old", type: "number" },
        ],
      },
    ],
  ])("%s", async (_, target) => {
    const model = tableModel(features, target);
    const [module, expected] = [await load(model), rowModel(model)];
    const numbers = (value: unknown): unknown[] =>
      typeof value === "object" ? Object.entries(value as object).flat() : [value];
    const close = (value: unknown) =>
      typeof value === "number" ? expect.closeTo(value, 9) : value;
    const got = module.predict(rows) as unknown[];
    expect(got.flatMap(numbers)).toEqual(expected.predict(rows).flatMap(numbers).map(close));
    expect(module.predict(rows[5])).toEqual(got[5]);
    if (target.task === "regression") {
      expect(module.probabilities).toBeUndefined();
      return;
    }
    const all = module.probabilities(rows) as unknown[];
    expect(all.flatMap(numbers)).toEqual(expected.probabilities(rows).flatMap(numbers).map(close));
  });

  test.each<[string, object, string]>([
    ["without a column", { mass: 1 }, 'row 1, column "seen": there is none'],
    ["with text for a number", { ...rows[0], mass: "n/a" }, "expected a number, got n/a"],
    ["with a number for text", { ...rows[0], island: 4 }, "expected a text, got 4"],
  ])("and refuses a row %s", async (_, row, message) => {
    const target = { task: "regression", name: "p", type: "number", mean: 0, scale: 1 } as const;
    const { predict } = await load(tableModel(features, target));
    expect(() => predict(row)).toThrow(message);
  });
});

describe("no code is made from text:", () => {
  test("neither eval, Function nor import stands in it", () => {
    const code = exportJavaScript(hostile).replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
    expect(code).not.toMatch(/\beval\b|\bFunction\b|^import|\bimport\(|\brequire\b/m);
  });

  test("it runs where Node may make none", () => {
    const url = pathToFileURL(write(exportJavaScript(hostile))).href;
    const script = `
      let strict = false;
      try { eval("1"); } catch { strict = true; }
      const { predict } = await import(${JSON.stringify(url)});
      process.stdout.write(JSON.stringify([strict, predict(JSON.parse(${JSON.stringify(JSON.stringify(hostileRow))}))]));`;
    const flags = ["--disallow-code-generation-from-strings", "--input-type=module", "--eval"];
    const output = execFileSync(process.execPath, [...flags, script], { encoding: "utf8" });
    expect(JSON.parse(output)).toEqual([true, rowModel(hostile).predict(hostileRow)]);
  });
});

test("what is called with little data is refused with the row", async () => {
  const net = network({ inputs: 2, layers: [dense(1)], cost: "squared-error" });
  const { predict } = await load(net);
  expect(() => predict([[1, 2], [3]])).toThrow("row 2: x must be 2 finite numbers");
  expect(() => predict([1, Number.NaN])).toThrow("row 1: x must be 2 finite numbers");
  expect(predict([])).toEqual([]);
});
