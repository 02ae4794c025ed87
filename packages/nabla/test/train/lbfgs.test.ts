import { adam, dense, type Network, network, type Optimizer, type TrainingData } from "nabla";
import { describe, expect, test } from "vitest";
import type { Engine, TrainingStep } from "../../src/engine.ts";
import { lbfgs } from "../../src/functions/optimizers.ts";
import { internalsOf } from "../../src/running.ts";
import { newLbfgsStepper } from "../../src/train/lbfgs.ts";
import { randomStream } from "../../src/train/random.ts";
import golden from "./lbfgs.golden.json" with { type: "json" };
import { definition, sample, snapshot } from "./training.ts";

interface Options {
  readonly optimizer?: Optimizer;
  readonly freeze?: string;
  /** Sees each evaluation. */
  readonly looked?: (training: TrainingStep | undefined) => void;
  /** The cost as it is meant, and as the stepper is to see it. */
  readonly bend?: (cost: number) => number;
}

/** A stepper over the data, with a rate that does not change. */
function stepperOf(net: Network, { inputs, targets }: TrainingData, options: Options = {}) {
  const { optimizer = lbfgs(), freeze, looked, bend = (cost) => cost } = options;
  const { engine, readData } = internalsOf(net);
  const watched: Engine = {
    ...engine,
    differentiate(data, training) {
      looked?.(training);
      return bend(engine.differentiate(data, training));
    },
  };
  const rate = () => optimizer.learningRate as number;
  const rows = readData({ inputs, targets });
  const stepper = newLbfgsStepper(watched, {
    ...{ optimizer, rates: { isSteady: true, rate, endEpoch: () => {} } },
    ...{ rows: rows.rows, windowRows: rows.rows, batchSize: 3, shuffle: true, seed: 1 },
    moving: [...engine.layout].filter(([{ name }]) => name !== freeze).map(([, part]) => part),
  });
  stepper.hold(rows);
  return stepper;
}

/** So many iterations, at most; what C was before each. */
function iterate(stepper: ReturnType<typeof stepperOf>, most = 500): number[] {
  const costs: number[] = [];
  while (!stepper.converged && stepper.steps < most) costs.push(stepper.take(1).total);
  return costs;
}

const values = (net: Network): number[] => [...net.parameters.values()].flatMap((v) => [...v]);

function expectClose(got: readonly number[], expected: readonly number[], within: number): void {
  expect(got).toHaveLength(expected.length);
  for (const [p, x] of got.entries()) {
    expect(Math.abs(x - expected[p]!), `θ[${p}] = ${x}`).toBeLessThanOrEqual(within);
  }
}

describe("the least cost is found", () => {
  test("of a straight line through three points, by hand", () => {
    const net = network({
      inputs: 1,
      layers: [dense(1)],
      cost: "squared-error",
      precision: "float64",
    });
    const points = { inputs: [[1], [2], [3]], targets: [[2], [4], [1]] };
    const stepper = stepperOf(net, points);
    iterate(stepper);
    //  slope (−1·2 + 1·1)/2, the mean 7/3 at x = 2;  errors −5/6, 5/3, −5/6
    expectClose(values(net), [-1 / 2, 10 / 3], 1e-8);
    expect(net.cost(points.inputs, points.targets)).toBeCloseTo(25 / 36, 14);
    expect(stepper.ending).toBe("gradient");
  });

  const { inputs, linear, logistic } = golden;

  test("of a linear regression, as numpy's least squares say", () => {
    const net = network({
      inputs: 3,
      layers: [dense(2)],
      cost: "squared-error",
      precision: "float64",
    });
    const stepper = stepperOf(net, { inputs, targets: golden.quantities });
    const costs = iterate(stepper);
    expectClose(values(net), [...linear.weights.flat(), ...linear.biases], 1e-8);
    expect(net.cost(inputs, golden.quantities)).toBeCloseTo(linear.cost, 14);
    expect(costs.length).toBeLessThan(20); //  8 parameters
  });

  test.each([
    ["float64", 1e-6, 1e-13], //  C is level within 1e-13 where θ is 1e-6 apart
    ["float32", 2e-3, 1e-6],
  ] as const)("of a logistic regression in %s, as Newton's method says", (precision, θ, C) => {
    const net = network({
      ...{ inputs: 3, layers: [dense(1, "sigmoid")], cost: "binary-cross-entropy", precision },
    });
    const targets = golden.labels.map((label) => [label]);
    const stepper = stepperOf(net, { inputs, targets });
    iterate(stepper);
    expect(stepper.converged).toBe(true);
    expectClose(values(net), [...logistic.weights, logistic.bias], θ);
    expect(Math.abs(net.cost(inputs, targets) - logistic.cost)).toBeLessThan(C);
  });

  test("of Rosenbrock's valley, where it is 0, from the usual (−1.2, 1)", () => {
    const net = network({
      equations: "c[n] = Σ_i ((x[n] - u[i])^2 + 100*(v[i] - u[i]^2)^2);  C = 1/N * Σ_n c[n]",
      extents: { i: 1 },
      ...{ inputs: "x", outputs: "c", cost: "C", precision: "float64" },
    });
    net.parameters.get("u")![0] = -1.2;
    net.parameters.get("v")![0] = 1;
    const costs = iterate(stepperOf(net, { inputs: [1] }));
    expectClose(values(net), [1, 1], 1e-6);
    expect(costs[0]).toBeCloseTo(24.2, 12);
    expect(costs.length).toBeLessThan(60);
  });
});

