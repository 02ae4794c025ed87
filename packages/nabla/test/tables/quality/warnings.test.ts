import { expect, test } from "vitest";
import type { Comparison } from "../../../src/tables/quality/intervals.ts";
import { comparisonWarnings } from "../../../src/tables/quality/warnings.ts";

const figures = {
  metrics: { rmse: 2.5 },
  baseline: { constant: { rmse: 2.625 }, linear: { rmse: 2.25 } },
};
const warningsOf = (leads: Omit<Comparison, "metric">) =>
  comparisonWarnings({ ...figures, comparison: { metric: "rmse", ...leads } });

test("a lead on the constant answer that may be chance is warned of, with both figures", () => {
  expect(warningsOf({ constant: { difference: 0.125, low: -0.05, high: 0.3 } })).toEqual([
    {
      message:
        "no better, beyond chance, than the same answer for every row: rmse 2.5 against 2.63 on the test rows, ahead by 0.125 (95 %: −0.05 … 0.3)",
      remedy: "look for columns that say more of the target, or for more rows",
    },
  ]);
});

test("a network without hidden layers that is as good is warned of, chance or not", () => {
  const [warning, ...others] = warningsOf({
    constant: { difference: 0.125, low: 0.1, high: 0.3 },
    linear: { difference: -0.25, low: -0.5, high: 0.1 },
  });
  expect(others).toEqual([]);
  expect(warning?.message).toBe(
    "no better than a network without hidden layers: rmse 2.5 against 2.25 on the test rows, behind by 0.25 (95 %: −0.5 … 0.1)",
  );
  expect(warningsOf({ linear: { difference: 0, low: 0, high: 0 } })).toHaveLength(1);
});

test("leads are no reason for a warning, nor is it that nothing was compared", () => {
  const ahead = { difference: 0.2, low: 0.1, high: 0.3 };
  const unsure = { difference: 0.2, low: -0.1, high: 0.3 };
  expect(warningsOf({ constant: ahead, linear: unsure })).toEqual([]);
  expect(comparisonWarnings(figures)).toEqual([]);
});

test("of a single row there is no interval, and the difference alone decides", () => {
  expect(warningsOf({ constant: { difference: 0.2 } })).toEqual([]);
  expect(warningsOf({ constant: { difference: -0.2 } })[0]?.message).toMatch(/behind by 0\.2$/);
});
