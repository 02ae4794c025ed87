import { adagrad, adam, adamw, network, type Optimizer, rmsprop, rprop, sgd } from "nabla";
import { describe, expect, test } from "vitest";
import { checkOptimizer, lbfgs, rules } from "../../src/functions/optimizers.ts";
import golden from "./optimizers.golden.json" with { type: "json" };

type RuleName = keyof typeof rules;
const ruleNames = Object.keys(rules) as RuleName[];

/** θ after each step, of a network whose gradient is its input: C = 1/N·Σ_n Σ_p θ[p]·g[n,p]. */
function trajectory(
  optimizer: Optimizer,
  start: readonly number[],
  gradients: readonly (readonly number[])[],
): number[][] {
  const net = network({
    equations: "c[n] = sum_p theta[p]*g[n,p]; C = 1/N*sum_n c[n]",
    extents: { p: start.length },
    inputs: "g",
    outputs: "c",
    cost: "C",
    precision: "float64",
  });
  net.parameters.get("theta")!.set(start);
  return gradients.map((g) => {
    net.step([g], undefined, optimizer);
    return [...net.parameters.get("theta")!];
  });
}

describe("one step from θ = 2 with g = −3", () => {
  const θ = 2;
  const g = -3;
  const η = 0.1;
  const λ = 0.25;
  const gλ = g + λ * θ; //  −2.5
  const ε = 0.5;
  const cases: Record<RuleName, readonly [Optimizer, number][]> = {
    sgd: [
      [sgd({ learningRate: η }), θ - η * g],
      [sgd({ learningRate: η, weightDecay: λ }), θ - η * gλ],
      [sgd({ learningRate: η, momentum: 0.9 }), θ - η * g], //  v = g
      [sgd({ learningRate: η, momentum: 0.9, nesterov: true }), θ - η * (g + 0.9 * g)],
    ],
    rmsprop: [
      // s = (1 − ρ)g²
      [
        rmsprop({ learningRate: η, decay: 0.75, epsilon: ε }),
        θ - (η * g) / (Math.sqrt(0.25 * g * g) + ε),
      ],
      [
        rmsprop({ learningRate: η, decay: 0.75, epsilon: ε, momentum: 0.9, weightDecay: λ }),
        θ - (η * gλ) / (Math.sqrt(0.25 * gλ * gλ) + ε),
      ],
    ],
    adagrad: [
      [adagrad({ learningRate: η, epsilon: ε }), θ - (η * g) / (3 + ε)],
      [adagrad({ learningRate: η, epsilon: ε, weightDecay: λ }), θ - (η * gλ) / (2.5 + ε)],
    ],
    adam: [
      // m̂ = g and ŝ = g²: the first step is η, whatever the betas
      [adam({ learningRate: η, epsilon: ε }), θ - (η * g) / (3 + ε)],
      [adam({ learningRate: η, beta1: 0, beta2: 0.5, epsilon: ε }), θ - (η * g) / (3 + ε)],
      [adam({ learningRate: η, epsilon: ε, weightDecay: λ }), θ - (η * gλ) / (2.5 + ε)],
    ],
    adamw: [
      [adamw({ learningRate: η, epsilon: ε }), θ * (1 - η * 0.01) - (η * g) / (3 + ε)],
      [adamw({ learningRate: η, epsilon: ε, weightDecay: λ }), θ * (1 - η * λ) - (η * g) / (3 + ε)],
    ],
    rprop: [[rprop({ learningRate: η }), θ - η * Math.sign(g)]],
  };

  test.each(ruleNames)("of %s is its closed form", (rule) => {
    for (const [optimizer, expected] of cases[rule]) {
      const [[moved]] = trajectory(optimizer, [θ], [[g]]) as [[number]];
      expect(moved, JSON.stringify(optimizer)).toBeCloseTo(expected, 14);
    }
  });
});

describe("ten steps", () => {
  // The stored form divides in another order: a few roundings of numbers up to 10⁵.
  test.each(golden.cases.map(({ options, steps }) => [options, steps] as const))(
    "of %j are those of numpy",
    (options, steps) => {
      const got = trajectory(options as unknown as Optimizer, golden.start, golden.gradients);
      for (const [t, expected] of steps.entries()) {
        for (const [p, theta] of expected.entries()) {
          const apart = Math.abs(got[t]![p]! - theta);
          expect(apart, `θ[${p}] in step ${t + 1}`).toBeLessThanOrEqual(
            1e-13 * Math.max(1, Math.abs(theta)),
          );
        }
      }
    },
  );

  test("of every rule have been stored", () => {
    expect([...new Set(golden.cases.map(({ options }) => options.rule))]).toEqual(ruleNames);
  });
});

test("a rate of 0 changes nothing, whatever the rule", () => {
  for (const rule of ruleNames) {
    const steps = trajectory({ rule, learningRate: 0 }, golden.start, golden.gradients);
    expect(steps.at(-1), rule).toEqual(golden.start);
  }
});