const data = sample(40);

test("the cost never rises, and what take returns is C before the iteration", () => {
  const net = network(definition);
  const stepper = stepperOf(net, data);
  let before = net.cost(data.inputs, data.targets);
  for (let i = 1; i <= 60; i++) {
    expect(stepper.take(1)).toEqual({ total: before, skipped: 0, halted: false });
    expect(stepper.steps).toBe(i);
    const after = net.cost(data.inputs, data.targets);
    expect(after).toBeLessThan(before);
    before = after;
  }
});

test("many iterations at once are as many one by one, to the bit", () => {
  const [net, twin] = [network(definition), network(definition)];
  const costs = iterate(stepperOf(net, data), 30);
  expect(stepperOf(twin, data).take(30).total).toBe(costs.at(-1));
  expect(snapshot(twin)).toEqual(snapshot(net));
});

test("three kinds of flowers are told apart better than Adam does with as many gradients", () => {
  const random = randomStream(4, "split");
  const centres = [
    [-1.2, 1, -1.3, -1.2],
    [0.1, -0.6, 0.3, 0.2],
    [0.9, -0.1, 1, 1.1],
  ];
  const kinds = Array.from({ length: 150 }, (_, row) => row % 3);
  const inputs = kinds.map((kind) => centres[kind]!.map((x) => x + random.normal() / 2));
  const targets = kinds.map((kind) => [0, 1, 2].map((k) => (k === kind ? 1 : 0)));
  const flowers = {
    ...{ inputs: 4, layers: [dense(8, "tanh"), dense(3, "softmax")], seed: 2 },
    ...{ cost: "cross-entropy", precision: "float64" as const },
  };
  const net = network(flowers);
  let looks = 0;
  const stepper = stepperOf(net, { inputs, targets }, { looked: () => looks++ });
  iterate(stepper, 40);
  for (const learningRate of [0.003, 0.01, 0.03, 0.1, 0.3]) {
    const twin = network(flowers);
    for (let i = 0; i < looks; i++) twin.step(inputs, targets, adam({ learningRate }));
    expect(net.cost(inputs, targets), `${learningRate}`).toBeLessThan(twin.cost(inputs, targets));
  }
  expect(looks).toBeLessThan(1.5 * stepper.steps); //  the first α nearly always serves
});

test("the first α of the first line search is min(1, 1/Σ|g|), and the rate's share of it", () => {
  for (const learningRate of [1, 0.25]) {
    const net = network(definition);
    const before = values(net);
    const gradients = [...net.gradients(data.inputs, data.targets).values()].flatMap((g) => [...g]);
    const sum = gradients.reduce((total, g) => total + Math.abs(g), 0);
    let moved: number[] = [];
    let looks = 0;
    const looked = () => {
      if (++looks === 2) moved = values(net);
    };
    stepperOf(net, data, { looked, optimizer: lbfgs({ learningRate }) }).take(1);
    const alpha = learningRate * Math.min(1, 1 / sum);
    expectClose(
      moved,
      before.map((θ, p) => θ - alpha * gradients[p]!),
      1e-15,
    );
  }
});

test("a rate of 0 changes nothing", () => {
  const net = network(definition);
  const before = snapshot(net);
  const stepper = stepperOf(net, data, { optimizer: lbfgs({ learningRate: 0 }) });
  stepper.take(3);
  expect(stepper.converged).toBe(false);
  expect(snapshot(net)).toEqual(before);
});

test("what is frozen keeps its bits, and the rest becomes the best beside it", () => {
  const net = network({ inputs: 1, layers: [dense(1)], cost: "squared-error", seed: 7 });
  const [w] = net.parameters.get("W1")!;
  iterate(stepperOf(net, { inputs: [[1], [3]], targets: [[2], [8]] }, { freeze: "W1" }));
  expect(net.parameters.get("W1")![0]).toBe(w);
  expect(net.parameters.get("b1")![0]).toBeCloseTo(5 - 2 * w!, 5); //  the mean of y − wx
});

test("the masks of dropout are the same within an iteration, and others in the next", () => {
  const net = network({
    equations: `
      h[n,j] = tanh(Σ_i W[j,i]*x[n,i])
      h[n,j] = tanh(Σ_i W[j,i]*x[n,i])*d[n,j]   training
      z[n,k] = Σ_j V[k,j]*h[n,j]
      C = 1/N * Σ_n Σ_k (z[n,k] - y[n,k])^2`,
    extents: { i: 2, j: 6, k: 1 },
    ...{ inputs: "x", targets: "y", outputs: "z", cost: "C", masks: { d: 0.5 } },
  });
  const training: (TrainingStep | undefined)[] = [];
  const stepper = stepperOf(net, data, { looked: (step) => training.push(step) });
  for (let step = 1; step <= 4; step++) {
    const before = net.cost(data.inputs, data.targets, { training: { step, seed: 1 } });
    training.length = 0;
    expect(stepper.take(1).total).toBe(before);
    expect(training.length).toBeGreaterThan(1);
    for (const seen of training) expect(seen).toEqual({ step, seed: 1 });
    const after = net.cost(data.inputs, data.targets, { training: { step, seed: 1 } });
    expect(after).toBeLessThan(before);
  }
});

