import { describe, expect, test } from "vitest";
import {
  accuracy,
  confusionMatrix,
  likeliestClasses,
  logLoss,
  tallyClasses,
} from "../../src/metrics/classification.ts";
import {
  balancedAccuracy,
  classScores,
  macroF1,
  microF1,
  newTally,
} from "../../src/metrics/tally.ts";

// Of four rows of class 0 three are found, of two rows of class 1 one. No row is of class 2, which
// is predicted once; class 3 occurs nowhere.
const targets = [0, 0, 0, 0, 1, 1];
const predictions = [0, 0, 0, 1, 1, 2];
const classes = 4;

test("accuracy is the fraction of right classes", () => {
  expect(accuracy(predictions, targets)).toBe(4 / 6);
  expect(accuracy(predictions, targets, { weights: [1, 1, 1, 3, 1, 1] })).toBe(4 / 8);
});

describe("logLoss", () => {
  test("is the mean of −log of the right class's probability", () => {
    // −(log 0.9 + log 0.2)/2 = (0.105360515657826 + 1.609437912434100)/2
    const probabilities = Float64Array.of(0.9, 0.1, 0.8, 0.2);
    expect(logLoss(probabilities, [0, 1])).toBeCloseTo(0.857399214045963, 14);
    const weighted = logLoss(probabilities, [0, 1], { weights: [3, 1] });
    expect(weighted).toBeCloseTo((3 * 0.105360515657826 + 1.6094379124341) / 4, 14);
  });

  test("counts a probability of 0 as 2⁻¹⁰⁷⁴", () => {
    expect(logLoss(Float32Array.of(1, 0), [1])).toBeCloseTo(1074 * Math.LN2, 12);
    expect(logLoss(Float32Array.of(1, 0), [0])).toBe(0);
  });
});

test("the likeliest class is the first of the largest probabilities of a row", () => {
  const probabilities = Float32Array.of(0.1, 0.7, 0.2, 0.4, 0.2, 0.4, 0, 0, 1);
  expect([...likeliestClasses(probabilities, 3)]).toEqual([1, 0, 2]);
});

test("the confusion matrix counts rows by actual and by predicted class", () => {
  expect(confusionMatrix(predictions, targets, { classes })).toEqual([
    [3, 1, 0, 0],
    [0, 1, 1, 0],
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ]);
  const weights = [1, 1, 0.5, 2, 0, 4];
  expect(confusionMatrix([0, 0, 0, 1, 1, 1], targets, { classes: 2, weights })).toEqual([
    [2.5, 2],
    [0, 4],
  ]);
});

describe("of a tally", () => {
  const tally = tallyClasses(predictions, targets, { classes });

  test("precision, recall and F1 are ratios, and 0/0 is 0", () => {
    expect(classScores(tally)).toEqual([
      { precision: 1, recall: 3 / 4, f1: 6 / 7, support: 4 },
      { precision: 1 / 2, recall: 1 / 2, f1: 1 / 2, support: 2 },
      { precision: 0, recall: 0, f1: 0, support: 0 },
      { precision: 0, recall: 0, f1: 0, support: 0 },
    ]);
  });

  test("balanced accuracy is the mean recall of the classes that have rows", () => {
    expect(balancedAccuracy(tally)).toBe((3 / 4 + 1 / 2) / 2);
  });

  test("macro F1 is the mean over the classes that occur", () => {
    expect(macroF1(tally)).toBe((6 / 7 + 1 / 2 + 0) / 3);
  });

  test("micro F1 is the accuracy", () => {
    expect(microF1(tally)).toBe(4 / 6);
  });
});

test("nothing has a meaning where no row is present", () => {
  expect(accuracy([], [])).toBeUndefined();
  expect(accuracy([0, 1], [0, 1], { weights: [0, 0] })).toBeUndefined();
  expect(logLoss(new Float32Array(0), [])).toBeUndefined();
  const means = [balancedAccuracy, macroF1, microF1].map((mean) => mean(newTally(3)));
  expect(means).toEqual([undefined, undefined, undefined]);
});
