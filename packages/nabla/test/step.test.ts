import { adam, adamw, type Floats, network, type Optimizer, rmsprop, sgd } from "nabla";
import { describe, expect, test } from "vitest";
import { byTextbook, difference, layered } from "./oracles/layered.ts";

describe("net.step", () => {
  const shape = { activation: "tanh", cost: "squared-error", depth: 4, rows: 7 } as const;

  test("moves every layer by the gradient at the old parameters", () => {
    const given = layered(shape);
    const { net, inputs, targets } = given;
    const textbook = byTextbook(given, "squared-error");
    const before = structuredClone(net.parameters as Map<string, Floats>);
    const cost = net.step(inputs, targets, sgd({ learningRate: 0.5 }));
    expect(cost).toBeCloseTo(textbook.get("C")![0]!, 14);
    for (const [name, values] of net.parameters) {
      const expected = before.get(name)!.map((θ, i) => θ - 0.5 * textbook.get(name)![i]!);
      expect(difference(values, expected).largest, name).toBeLessThan(1e-15);
    }
  });

  test("returns the cost before it, and lowers it", () => {
    const { net, inputs, targets } = layered(shape);
    for (let t = 0; t < 5; t++) {
      const before = net.cost(inputs, targets);
      expect(net.step(inputs, targets, sgd({ learningRate: 0.05 }))).toBe(before);
      expect(net.cost(inputs, targets)).toBeLessThan(before);
    }
  });

  test("moves biases, too, on Adam's first step: each by η against its gradient", () => {
    const { net, inputs, targets } = layered(shape);
    const gradients = net.gradients(inputs, targets);
    const before = structuredClone(net.parameters as Map<string, Floats>);
    net.step(inputs, targets, adam({ learningRate: 0.01, epsilon: 0 }));
    for (const [name, values] of net.parameters) {
      const signs = gradients.get(name)!.map(Math.sign);
      const expected = before.get(name)!.map((θ, i) => θ - 0.01 * signs[i]!);
      expect(difference(values, expected).largest, name).toBeLessThan(1e-15);
    }
  });

  /** θ of C = 1/N·Σ_n θ·g[n] after steps of gradient 1. */
  function steps(...optimizers: Optimizer[]): number[] {
    const net = network({
      equations: "c[n] = theta[]*g[n]; C = 1/N*sum_n c[n]",
      extents: {},
      ...{
        inputs: "g",
        outputs: "c",
        cost: "C",
        precision: "float64",
        initial: { theta: "zeros" },
      },
    });
    return optimizers.map((optimizer) => {
      net.step([1], undefined, optimizer);
      return net.parameters.get("theta")![0]!;
    });
  }

  test("keeps the optimiser's state while its rule is the same, whatever the rate", () => {
    const momentum = (learningRate: number) => sgd({ learningRate, momentum: 0.5 });
    //  v = 1, 1.5, 1.75
    expect(steps(momentum(1), momentum(1), momentum(2))).toEqual([-1, -2.5, -6]);
    const inAnyOrder: Optimizer = { momentum: 0.5, rule: "sgd", learningRate: 1 };
    expect(steps(momentum(1), inAnyOrder)).toEqual([-1, -2.5]);
  });

  test("starts anew with another rule", () => {
    const heavy = sgd({ learningRate: 1, momentum: 0.5 });
    const light = sgd({ learningRate: 1, momentum: 0.25 });
    //  v = 1; then v = 1, 1.25; then v = 1 again
    expect(steps(heavy, light, light, heavy)).toEqual([-1, -2, -3.25, -4.25]);
    expect(steps(heavy, rmsprop({ decay: 0, epsilon: 0, learningRate: 1 }))).toEqual([-1, -2]);
  });

  test("decays biases, too, under adamw: θ ← θ − ηλθ for every parameter", () => {
    const { net, inputs } = layered(shape);
    const before = structuredClone(net.parameters as Map<string, Floats>);
    const targets = net.predict(inputs); //  so that every gradient is 0
    net.step(inputs, targets, adamw({ learningRate: 0.125, weightDecay: 0.5 }));
    for (const [name, values] of net.parameters) {
      expect(values).toEqual(before.get(name)!.map((θ) => θ * (1 - 0.0625)));
    }
  });

  test("refuses a bad optimiser before any parameter moves, also in a later step", () => {
    const { net, inputs, targets } = layered(shape);
    net.step(inputs, targets, sgd());
    const before = structuredClone(net.parameters as Map<string, Floats>);
    const bad: Optimizer = { rule: "sgd", learningRate: Number.NaN };
    expect(() => net.step(inputs, targets, bad)).toThrow(
      "learningRate must be a number ≥ 0, got NaN",
    );
    expect(net.parameters).toEqual(before);
  });
});
