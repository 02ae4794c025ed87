import {
  adam,
  dense,
  type Network,
  network,
  type Optimizer,
  sgd,
  type TrainingData,
  type TrainingOptions,
  train,
} from "nabla";
import { describe, expect, test, vi } from "vitest";
import { permutation, randomStream } from "../../src/train/random.ts";
import { data, definition, run, sample, snapshot, unfused } from "./training.ts";

/** So many epochs of `net.step` over the batches in the order that the seed says. */
function byHand(net: Network, epochs: number, optimizer: Optimizer, batchSize: number, seed = 3) {
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const order = permutation(data.inputs.length, randomStream(seed, "shuffle", epoch));
    for (let from = 0; from < order.length; from += batchSize) {
      const rows = [...order.subarray(from, from + batchSize)];
      const inputs = rows.map((row) => data.inputs[row]!);
      const targets = rows.map((row) => data.targets[row]!);
      net.step(inputs, targets, optimizer);
    }
  }
  return snapshot(net);
}

describe("train", () => {
  const optimizer = adam({ learningRate: 0.05 });

  test("is steps over shuffled batches, to the bit", async () => {
    const net = unfused(network(definition));
    await run(net, data, { optimizer, epochs: 3, batchSize: 4 });
    expect(snapshot(net)).toEqual(byHand(unfused(network(definition)), 3, optimizer, 4));
  });

  test("has these bits with fused multiply-add too, where its step is not written out", async () => {
    const wide = { ...definition, layers: [dense(40, "tanh"), dense(1)] };
    const net = network(wide);
    await run(net, data, { optimizer, epochs: 3, batchSize: 4 });
    expect(snapshot(net)).toEqual(byHand(network(wide), 3, optimizer, 4));
  });

  test("counts a short last batch as its own N, worked by hand", async () => {
    const line = network({
      inputs: 1,
      layers: [dense(1)],
      cost: "squared-error",
      precision: "float64",
      initial: { W1: "zeros" },
    });
    const options = {
      optimizer: sgd({ learningRate: 0.5 }),
      epochs: 1,
      batchSize: 2,
      shuffle: false,
    };
    const three = { inputs: [[1], [2], [3]], targets: [[2], [4], [1]] };
    const { epochs } = await run(line, three, options);
    //  step 1, rows 1 and 2: errors −2, −4;  ∂C/∂w = (−2 − 8)/2, ∂C/∂b = (−2 − 4)/2;  w = 2.5, b = 1.5
    //  step 2, row 3: a = 9, error 8;  ∂C/∂w = 24, ∂C/∂b = 8;  w = −9.5, b = −2.5
    expect([...line.parameters.get("W1")!, ...line.parameters.get("b1")!]).toEqual([-9.5, -2.5]);
    //  (½·(4 + 16)/2 + ½·64)/2
    expect(epochs).toEqual([{ epoch: 1, step: 2, cost: (5 + 32) / 2, learningRate: 0.5 }]);
  });

  test("yields the mean of the steps' costs, each before its update", async () => {
    const net = unfused(network(definition));
    const twin = unfused(network(definition));
    const { epochs } = await run(net, data, { optimizer, epochs: 2, batchSize: 5, shuffle: false });
    const half = (from: number) =>
      twin.step(data.inputs.slice(from, from + 5), data.targets.slice(from, from + 5), optimizer);
    const expected = [1, 2].map(() => (half(0) + half(5)) / 2);
    expect(epochs.map(({ cost }) => cost)).toEqual(expected);
    expect(epochs.map(({ epoch, step }) => `${step} steps in ${epoch}`)).toEqual([
      "2 steps in 1",
      "4 steps in 2",
    ]);
  });

  test("returns how far it came", async () => {
    const { result } = await run(network(definition), data, { epochs: 7, batchSize: 4 });
    expect(result).toEqual({ epochs: 7, steps: 21, stopped: "epochs" });
  });

  test("has 100 epochs of batches of 32 with adam(), unless told otherwise", async () => {
    const [net, twin] = [network(definition), network(definition)];
    const { result } = await run(net, sample(40), {});
    expect(result).toEqual({ epochs: 100, steps: 200, stopped: "epochs" });
    await run(twin, sample(40), { optimizer: adam(), epochs: 100, batchSize: 32, shuffle: true });
    expect(net.parameters).toEqual(twin.parameters);
  });

  test("reports every so many epochs, and the last", async () => {
    const { epochs } = await run(network(definition), data, { epochs: 7, reportEvery: 3 });
    expect(epochs.map(({ epoch }) => epoch)).toEqual([3, 6, 7]);
  });

  test("tells the seconds since it began, which do not run backwards", async () => {
    const seconds: number[] = [];
    for await (const epoch of train(network(definition), data, { epochs: 5 })) {
      seconds.push(epoch.seconds);
    }
    expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
    expect(seconds[0]).toBeGreaterThanOrEqual(0);
    expect(seconds[4]).toBeLessThan(60);
  });

  test("does nothing until it is asked for its first epoch", () => {
    const net = network(definition);
    const before = snapshot(net);
    train(net, data, { optimizer });
    expect(net.parameters).toEqual(before);
  });

  test("takes flat typed arrays as it takes rows", async () => {
    const [net, twin] = [network(definition), network(definition)];
    const inputs = Float64Array.from(data.inputs.flat());
    const flat = { inputs, targets: Float64Array.from(data.targets.flat()) };
    await run(net, data, { epochs: 3, batchSize: 4 });
    await run(twin, flat, { epochs: 3, batchSize: 4 });
    expect(twin.parameters).toEqual(net.parameters);
    expect(inputs).toEqual(Float64Array.from(data.inputs.flat()));
  });
});

