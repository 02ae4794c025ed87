import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  checkSpace,
  defaultSpace,
  drawTrial,
  ranked,
  rungsOf,
} from "../../../src/tables/tuning/search.ts";

const trials = Array.from({ length: 400 }, (_, number) =>
  drawTrial(defaultSpace, { seed: 1, number }),
);
const values = <T>(of: (trial: (typeof trials)[number]) => T) => [...new Set(trials.map(of))];

describe("drawTrial", () => {
  test("is a function of the seed and the number", () => {
    const draw = (seed: number, number: number) => drawTrial(defaultSpace, { seed, number });
    expect(draw(1, 5)).toEqual(trials[5]);
    expect(draw(1, 6)).not.toEqual(trials[5]);
    expect(draw(2, 5)).not.toEqual(trials[5]);
  });

  test("covers its ranges, and nothing beyond", () => {
    expect(values(({ hidden }) => hidden.length).sort()).toEqual([1, 2, 3]);
    expect(values(({ activation }) => activation).sort()).toEqual(["relu", "tanh"]);
    expect(values(({ dropout }) => dropout).sort()).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5]);
    expect(values(({ batchSize }) => batchSize).sort((a, b) => a - b)).toEqual([16, 32, 64, 128]);
    const rates = values(({ learningRate }) => learningRate).sort((a, b) => a - b);
    // Twelve a decade, from 0.00047 to 0.022
    expect(rates).toEqual([
      ...[0.00047, 0.00056, 0.00068, 0.00082],
      ...[
        0.001, 0.0012, 0.0015, 0.0018, 0.0022, 0.0027, 0.0033, 0.0039, 0.0047, 0.0056, 0.0068,
        0.0082,
      ],
      ...[0.01, 0.012, 0.015, 0.018, 0.022],
    ]);
    const penalties = values(({ l2 }) => l2).sort((a, b) => a - b);
    expect(penalties.slice(0, 3)).toEqual([0, 1e-6, 1.2e-6]);
    expect(penalties.at(-1)).toBe(0.1);
    expect(penalties).toHaveLength(1 + 5 * 12 + 1);
  });

  test("takes rates evenly in their logarithm: as many below the middle as above", () => {
    const below = trials.filter(({ learningRate }) => learningRate < 0.0033).length;
    // Ten of 21 rates; the standard error is √(400·0.25) = 10
    expect(Math.abs(below - (400 * 10) / 21)).toBeLessThan(30);
  });

  test("with another range for one setting leaves the others", () => {
    const space = { ...defaultSpace, learningRates: [0.1, 0.1], layers: [2, 2] } as const;
    const { hidden, learningRate, ...others } = drawTrial(space, { seed: 1, number: 7 });
    const { hidden: _, learningRate: __, ...same } = trials[7]!;
    expect(others).toEqual(same);
    expect([hidden.length, learningRate]).toEqual([2, 0.1]);
  });

  test("of a range between two of the series takes its ends", () => {
    const space = { ...defaultSpace, learningRates: [0.00101, 0.00102], l2s: [0, 0] } as const;
    const drawn = Array.from({ length: 20 }, (_, number) => drawTrial(space, { seed: 3, number }));
    expect([...new Set(drawn.map(({ learningRate }) => learningRate))].sort()).toEqual([
      0.00101, 0.00102,
    ]);
    expect([...new Set(drawn.map(({ l2 }) => l2))]).toEqual([0]);
  });
});

describe("rungsOf", () => {
  test("keeps one of three for three times more epochs, so that all rungs cost the same", () => {
    expect(rungsOf({ trials: 27, epochs: 200, reduction: 3 })).toEqual([
      { trials: 27, epochs: 8 }, //  216 epochs; 200/27 = 7.4
      { trials: 9, epochs: 23 }, //  207; 200/9 = 22.2
      { trials: 3, epochs: 67 }, //  201; 200/3 = 66.7
      { trials: 1, epochs: 200 },
    ]);
  });

  test("begins with as many as are asked for, power of η or not", () => {
    expect(rungsOf({ trials: 10, epochs: 90, reduction: 3 })).toEqual([
      { trials: 10, epochs: 10 },
      { trials: 3, epochs: 30 },
      { trials: 1, epochs: 90 },
    ]);
    expect(rungsOf({ trials: 1, epochs: 50, reduction: 3 })).toEqual([{ trials: 1, epochs: 50 }]);
    expect(rungsOf({ trials: 8, epochs: 3, reduction: 2 }).map(({ epochs }) => epochs)).toEqual([
      1, 1, 2, 3,
    ]);
  });

  test("ends with all epochs, and never with none of trials or epochs", () => {
    const count = fc.integer({ min: 1, max: 500 });
    fc.assert(
      fc.property(count, count, fc.integer({ min: 2, max: 5 }), (trials, epochs, reduction) => {
        const rungs = rungsOf({ trials, epochs, reduction });
        expect(rungs[0]!.trials).toBe(trials);
        expect(rungs.at(-1)!.epochs).toBe(epochs);
        for (const rung of rungs)
          expect(Math.min(rung.trials, rung.epochs)).toBeGreaterThanOrEqual(1);
        expect(rungs.at(-1)!.trials).toBeLessThan(reduction);
      }),
    );
  });
});

test("ranked puts the lowest cost first, equals by number, and what diverged last", () => {
  const results = [
    { number: 0, cost: null },
    { number: 1, cost: 0.5 },
    { number: 3, cost: 0.25 },
    { number: 2, cost: 0.5 },
  ];
  expect(ranked(results).map(({ number }) => number)).toEqual([3, 1, 2, 0]);
});

test.each<[object, string]>([
  [{ layers: [2, 1] as const }, "layers must be a range from 0 on, least and most, got 2 to 1"],
  [{ units: [0, 8] as const }, "units must be a range from 1 on"],
  [{ units: [1.5, 8] as const }, "units must be whole numbers, got 1.5"],
  [{ learningRates: [0, 1] as const }, "learningRates must be above 0"],
  [{ dropouts: [0, 1] as const }, "dropouts must be below 1, got 1"],
  [{ batchSizes: [] }, "batchSizes must be one value at least, got none"],
  [{ batchSizes: [0] }, "batchSizes must be a positive integer, got 0"],
  [{ rates: [1, 2] }, 'unknown search range "rates"'],
])("refuses the space %o", (space, message) => {
  expect(() => checkSpace(space)).toThrow(message);
});
