import fc from "fast-check";
import { expect, test } from "vitest";
import { calibrationCurve, expectedCalibrationError } from "../../src/metrics/calibration.ts";

test("a bin has its upper end and, the first one, 0", () => {
  const bins = calibrationCurve([0, 0.5, 0.75, 1], [0, 1, 1, 0], { bins: 2 });
  expect(bins).toEqual([
    { from: 0, to: 0.5, mean: 0.25, rate: 0.5, count: 2 },
    { from: 0.5, to: 1, mean: 0.875, rate: 0.5, count: 2 },
  ]);
  expect(expectedCalibrationError(bins)).toBe((2 * 0.25 + 2 * 0.375) / 4);
});

test("rows count by their weights", () => {
  const bins = calibrationCurve([0.2, 0.4, 0.9], [1, 0, 1], { bins: 2, weights: [3, 1, 0] });
  expect(bins).toEqual([
    { from: 0, to: 0.5, mean: expect.closeTo(0.25, 12), rate: 0.75, count: 4 },
  ]);
});

test("of no rows there are no bins, and no error", () => {
  expect(calibrationCurve([], [])).toEqual([]);
  expect(expectedCalibrationError([])).toBeUndefined();
});

test("each row is in one bin, whose ends hold its mean probability", () => {
  const rows = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(1)));
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 20 }), (given, bins) => {
      const curve = calibrationCurve(
        given.map(([probability]) => probability),
        given.map(([, hit]) => hit),
        { bins },
      );
      expect(curve.reduce((sum, { count }) => sum + count, 0)).toBe(given.length);
      for (const { from, to, mean } of curve) {
        expect(mean).toBeGreaterThanOrEqual(from - 1e-12); // a mean is rounded
        expect(mean).toBeLessThanOrEqual(to + 1e-12);
      }
    }),
  );
});