describe("the seed", () => {
  const trained = async (seed: number, options: TrainingOptions = {}) => {
    const net = network({ ...definition, seed });
    const { epochs } = await run(net, data, { epochs: 4, batchSize: 3, ...options });
    return { epochs, parameters: snapshot(net) };
  };

  test("makes parameters and history the same to the bit, and another one makes others", async () => {
    const first = await trained(3);
    expect(await trained(3)).toEqual(first);
    const other = await trained(4);
    expect(other.parameters).not.toEqual(first.parameters);
    expect(other.epochs).not.toEqual(first.epochs);
  });

  test("of the training changes the order of the rows, and where that does not matter, nothing", async () => {
    const first = await trained(3, { seed: 5 });
    expect(await trained(3, { seed: 5 })).toEqual(first);
    expect((await trained(3, { seed: 6 })).parameters).not.toEqual(first.parameters);
    const still = { shuffle: false, seed: 5 };
    expect(await trained(3, { ...still, seed: 6 })).toEqual(await trained(3, still));
    expect(await trained(3, { seed: 3 })).toEqual(await trained(3));
  });

  test("makes the same history on a slow and on a fast clock, though not the same pauses", async () => {
    const onClock = async (tick: number) => {
      let time = 0;
      const clock = vi.spyOn(performance, "now").mockImplementation(() => (time += tick));
      try {
        return await trained(3, { batchSize: 1, epochs: 20 });
      } finally {
        clock.mockRestore();
      }
    };
    expect(await onClock(20)).toEqual(await onClock(0));
  });

  test("gives each epoch an order of its own", async () => {
    const net = unfused(network(definition));
    await run(net, data, {
      optimizer: sgd({ learningRate: 0.1 }),
      epochs: 2,
      batchSize: 3,
      seed: 8,
    });
    const twin = unfused(network(definition));
    const expected = byHand(twin, 2, sgd({ learningRate: 0.1 }), 3, 8);
    expect(snapshot(net)).toEqual(expected);
  });
});

