import { describe, expect, test } from "vitest";
import { regressionScores } from "../../src/metrics/regression.ts";

// Errors −0.5, 0.5, 0, 1: their squares add up to 1.5. The targets' mean is 2.875, their
// deviations 0.125, −3.375, −0.875, 4.125, whose squares add up to 29.1875.
const predictions = [2.5, 0, 2, 8];
const targets = [3, -0.5, 2, 7];

test("rmse is √(1.5/4), mae (0.5 + 0.5 + 0 + 1)/4 and r2 1 − 1.5/29.1875", () => {
  const { r2, rmse, mae } = regressionScores(predictions, targets);
  expect(rmse).toBe(Math.sqrt(0.375));
  expect(mae).toBe(0.5);
  expect(r2).toBeCloseTo(1 - 1.5 / 29.1875, 15);
});

test("weights count rows as often as they say", () => {
  // Errors 0 once and 2 three times; the weighted mean of the targets is 3, their variance 3.
  const scores = regressionScores([0, 6], [0, 4], { weights: [1, 3] });
  expect(scores).toEqual({ r2: 1 - 3 / 3, rmse: Math.sqrt(3), mae: 1.5 });
});

describe("r2", () => {
  const r2 = (guesses: number[], values: number[], weights?: number[]) =>
    regressionScores(guesses, values, { weights }).r2;

  test("is 1 where all is right, 0 at the mean, and below for worse", () => {
    expect(r2(targets, targets)).toBe(1);
    expect(r2([2, 2], [1, 3])).toBe(0);
    expect(r2([3, 1], [1, 3])).toBe(-3);
  });

  test("has no meaning where all targets are equal", () => {
    expect(r2([1, 2, 3], [0.1, 0.1, 0.1])).toBeUndefined();
    expect(r2([1], [2])).toBeUndefined();
    expect(r2([1, 2, 3], [0.1, 7, 0.1], [1, 0, 2])).toBeUndefined();
    expect(JSON.stringify({ r2: r2([1], [2]) })).toBe("{}");
  });
});

test.each([2 ** -1000, 2 ** -500, 2 ** 500, 2 ** 1000])(
  "quantities near %d have the scores of such near 1",
  (unit) => {
    const [guesses, values] = [predictions, targets].map((list) => list.map((x) => x * unit));
    const one = regressionScores(predictions, targets);
    expect(regressionScores(guesses!, values!)).toEqual({
      r2: one.r2,
      rmse: one.rmse! * unit,
      mae: one.mae! * unit,
    });
  },
);

test("nothing has a meaning where no row is present", () => {
  const nothing = { r2: undefined, rmse: undefined, mae: undefined };
  expect(regressionScores([], [])).toStrictEqual(nothing);
  expect(regressionScores([1], [2], { weights: [0] })).toStrictEqual(nothing);
});
