import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { wasmBackend } from "../../src/compile/backend.ts";
import { newLinearMemory } from "../../src/compile/memory.ts";
import { compile } from "../../src/compile/program.ts";
import { newFloats, type Precision, sizeOf } from "../../src/equations/memory.ts";
import { readSystem, trainingGradients } from "../../src/equations/system.ts";
import { activationNames, namedFunction } from "../../src/functions/activations.ts";
import { costNames } from "../../src/functions/costs.ts";
import { initializers } from "../../src/functions/initializers.ts";
import { rules } from "../../src/functions/optimizers.ts";
import {
  adagrad,
  adam,
  adamw,
  dense,
  type Network,
  type NetworkDefinition,
  network,
  type Optimizer,
  rmsprop,
  rprop,
  sgd,
  train,
} from "../../src/index.ts";
import { writeEquations } from "../../src/network.ts";
import { internalsOf } from "../../src/running.ts";
import { randomStream } from "../../src/train/random.ts";
import { newStepper } from "../../src/train/stepper.ts";

const source = join(import.meta.dirname, "../../src/compile");

test("compile/ names no layer, activation, cost, initialiser or optimiser", () => {
  // The operations of the expression form are what it is about
  const operations = ["tanh", "exp", "identity"];
  const names = [...activationNames, ...costNames, ...Object.keys(initializers)]
    .concat(Object.keys(rules), "dense")
    .filter((name) => !operations.includes(name) && !["normal", "zeros", "ones"].includes(name));
  const pattern = new RegExp(`\\b(${names.join("|")})\\b`, "i");
  const files = readdirSync(source, { recursive: true, encoding: "utf8" });
  for (const file of files.filter((name) => name.endsWith(".ts"))) {
    const code = readFileSync(join(source, file), "utf8").replace(/\/\*.*?\*\/|\/\/[^\n]*/gs, "");
    expect(pattern.exec(code)?.[0], file).toBe(undefined);
  }
  expect(files.length).toBeGreaterThan(15);
});

const random = (length: number, precision: Precision, seed = 1) => {
  const stream = randomStream(seed, "split");
  return newFloats(precision, length).map(() => stream.normal());
};

/** Whether multiply-add is fused: never, and as it is here; tiles then have another shape. */
const arithmetics = [...new Set([false, wasmBackend("float32").fused])];

describe.each(["float32", "float64"] as const)("in %s", (precision) => {
  test.each([
    [2, 3, 1],
    [13, 40, 3],
    [67, 33, 10],
  ])(
    "%i-%i-%i predicts a batch of 1 to 70 rows as it predicts row by row, bit for bit",
    (i, h, o) => {
      const layers = [dense(h, "tanh"), dense(h, "relu"), dense(o, "softmax")];
      const net = network({ inputs: i, layers, cost: "cross-entropy", precision });
      expect(net.backend).toBe("wasm");
      const inputs = random(70 * i, precision);
      const single = Array.from({ length: 70 }, (_, row) => [
        ...net.predict(inputs.subarray(row * i, (row + 1) * i)),
      ]);
      for (let rows = 1; rows <= 70; rows++) {
        expect([...net.predict(inputs.subarray(0, rows * i))]).toEqual(
          single.slice(0, rows).flat(),
        );
      }
    },
  );

  test("the gradient of the same batch has the same bits twice", () => {
    const layers = [dense(31, "gelu"), dense(5, "softmax")];
    const net = network({ inputs: 7, layers, cost: "cross-entropy", precision, l2: 0.1 });
    const inputs = random(300 * 7, precision);
    const targets = random(300 * 5, precision).map(Math.abs);
    const first = net.gradients(inputs, targets);
    net.predict(inputs);
    expect(net.gradients(inputs, targets)).toEqual(first);
  });

  test.each(arithmetics)("nothing is written beside the tensors, fused %s", (relaxed) => {
    for (const units of [1, 3, 4, 5, 7, 8, 31, 32, 33, 67]) {
      const canaries: number[] = [];
      const memory = newLinearMemory({ precision, capacity: 40, relaxed, canaries });
      const layers = [dense(units, "sigmoid"), dense(units)];
      const { text } = writeEquations({ inputs: units, layers, cost: "squared-error", l1: 0.1 });
      const system = readSystem(text, namedFunction);
      const { forward, equations, gradients } = trainingGradients(system);
      for (const tensor of [...system.parameters, ...gradients.values()]) {
        memory.placeAt(
          tensor,
          memory.allocate(sizeOf(tensor, 1) * (precision === "float32" ? 4 : 8)),
        );
      }
      const program = compile([...forward, ...equations], memory);
      const bytes = new Uint8Array(memory.wasm.buffer);
      for (const at of canaries) bytes.fill(0xa5, at, at + 64);
      for (const rows of [1, 3, 33, 40]) {
        memory.write(system.inputs[0]!, random(rows * units, precision), rows);
        program(rows, { N: rows });
      }
      const after = new Uint8Array(memory.wasm.buffer);
      for (const at of canaries) {
        expect(
          after.subarray(at, at + 64).every((byte) => byte === 0xa5),
          `at ${at}`,
        ).toBe(true);
      }
      expect(canaries.length).toBeGreaterThan(10);
    }
  });
});

