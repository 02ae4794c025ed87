import { describe, expect, test } from "vitest";
import { accuracy, likeliestClasses, logLoss, mae, r2, rmse } from "../../src/train/metrics.ts";

describe("metrics", () => {
  // Errors 0.5, −0.5, 0, 1: their squares add up to 1.5. The targets' mean is 2.875, their
  // deviations 0.125, −3.375, −0.875, 4.125, whose squares add up to 29.1875.
  const predictions = [2.5, 0, 2, 8];
  const targets = [3, -0.5, 2, 7];

  test("accuracy is the fraction of right classes", () => {
    expect(accuracy([0, 1, 2, 1], [0, 2, 2, 1])).toBe(0.75);
  });

  test("logLoss is the mean of −log of the right class's probability", () => {
    // −(log 0.9 + log 0.2)/2 = (0.105360515657826 + 1.609437912434100)/2
    const probabilities = Float64Array.of(0.9, 0.1, 0.8, 0.2);
    expect(logLoss(probabilities, [0, 1])).toBeCloseTo(0.857399214045963, 14);
  });

  test("logLoss counts a probability of 0 as 2⁻¹⁰⁷⁴", () => {
    expect(logLoss(Float32Array.of(1, 0), [1])).toBeCloseTo(1074 * Math.LN2, 12);
    expect(logLoss(Float32Array.of(1, 0), [0])).toBe(0);
  });

  test("rmse is √(1.5/4)", () => {
    expect(rmse(predictions, targets)).toBe(Math.sqrt(0.375));
  });

  test("mae is (0.5 + 0.5 + 0 + 1)/4", () => {
    expect(mae(predictions, targets)).toBe(0.5);
  });

  test("r2 is 1 − 1.5/29.1875", () => {
    expect(r2(predictions, targets)).toBeCloseTo(1 - 1.5 / 29.1875, 15);
    expect(r2(targets, targets)).toBe(1);
    expect(r2([2, 2], [1, 3])).toBe(0);
    expect(r2([3, 1], [1, 3])).toBe(-3);
  });

  test("r2 of equal targets has no meaning, and JSON leaves it out", () => {
    expect(r2([1, 2], [0.1, 0.1])).toBeUndefined();
    expect(r2([1], [2])).toBeUndefined();
    expect(JSON.stringify({ r2: r2([1], [2]) })).toBe("{}");
  });

  test("the likeliest class is the first of the largest probabilities of a row", () => {
    const probabilities = Float32Array.of(0.1, 0.7, 0.2, 0.4, 0.2, 0.4, 0, 0, 1);
    expect([...likeliestClasses(probabilities, 3)]).toEqual([1, 0, 2]);
  });
});
