import { describe, expect, test } from "vitest";
import { lineSearch, type Point } from "../../src/train/line-search.ts";

type Line = (alpha: number) => readonly [cost: number, slope: number];

/** The point that the search takes, and where it looked. */
function search(line: Line, first: number) {
  const looks: number[] = [];
  const point = (alpha: number): Point => {
    const [cost, slope] = line(alpha);
    return { alpha, cost, slope };
  };
  const look = (alpha: number): Point => {
    looks.push(alpha);
    return point(alpha);
  };
  const start = point(0);
  return { start, found: lineSearch(look, start, first), looks };
}

/** (α − 3)² */
const parabola: Line = (alpha) => [(alpha - 3) ** 2, 2 * (alpha - 3)];

describe("of (α − 3)², which falls from 9 with the slope −6, the search", () => {
  test("takes the first point where it is good enough: the slope −4 at 1 is", () => {
    expect(search(parabola, 1).looks).toEqual([1]);
  });

  test("takes the minimum of the parabola where the first point lies beyond", () => {
    expect(search(parabola, 10).looks).toEqual([10, 3]);
  });

  test("comes back by nine tenths at most", () => {
    expect(search(parabola, 100).looks).toEqual([100, 10, 3]);
  });

  test("goes ten times farther at most: the slope must come to −5.4", () => {
    expect(search(parabola, 0.01).looks).toEqual([0.01, 0.1, 1]);
  });

  test("goes to the minimum that the slopes foretell", () => {
    const { looks, found } = search(parabola, 0.299);
    expect(looks).toEqual([0.299, expect.closeTo(2.99, 14)]);
    expect(found?.cost).toBeCloseTo(1e-4, 14);
  });
});

test("the search goes a tenth farther at least", () => {
  // The slope (α + 0.05)(α − 1.05) is the same at 0 and 1, and the minimum at 1.05
  const cubic: Line = (a) => [a ** 3 / 3 - a ** 2 / 2 - 0.0525 * a, (a + 0.05) * (a - 1.05)];
  expect(search(cubic, 1).looks).toEqual([1, 1.1, expect.closeTo(1.05, 14)]);
});

/**
 * The functions of J. Moré, D. Thuente: Line search algorithms with guaranteed sufficient decrease.
 * ACM TOMS 20 (1994), (5.1), (5.2) and (5.4), which is Yanai's.
 */
const yanai = (b1: number, b2: number): Line => {
  const gamma = (b: number) => Math.sqrt(1 + b * b) - b;
  return (alpha) => {
    const [p, q] = [Math.hypot(1 - alpha, b2), Math.hypot(alpha, b1)];
    const slope = (gamma(b1) * (alpha - 1)) / p + (gamma(b2) * alpha) / q;
    return [gamma(b1) * p + gamma(b2) * q, slope];
  };
};
const lines: Readonly<Record<string, Line>> = {
  "−α/(α² + 2)": (a) => [-a / (a * a + 2), (a * a - 2) / (a * a + 2) ** 2],
  "(α + β)⁵ − 2(α + β)⁴": (alpha) => {
    const t = alpha + 0.004;
    return [t ** 5 - 2 * t ** 4, 5 * t ** 4 - 8 * t ** 3];
  },
  "Yanai's, β = 0.001, 0.001": yanai(0.001, 0.001),
  "Yanai's, β = 0.01, 0.001": yanai(0.01, 0.001),
  "Yanai's, β = 0.001, 0.01": yanai(0.001, 0.01),
};

describe.each(Object.keys(lines))("of %s the search", (name) => {
  test.each([1e-3, 1e-1, 1, 10, 1000])("from %d finds the strong Wolfe conditions", (first) => {
    const { start, found, looks } = search(lines[name]!, first);
    expect(found!.cost).toBeLessThanOrEqual(start.cost + 1e-4 * found!.alpha * start.slope);
    expect(Math.abs(found!.slope)).toBeLessThanOrEqual(0.9 * Math.abs(start.slope));
    expect(looks.at(-1)).toBe(found!.alpha);
    expect(looks.length).toBeLessThan(25);
  });
});

describe("what is not finite is too far:", () => {
  test.each([
    ["a cost of Infinity", [Infinity, 1]],
    ["a cost of −Infinity", [-Infinity, -1]],
    ["a cost that is no number", [Number.NaN, -1]],
    ["a slope that is no number", [0, Number.NaN]],
    ["a slope of −Infinity", [0, -Infinity]],
  ] as const)("%s halves the way", (_, beyond) => {
    const walled: Line = (alpha) => (alpha < 1.5 ? parabola(alpha) : beyond);
    const { looks, found } = search(walled, 8);
    expect(looks).toEqual([8, 4, 2, 1]);
    expect(found?.cost).toBe(4);
  });

  test("and nothing is taken where there is nothing else", () => {
    const { looks, found } = search((alpha) => (alpha === 0 ? [1, -1] : [Number.NaN, -1]), 1);
    expect(found).toBe(undefined);
    expect(looks).toEqual(Array.from({ length: 25 }, (_, i) => 1 / 2 ** i));
  });
});

test("nothing is taken where the cost does not fall, whatever the slope says", () => {
  expect(search((alpha) => [alpha, -1], 1).found).toBe(undefined);
  expect(search(() => [1, -1e-20], 1).found).toBe(undefined); //  less than rounding
});

test("a cost that falls for ever is followed for 25 looks", () => {
  const { looks, found } = search((alpha) => [-alpha, -1], 1);
  expect(looks).toHaveLength(25);
  expect(found?.alpha).toBe(looks.at(-1));
});

test("where the looks run out, the lowest point is taken though its slope is steep", () => {
  // |α − π|: the slope is ±1 everywhere
  const { found, looks } = search((a) => [Math.abs(a - Math.PI), a < Math.PI ? -1 : 1], 1);
  expect(looks).toHaveLength(25);
  expect(found?.cost).toBe(Math.min(...looks.map((alpha) => Math.abs(alpha - Math.PI))));
  expect(found?.cost).toBeLessThan(1e-3);
});
