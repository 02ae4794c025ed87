/** What is exported predicts in the ONNX runtimes what it predicts here. */

import {
  columnOf,
  type Floats,
  type Network,
  network,
  predictTable,
  type Table,
  type TableModel,
} from "nabla";
import { exportOnnx } from "nabla/files";
import { describe, expect, test } from "vitest";
import { internalsOf } from "../../src/running.ts";
import { randomStream } from "../../src/train/random.ts";
import { type KnownList, knownLists } from "../equations/known-lists.ts";
import { type RandomList, randomLists } from "../equations/random-lists.ts";
import { models } from "./models.ts";
import { missing, type NamedValues, runtimes, type Values } from "./runtimes.ts";
import { isMoment, tableOf } from "./tables.ts";

const remedy = "ONNXRUNTIME_NODE_INSTALL=skip npm ci --prefix packages/nabla/test/onnx installs it";

if (process.env.CI === "true") {
  test("every ONNX runtime is on this machine", () => {
    expect(missing, remedy).toEqual([]);
  });
} else {
  for (const runtime of missing) console.warn(`Not tested here: ${runtime}; ${remedy}.`);
}

const ROWS = 64;

/** What the known lists have not. */
const ownLists: readonly KnownList[] = [
  [
    "matrices multiplied from all sides",
    "G[i,j] = Σ_k X[k,i]·Y[k,j] + Σ_k X[k,j]·Y[i,k] + 1; a[n,j] = Σ_i x[n,i]·G[i,j]",
  ],
  [
    "terms without some of the indices, or any",
    "b[j] = 3; h[n,j] = W[j] − b[j]; a[n,j] = h[n,j] + Σ_i x[n,i]",
  ],
  ["an output that depends on parameters alone", "a[n,j] = W[j]"],
  [
    "sums over what does not depend on their index",
    "a[n,j] = −Σ_{i,k} x[n,i]/W[j] + Σ_k 2·V[j] − Σ_i 1",
  ],
  [
    "a product of matrices beside a term of more axes",
    "h[n,k,j] = Σ_i x[n,i]·W[j,i] + V[k,j]; a[n,j] = Σ_k h[n,k,j]^2",
  ],
  ["an index twice in one place", "a[n,j] = Σ_i x[n,i]·W[i+i+1]·V[j]"],
  ["the inputs as they are", "a[n,i] = x[n,i]"],
].map(([name = "", equations]) => ({
  ...{ name, rows: 4, extents: { i: 3, j: 3, k: 3 } },
  equations: `${equations}; C = 1/N·Σ_n Σ_i x[n,i]`,
  ...{ inputs: "x", outputs: "a", cost: "C" },
}));

/** Lists of equations of all forms. */
const lists = randomLists(60);

/** Runtimes have erf in float32 only. */
const readsErf = ({ text }: RandomList): boolean => /erf|gelu/.test(text.equations);

