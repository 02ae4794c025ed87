import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { calibrationCurve } from "../../src/metrics/calibration.ts";
import { prCurve, rocCurve } from "../../src/metrics/curves.ts";
import { prAuc, rank, rocAuc } from "../../src/metrics/ranking.ts";

interface Golden {
  readonly scores: readonly number[];
  readonly hits: readonly number[];
  readonly weights: readonly number[] | null;
  readonly roc: readonly number[][];
  readonly pr: readonly number[][];
  readonly calibration: readonly number[][];
}

const golden: readonly Golden[] = JSON.parse(
  readFileSync(new URL("curves.golden.json", import.meta.url), "utf8"),
);

/** Sums of the same numbers in another order. */
const ROUNDING = 1e-12;

function expectPoints(points: readonly number[][], expected: readonly number[][]): void {
  expect(points.length).toBe(expected.length);
  const difference = (own: number[], i: number) =>
    Math.max(...own.map((x, j) => Math.abs(x - expected[i]![j]!)));
  expect(Math.max(...points.map(difference))).toBeLessThan(ROUNDING);
}

describe.each(golden)("of $scores.length rows, as scikit-learn has them", (given) => {
  const weights = given.weights ?? undefined;
  const ranking = rank(given.scores, (n) => given.hits[n] === 1, { weights });

  test("a ROC curve has a point for each score, and one at the origin", () => {
    const points = rocCurve(ranking)!.map((p) => [p.falsePositives, p.truePositives]);
    expectPoints(points, given.roc);
  });

  test("a precision-recall curve has a point for each score", () => {
    expectPoints(
      prCurve(ranking)!.map((p) => [p.recall, p.precision]),
      given.pr,
    );
  });

  test("calibration is the mean and the rate of each bin that has rows", () => {
    const bins = calibrationCurve(given.scores, given.hits, { bins: 5, weights });
    expectPoints(
      bins.map(({ mean, rate }) => [mean, rate]),
      given.calibration,
    );
  });

  test("the areas under the curves are those of the metrics", () => {
    const roc = rocCurve(ranking)!;
    const trapezia = roc.slice(1).map((to, i) => {
      const from = roc[i]!;
      const height = (from.truePositives + to.truePositives) / 2;
      return (to.falsePositives - from.falsePositives) * height;
    });
    expect(sum(trapezia)).toBeCloseTo(rocAuc(ranking)!, 12);

    const pr = prCurve(ranking)!;
    const steps = pr.map(
      ({ recall, precision }, i) => (recall - (pr[i - 1]?.recall ?? 0)) * precision,
    );
    expect(sum(steps)).toBeCloseTo(prAuc(ranking)!, 12);
  });
});

const sum = (terms: readonly number[]): number => terms.reduce((total, term) => total + term, 0);

test("worked by hand: equal scores make one point, and rows of weight 0 none", () => {
  // From above: 0.9 is a hit; 0.5 a hit and a miss; 0.1 a miss; 0.7 has no weight.
  const hits = [1, 0, 1, 0, 0];
  const weights = [1, 0, 1, 1, 1];
  const ranking = rank([0.9, 0.7, 0.5, 0.5, 0.1], (n) => hits[n] === 1, { weights });
  expect(rocCurve(ranking)!.map((p) => [p.falsePositives, p.truePositives])).toEqual([
    [0, 0],
    [0, 1 / 2],
    [1 / 2, 1],
    [1, 1],
  ]);
  expect(prCurve(ranking)!.map((p) => [p.recall, p.precision])).toEqual([
    [1 / 2, 1],
    [1, 2 / 3],
    [1, 2 / 4],
  ]);
});

test("there is no curve without rows of both kinds", () => {
  for (const curve of [rocCurve, prCurve]) {
    expect(curve(rank([], () => true))).toBeUndefined();
    expect(curve(rank([0.1, 0.2], () => true))).toBeUndefined();
    expect(curve(rank([0.1, 0.2], () => false))).toBeUndefined();
  }
});
