import { describe, expect, test } from "vitest";
import type { Equation } from "../../src/equations/equation.ts";
import { evaluator } from "../../src/equations/evaluate.ts";
import type { OperationName, Tensor } from "../../src/equations/expression.ts";
import { newFloats, newMemory, type Precision, sizeOf } from "../../src/equations/memory.ts";
import { normalise } from "../../src/equations/normalise.ts";
import { operations } from "../../src/equations/operations.ts";
import { parseEquations } from "../../src/equations/parse.ts";
import { namedFunction } from "../../src/functions/activations.ts";
import { randomStream } from "../../src/train/random.ts";
import { walkEquations } from "../oracles/dual.ts";
import { knownLists } from "./known-lists.ts";
import { derive, evaluateAt, largest, randomPoint, relativeError, systemOf } from "./points.ts";

interface Given {
  readonly rows?: number;
  readonly precision?: Precision;
  readonly scalars?: Readonly<Record<string, number>>;
  /** Inputs and parameters by name, flat; what holds integers has its number of values in extents. */
  readonly values: Readonly<Record<string, readonly number[]>>;
}

const extents = { i: 3, j: 2, k: 2, l: 2, t: 2, r: 2, s: 4, id: 3 };

/** The equations in normal form, the last one as the cost, and all their tensors. */
function read(text: string) {
  const parsed = parseEquations(text, {
    extents,
    inputs: ["x", "y", "id"],
    scalars: ["N", "rate"],
    functions: namedFunction,
  });
  const equations = normalise(parsed.equations, parsed.equations.at(-1)?.target);
  return { equations, tensors: parsed.tensors };
}

/** The elements of the last equation's target. */
function evaluate(text: string, { rows = 1, precision = "float64", ...given }: Given): number[] {
  const { equations, tensors } = read(text);
  const memory = newMemory(precision);
  for (const [name, values] of Object.entries(given.values)) {
    const floats = newFloats(precision, values.length);
    floats.set(values);
    memory.cell(tensors.get(name)!).data = floats;
  }
  evaluator(equations, memory)(rows, { N: rows, ...given.scalars });
  const { target } = equations.at(-1) as Equation;
  return [...memory.cell(target).data.slice(0, sizeOf(target, rows))];
}

