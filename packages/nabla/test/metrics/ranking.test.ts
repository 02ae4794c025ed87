import { describe, expect, test } from "vitest";
import { classAreas, prAuc, rank, rocAuc } from "../../src/metrics/ranking.ts";

const ranked = (scores: readonly number[], positives: string, weights?: readonly number[]) =>
  rank(scores, (n) => positives[n] === "+", { weights });

describe("rocAuc", () => {
  test("is the fraction of pairs in the right order", () => {
    // The positives 0.8 and 0.3 are above 3 and 1 of the three negatives.
    expect(rocAuc(ranked([0.1, 0.8, 0.5, 0.3, 0.6], "-+-+-"))).toBe(4 / 6);
    expect(rocAuc(ranked([0, 1, 2], "--+"))).toBe(1);
    expect(rocAuc(ranked([0, 1, 2], "+--"))).toBe(0);
  });

  test("counts equal scores as one half", () => {
    expect(rocAuc(ranked([0.5, 0.5, 0.5, 0.5], "+-+-"))).toBe(1 / 2);
    // 0.5 ties with one negative and is above one, 0.9 is above both: (1½ + 2)/4
    expect(rocAuc(ranked([0.5, 0.5, 0.9, 0.1], "-++-"))).toBe(3.5 / 4);
    expect(rocAuc(ranked([0, -0], "+-"))).toBe(1 / 2);
  });

  test("weighs pairs by the product of their rows' weights", () => {
    expect(rocAuc(ranked([1, 2, 3], "-+-", [2, 5, 1]))).toBe(10 / 15);
  });
});

describe("prAuc", () => {
  test("is the mean over the positives of the precision down to each", () => {
    // In falling order + − + − −: precisions 1/1 and 2/3.
    expect(prAuc(ranked([0.9, 0.8, 0.7, 0.2, 0.1], "+-+--"))).toBe((1 + 2 / 3) / 2);
  });

  test("lets equal scores pass together", () => {
    expect(prAuc(ranked([0.5, 0.5, 0.5, 0.5], "+-+-"))).toBe(1 / 2);
    expect(prAuc(ranked([0.9, 0.5, 0.5, 0.5], "+-+-"))).toBe((1 + 2 / 4) / 2);
  });

  test("weighs rows", () => {
    // The negative comes first with 1 of 4, then the positive with 3.
    expect(prAuc(ranked([0.9, 0.1], "-+", [1, 3]))).toBe(3 / 4);
  });
});

test("areas have a meaning only where there are rows of both kinds", () => {
  for (const area of [rocAuc, prAuc]) {
    expect(area(ranked([], ""))).toBeUndefined();
    expect(area(ranked([0.1, 0.2], "++"))).toBeUndefined();
    expect(area(ranked([0.1, 0.2], "--"))).toBeUndefined();
    expect(area(ranked([0.1, 0.2], "+-", [1, 0]))).toBeUndefined();
  }
});

test("of two classes the second is the positive one", () => {
  const probabilities = Float64Array.of(0.1, 0.9, 0.2, 0.8, 0.3, 0.7);
  // By the second class in falling order: − + −.
  const areas = classAreas(probabilities, [0, 1, 0], { classes: 2 });
  expect(areas).toEqual({ rocAuc: 1 / 2, prAuc: 1 / 2 });
});

test("of three classes the areas are means over those that have rows", () => {
  // Class 0: scores 0.6+ 0.2− 0.5+: both above. Class 1: 0.3− 0.3+ 0.2−: one tie, one above.
  const probabilities = Float64Array.of(0.6, 0.3, 0.1, 0.2, 0.3, 0.5, 0.5, 0.2, 0.3);
  const areas = classAreas(probabilities, [0, 1, 0], { classes: 3 });
  expect(areas).toEqual({ rocAuc: (1 + 0.75) / 2, prAuc: (1 + 1 / 2) / 2 });
});

test("a million rows are ranked exactly", () => {
  // Every score is that of ten rows, one of them positive: of equal scores half the pairs count.
  const rows = 1_000_000;
  const scores = Float64Array.from({ length: rows }, (_, n) => (n * 7919) % (rows / 10));
  const ranking = rank(scores, (n) => n < rows / 10);
  expect(rocAuc(ranking)).toBe(1 / 2);
  expect(prAuc(ranking)).toBeCloseTo(1 / 10, 12);
});
