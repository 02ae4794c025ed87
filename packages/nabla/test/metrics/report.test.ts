import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  classificationMetrics,
  multiLabelMetrics,
  regressionMetrics,
} from "../../src/metrics/index.ts";
import golden from "./metrics.golden.json" with { type: "json" };

/** Numbers anywhere in `got` are those in `expected`, but for the rounding of a few dozen sums. */
function expectClose(got: unknown, expected: unknown, at = "metrics"): void {
  if (typeof expected === "number") {
    const apart = Math.abs((got as number) - expected);
    expect(apart, at).toBeLessThanOrEqual(1e-13 * Math.max(1, Math.abs(expected)));
    return;
  }
  if (expected === undefined) {
    expect(got, at).toBeUndefined();
    return;
  }
  expect(Object.keys(got as object).sort(), at).toEqual(Object.keys(expected as object).sort());
  for (const [name, value] of Object.entries(expected as object)) {
    expectClose((got as Record<string, unknown>)[name], value, `${at}.${name}`);
  }
}

const weightsOf = (given: number[] | null) => given ?? undefined;

describe("scikit-learn agrees", () => {
  test.each(golden.classification)(
    "with classificationMetrics of $classes classes",
    ({ probabilities, targets, weights, classes, metrics }) => {
      const options = { classes, weights: weightsOf(weights) };
      expectClose(classificationMetrics(probabilities, targets, options), metrics);
    },
  );

  test.each(golden.multiLabel)(
    "with multiLabelMetrics of $labels labels",
    ({ probabilities, targets, weights, labels, metrics }) => {
      const options = { labels, weights: weightsOf(weights) };
      expectClose(multiLabelMetrics(probabilities, targets, options), metrics);
    },
  );

  test.each(golden.regression)(
    "with regressionMetrics of $outputs outputs",
    ({ predictions, targets, weights, outputs, metrics }) => {
      const options = { outputs, weights: weightsOf(weights) };
      expectClose(regressionMetrics(predictions, targets, options), metrics);
    },
  );
});

describe("whatever the rows", () => {
  interface Row {
    readonly scores: number[];
    readonly classNumber: number;
    readonly labels: number[];
    readonly weight: number;
  }
  const row: fc.Arbitrary<Row> = fc.record({
    // Few different numbers, so that many are equal.
    scores: fc.array(fc.constantFrom(0, 0.25, 0.5, 0.75, 1), { minLength: 3, maxLength: 3 }),
    classNumber: fc.nat(2),
    labels: fc.array(fc.nat(1), { minLength: 3, maxLength: 3 }),
    weight: fc.nat(3),
  });
  const rowsOf = fc.array(row, { maxLength: 12 });

  const all = (rows: readonly Row[], weights?: number[]) => {
    const scores = rows.map((of) => of.scores);
    const labels = rows.map((of) => of.labels);
    const classNumbers = rows.map((of) => of.classNumber);
    return {
      classes: classificationMetrics(scores, classNumbers, { classes: 3, weights }),
      labels: multiLabelMetrics(scores, labels, { labels: 3, weights }),
      quantities: regressionMetrics(scores, labels, { outputs: 3, weights }),
    };
  };
  const weighted = (rows: readonly Row[]) =>
    all(
      rows,
      rows.map(({ weight }) => weight),
    );

  test("a row of weight w counts as w rows, one of weight 0 as none", () => {
    fc.assert(
      fc.property(rowsOf, (rows) => {
        const repeated = rows.flatMap((of) => new Array<Row>(of.weight).fill(of));
        expectClose(weighted(rows), all(repeated));
      }),
    );
  });

  test("a row of weight 0 changes no bit", () => {
    fc.assert(
      fc.property(rowsOf, row, fc.nat(12), (rows, extra, at) => {
        const more = rows.toSpliced(at, 0, { ...extra, weight: 0 });
        expect(weighted(more)).toEqual(weighted(rows));
      }),
    );
  });

  test("their order makes no difference", () => {
    fc.assert(
      fc.property(rowsOf, (rows) => expectClose(weighted(rows.toReversed()), weighted(rows))),
    );
  });

  test("a figure is a number or undefined, never NaN", () => {
    fc.assert(
      fc.property(rowsOf, (rows) => {
        JSON.stringify(weighted(rows), (name, figure) => {
          if (typeof figure === "number") expect(Number.isFinite(figure), name).toBe(true);
          return figure;
        });
      }),
    );
  });
});

test("rows of one class have no areas", () => {
  const metrics = classificationMetrics([[0.25, 0.75]], [1], { classes: 2 });
  expect(JSON.parse(JSON.stringify({ ...metrics, logLoss: 0, classes: [] }))).toEqual({
    ...{ accuracy: 1, balancedAccuracy: 1, logLoss: 0, f1: 1, f1Micro: 1, classes: [] },
    confusion: [
      [0, 0],
      [0, 1],
    ],
  });
});

test("an output whose targets are all equal has no part in the mean of r2", () => {
  const { r2, outputs } = regressionMetrics(
    [
      [1, 5],
      [3, 6],
    ],
    [
      [1, 5],
      [3, 5],
    ],
    { outputs: 2 },
  );
  expect(r2).toBe(1);
  expect(outputs.map((of) => of.r2)).toEqual([1, undefined]);
});

test("flat typed arrays are the same as rows", () => {
  const flat = Float32Array.of(0.25, 0.75, 0.5, 0.5);
  const rows = [
    [0.25, 0.75],
    [0.5, 0.5],
  ];
  expect(classificationMetrics(flat, Float64Array.of(1, 0), { classes: 2 })).toEqual(
    classificationMetrics(rows, [1, 0], { classes: 2 }),
  );
});

describe("what does not fit is an error that says", () => {
  const two = [
    [0.25, 0.75],
    [0.5, 0.5],
  ];
  const classes = 2;
  test.each([
    [
      () => classificationMetrics(two, [1], { classes }),
      "probabilities have 2 rows, targets have 1",
    ],
    [
      () => classificationMetrics(two, [1, 2], { classes }),
      "targets, row 1: expected an integer in [0, 2), got 2",
    ],
    [
      () => classificationMetrics([[0.5, 1.5]], [1], { classes }),
      "probabilities, row 0, column 1: expected a probability in [0, 1], got 1.5",
    ],
    [
      () => classificationMetrics(two, [1, 0], { classes: 3 }),
      "probabilities, row 0: expected 3 numbers, got 2",
    ],
    [
      () => classificationMetrics(two, [1, 0], { classes, weights: [1, -1] }),
      "weights, row 1: expected a number ≥ 0, got -1",
    ],
    [
      () => classificationMetrics(two, [1, 0], { classes, weights: [1] }),
      "weights have 1 rows, targets have 2",
    ],
    [
      () => classificationMetrics(two, [1, 0], { classes: 0 }),
      "classes must be a positive integer, got 0",
    ],
    [
      () =>
        multiLabelMetrics(
          two,
          [
            [1, 0],
            [1, 0.5],
          ],
          { labels: 2 },
        ),
      "targets, row 1, column 1: expected an integer in [0, 2), got 0.5",
    ],
    [
      () => regressionMetrics([1, Number.NaN], [1, 2]),
      "predictions, row 1: expected a finite number, got NaN",
    ],
    [() => regressionMetrics([1, 2], [1]), "predictions have 2 rows, targets have 1"],
  ])("%#", (measure, message) => {
    expect(measure).toThrow(expect.objectContaining({ name: "NablaError", message }));
  });
});
