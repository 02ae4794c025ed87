import { expect, test } from "vitest";
import {
  hammingLoss,
  labelAreas,
  labelLogLoss,
  subsetAccuracy,
  tallyLabels,
} from "../../src/metrics/multi-label.ts";
import { classScores, macroF1, microF1 } from "../../src/metrics/tally.ts";

// Predicted are 1 0, 0 0 and 1 1: a probability of ½ is not above ½.
const probabilities = Float64Array.of(0.75, 0.25, 0.5, 0.5, 0.75, 0.75);
const targets = Float64Array.of(1, 0, 1, 0, 0, 1);
const labels = 2;

test("a row is right where all its labels are", () => {
  expect(subsetAccuracy(probabilities, targets, { labels })).toBe(1 / 3);
  expect(subsetAccuracy(probabilities, targets, { labels, weights: [2, 1, 0] })).toBe(2 / 3);
});

test("hammingLoss is the fraction of wrong labels", () => {
  expect(hammingLoss(probabilities, targets, { labels })).toBeCloseTo(2 / 6, 15);
  expect(hammingLoss(probabilities, targets, { labels, weights: [2, 1, 1] })).toBe(2 / 8);
});

test("logLoss is the mean binary cross-entropy", () => {
  // Of the right answers: 0.75, 0.75, 0.5, 0.5, 0.25, 0.75
  const expected = -(3 * Math.log(0.75) + 2 * Math.log(0.5) + Math.log(0.25)) / 6;
  expect(labelLogLoss(probabilities, targets, { labels })).toBeCloseTo(expected, 15);
  const certain = labelLogLoss(Float64Array.of(1, 1), Float64Array.of(1, 0), { labels });
  expect(certain).toBeCloseTo((1074 * Math.LN2) / 2, 12);
});

test("every label has scores of its own", () => {
  const tally = tallyLabels(probabilities, targets, { labels });
  expect(classScores(tally)).toEqual([
    { precision: 1 / 2, recall: 1 / 2, f1: 1 / 2, support: 2 },
    { precision: 1, recall: 1, f1: 1, support: 1 },
  ]);
  expect(macroF1(tally)).toBe(3 / 4);
  expect(microF1(tally)).toBe(4 / 6);
});

test("the areas are means over the labels that some rows have and others have not", () => {
  // Label 0: 0.75+ 0.5+ 0.75−: a tie and one below. Label 1: 0.25− 0.5− 0.75+: all in order.
  const { rocAuc, prAuc } = labelAreas(probabilities, targets, { labels });
  expect(rocAuc).toBe((1 / 4 + 1) / 2);
  expect(prAuc).toBe(((1 / 2 + 2 / 3) / 2 + 1) / 2);

  const always = Float64Array.of(1, 0, 1, 0, 1, 1);
  expect(labelAreas(probabilities, always, { labels })).toEqual({ rocAuc: 1, prAuc: 1 });
});