describe("the iterations end", () => {
  const line = { inputs: 1, layers: [dense(1)], cost: "squared-error" as const };
  const exact = { inputs: [[1], [2]], targets: [[0], [0]] };
  const still = (): Network =>
    network({ ...line, precision: "float64", initial: { W1: "zeros", b1: "zeros" } });

  test("at once where the gradient is 0", () => {
    const net = still();
    const stepper = stepperOf(net, exact);
    expect(stepper.take(5)).toEqual({ total: 0, skipped: 0, halted: false });
    expect(stepper.ending).toBe("gradient");
    expect(stepper.steps).toBe(1);
    stepper.take(5);
    expect(stepper.steps).toBe(1);
    expect(values(net)).toEqual([0, 0]);
  });

  test("where no derivative is above the tolerance, and not before", () => {
    const net = network(definition);
    const optimizer = lbfgs({ gradientTolerance: 0.01 });
    const stepper = stepperOf(net, data, { optimizer });
    const largest = () =>
      Math.max(
        ...[...net.gradients(data.inputs, data.targets).values()].flatMap((g) =>
          [...g].map(Math.abs),
        ),
      );
    while (!stepper.converged) {
      expect(largest()).toBeGreaterThan(0.01);
      stepper.take(1);
    }
    expect(stepper.ending).toBe("gradient");
    expect(largest()).toBeLessThanOrEqual(0.01);
  });

  test("where neither the parameters nor the cost change by more than the tolerance", () => {
    const net = network(definition);
    const optimizer = lbfgs({ gradientTolerance: 0, changeTolerance: 0.01 });
    const stepper = stepperOf(net, data, { optimizer });
    let [before, cost] = [values(net), net.cost(data.inputs, data.targets)];
    const changes: number[] = [];
    while (!stepper.converged) {
      stepper.take(1);
      const [after, next] = [values(net), net.cost(data.inputs, data.targets)];
      changes.push(Math.max(cost - next, ...after.map((θ, p) => Math.abs(θ - before[p]!))));
      [before, cost] = [after, next];
    }
    expect(stepper.ending).toBe("change");
    expect(changes.pop()).toBeLessThanOrEqual(0.01);
    expect(Math.min(...changes)).toBeGreaterThan(0.01);
  });

  test.each([Infinity, Number.NaN])(
    "with the parameters as they were where every way leads to %d",
    (cost) => {
      const net = network(definition);
      const before = snapshot(net);
      let looks = 0;
      const bend = (C: number) => (looks++ === 0 ? C : cost);
      const stepper = stepperOf(net, data, { bend });
      const expected = net.cost(data.inputs, data.targets);
      expect(stepper.take(3)).toEqual({ total: expected, skipped: 0, halted: false });
      expect(stepper.ending).toBe("line-search");
      expect(looks).toBe(1 + 25);
      expect(snapshot(net)).toEqual(before);
    },
  );

  test("in float32 where rounding leaves no lower cost", () => {
    const { inputs, labels, logistic } = golden;
    const cost = "binary-cross-entropy";
    const net = network({ inputs: 3, layers: [dense(1, "sigmoid")], cost });
    const targets = labels.map((label) => [label]);
    const optimizer = lbfgs({ gradientTolerance: 0, changeTolerance: 0 });
    const stepper = stepperOf(net, { inputs, targets }, { optimizer });
    const costs = iterate(stepper);
    expect(stepper.ending).toBe("line-search");
    expect(costs.toSorted((a, b) => b - a)).toEqual(costs);
    //  forty roundings of costs about 1
    expect(net.cost(inputs, targets)).toBe(costs.at(-1));
    expect(Math.abs(costs.at(-1)! - logistic.cost)).toBeLessThan(40 * 2 ** -24);
  });
});

test("a cost that is not finite before the first iteration halts it", () => {
  const net = network(definition);
  net.parameters.get("b2")![0] = 1e200;
  const before = snapshot(net);
  const stepper = stepperOf(net, data);
  expect(stepper.take(3).halted).toBe(true);
  expect([stepper.steps, stepper.converged]).toEqual([0, false]);
  expect(snapshot(net)).toEqual(before);
});

test("the same seed makes the same bits, with every backend that there is", () => {
  for (const backend of ["evaluate", "wasm"] as const) {
    const trained = () => {
      const net = network({ ...definition, backend });
      const costs = iterate(stepperOf(net, data), 50);
      return { costs, parameters: snapshot(net) };
    };
    expect(trained()).toEqual(trained());
  }
});