const data = {
  inputs: Array.from({ length: 37 }, (_, i) => [Math.sin(i), Math.cos(2 * i), Math.sin(3 * i)]),
  targets: Array.from({ length: 37 }, (_, i) => [0, 1, 2, 3].map((k) => Number(i % 4 === k))),
};

const layered: NetworkDefinition = {
  inputs: 3,
  layers: [dense(17, "tanh"), dense(4)],
  cost: "cross-entropy",
  l2: 0.01,
  precision: "float64",
};

const masked: NetworkDefinition = {
  equations: `
    h[n,j] = tanh(sum_i W[j,i]*x[n,i] + b1[j])
    d[n,j] = h
    d[n,j] = h*mask training
    o[n,k] = sum_j V[k,j]*d[n,j]
    C = mean_n sum_k (o[n,k] - y[n,k])^2`,
  extents: { i: 3, j: 17, k: 4 },
  ...{ inputs: "x", targets: "y", outputs: "o", cost: "C", masks: { mask: 0.7 } },
  precision: "float64",
};

describe("whole steps in the module agree with evaluate", () => {
  const optimizers: [string, Optimizer][] = [
    ["sgd", sgd({ learningRate: 0.1 })],
    ["nesterov", sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.01 })],
    ["rmsprop", rmsprop({ momentum: 0.5 })],
    ["adagrad", adagrad()],
    ["adam", adam({ learningRate: 0.01, weightDecay: 0.01 })],
    ["adamw", adamw()],
    ["rprop", rprop()],
  ];
  test.each(optimizers)(
    "with %s, frozen parameters, masks and a short last batch",
    async (_, optimizer) => {
      for (const definition of [layered, masked]) {
        for (const freeze of [[], ["b1"]]) {
          const options = { optimizer, freeze, epochs: 5, batchSize: 8 };
          const [expected, got] = await Promise.all(
            (["evaluate", "wasm"] as const).map((backend) =>
              learn({ ...definition, backend }, options),
            ),
          );
          // Each of 25 steps may round differently in its last place
          for (const [i, value] of expected!.entries()) expect(got![i]).toBeCloseTo(value, 12);
        }
      }
    },
  );
});

/** The costs of the epochs and the parameters after them. */
async function learn(definition: NetworkDefinition, options: object): Promise<number[]> {
  const net = network(definition);
  const costs: number[] = [];
  for await (const { cost } of train(net, data, options)) costs.push(cost);
  return [...costs, ...numbersOf(net)];
}

const numbersOf = (net: Network): number[] => [...net.parameters.values()].flatMap((v) => [...v]);

test("a hundred thousand steps leave no subnormal number and need no more memory", async () => {
  const net = network({ inputs: 3, layers: [dense(4, "relu"), dense(4)], cost: "cross-entropy" });
  const smallest = 2 ** -126;
  let bytes: number | undefined;
  const options = { optimizer: adam(), epochs: 10_000, batchSize: 4, reportEvery: 500 };
  let steps = 0;
  for await (const { step } of train(net, data, options)) {
    steps = step;
    const own = internalsOf(net).engine.parameters.view().buffer.byteLength;
    bytes ??= own;
    expect(own).toBe(bytes);
  }
  expect(steps).toBe(100_000);
  for (const value of numbersOf(net)) {
    expect(value === 0 || Math.abs(value) >= smallest, String(value)).toBe(true);
  }
});

test("a second network of the same shape compiles nothing and learns the same", async () => {
  const once = await learn({ ...layered, seed: 9 }, { epochs: 3 });
  const modules = vi.spyOn(WebAssembly, "Module");
  expect(await learn({ ...layered, seed: 9 }, { epochs: 3 })).toEqual(once);
  expect(modules).toHaveBeenCalledTimes(0);
  await learn({ ...layered, l2: 0.02 }, { epochs: 3 });
  expect(modules).toHaveBeenCalled();
  modules.mockRestore();
});

test("an epoch that is cut anywhere continues as if it had not been", () => {
  const costs = (counts: readonly number[]) => {
    const { engine, readData } = internalsOf(network({ ...layered, backend: "wasm" }));
    const rows = readData(data);
    const plan = {
      ...{ optimizer: sgd({ learningRate: 0.1 }), batchSize: 8, shuffle: true, seed: 3 },
      rates: { isSteady: true, rate: () => 0.1, endEpoch: () => {} },
      ...{ rows: rows.rows, windowRows: rows.rows },
      moving: [{ start: 0, end: engine.parameters.length }],
    };
    const stepper = newStepper(engine, plan);
    stepper.hold(rows);
    const last = counts.map((count) => stepper.take(count)).at(-1);
    return [last?.total, stepper.steps, ...engine.parameters.view()];
  };
  const whole = costs([15]); //  three epochs of five batches
  for (const counts of [
    [5, 5, 5],
    [1, 14],
    [4, 2, 9],
    [7, 8],
    [3, 3, 3, 3, 3],
    [12, 3],
  ]) {
    expect(costs(counts), String(counts)).toEqual(whole);
  }
});
