import fc from "fast-check";
import {
  adam,
  dense,
  dropout,
  type LayeredDefinition,
  lbfgs,
  network,
  type StreamedData,
  sgd,
  type TrainingData,
  type TrainingOptions,
  type TrainingState,
  train,
} from "nabla";
import { describe, expect, test } from "vitest";
import { permutation, randomStream } from "../../src/train/random.ts";
import { definition, run, sample, snapshot } from "./training.ts";

const rows = sample(23);
const flat = {
  inputs: Float64Array.from(rows.inputs.flat()),
  targets: Float64Array.from(rows.targets.flat()),
};

/** Rows [from, to) as flat typed arrays. */
const part = (from: number, to: number): TrainingData => ({
  inputs: flat.inputs.slice(2 * from, 2 * to),
  targets: flat.targets.slice(from, to),
});

/** The rows in parts of these lengths, in turn; tells what happens to its passes. */
function streamOf(window: number, lengths: readonly number[] = [5], log: string[] = []) {
  const stream: StreamedData = {
    ...{ rows: 23, window },
    async *pass() {
      log.push("pass");
      try {
        for (let from = 0, i = 0; from < 23; i++) {
          const to = Math.min(23, from + lengths[i % lengths.length]!);
          yield part(from, to);
          from = to;
        }
        log.push("end");
      } finally {
        log.push("closed");
      }
    },
  };
  return stream;
}

const options = { optimizer: adam({ learningRate: 0.05 }), batchSize: 4, epochs: 3 };
const kinds = (["evaluate", "wasm"] as const).flatMap((backend) =>
  (["float32", "float64"] as const).map((precision) => ({ backend, precision })),
);
const layouts: readonly (readonly [string, Partial<LayeredDefinition>])[] = [
  ["few parameters", {}],
  ["many", { layers: [dense(40, "tanh"), dense(1)] }],
  ["dropout", { layers: [dense(9, "tanh"), dropout(0.3), dense(1)] }],
];

describe.each(kinds)("by $backend in $precision, a stream", (kind) => {
  describe.each(layouts)("for a network with %s", (_, layers) => {
    const own = { ...definition, ...layers, ...kind };
    const trained = async (data: TrainingData | StreamedData, more: TrainingOptions = {}) => {
      const net = network(own);
      const got = await run(net, data, { ...options, ...more });
      return { ...got, parameters: snapshot(net) };
    };

    test.each([23, 24, 1000])(
      "with a window of %d trains as the rows in memory",
      async (window) => {
        expect(await trained(streamOf(window))).toEqual(await trained(rows));
        const inOrder = { shuffle: false };
        expect(await trained(streamOf(window), inOrder)).toEqual(await trained(rows, inOrder));
      },
    );

    test("in order trains as the rows in memory, whatever the window", async () => {
      const inOrder = { shuffle: false, reportEvery: 2 };
      const expected = await trained(rows, inOrder);
      for (const window of [1, 4, 9, 20])
        expect(await trained(streamOf(window), inOrder)).toEqual(expected);
    });

    test("is shuffled within its windows, by the seed, the epoch and the window", async () => {
      // Windows of eight rows: 0–7, 8–15, 16–22; sizes are rounded up to whole batches
      for (const window of [5, 8]) {
        const net = network({ ...own, layers: definition.layers });
        await run(net, streamOf(window), options);
        const twin = network({ ...own, layers: definition.layers });
        for (let epoch = 1; epoch <= 3; epoch++) {
          for (const [w, size] of [8, 8, 7].entries()) {
            const order = permutation(size, randomStream(3, "shuffle", epoch, w));
            for (let from = 0; from < size; from += 4) {
              const batch = [...order.subarray(from, from + 4)].map((n) => 8 * w + n);
              const inputs = batch.map((n) => rows.inputs[n]!);
              const targets = batch.map((n) => rows.targets[n]!);
              twin.step(inputs, targets, options.optimizer);
            }
          }
        }
        expect(distance(net, twin)).toBeLessThan(kind.precision === "float32" ? 1e-5 : 1e-13);
      }
    });

    test("goes on from every batch to the same bits", async () => {
      const states: TrainingState[] = [];
      const save = (state: TrainingState): void => void states.push(state);
      const once = await trained(streamOf(8));
      const checkpoint = { every: { steps: 1 }, save };
      expect(await trained(streamOf(8), { checkpoint })).toEqual(once);
      expect(states.map(({ counters }) => counters.step)).toEqual(range(1, 18));
      for (const resume of states) {
        const after = await trained(streamOf(8, [3, 7]), { resume });
        const epochs = once.epochs.filter(({ epoch }) => epoch > resume.counters.epoch);
        expect(after).toEqual({ ...once, epochs });
      }
    });
  });
});

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