describe("an equation has the value that one computes by hand", () => {
  test.each<[string, Given, readonly number[]]>([
    [
      "z[n,j] = Σ_i W[j,i]·x[n,i] + b[j]",
      { rows: 2, values: { W: [1, 2, 3, 4, 5, 6], x: [1, 0, -1, 2, 1, 0], b: [10, 20] } },
      [8, 18, 14, 33],
    ],
    ["z[n] = 2", { rows: 3, values: {} }, [2, 2, 2]],
    ["z = 1/2·Σ_i w[i] − 1", { values: { w: [1, 2, 4] } }, [2.5]],
    ["z[i,j] = u[i]·v[j]", { values: { u: [1, 2, 3], v: [10, 1] } }, [10, 1, 20, 2, 30, 3]],
    ["z[j,i] = W[i,j]", { values: { W: [1, 2, 3, 4, 5, 6] } }, [1, 3, 5, 2, 4, 6]],
    ["z[i] = Σ_j W[i,j]·W[i,j]", { values: { W: [1, 2, 3, 4, 5, 6] } }, [5, 25, 61]],
    ["G[j,k] = Σ_i X[j,i]·X[k,i]", { values: { X: [1, 2, 3, 4, 5, 6] } }, [14, 32, 32, 77]],
    ["z[j] = X[j,j]", { values: { X: [1, 2, 3, 4] } }, [1, 4]],
    ["z = Σ_{j,k} X[j,k]·X[k,j]", { values: { X: [1, 2, 3, 4] } }, [1 + 6 + 6 + 16]],
    ["z[i] = −alpha[]·w[i]^2", { values: { alpha: [3], w: [1, -2, 0] } }, [-3, -12, -0]],
    ["z[i] = w[i]^-2", { values: { w: [1, -2, 4] } }, [1, 0.25, 0.0625]],
    ["z[i] = 2 − w[i]/3 + w[i]", { values: { w: [0, 3, -3] } }, [2, 4, 0]],
    // Places
    ["z[n,t] = Σ_r K[r]·x[n,t+r]", { values: { K: [1, 10], x: [1, 2, 3] } }, [21, 32]],
    ["z[n,t] = Σ_r K[r]·x[n,2*t+r]", { values: { K: [1, 10], x: [1, 2, 3, 4] } }, [21, 43]],
    ["z[s] = v[3-s] + v[0]", { values: { v: [1, 2, 3, 4] } }, [5, 4, 3, 2]],
    ["z[t] = Σ_r K[t+r]·w[r]", { values: { K: [1, 2, 3], w: [1, 10] } }, [21, 32]],
    [
      "z[n,j] = E[id[n],j]",
      { rows: 4, values: { E: [1, 2, 3, 4, 5, 6], id: [2, 0, 2, 1] } },
      [5, 6, 1, 2, 5, 6, 3, 4],
    ],
    ["z[n] = x[n,id[n]]", { rows: 2, values: { x: [1, 2, 3, 4, 5, 6], id: [2, 0] } }, [3, 4]],
    [
      "z[n,t] = Σ_j E[id[n,t],j]·P[t,j]",
      { rows: 2, values: { E: [1, 2, 3, 4, 5, 6], P: [1, 10, 100, 1000], id: [0, 1, 2, 2] } },
      [21, 4300, 65, 6500],
    ],
    // Reductions
    ["z[n] = max_i x[n,i]", { rows: 2, values: { x: [1, 3, 2, -1, -3, -2] } }, [3, -1]],
    ["z = max_{j,k} X[j,k]", { values: { X: [-4, -2, -3, -9] } }, [-2]],
    ["p[t] = max_r v[2*t+r]", { values: { v: [1, 5, 4, 2] } }, [5, 4]],
    ["z[i] = mean_j W[i,j]", { values: { W: [1, 2, 3, 4, 5, 6] } }, [1.5, 3.5, 5.5]],
    ["z = mean_{i,j} W[i,j]", { values: { W: [1, 2, 3, 4, 5, 6] } }, [3.5]],
    ["C = mean_n x[n]^2 + w[]", { rows: 4, values: { x: [1, 2, 3, 4], w: [1] } }, [8.5]],
    ["C = 1/N·Σ_n Σ_i x[n,i]", { rows: 2, values: { x: [1, 2, 3, 4, 5, 6] } }, [10.5]],
    ["z[n] = (Σ_i x[n,i])^2/Σ_i x[n,i]^2", { values: { x: [1, 2, 3] } }, [36 / 14]],
    ["z[n] = Σ_i x[n,i]·Σ_j v[j]·x[n,i]", { values: { x: [1, 2, 3], v: [1, 2] } }, [3 * 14]],
    ["z[j] = Σ_j v[j]·Σ_j v[j] + v[j]", { values: { v: [1, 2] } }, [10, 11]],
    ["z = max_j (2·v[j]) − Σ_j max_k X[j,k]", { values: { v: [1, 2], X: [1, 2, 4, 3] } }, [-2]],
    // Choices
    ["z[i] = select(w[i] < 1, 10, w)", { values: { w: [0, 1, 2] } }, [10, 1, 2]],
    ["z[i] = select(w[i] <= 1, 10, w)", { values: { w: [0, 1, 2] } }, [10, 10, 2]],
    ["z[i] = select(w[i] > 1, 10, w)", { values: { w: [0, 1, 2] } }, [0, 1, 10]],
    ["z[i] = select(w[i] >= 1, 10, w)", { values: { w: [0, 1, 2] } }, [0, 10, 10]],
    ["z[i] = select(w[i] = 1, 10, w)", { values: { w: [0, 1, 2] } }, [0, 10, 2]],
    [
      "z[n,i] = select(id[n] = 1, x, 0)",
      { rows: 2, values: { id: [1, 2], x: [1, 2, 3, 4, 5, 6] } },
      [1, 2, 3, 0, 0, 0],
    ],
    ["z[i] = leaky_relu(w[i])", { values: { w: [-100, 0, 2] } }, [-1, 0, 2]],
    // Numbers given at run time, and assignments
    [
      "z[i] = w[i]·rate^2/N",
      { rows: 2, scalars: { rate: 3 }, values: { w: [2, 4, 0] } },
      [9, 18, 0],
    ],
    ["v[i] ← 0.5·v[i] + g[i]", { values: { v: [2, 4, 6], g: [1, 1, 1] } }, [2, 3, 4]],
  ])("%s", (text, given, expected) => {
    expect(evaluate(text, given)).toEqual(expected);
  });

  test.each<[string, Given, readonly number[]]>([
    ["a[n,k] = exp(x[n,k])/Σ_k exp(x[n,k])", { values: { x: [0, Math.log(3)] } }, [0.25, 0.75]],
    ["v[n] = mean_i (x[n,i] − mean_i x[n,i])^2", { values: { x: [1, 2, 6] } }, [14 / 3]],
    ["a[n] = log(Σ_k exp(x[n,k]))", { values: { x: [Math.log(2), Math.log(6)] } }, [Math.log(8)]],
    ["a[i] = sigmoid(w[i])", { values: { w: [0, Math.log(3), -Math.log(3)] } }, [0.5, 0.75, 0.25]],
    [
      "a[i] = erf(w[i])",
      { values: { w: [0, 1, -2] } },
      [0, 0.8427007929497149, -0.9953222650189527],
    ],
  ])("%s, up to roundings", (text, given, expected) => {
    expect(relativeError(evaluate(text, given), expected)).toBeLessThanOrEqual(4e-16);
  });
});

