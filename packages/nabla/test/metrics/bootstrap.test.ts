import { describe, expect, test } from "vitest";
import { drawsFor, percentileInterval, resamples } from "../../src/metrics/bootstrap.ts";
import { permutation, randomStream } from "../../src/train/random.ts";

const draws = (options: Parameters<typeof resamples>[0]) =>
  Array.from(resamples(options), (weights) => [...weights]);
const sum = (values: Iterable<number>) => Array.from(values).reduce((a, b) => a + b, 0);

describe("resamples", () => {
  test("are counts of rows drawn with replacement, as many as there are", () => {
    const found = draws({ rows: 5, seed: 1, draws: 40 });
    expect(found).toHaveLength(40);
    const stream = randomStream(1, "bootstrap");
    for (const counts of found) {
      const expected = [0, 0, 0, 0, 0];
      for (let i = 0; i < 5; i++) expected[stream.below(5)]! += 1;
      expect(counts).toEqual(expected);
    }
  });

  test("draw each row once on average, with the variance (n − 1)/n of a binomial", () => {
    const [rows, count] = [20, 4000];
    const first = draws({ rows, seed: 3, draws: count }).map(([times]) => times!);
    const mean = sum(first) / count;
    const variance = sum(first.map((times) => (times - mean) ** 2)) / count;
    // Standard errors 0.98/√4000 = 0.015 and about √2·0.95/√4000 + …: three of each
    expect(Math.abs(mean - 1)).toBeLessThan(0.046);
    expect(Math.abs(variance - 0.95)).toBeLessThan(0.09);
  });

  test("count a row by its weight", () => {
    const weights = [0.5, 0, 3];
    const plain = draws({ rows: 3, seed: 1, draws: 10 });
    const found = draws({ rows: 3, seed: 1, draws: 10, weights });
    expect(found).toEqual(plain.map((times) => times.map((count, n) => count * weights[n]!)));
  });

  test("draw the rows of a group together", () => {
    const groups = ["a", "b", "a", "c", "b", "a"];
    const byGroup = draws({ rows: 3, seed: 1, draws: 10 });
    const found = draws({ rows: 6, seed: 1, draws: 10, groups });
    expect(found).toEqual(byGroup.map(([a, b, c]) => [a, b, a, c, b, a]));
  });

  test("are none of a single row, and none of a single group", () => {
    expect(draws({ rows: 1, seed: 1, draws: 10 })).toEqual([]);
    expect(draws({ rows: 3, seed: 1, draws: 10, groups: ["a", "a", "a"] })).toEqual([]);
  });
});

describe("percentileInterval", () => {
  test("is from the 25th of 999 figures to the 25th from above", () => {
    const figures = Array.from(permutation(999, randomStream(1, "bootstrap")), (i) => i + 1);
    expect(percentileInterval(figures)).toEqual({ low: 25, high: 975 });
    expect(percentileInterval(figures.filter((x) => x <= 199))).toEqual({ low: 5, high: 195 });
  });

  test("leaves out draws without a figure, and says nothing where most have none", () => {
    const figures = [undefined, 3, 1, undefined, 2];
    expect(percentileInterval(figures)).toEqual({ low: 1, high: 3 });
    expect(percentileInterval([...figures, undefined, undefined])).toBeUndefined();
    expect(percentileInterval([])).toBeUndefined();
  });

  test("of a mean covers the true one in 95 % of 400 samples, as theory has it", () => {
    // 60 rows of exponential numbers, mean 1: by theory the percentile interval of a skewed mean
    // covers a little less than 95 %, about 93 %; the standard error of 400 trials is 1.2 %
    const [rows, trials] = [60, 400];
    let covered = 0;
    for (let trial = 0; trial < trials; trial++) {
      const stream = randomStream(trial, "shuffle");
      const values = Array.from({ length: rows }, () => -Math.log(1 - stream.uniform()));
      const means = Array.from(
        resamples({ rows, seed: trial, draws: 199 }),
        (times) => sum(values.map((value, n) => value * times[n]!)) / rows,
      );
      const { low, high } = percentileInterval(means)!;
      if (low <= 1 && 1 <= high) covered++;
    }
    expect(covered / trials).toBeGreaterThan(0.9);
    expect(covered / trials).toBeLessThan(0.975);
  }, 60_000);
});

test("many rows are drawn less often, but 79 times at least", () => {
  expect(drawsFor(0)).toBe(999);
  expect(drawsFor(20_000)).toBe(999); // 2·10⁷/2·10⁴ = 1000
  expect(drawsFor(40_000)).toBe(479); // 500 draws: the next whole (draws + 1)/40 below
  expect(drawsFor(10_000_000)).toBe(79);
});