function distance(net: ReturnType<typeof network>, twin: ReturnType<typeof network>): number {
  const differences = [...net.parameters].flatMap(([name, values]) =>
    [...values].map((x, i) => Math.abs(x - twin.parameters.get(name)![i]!)),
  );
  return Math.max(...differences);
}

const trained = async (data: StreamedData, more: TrainingOptions = {}) => {
  const net = network(definition);
  await run(net, data, { ...options, ...more });
  return snapshot(net);
};

test("parts of any lengths, empty ones among them, give the same bits", async () => {
  const expected = await trained(streamOf(8));
  const lengths = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(
      lengths.filter((all) => all.some((length) => length > 0)),
      async (all) => {
        expect(await trained(streamOf(8, all))).toEqual(expected);
      },
    ),
    { numRuns: 25, seed: 1 },
  );
});

test("the arrays of a part may be used again for the next", async () => {
  const inputs = new Float64Array(2);
  const targets = new Float64Array(1);
  const stream: StreamedData = {
    ...{ rows: 23, window: 8 },
    async *pass() {
      for (let row = 0; row < 23; row++) {
        inputs.set(rows.inputs[row]!);
        targets.set(rows.targets[row]!);
        yield { inputs, targets };
      }
    },
  };
  expect(await trained(stream)).toEqual(await trained(streamOf(8)));
});

test("batches that weigh nothing, and parts, are passed over", async () => {
  const weights = range(0, 22).map((row) => (row < 8 ? 0 : 1));
  const own = { ...definition, weighted: true };
  const stream: StreamedData = {
    ...{ rows: 23, window: 8 },
    async *pass() {
      for (const row of range(0, 22))
        yield { ...part(row, row + 1), weights: weights.slice(row, row + 1) };
    },
  };
  const [net, twin] = [network(own), network(own)];
  const inOrder = { ...options, shuffle: false };
  const got = await run(net, stream, inOrder);
  expect(got).toEqual(await run(twin, { ...rows, weights }, inOrder));
  expect(snapshot(net)).toEqual(snapshot(twin));
});

describe("a stream is", () => {
  test("passed over once an epoch, or once where one window holds it", async () => {
    const log: string[] = [];
    await trained(streamOf(8, [5], log));
    const pass = ["pass", "end", "closed"];
    expect(log).toEqual([...pass, ...pass, ...pass]);
    log.length = 0;
    await trained(streamOf(23, [5], log));
    expect(log).toEqual(pass);
  });

  test("read on while a window is trained, but by no more than a window", async () => {
    let read = 0;
    const stream: StreamedData = {
      ...{ rows: 23, window: 8 },
      async *pass() {
        for (const row of range(0, 22)) {
          read = row + 1;
          yield part(row, row + 1);
        }
      },
    };
    const counts: number[] = [];
    const save = async ({ counters }: TrainingState): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve));
      if (counters.step <= 6) counts.push(read);
    };
    await trained(stream, { checkpoint: { every: { steps: 1 }, save } });
    // Two batches a window; in the third the next epoch's first window is read
    expect(counts).toEqual([16, 16, 23, 23, 8, 8]);
  });

  test("closed at a break, and where the caller throws", async () => {
    const log: string[] = [];
    for await (const _ of train(network(definition), streamOf(8, [5], log), options)) break;
    expect(log).toEqual(["pass", "end", "closed", "pass", "closed"]);
  });

  test("closed where the training diverges, and it says where", async () => {
    const log: string[] = [];
    const far = { optimizer: sgd({ learningRate: 1e200 }) };
    await expect(trained(streamOf(8, [5], log), far)).rejects.toThrow(
      /^training diverged in epoch 1, step [23]: /,
    );
    expect(log.at(-1)).toBe("closed");
  });
});

