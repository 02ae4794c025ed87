import { describe, expect, test } from "vitest";
import { element, number, type OperationName } from "../../src/equations/expression.ts";
import { erf, integerPower, operations } from "../../src/equations/operations.ts";
import { compute, variables } from "./trees.ts";

const names = Object.keys(operations) as OperationName[];
const [x, y] = variables as [(typeof variables)[0], (typeof variables)[0]];

describe("the slope of an operation is the central difference of its value:", () => {
  const points = [0.3, 0.9, 1.7, 2.6].flatMap((a) => [0.4, 1.3, 2.2].map((b) => [a, b] as const));
  const h = 1e-5;

  test.each(names)("%s", (name) => {
    const { derivatives, compute: f } = operations[name];
    for (const [a, b] of name === "power"
      ? ([
          [1.7, 3],
          [-0.6, 2],
          [1.3, -2],
        ] as const)
      : points) {
      const second = name === "power" ? number(b) : element(y);
      const value = number(f(a, b));
      const slopes = derivatives.map((d) =>
        compute(
          d(element(x), second, value),
          new Map([
            [x, a],
            [y, b],
          ]),
        ),
      );
      const byX = (f(a + h, b) - f(a - h, b)) / (2 * h);
      expect(Math.abs(slopes[0]! - byX)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(byX)));
      if (slopes.length === 1 || name === "power") continue; //  an exponent does not vary
      const byY = (f(a, b + h) - f(a, b - h)) / (2 * h);
      expect(Math.abs(slopes[1]! - byY)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(byY)));
    }
  });
});

describe("an operation at the edge", () => {
  const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

  test.each<[OperationName, readonly number[], number]>([
    ["divide", [1, 0], infinity],
    ["divide", [0, 0], nan],
    ["negate", [0], -0],
    ["exp", [710], infinity],
    ["exp", [-infinity], 0],
    ["log", [0], -infinity],
    ["log", [-1], nan],
    ["log1p", [1e-300], 1e-300],
    ["log1p", [-1], -infinity],
    ["expm1", [1e-300], 1e-300],
    ["expm1", [-infinity], -1],
    ["tanh", [1e300], 1],
    ["tanh", [-0], -0],
    ["sqrt", [-1], nan],
    ["sqrt", [4], 2],
    ["abs", [-0], 0],
    ["sign", [-3], -1],
    ["sign", [0], 0],
    ["sign", [nan], nan],
    ["min", [1, nan], nan],
    ["max", [nan, 1], nan],
    ["min", [2, -infinity], -infinity],
    ["max", [-0, 0], 0],
  ])("%s of %j is %d", (name, [a, b], expected) => {
    expect(operations[name].compute(a!, b ?? nan)).toBe(expected);
  });
});

describe("an integer power", () => {
  test("of a whole number is exact as long as it fits 53 bits, or is a power of two", () => {
    for (let p = 0; p <= 33; p++) expect(integerPower(3, p)).toBe(Number(3n ** BigInt(p)));
    for (let p = 0; p <= 15; p++) expect(integerPower(-10, p)).toBe(Number((-10n) ** BigInt(p)));
    for (let p = 0; p < 1024; p++) expect(integerPower(-2, p)).toBe((-2) ** p);
  });

  test("with a negative exponent is one over the power", () => {
    expect(integerPower(2, -3)).toBe(1 / 8);
    expect(integerPower(-3, -3)).toBe(-1 / 27);
    expect(integerPower(0, -1)).toBe(Number.POSITIVE_INFINITY);
    expect(integerPower(1e-200, -2)).toBe(Number.POSITIVE_INFINITY);
  });

  test("with exponent 0 is 1, with exponent 1 is x", () => {
    for (const x of [0, -0, 1e308, -1e-308, 0.1]) {
      expect(integerPower(x, 0)).toBe(1);
      expect(integerPower(x, 1)).toBe(x);
    }
  });

  test("of NaN is NaN, and a huge exponent takes no time", () => {
    expect(integerPower(Number.NaN, 2)).toBe(Number.NaN);
    expect(integerPower(0.5, 1e300)).toBe(0);
    expect(integerPower(-1, 2 ** 53 - 1)).toBe(-1);
  });
});

describe("erf", () => {
  // operations.golden.py
  const stored: readonly (readonly [number, number])[] = [
    [5e-324, 5e-324],
    [1e-310, 1.1283791670955e-310],
    [1e-20, 1.1283791670955125e-20],
    [1e-8, 1.1283791670955126e-8],
    [0.001, 0.0011283787909692365],
    [0.1, 0.1124629160182849],
    [0.25, 0.27632639016823696],
    [0.5, 0.5204998778130465],
    [0.75, 0.7111556336535151],
    [0.84375, 0.7672256612323416],
    [0.9, 0.7969082124228322],
    [0.95, 0.8208908072732779],
    [0.999, 0.8422852702064969],
    [0.9999999999999999, 0.8427007929497148],
    [1, 0.8427007929497149],
    [1.0000000000000002, 0.842700792949715],
    [1.001, 0.8431154854780762],
    [1.01, 0.8468104962282768],
    [1.05, 0.8624361060900967],
    [1.1, 0.8802050695740817],
    [1.2, 0.9103139782296353],
    [1.25, 0.9229001282564583],
    [1.5, 0.9661051464753108],
    [1.75, 0.9866716712191824],
    [2, 0.9953222650189527],
    [2.5, 0.999593047982555],
    [3, 0.9999779095030014],
    [3.5, 0.9999992569016276],
    [4, 0.9999999845827421],
    [4.5, 0.9999999998033839],
    [5, 0.9999999999984626],
    [5.5, 0.9999999999999927],
    [5.9, 0.9999999999999999],
    [5.95, 1],
    [6, 1],
    [10, 1],
    [1e300, 1],
  ];
  const order = (x: number): bigint => new BigInt64Array(Float64Array.of(x).buffer)[0]!;

  test.each(stored)("of %d is within 2 ulp of its 60-digit value, as of −x", (x, expected) => {
    expect(Math.abs(Number(order(erf(x)) - order(expected)))).toBeLessThanOrEqual(2);
    expect(erf(-x)).toBe(-erf(x));
  });

  test("does not fall where one formula takes over from the other", () => {
    for (let x = 0.999; x < 1.001; x += 1e-6) expect(erf(x + 1e-6)).toBeGreaterThan(erf(x));
  });

  test("has the limits of an error function", () => {
    expect([erf(0), erf(-0), erf(Infinity), erf(-Infinity)]).toEqual([0, -0, 1, -1]);
    expect(erf(Number.NaN)).toBe(Number.NaN);
  });
});