describe.each([...runtimes])("in %s", (_, run) => {
  test.each(Object.entries(models))("%s: the same predictions", async (_, model) => {
    const table = tableOf(model.schema.features, ROWS);
    const outputs = await run(exportOnnx(model), columnsOf(model, table));
    const { columns, probabilities } = predictTable(model, table);

    for (const { name, values } of columns) {
      const { task } = model.schema.target;
      const own = outputs[outputName(task === "classification" ? "label" : name, model)]!;
      if (typeof values[0] === "string") expect(own.data).toEqual(values);
      else expectClose(own, values as readonly number[]);
    }
    if (probabilities !== undefined) expectClose(outputs.probabilities!, probabilities);
  });

  describe.each(["float32", "float64"] as const)("%s", (precision) => {
    test.each([...knownLists, ...ownLists].map((list) => [list.name, list] as const))(
      "%s: the same outputs",
      async (_, { name: _name, rows, ...text }) => {
        const net = network({ ...text, precision });
        const random = randomStream(3, "initialisation");
        for (const values of net.parameters.values())
          values.forEach((_, i) => {
            values[i] = 2 * random.uniform() - 1;
          });
        const { given, inputs } = inputsOf(net, rows);
        const outputs = await run(exportOnnx(net), inputs);
        expectClose(outputs[text.outputs]!, net.predict(given));
      },
    );
  });

  test.each([
    ["float32", 2e-4, lists.filter(readsErf)],
    ["float64", 1e-12, lists.filter((list) => !readsErf(list))],
  ] as const)("random lists in %s: the same outputs", async (precision, tolerance, lists) => {
    expect(lists.length).toBeGreaterThan(10);
    for (const { seed, text, system, point } of lists) {
      // Their outputs read the targets and N, which predictions are not given
      const { targets, ...rest } = text;
      const net = network({
        ...rest,
        equations: text.equations.replaceAll(/\bN\b/g, "3"),
        inputs: [text.inputs, targets ?? []].flat(),
        ...{ precision, backend: "evaluate" },
      });
      for (const [{ name, role }, values] of point.values)
        if (role === "parameter") net.parameters.get(name)!.set(values);
      const byName = new Map([...point.values].map(([{ name }, values]) => [name, values]));
      const { given, inputs } = inputsOf(net, point.rows, (name) => byName.get(name)!);

      const outputs = await run(exportOnnx(net), inputs);
      const { data } = outputs[system.outputs.name]!;
      const expected = net.predict(given);
      const largest = Math.max(1, ...expected.map(Math.abs));
      expected.forEach((value, i) => {
        const error = Math.abs((data as Floats)[i]! - value);
        expect(error, `list ${seed}, element ${i}`).toBeLessThanOrEqual(tolerance * largest);
      });
    }
  });

  test.each([
    ["log1p(x[n])", [-1 + 2 ** -24, -0.5, -1e-4, -1e-30, 0, 1e-30, 1e-7, 1e-4, 0.5, 1, 1e4, 1e38]],
    ["expm1(x[n])", [-100, -20, -1, -0.999, -1e-4, -1e-30, 0, 1e-30, 1e-7, 0.5, 0.999, 1, 20, 88]],
    ["exp(log1p(x[n]))", [-1, -0.5, 0, 1]],
    ["exp(-log1p(exp(x[n])))", [-100, 0, 80, 1000]],
    ["x[n]^3", [-1e10, -1.5, -1e-10, 0, 1e-10, 3]],
    ["x[n]^-2", [-1e10, -1.5, -1e-10, 1e-10, 3]],
    ["softplus(x[n])", [-80, -20, -1e-6, 0, 1e-6, 20, 1e30]],
    ["elu(x[n])", [-100, -1, -0.01, 0, 2]],
  ])("%s keeps its digits from end to end", async (formula, points) => {
    for (const precision of ["float32", "float64"] as const) {
      const net = network({
        ...{ equations: `a[n] = ${formula}; C = 1/N·Σ_n a[n]`, extents: {}, precision },
        ...{ inputs: "x", outputs: "a", cost: "C" },
      });
      const x = real(points, { precision, dims: [points.length] });
      const { a } = await run(exportOnnx(net), { x });
      net.predict(Float64Array.from(points)).forEach((value, i) => {
        const error = Math.abs((a!.data as Floats)[i]! - value);
        const tolerance = precision === "float32" ? 1e-5 : 1e-12;
        expect(error, `${precision}, at ${points[i]}`).toBeLessThanOrEqual(
          tolerance * Math.abs(value),
        );
      });
    }
  });
});

/** An output that a column has the name of has a number behind its own. */
const outputName = (name: string, { schema }: TableModel): string =>
  schema.features.some((feature) => feature.name === name) ? `${name}_2` : name;

/** To 1e-5 of what is expected, where that is above 1; float64 is held to 1e-12. */
function expectClose({ type, data, dims }: Values, expected: ArrayLike<number>): void {
  expect(data).toHaveLength(expected.length);
  expect(dims.reduce((a, b) => a * b, 1)).toBe(expected.length);
  const tolerance = type === "float64" ? 1e-12 : 1e-5;
  Array.from(expected).forEach((value, i) => {
    const error = Math.abs((data as Floats)[i]! - value) / Math.max(1, Math.abs(value));
    expect(error, `element ${i}, ${value}`).toBeLessThanOrEqual(tolerance);
  });
}

function columnsOf({ network: { precision }, schema }: TableModel, table: Table): NamedValues {
  const dims = [table.rows, 1];
  return Object.fromEntries(
    schema.features.map((feature): [string, Values] => {
      const { name } = feature;
      const { type, values } = columnOf(table, name);
      if (type === "number" || type === "date") {
        const own = isMoment(feature) ? "float64" : precision;
        return [name, real(values, { precision: own, dims })];
      }
      const data = Array.from<unknown, string>(values, (value) => String(value ?? ""));
      return [name, { type: "string", data, dims }];
    }),
  );
}

const real = (
  values: ArrayLike<number>,
  { precision, dims }: { precision: "float32" | "float64"; dims: readonly number[] },
): Values => {
  const data = precision === "float32" ? Float32Array.from(values) : Float64Array.from(values);
  return { type: precision, data, dims };
};

/** The inputs of a network, as it takes them and as a runtime does: random ones unless told. */
function inputsOf(net: Network, rows: number, valuesOf?: (name: string) => ArrayLike<number>) {
  const random = randomStream(2, "shuffle");
  const given: Record<string, Float64Array> = {};
  const inputs: Record<string, Values> = {};
  for (const { name, shape, count } of internalsOf(net).engine.predictionInputs) {
    const dims = [rows, ...(shape.slice(1) as number[])];
    const length = dims.reduce((a, b) => a * b, 1);
    const draw = () =>
      count === undefined ? Math.fround(4 * random.uniform() - 2) : random.below(count);
    const values = Float64Array.from(valuesOf?.(name) ?? Array.from({ length }, draw));
    given[name] = values;
    inputs[name] =
      count === undefined
        ? real(values, { precision: net.precision, dims })
        : { type: "int64", data: BigInt64Array.from(values, BigInt), dims };
  }
  return { given, inputs };
}