describe("freeze", () => {
  test("keeps the bits of what it names, and moves the rest as before", async () => {
    const net = network({ ...definition, seed: 9 });
    const before = snapshot(net);
    await run(net, data, {
      freeze: ["W1", "b2"],
      epochs: 5,
      optimizer: adam({ learningRate: 0.1 }),
    });
    const after = snapshot(net);
    for (const name of ["W1", "b2"]) expect(after.get(name)).toEqual(before.get(name));
    for (const name of ["b1", "W2"]) {
      for (const [i, x] of after.get(name)!.entries()) expect(x).not.toBe(before.get(name)![i]);
    }
  });

  test("of everything moves nothing, whatever the optimiser decays", async () => {
    const net = network(definition);
    const before = snapshot(net);
    const optimizer = sgd({ learningRate: 0.1, momentum: 0.9, weightDecay: 0.5 });
    await run(net, data, { freeze: ["W1", "b1", "W2", "b2"], epochs: 3, optimizer });
    expect(snapshot(net)).toEqual(before);
  });

  test("leaves the gradient of the others as it was: one step, by the closed form", async () => {
    const net = unfused(network(definition));
    const gradients = net.gradients(data.inputs, data.targets);
    const before = snapshot(net);
    const optimizer = sgd({ learningRate: 0.5 });
    await run(net, data, { freeze: ["b1"], epochs: 1, optimizer, shuffle: false });
    for (const name of ["W1", "W2", "b2"]) {
      const expected = before.get(name)!.map((θ, i) => θ - 0.5 * gradients.get(name)![i]!);
      expect(net.parameters.get(name), name).toEqual(expected);
    }
  });
});

describe("train refuses, before any parameter changes,", () => {
  const bad = (name: string, got: unknown) => `${name} must be a positive integer, got ${got}`;
  test.each<[string, object, object?]>([
    [bad("epochs", 0), { epochs: 0 }],
    [bad("epochs", 1.5), { epochs: 1.5 }],
    [bad("batchSize", -1), { batchSize: -1 }],
    [bad("batchSize", "4"), { batchSize: "4" }],
    [bad("reportEvery", 0), { reportEvery: 0 }],
    [bad("patience", Number.NaN), { patience: Number.NaN, validation: data }],
    ["patience needs validation rows", { patience: 3 }],
    [
      'unknown training option "batchsize"; did you mean "batchSize"? known: epochs, batchSize, accumulate, patience, reportEvery, shuffle, reproducible, worker, optimizer, validation, schedule, clipNorm, freeze, signal, seed, checkpoint, resume',
      { batchsize: 4 },
    ],
    [
      'unknown training option "callbacks"; known: epochs, batchSize, accumulate, patience, reportEvery, shuffle, reproducible, worker, optimizer, validation, schedule, clipNorm, freeze, signal, seed, checkpoint, resume',
      { callbacks: [] },
    ],
    [
      'unknown parameter to freeze "W9"; did you mean "W1"? known: W1, b1, W2, b2',
      { freeze: ["W9"] },
    ],
    ["shuffle must be true or false, got no", { shuffle: "no" }],
    ["worker must be true or false, got 1", { worker: 1 }],
    ["epochs must be a positive integer, got 0", { worker: true, epochs: 0 }],
    ["seed must be an integer in [0, 2⁵³), got 1.5", { seed: 1.5 }],
    ["momentum must be in [0, 1), got 2", { optimizer: { rule: "sgd", momentum: 2 } }],
    [
      'unknown optimizer "adm"; did you mean "adam"? known: sgd, rmsprop, adagrad, adam, adamw, rprop, lbfgs',
      { optimizer: { rule: "adm" } },
    ],
    [
      "inputs, row 1, column 0: expected a finite number, got NaN",
      {},
      {
        inputs: [
          [1, 2],
          [Number.NaN, 2],
        ],
        targets: [[1], [2]],
      },
    ],
    [
      "inputs have 2 rows, targets have 1",
      {},
      {
        inputs: [
          [1, 2],
          [3, 4],
        ],
        targets: [[1]],
      },
    ],
    ["inputs have no rows", {}, { inputs: [], targets: [] }],
    ["this cost needs targets", {}, { inputs: [[1, 2]] }],
    ["validation inputs have no rows", { validation: { inputs: [], targets: [] } }],
    ["this cost needs validation targets", { validation: { inputs: [[1, 2]] } }],
    [
      "validation inputs have 1 rows, validation targets have 2",
      { validation: { inputs: [[1, 2]], targets: [[1], [2]] } },
    ],
    [
      "validation targets, row 0: expected a finite number, got Infinity",
      { validation: { inputs: [[1, 2]], targets: [[Infinity]] } },
    ],
  ])("%s", (message, options, given = data) => {
    const net = network(definition);
    const before = snapshot(net);
    expect(() => train(net, given as TrainingData, options)).toThrow(
      expect.objectContaining({ name: "NablaError", message }),
    );
    expect(net.parameters).toEqual(before);
  });
});
