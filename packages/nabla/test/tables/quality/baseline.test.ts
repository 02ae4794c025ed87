import { expect, test } from "vitest";
import { constantNetwork } from "../../../src/tables/quality/baseline.ts";

const answer = (cost: string, activation: string, targets: number[], weights?: number[]) => {
  const net = constantNetwork({
    targets: Float64Array.from(targets),
    outputs: 2,
    weights: weights && Float64Array.from(weights),
    ...{ cost, activation },
  });
  return net.predict(Float64Array.of(0, 5)); // whatever the input
};

test.each([
  ["squared-error", "identity", [-5, 0, -1, 2], [-3, 1]],
  ["poisson", "exp", [2, 1, 4, 1], [3, 1]],
  ["cross-entropy", "softmax", [1, 0, 1, 0, 0, 1, 1, 0], [0.75, 0.25]],
  ["binary-cross-entropy", "sigmoid", [1, 0, 1, 1, 0, 0, 1, 1], [0.75, 0.5]],
])("the constant answer by %s is the mean of the targets", (cost, link, targets, means) => {
  const outputs = answer(cost, link, targets);
  [...means, ...means].forEach((mean, i) => {
    expect(outputs[i]).toBeCloseTo(mean, 13);
  });
});

test("the mean is weighted", () => {
  // (1·8 + 3·4)/4 and (1·0 + 3·2)/4
  expect([...answer("squared-error", "identity", [8, 0, 4, 2], [1, 3])]).toEqual([5, 1.5, 5, 1.5]);
});

test("a class or label that no row has keeps a finite answer", () => {
  const outputs = answer("binary-cross-entropy", "sigmoid", [1, 0, 1, 0]);
  expect([...outputs.subarray(0, 2)]).toEqual([1, expect.closeTo(0, 15)]);
});
