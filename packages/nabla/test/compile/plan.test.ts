import { describe, expect, test, vi } from "vitest";
import { newLinearMemory } from "../../src/compile/memory.ts";
import { compile } from "../../src/compile/program.ts";
import type { Equation } from "../../src/equations/equation.ts";
import type { Tensor } from "../../src/equations/expression.ts";
import { type Floats, newFloats, sizeOf } from "../../src/equations/memory.ts";
import {
  predictionEquations,
  readSystem,
  type SystemText,
  trainingGradients,
} from "../../src/equations/system.ts";
import { activationNames, namedFunction } from "../../src/functions/activations.ts";
import { dense, type Network, network, train } from "../../src/index.ts";
import { writeEquations } from "../../src/network.ts";
import { internalsOf } from "../../src/running.ts";
import { randomStream } from "../../src/train/random.ts";
import { knownLists } from "../equations/known-lists.ts";

const precision = "float32";
const capacity = 64;
const rows = 37;

interface Given {
  readonly list: readonly Equation[];
  readonly read: readonly Tensor[];
  readonly given: readonly Tensor[];
}

/** What is read after a program, its slots full of NaN before, and the bytes that all tensors take. */
function run({ list, read, given }: Given, kept?: readonly Tensor[]) {
  const memory = newLinearMemory({ precision, capacity, relaxed: false });
  const program = compile(list, memory, kept);
  const bytes = memory.allocate(0);
  new Float32Array(memory.wasm.buffer).fill(Number.NaN);
  for (const [i, tensor] of given.entries()) {
    const random = randomStream(i, "initialisation");
    const draw = (): number =>
      tensor.count === undefined ? Math.fround(random.normal() / 4) : random.below(tensor.count);
    memory.write(tensor, newFloats(precision, sizeOf(tensor, rows)).map(draw) as Floats, rows);
  }
  program(rows, { N: rows });
  return { bytes, numbers: read.map((tensor) => [...memory.read(tensor, rows)]) };
}

/** Forward and backward, and prediction alone. */
function programsOf(text: SystemText): Given[] {
  const system = readSystem(text, namedFunction);
  const { inputs, targets, parameters, masks, outputs, cost } = system;
  const { forward, equations, gradients } = trainingGradients(system);
  const given = [...inputs, ...(targets ? [targets] : []), ...parameters, ...masks.keys()];
  return [
    { list: [...forward, ...equations], read: [cost, ...gradients.values()], given },
    { list: predictionEquations(system), read: [outputs], given },
  ];
}

const layered = (count: number, units: number, activation = "tanh"): SystemText => {
  const layers = Array.from({ length: count }, () => dense(units, activation));
  return writeEquations({ inputs: units, layers, cost: "squared-error", l2: 0.1 }).text;
};

describe("tensors that share slots", () => {
  test.each(activationNames)("leave every bit of cost, gradients and outputs after %s", (name) => {
    for (const units of [3, 8, 33]) {
      for (const program of programsOf(layered(4, units, name))) {
        expect(run(program, program.read).numbers).toEqual(run(program).numbers);
      }
    }
  });

  test.each(knownLists.map((list) => [list.name, list] as const))("and for %s", (_, list) => {
    for (const program of programsOf(list)) {
      expect(run(program, program.read).numbers).toEqual(run(program).numbers);
    }
  });

  test("need 4 places instead of 40 for what 20 layers predict, and 23 instead of 80 to train", () => {
    const [units, layers] = [32, 20];
    const [training, prediction] = programsOf(layered(layers, units)) as [Given, Given];
    const spared = (program: Given): number =>
      (run(program).bytes - run(program, program.read).bytes) / (capacity * units * 4);
    // z and a of a layer, the a before, the outputs; a of all layers, and a few to go back with
    expect(spared(prediction)).toBe(40 - 4);
    expect(spared(training)).toBe(80 - 23);
  });

  test("are shared by programs too: a second one, and a smaller one, take no more", () => {
    const memory = newLinearMemory({ precision, capacity, relaxed: false });
    const [training, prediction] = programsOf(layered(20, 32)) as [Given, Given];
    compile(training.list, memory, training.read);
    memory.place(prediction.read[0] as Tensor);
    const before = memory.allocate(0);
    for (const { list, read } of [training, prediction]) compile(list, memory, read);
    expect(memory.allocate(0)).toBe(before);
  });
});

const small = { inputs: 3, layers: [dense(40, "tanh"), dense(2)], cost: "squared-error" } as const;

const bytesOf = (net: Network): number =>
  internalsOf(net).engine.parameters.view().buffer.byteLength;

async function learn(net: Network): Promise<void> {
  const inputs = Float32Array.from({ length: 60 }, (_, i) => Math.sin(i));
  const targets = Float32Array.from({ length: 40 }, (_, i) => Math.cos(i));
  for await (const _ of train(net, { inputs, targets }, { epochs: 1 }));
}

test("a thousand trainings of one network need no more memory, and no more modules, than one", async () => {
  const net = network(small);
  await learn(net);
  const before = bytesOf(net);
  const modules = vi.spyOn(WebAssembly, "Module");
  for (let i = 0; i < 1000; i++) await learn(net);
  expect(bytesOf(net)).toBe(before);
  expect(modules).toHaveBeenCalledTimes(0);
  modules.mockRestore();
});

test("a hundred thousand predictions need no more memory than one", () => {
  const net = network(small);
  const inputs = Float32Array.of(1, 2, 3);
  net.predict(inputs);
  const before = bytesOf(net);
  for (let i = 0; i < 100_000; i++) net.predict(inputs);
  expect(bytesOf(net)).toBe(before);
});
