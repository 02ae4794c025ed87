import { dense, diagnose, network } from "nabla";
import { describe, expect, test } from "vitest";
import { fallDownhill } from "../../src/diagnose/gradients.ts";
import { internalsOf } from "../../src/running.ts";

/** y = w₂·w₁·x without biases' say: x = 1, target 0, so C = ½(w₁w₂)². */
function chain(weights: readonly number[]) {
  const net = network({
    inputs: 1,
    layers: weights.map(() => dense(1)),
    cost: "squared-error",
    precision: "float64",
  });
  for (const [l, w] of weights.entries()) net.parameters.get(`W${l + 1}`)?.fill(w);
  return diagnose(net, { inputs: [[1]], targets: [[0]] });
}

test("a step down the gradient lowers the cost by the share worked by hand", () => {
  const net = network({
    inputs: 1,
    layers: [dense(1)],
    cost: "squared-error",
    precision: "float64",
  });
  net.parameters.get("W1")?.fill(10);
  const { engine, readData } = internalsOf(net);
  //  a = 30, ∂C/∂w = 90, ∂C/∂b = 30: θ = (10, 0) − 1·(3, 1)/√10
  const [w, b] = [10 - 3 / Math.sqrt(10), -1 / Math.sqrt(10)];
  const fall = fallDownhill(engine, readData({ inputs: [[3]], targets: [[0]] }));
  expect(fall).toBeCloseTo(1 - (3 * w + b) ** 2 / 900, 14);
  expect([...net.parameters.values()].map(([value]) => value)).toEqual([10, 0]);
});

describe("gradient norms", () => {
  test("are those worked by hand, and relative to the weights", () => {
    //  ∂C/∂w₁ = w₁w₂², ∂C/∂w₂ = w₁²w₂, ∂C/∂b₁ = w₁w₂², ∂C/∂b₂ = w₁w₂
    expect(chain([2, 4]).gradients).toEqual([
      { parameter: "W1", norm: 32, relative: 16 },
      { parameter: "b1", norm: 32 },
      { parameter: "W2", norm: 16, relative: 4 },
      { parameter: "b2", norm: 8 },
    ]);
  });

  test("are of all elements of a parameter", () => {
    const net = network({
      inputs: 2,
      layers: [dense(1)],
      cost: "squared-error",
      precision: "float64",
    });
    net.parameters.get("W1")?.set([3, 4]);
    //  a = 25, ∂C/∂W = 25·(3, 4), ‖W‖ = 5
    const { gradients } = diagnose(net, { inputs: [[3, 4]], targets: [[0]] });
    expect(gradients).toEqual([
      { parameter: "W1", norm: 125, relative: 25 },
      { parameter: "b1", norm: 25 },
    ]);
  });

  test("are even while none is 10⁴ times smaller or 10³ times larger than one further on", () => {
    //  relative norms are (Π w)²/w²: their ratio is that of the weights, squared
    expect(chain([99, 1]).findings).toEqual([]);
    expect(chain([1 / 31, 1]).findings).toEqual([]);
  });

  test("that are small in an early layer are a finding", () => {
    expect(chain([101, 1]).findings).toEqual([
      {
        code: "small-gradients",
        where: "W1 (layer 1)",
        figure: "the gradient is 1 of the weights, that of W2 (layer 2) 10200",
        message:
          "W1 (layer 1): the gradient is 1 of the weights, that of W2 (layer 2) 10200; take fewer layers, or residual(…) around those between",
        remedy: "take fewer layers, or residual(…) around those between",
      },
    ]);
  });

  test("that are large in an early layer are a finding", () => {
    //  (1/32)²·32² = 1 of w₁, 1/1024 of w₂
    expect(chain([1 / 32, 1]).findings).toMatchObject([
      {
        code: "large-gradients",
        where: "W1 (layer 1)",
        figure: "the gradient is 1 of the weights, that of W2 (layer 2) 0.0009766",
        remedy: "clip the gradients to norm 1",
      },
    ]);
  });

  test("say nothing where all of them are rounding", () => {
    expect(chain([1e-8, 1]).findings).toMatchObject([{ code: "large-gradients" }]);
    expect(chain([1, 1e-8]).findings).toMatchObject([{ code: "small-gradients" }]);
    expect(chain([1e-4, 1e-8]).findings).toEqual([]);
  });

  test("vanish through ten layers of sigmoids, and not through ten of relu", () => {
    const deep = (activation: string) => {
      const hidden = Array.from({ length: 10 }, () => dense(8, activation));
      const net = network({ inputs: 2, layers: [...hidden, dense(1)], cost: "squared-error" });
      const inputs = Array.from({ length: 40 }, (_, n) => [(n % 5) - 2, (n % 7) / 3 - 1]);
      return diagnose(net, { inputs, targets: inputs.map(([a, b]) => [a! * b!]) }).findings;
    };
    expect(deep("sigmoid")).toMatchObject([{ code: "small-gradients", where: "W1 (layer 1)" }]);
    expect(deep("leaky-relu")).toEqual([]);
  });
});
