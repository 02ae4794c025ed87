import { activationNames, dense, network } from "nabla";
import { describe, expect, test } from "vitest";
import { activations, namedFunction } from "../../src/functions/activations.ts";
import { costs } from "../../src/functions/costs.ts";
import { randomStream } from "../../src/train/random.ts";
import golden from "./activations.golden.json" with { type: "json" };
import { pointwise } from "./pointwise.ts";

const extremes = [0, -0, 1e-8, -1e-8, 37, -37, 100, -100, 710, -710, 1e30, -1e30];

/** The functions of both tables, by the names that equation text calls them by. */
const functions = [
  ...Object.keys(activations).map((name) => name.replaceAll("-", "_")),
  ...Object.values(costs)
    .flatMap(({ formula }) => formula.match(/\w+(?=\()/g) ?? [])
    .filter((name) => namedFunction(name) !== undefined),
];
const claiming = functions.filter((name) => namedFunction(name)?.claim !== undefined);

describe("claims", () => {
  test("are made by every function but mish, whose derivative is nicer derived", () => {
    expect(functions.filter((name) => !claiming.includes(name))).toEqual(["mish"]);
    expect(claiming).toContain("binary_cross_entropy");
  });

  test.each(claiming)(
    "%s equals its derived form at 10⁴ random points and the extremes",
    (name) => {
      const random = randomStream(7, "split");
      const z = [...Array.from({ length: 1e4 }, () => 40 * (random.uniform() - 0.5)), ...extremes];
      const { slope, derived } = pointwise(name, { z, y: z.map(random.uniform) });
      let compared = 0;
      for (const [i, expected] of derived.entries()) {
        if (!Number.isFinite(expected)) continue;
        compared++;
        const apart = Math.abs(slope[i]! - expected);
        expect(apart, `at z = ${z[i]}`).toBeLessThanOrEqual(
          1e-12 * Math.max(1, Math.abs(expected)),
        );
      }
      expect(compared).toBeGreaterThanOrEqual(1e4);
    },
  );
});

describe.each(Object.keys(activations) as (keyof typeof activations)[])("%s", (name) => {
  const called = name.replaceAll("-", "_");
  const stored = golden[name];

  // 1e-12 leaves room for the few roundings of a formula; in float32 the one of storing is larger.
  test.each([
    { precision: "float64", tolerance: 1e-12, round: (x: number) => x },
    { precision: "float32", tolerance: 2 ** -23, round: Math.fround },
  ] as const)("has the stored values and slopes at the extremes, in $precision", (format) => {
    const { precision, tolerance, round } = format;
    const at = pointwise(called, { z: golden.points, precision });
    for (const part of ["value", "slope"] as const) {
      for (const [i, z] of golden.points.entries()) {
        const expected = round(stored[part][i] ?? Number.POSITIVE_INFINITY);
        const got = at[part][i] as number;
        const near = Math.abs(got - expected) <= tolerance * Math.max(1, Math.abs(expected));
        expect(got === expected || near, `${part} at ${z}: ${got}, stored ${expected}`).toBe(true);
      }
    }
  });

  // C = a, so ∂C/∂b = σ′(z). In float32 σ′ may be read from the rounded a: two roundings more.
  test.each([
    { precision: "float64", tolerance: 1e-12, round: (x: number) => x },
    { precision: "float32", tolerance: 2 ** -22, round: Math.fround },
  ] as const)("has these slopes in the gradient of a network in $precision", (format) => {
    const { precision, tolerance, round } = format;
    const initial = { W1: "ones" } as const;
    const net = network({ inputs: 1, layers: [dense(1, name)], cost: "a*y", precision, initial });
    for (const [i, z] of golden.points.entries()) {
      const expected = round(stored.slope[i] ?? Number.POSITIVE_INFINITY);
      const got = net.gradients([[z]], [[1]]).get("b1")![0]!;
      const near = Math.abs(got - expected) <= tolerance * Math.max(1, Math.abs(expected));
      expect(got === expected || near, `at ${z}: ${got}, stored ${expected}`).toBe(true);
    }
  });

  test("is the same at −0 as at 0", () => {
    const { value, slope } = pointwise(called, { z: [0, -0] });
    expect(value[0] === value[1] && slope[0] === slope[1]).toBe(true);
  });

  test("is a number everywhere that float64 reaches, and so is its slope", () => {
    const z = Array.from({ length: 617 }, (_, i) => 10 ** (i - 308)).flatMap((x) => [x, -x]);
    const { value, slope } = pointwise(called, { z });
    for (const [i, x] of z.entries()) {
      expect(Number.isNaN(value[i]) || Number.isNaN(slope[i]), `at ${x}`).toBe(false);
      if (name !== "exp") expect(Number.isFinite(slope[i]), `slope at ${x}`).toBe(true);
    }
  });

  test("does not hide NaN", () => {
    expect(pointwise(called, { z: [Number.NaN] }).value).toEqual([Number.NaN]);
  });
});

describe("softmax", () => {
  const outputs = (logits: number[], precision: "float32" | "float64") => {
    const net = network({
      inputs: 3,
      layers: [dense(3, "softmax")],
      cost: "squared-error",
      initial: { W1: "zeros" },
      precision,
    });
    net.parameters.get("W1")!.set([1, 0, 0, 0, 1, 0, 0, 0, 1]);
    return net.predict([logits])[0] as number[];
  };

  test("is e^z over the sum of e^z, worked by hand", () => {
    // e⁰ : e^(ln 2) : e^(ln 5) = 1 : 2 : 5
    const [a, b, c] = outputs([0, Math.LN2, Math.log(5)], "float64") as [number, number, number];
    expect(a).toBeCloseTo(1 / 8, 15);
    expect(b).toBeCloseTo(2 / 8, 15);
    expect(c).toBeCloseTo(5 / 8, 15);
  });

  test.each(["float32", "float64"] as const)(
    "holds its digits at huge logits in %s",
    (precision) => {
      expect(outputs([1e30, -1e30, 0], precision)).toEqual([1, 0, 0]);
      const p = [1, Math.E, Math.exp(-3)].map((e) => e / (1 + Math.E + Math.exp(-3)));
      for (const base of [1e5, 1e7]) {
        for (const [k, got] of outputs([base, base + 1, base - 3], precision).entries()) {
          expect(Math.abs(got - p[k]!)).toBeLessThan(precision === "float32" ? 2 ** -23 : 1e-15);
        }
      }
    },
  );
});

test("every activation is named once, softmax last", () => {
  expect(activationNames).toEqual([...Object.keys(activations), "softmax"]);
});