describe("a scattered gradient has the value that one computes by hand", () => {
  function gradient(equations: string, rows: number, values: Given["values"]): number[] {
    const inputs = ["x", "id"].filter((name) => equations.includes(`${name}[`));
    const system = systemOf({ equations, extents, inputs, outputs: "a", cost: "C" });
    const derived = derive(system);
    const tensors = [...system.inputs, ...system.parameters];
    const given = tensors.map((tensor) => [tensor, values[tensor.name]!] as const);
    const all = [...derived.forward, ...derived.equations];
    const read = evaluateAt(all, { rows, values: new Map(given) });
    return [...read(derived.gradients.get(system.parameters[0]!)!)];
  }

  test("over a diagonal", () => {
    const equations = "a[n,j] = X[j,j]·x[n,j]; C = Σ_n Σ_j a[n,j]";
    expect(gradient(equations, 2, { X: [0, 0, 0, 0], x: [1, 2, 10, 20] })).toEqual([11, 0, 0, 22]);
  });

  test("over a sum of indices, and in steps", () => {
    const sum = "a[n,t] = Σ_r K[t+r]·x[n,r]; C = Σ_n Σ_t a[n,t]";
    expect(gradient(sum, 1, { K: [0, 0, 0], x: [1, 10] })).toEqual([1, 11, 10]);
    const steps = "a[n,t] = Σ_r K[2*t+r]·x[n,r]; C = Σ_n Σ_t a[n,t]";
    expect(gradient(steps, 1, { K: [0, 0, 0, 0], x: [1, 10] })).toEqual([1, 10, 1, 10]);
  });

  test("over the words that the rows name, a word that is named twice, and one that is not", () => {
    const equations = "a[n,j] = E[id[n],j]·x[n]; C = Σ_n Σ_j a[n,j]";
    const values = { E: [0, 0, 0, 0, 0, 0], id: [2, 0, 2], x: [1, 10, 100] };
    expect(gradient(equations, 3, values)).toEqual([10, 10, 0, 0, 101, 101]);
  });
});