test("the defaults are PyTorch's", () => {
  const defaults = [sgd(), rmsprop(), adagrad(), adam(), adamw(), rprop(), lbfgs()];
  const betas = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
  expect(defaults).toEqual([
    { rule: "sgd", learningRate: 0.001, momentum: 0, nesterov: false, weightDecay: 0 },
    {
      rule: "rmsprop",
      learningRate: 0.01,
      decay: 0.99,
      epsilon: 1e-8,
      momentum: 0,
      weightDecay: 0,
    },
    { rule: "adagrad", learningRate: 0.01, epsilon: 1e-10, weightDecay: 0 },
    { rule: "adam", learningRate: 0.001, ...betas, weightDecay: 0 },
    { rule: "adamw", learningRate: 0.001, ...betas, weightDecay: 0.01 },
    { rule: "rprop", learningRate: 0.01 },
    {
      rule: "lbfgs",
      learningRate: 1,
      history: 100,
      gradientTolerance: 1e-7,
      changeTolerance: 1e-9,
    },
  ]);
  expect(defaults.map(({ rule }) => rule)).toEqual([...ruleNames, "lbfgs"]);
});

test("an optimiser given as plain data has the defaults for what it leaves out", () => {
  const [given] = trajectory({ rule: "adam", beta1: 0.5 }, golden.start, golden.gradients);
  const [made] = trajectory(adam({ beta1: 0.5 }), golden.start, golden.gradients);
  expect(given).toEqual(made);
});

describe("an optimiser is refused", () => {
  test.each([
    [
      { rule: "adm" },
      'unknown optimizer "adm"; did you mean "adam"? known: sgd, rmsprop, adagrad, adam, adamw, rprop, lbfgs',
    ],
    [
      { rule: "adam", momentm: 0.9 },
      'unknown adam option "momentm"; known: learningRate, beta1, beta2, epsilon, weightDecay',
    ],
    [
      { rule: "sgd", momentm: 0.9 },
      'unknown sgd option "momentm"; did you mean "momentum"? known: learningRate, momentum, nesterov, weightDecay',
    ],
    [{ rule: "sgd", momentum: 1.5 }, "momentum must be in [0, 1), got 1.5"],
    [{ rule: "sgd", momentum: 1 }, "momentum must be in [0, 1), got 1"],
    [{ rule: "sgd", learningRate: -1 }, "learningRate must be a number ≥ 0, got -1"],
    [{ rule: "sgd", learningRate: Number.NaN }, "learningRate must be a number ≥ 0, got NaN"],
    [{ rule: "sgd", learningRate: Infinity }, "learningRate must be a number ≥ 0, got Infinity"],
    [{ rule: "sgd", learningRate: "0.1" }, "learningRate must be a number ≥ 0, got 0.1"],
    [{ rule: "sgd", nesterov: 1 }, "nesterov must be true or false, got 1"],
    [{ rule: "sgd", nesterov: true }, "nesterov needs a momentum above 0, got 0"],
    [{ rule: "sgd", weightDecay: -0.1 }, "weightDecay must be a number ≥ 0, got -0.1"],
    [{ rule: "rmsprop", decay: 1 }, "decay must be in [0, 1), got 1"],
    [{ rule: "adam", beta1: -0.1 }, "beta1 must be in [0, 1), got -0.1"],
    [{ rule: "adam", beta2: 1 }, "beta2 must be in [0, 1), got 1"],
    [{ rule: "adam", epsilon: -1e-8 }, "epsilon must be a number ≥ 0, got -1e-8"],
    [{ rule: "lbfgs", history: 0 }, "history must be a positive integer, got 0"],
    [{ rule: "lbfgs", history: 2.5 }, "history must be a positive integer, got 2.5"],
    [{ rule: "lbfgs", gradientTolerance: -1 }, "gradientTolerance must be a number ≥ 0, got -1"],
    [
      { rule: "lbfgs", changeTolerance: Number.NaN },
      "changeTolerance must be a number ≥ 0, got NaN",
    ],
    [
      { rule: "lbfgs", momentum: 0.9 },
      'unknown lbfgs option "momentum"; known: learningRate, history, gradientTolerance, changeTolerance',
    ],
  ])("where it says %o", (optimizer, message) => {
    expect(() => checkOptimizer(optimizer as Optimizer)).toThrow(
      expect.objectContaining({ name: "NablaError", code: "usage", message }),
    );
  });

  test("by its maker already", () => {
    expect(() => sgd({ momentum: 2 })).toThrow("momentum must be in [0, 1), got 2");
  });
});

test("L-BFGS is refused by net.step, and the remedy is named", () => {
  const remedy = "train(net, data, { optimizer: lbfgs() })";
  const message = `lbfgs takes no single steps, it searches; use ${remedy}`;
  expect(() => trajectory(lbfgs(), golden.start, golden.gradients)).toThrow(
    expect.objectContaining({
      ...{ name: "NablaError", code: "usage", message },
      details: expect.objectContaining({ remedy }),
    }),
  );
});
