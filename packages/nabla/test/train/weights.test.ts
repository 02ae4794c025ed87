import { adam, dense, dropout, type Floats, network, sgd } from "nabla";
import { describe, expect, test } from "vitest";
import { definition, run, sample, snapshot } from "./training.ts";

const weighted = { ...definition, weighted: true } as const;
const data = sample(12);
const backends = ["evaluate", "wasm"] as const;
const optimizer = adam({ learningRate: 0.01 });
const whole = { optimizer, batchSize: 100, epochs: 5, shuffle: false };

const numbers = (parameters: ReadonlyMap<string, Floats>): number[] =>
  [...parameters.values()].flatMap((values) => [...values]);

/** Whether they agree to 1e-12 of the largest. */
function expectClose(a: readonly number[], b: readonly number[]): void {
  const largest = Math.max(...b.map(Math.abs));
  expect(a.length).toBe(b.length);
  for (const [i, x] of a.entries()) expect(Math.abs(x - b[i]!)).toBeLessThan(1e-12 * largest);
}

const only = (rows: readonly number[]) => ({
  inputs: rows.map((n) => data.inputs[n]!),
  targets: rows.map((n) => data.targets[n]!),
});
const all = data.inputs.map((_, n) => n);

describe.each(backends)("weights of rows, by %s:", (backend) => {
  test("all 1 is no weights", async () => {
    const [plain, ones] = [network({ ...definition, backend }), network({ ...weighted, backend })];
    await run(plain, data, whole);
    await run(ones, { ...data, weights: all.map(() => 1) }, whole);
    expectClose(numbers(ones.parameters), numbers(plain.parameters));
    const left = network({ ...weighted, backend });
    await run(left, data, whole);
    expect(snapshot(left)).toEqual(snapshot(ones));
  });

  test("0 is a row removed", async () => {
    const [removed, zero] = [
      network({ ...definition, backend }),
      network({ ...weighted, backend }),
    ];
    const kept = all.filter((n) => n % 3 !== 1);
    await run(removed, only(kept), whole);
    await run(zero, { ...data, weights: all.map((n) => (n % 3 === 1 ? 0 : 1)) }, whole);
    expectClose(numbers(zero.parameters), numbers(removed.parameters));
  });

  test("2 is a row that is there twice", async () => {
    const [twice, two] = [network({ ...definition, backend }), network({ ...weighted, backend })];
    await run(twice, only([...all, 0, 5, 7]), whole);
    await run(two, { ...data, weights: all.map((n) => ([0, 5, 7].includes(n) ? 2 : 1)) }, whole);
    expectClose(numbers(two.parameters), numbers(twice.parameters));
  });

  test("the cost and its gradients are C = Σ w·c / Σ w", () => {
    const net = network({ ...weighted, backend });
    const weights = all.map((n) => n / 4);
    const rows = all.map((n) => net.cost(only([n]).inputs, only([n]).targets));
    const sum = weights.reduce((a, b) => a + b, 0);
    const mean = rows.reduce((total, c, n) => total + c * weights[n]!, 0) / sum;
    expect(net.cost(data.inputs, data.targets, { weights })).toBeCloseTo(mean, 13);
    const each = all.map((n) => numbers(net.gradients(only([n]).inputs, only([n]).targets)));
    const expected = each[0]!.map(
      (_, p) => each.reduce((total, g, n) => total + g[p]! * weights[n]!, 0) / sum,
    );
    expectClose(numbers(net.gradients(data.inputs, data.targets, { weights })), expected);
  });

  test("a batch that weighs nothing is no step", async () => {
    const weights = all.map((n) => (n < 4 || n >= 8 ? 0 : 1)); //  the second of three batches weighs
    const options = { optimizer, batchSize: 4, epochs: 6, shuffle: false };
    const net = network({ ...weighted, backend, l2: 0.1 });
    const { epochs } = await run(net, { ...data, weights }, options);
    const alone = network({ ...definition, backend, l2: 0.1 });
    const { epochs: own } = await run(alone, only([4, 5, 6, 7]), options);
    expectClose(numbers(net.parameters), numbers(alone.parameters));
    expectClose(
      epochs.map(({ cost }) => cost),
      own.map(({ cost }) => cost),
    );
  });

  test("a batch that weighs nothing uses up no masks of dropout", async () => {
    const layers = [dense(4, "tanh"), dropout(0.5), dense(1)];
    const weights = all.map((n) => (n < 4 || n >= 8 ? 0 : 1));
    const options = { optimizer, batchSize: 4, epochs: 6, shuffle: false };
    const net = network({ ...weighted, layers, backend });
    await run(net, { ...data, weights }, options);
    const alone = network({ ...definition, layers, backend });
    await run(alone, only([4, 5, 6, 7]), options);
    expectClose(numbers(net.parameters), numbers(alone.parameters));
  });

  test("more rows than a block has", async () => {
    const many = sample(700);
    const weights = many.inputs.map((_, n) => n % 3);
    const net = network({ ...weighted, backend });
    const kept = many.inputs.flatMap((_, n) => new Array<number>(n % 3).fill(n));
    const same = network({ ...definition, backend });
    const options = { optimizer: sgd({ learningRate: 0.1 }), batchSize: 2000, epochs: 3 };
    await run(net, { ...many, weights }, options);
    const inputs = kept.map((n) => many.inputs[n]!);
    await run(same, { inputs, targets: kept.map((n) => many.targets[n]!) }, options);
    expectClose(numbers(net.parameters), numbers(same.parameters));
  });
});

test.each([
  ["weights, row 1: expected a number ≥ 0, got -1", [1, -1]],
  ["weights, row 0: expected a number ≥ 0, got NaN", [Number.NaN, 1]],
  ["inputs have 2 rows, weights have 3", [1, 1, 1]],
  ["weights must have a row of weight above 0", [0, 0]],
])("%s", (message, weights) => {
  const net = network(weighted);
  const { inputs, targets } = only([0, 1]);
  expect(() => net.cost(inputs, targets, { weights })).toThrow(
    expect.objectContaining({ name: "NablaError", code: "data", message }),
  );
});

test("a network that is not weighted takes none", () => {
  const { inputs, targets } = only([0, 1]);
  expect(() => network(definition).cost(inputs, targets, { weights: [1, 1] })).toThrow(
    "this network takes no weights; build it with weighted: true",
  );
});