describe("an abort", () => {
  test("is heard while rows are waited for, from a source that never answers", async () => {
    const controller = new AbortController();
    const stream: StreamedData = {
      ...{ rows: 23, window: 8 },
      async *pass() {
        yield part(0, 9);
        controller.abort();
        await new Promise(() => {});
      },
    };
    const saved: number[] = [];
    const save = ({ counters }: TrainingState): void => void saved.push(counters.step);
    const net = network(definition);
    const { signal } = controller;
    const given = { ...options, signal, checkpoint: { save } };
    const { result } = await run(net, stream, given);
    expect(result.stopped).toBe("aborted");
    expect(saved).toEqual([result.steps]);
    expect(result.steps).toBeLessThanOrEqual(2);
  });

  test("that came before reads nothing", async () => {
    const log: string[] = [];
    const net = network(definition);
    const given = { ...options, signal: AbortSignal.abort() };
    const { result } = await run(net, streamOf(8, [5], log), given);
    expect(result).toEqual({ epochs: 0, steps: 0, stopped: "aborted" });
    expect(log).toEqual([]);
  });
});

describe("train refuses", () => {
  const giving = (parts: readonly TrainingData[], given = {}): StreamedData => ({
    ...{ rows: 23, window: 8, ...given },
    async *pass() {
      yield* parts;
    },
  });
  const nan = { inputs: Float64Array.of(1, 2, 3, Number.NaN), targets: Float64Array.of(1, 2) };
  const own = network({ ...definition, weighted: true });

  test.each<[string, StreamedData]>([
    ["a pass of the stream must give the 23 rows that it announced, got 22", giving([part(0, 22)])],
    [
      "a pass of the stream must give the 23 rows that it announced, got more than 23",
      giving([part(0, 23), part(0, 1)]),
    ],
    ["a pass of the stream must give the 23 rows that it announced, got 0", giving([])],
    [
      "the part of the stream from row 10 on: inputs, row 1, column 1: expected a finite number, got NaN",
      giving([part(0, 10), nan]),
    ],
    [
      "the part of the stream from row 0 on: inputs have 9 rows, targets have 8",
      giving([{ ...part(0, 9), targets: flat.targets.slice(0, 8) }]),
    ],
  ])("%s", async (message, stream) => {
    const training = run(network(definition), stream, options);
    await expect(training).rejects.toMatchObject({ name: "NablaError", code: "data", message });
  });

  test("a stream whose rows weigh nothing", async () => {
    const stream = giving([{ ...part(0, 23), weights: new Float64Array(23) }]);
    await expect(run(own, stream, options)).rejects.toThrow(
      "weights must have a row of weight above 0",
    );
  });

  test("what a source throws, as it came", async () => {
    const error = new Error("connection lost");
    const stream: StreamedData = {
      ...{ rows: 23, window: 8 },
      async *pass() {
        yield part(0, 20);
        throw error;
      },
    };
    await expect(run(network(definition), stream, options)).rejects.toBe(error);
  });

  test.each<[string, object, TrainingOptions?]>([
    ["rows of a stream must be a positive integer, got 0", { rows: 0 }],
    ["window of a stream must be a positive integer, got 1.5", { window: 1.5 }],
    ["pass of a stream must be a function, got undefined", { pass: undefined }],
    [
      "a stream does not go with lbfgs, which sees all rows at once; give the rows in memory",
      {},
      { optimizer: lbfgs() },
    ],
    ["a stream does not go with worker: true; give the rows in memory", {}, { worker: true }],
  ])("%s", (message, given, more = {}) => {
    const stream = { ...streamOf(8), ...given } as StreamedData;
    expect(() => train(network(definition), stream, more)).toThrow(message);
  });
});