describe("evaluation", () => {
  test.each(knownLists)("of $name is a walk of its trees, whatever the number of rows", (list) => {
    const system = systemOf(list);
    const { forward, equations } = derive(system);
    const all = [...forward, ...equations];
    for (const rows of [1, 2, 15, 16, 17, 40]) {
      const point = randomPoint(system, rows, randomStream(rows, "split"));
      const read = evaluateAt(all, point);
      const { values } = walkEquations(all, point);
      const walked = all.map(({ target }) => values.get(target)!.map(({ value }) => value));
      const scale = largest(walked.map(largest));
      for (const [at, { target }] of all.entries()) {
        const error = relativeError(read(target), walked[at]!, scale);
        expect(error, `${target.name}, ${rows} rows`).toBeLessThanOrEqual(1e-12);
      }
    }
  });

  test.each(knownLists)("of $name takes batches that grow and shrink", (list) => {
    const system = systemOf(list);
    const { forward, equations } = derive(system);
    const all = [...forward, ...equations];
    const memory = newMemory("float64");
    const run = evaluator(all, memory);
    for (const rows of [2, 7, 1, 0, 30, 3]) {
      const point = randomPoint(system, rows, randomStream(rows, "split"));
      for (const [tensor, values] of point.values) {
        memory.cell(tensor).data = Float64Array.from(values);
      }
      run(rows, { N: rows });
      const expected = evaluateAt(all, point);
      for (const { target } of all) {
        const found = memory.cell(target).data.slice(0, sizeOf(target, rows));
        expect(found, `${target.name}, ${rows} rows`).toEqual(expected(target));
      }
    }
  });

  test("of no rows has empty tensors, sums of 0 and no slope", () => {
    const system = systemOf({
      equations: "a[n,j] = Σ_i W[j,i]·x[n,i]; C = Σ_n Σ_j a[n,j]^2 + Σ_{j,i} W[j,i]",
      ...{ extents, inputs: "x", outputs: "a", cost: "C" },
    });
    const derived = derive(system);
    const [W] = system.parameters as [Tensor];
    const values = new Map([
      [system.inputs[0]!, []],
      [W, [1, 2, 3, 4, 5, 6]],
    ]);
    const read = evaluateAt([...derived.forward, ...derived.equations], { rows: 0, values });
    expect([...read(system.outputs)]).toEqual([]);
    expect([...read(system.cost)]).toEqual([21]);
    expect([...read(derived.gradients.get(W)!)]).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test.each([
    ["z = max_i w[i]", [1, Number.NaN, 2]],
    ["z = max_i w[i]", [Number.NaN, 1, 2]],
    ["z = Σ_i relu(w[i])", [1, Number.NaN, 2]],
    ["z = Σ_i max(w[i], min(0, w[i]))", [1, 2, Number.NaN]],
    ["z = Σ_i sign(abs(w[i]))", [1, Number.NaN, 2]],
    ["z = Σ_i log(w[i])", [1, -1, 2]],
    ["z = max_i rate·w[i]", [1, 1, 2]], //  a rate that is not given
  ])("%s with w = [%s] is NaN: nothing hides it", (text, w) => {
    expect(evaluate(text, { values: { w } })).toEqual([Number.NaN]);
  });
});

describe("in float32", () => {
  const random = randomStream(1, "split");
  const draw = () => Array.from({ length: 50 }, () => Math.fround(4 * random.uniform()));
  const [x, y] = [draw(), draw()];
  const wide = (text: string, precision: Precision) => {
    const parsed = parseEquations(text, {
      extents: { i: 50 },
      inputs: [],
      scalars: [],
      functions: namedFunction,
    });
    const { tensors } = parsed;
    const values = { x, y };
    const given = [...tensors].filter(([, { role }]) => role === "parameter");
    const point = new Map(
      given.map(([name, tensor]) => [tensor, values[name as "x" | "y"]] as const),
    );
    const equations = normalise(parsed.equations);
    return [
      ...evaluateAt(equations, { rows: 0, values: point }, precision)(equations.at(-1)!.target),
    ];
  };

  test.each(Object.keys(operations) as OperationName[])(
    "%s is rounded once, as it is stored",
    (name) => {
      const infix: Partial<Record<OperationName, string>> = {
        add: "x[i] + y[i]",
        subtract: "x[i] − y[i]",
        multiply: "x[i]·y[i]",
        divide: "x[i]/y[i]",
        negate: "−x[i]",
        power: "x[i]^3",
      };
      const binary = operations[name].derivatives.length === 2;
      const text = `z[i] = ${infix[name] ?? `${name}(${binary ? "x[i], y[i]" : "x[i]"})`}`;
      const expected = x.map((a, i) => operations[name].compute(a, name === "power" ? 3 : y[i]!));
      expect(wide(text, "float64")).toEqual(expected);
      expect(wide(text, "float32")).toEqual(expected.map(Math.fround));
    },
  );

  test.each(["z = Σ_i x[i]·y[i]", "z = Σ_i exp(x[i]) + 1/3", "z = Σ_i exp(x[i]) − Σ_i tanh(y[i])"])(
    "the sum %s is float64 inside, and rounded once",
    (text) => {
      const [sum] = wide(text, "float64") as [number];
      expect(wide(text, "float32")).toEqual([Math.fround(sum)]);
      expect(Math.fround(sum)).not.toBe(sum);
    },
  );
});
