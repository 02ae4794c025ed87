import { dense, lbfgs, type NablaError, network, sgd } from "nabla";
import { describe, expect, test } from "vitest";
import { data, definition, run, sample, snapshot } from "./training.ts";

const linear = { ...definition, layers: [dense(1)] };

/** The error with which a training ends. */
async function failure(
  net: ReturnType<typeof network>,
  options: Parameters<typeof run>[2],
  given = data,
) {
  const end = await run(net, given, options).then(
    () => undefined,
    (error: NablaError) => error,
  );
  if (end === undefined) expect.fail("it did not diverge");
  return end;
}

const backends = ["evaluate", "wasm"] as const;
/** A step in registers, one in the memory, and one of more rows than a block has. */
const sizes = [
  { name: "tiny", batchSize: 4, layers: [dense(1)], rows: 10 },
  { name: "small", batchSize: 4, layers: [dense(40, "relu"), dense(1)], rows: 10 },
  { name: "of large batches", batchSize: 300, layers: [dense(1)], rows: 600 },
];

describe.each(backends)("a training that diverges, by %s,", (backend) => {
  test.each(sizes)("is stopped before the step, $name", async ({ batchSize, layers, rows }) => {
    const wild = { ...linear, layers, backend, precision: "float32" } as const;
    const given = sample(rows);
    const options = { optimizer: sgd({ learningRate: 1e6 }), batchSize, epochs: 100 };
    const net = network(wild);
    const error = await failure(net, options, given);
    const [, epoch, step] = /in epoch (\d+), step (\d+):/.exec(error.message) ?? [];
    expect(error).toMatchObject({ name: "NablaError", code: "diverged" });

    const batches = Math.ceil(rows / batchSize);
    expect(Number(epoch)).toBe(Math.ceil(Number(step) / batches));
    for (const values of net.parameters.values())
      expect(values.every((value) => Number.isFinite(value))).toBe(true);
    expect(net.cost(given.inputs, given.targets)).not.toBeNaN();
  });

  test.each([
    { name: "tiny", layers: [dense(1)], initial: { W1: 0 } },
    { name: "small", layers: [dense(40, "tanh"), dense(1)], initial: { W1: 0, W2: 1 } },
  ])("is stopped where the gradient alone is infinite, $name", async ({ layers, initial }) => {
    const net = network({ ...linear, layers, initial, backend, precision: "float32" });
    const before = snapshot(net);
    //  a = 0, C = ½·10³⁰, ∂C/∂W1 = −10¹⁵·10³⁰: float32 ends at 3.4·10³⁸
    const far = { inputs: [[1e30, 1e30]], targets: [[1e15]] };
    expect(net.cost(far.inputs, far.targets) / 5e29).toBeCloseTo(1, 6);
    const { details } = await failure(net, { optimizer: sgd() }, far);
    expect(details.where).toBe("epoch 1, step 1");
    expect(snapshot(net)).toEqual(before);
  });

  test("keeps the bits of the step before", async () => {
    const wild = { ...linear, backend };
    const options = { optimizer: sgd({ learningRate: 1e6 }), batchSize: 10, epochs: 400 };
    const net = network(wild);
    const error = await failure(net, options);
    const steps = Number(/step (\d+):/.exec(error.message)?.[1]) - 1;
    expect(steps).toBeGreaterThan(5);

    const before = network(wild);
    await run(before, data, { ...options, epochs: steps });
    expect(snapshot(net)).toEqual(snapshot(before));
    expect(before.step.bind(before, data.inputs, data.targets, options.optimizer)).toThrow(
      expect.objectContaining({ code: "diverged" }),
    );
    expect(snapshot(net)).toEqual(snapshot(before));
  });

  test("keeps them with patience too, and not the best", async () => {
    const wild = { ...linear, backend };
    const options = { optimizer: sgd({ learningRate: 1e6 }), batchSize: 10, epochs: 400 };
    const net = network(wild);
    await failure(net, { ...options, validation: data, patience: 300 });
    const plain = network(wild);
    await failure(plain, options);
    expect(snapshot(net)).toEqual(snapshot(plain));
  });

  test("says where, which figure, and a remedy", async () => {
    const options = { optimizer: sgd({ learningRate: 1e200 }), batchSize: 10 };
    const { message } = await failure(network({ ...linear, backend }), options);
    expect(message).toBe(
      "training diverged in epoch 2, step 2: the cost is Infinity, the gradient of W1 (layer 1) has norm Infinity; lower the learning rate, which was 1e+200, tenfold, or clip the gradients",
    );
  });

  test.each([
    [
      "a column of the inputs",
      { inputs: data.inputs.map(([a, b]) => [a!, b! > 0 ? 1e200 : 0]), targets: data.targets },
      "scale column 1 of the inputs, whose values reach 1e+200",
    ],
    [
      "the targets",
      { inputs: data.inputs, targets: data.targets.map(([y]) => [y! > 0 ? 1e200 : 0]) },
      "scale column 0 of the targets, whose values reach 1e+200",
    ],
  ])("names %s that no rate suits", async (_, large, remedy) => {
    const error = await failure(network({ ...linear, backend }), { batchSize: 10 }, large);
    expect(error.details.remedy).toBe(remedy);
  });
});

test("lbfgs stops where the first cost is not finite", async () => {
  const large = { inputs: data.inputs, targets: data.targets.map(([y]) => [y! * 1e200]) };
  const net = network(linear);
  const before = snapshot(net);
  expect(await failure(net, { optimizer: lbfgs() }, large)).toMatchObject({ code: "diverged" });
  expect(snapshot(net)).toEqual(before);
});
