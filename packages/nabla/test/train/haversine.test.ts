import { expect, test } from "vitest";
import { haversine } from "../../src/train/haversine.ts";

// (1 − cos πs)/2, made by haversine.golden.py: both ends of each range, and both sides of ½.
const stored: readonly (readonly [number, number])[] = [
  [0, 0.0],
  [1e-150, 2.4674011002723397e-300],
  [1e-20, 2.4674011002723395e-40],
  [1e-9, 2.46740110027234e-18],
  [1e-6, 2.46740110027031e-12],
  [0.0001, 2.4674010799787792e-8],
  [0.001, 2.467399070916944e-6],
  [0.01, 0.0002467198171342215],
  [0.05, 0.006155829702431137],
  [0.1, 0.024471741852423217],
  [0.15, 0.054496737905816064],
  [0.2, 0.0954915028125263],
  [0.25, 0.14644660940672624],
  [0.3, 0.20610737385376343],
  [0.35, 0.27300475013022657],
  [0.4, 0.34549150281252633],
  [0.45, 0.4217827674798846],
  [0.49, 0.48429462046093585],
  [0.499, 0.4984292062570602],
  [0.4999999999999999, 0.49999999999999983],
  [0.5, 0.5],
  [0.5000000000000001, 0.5000000000000002],
  [0.501, 0.5015707937429398],
  [0.55, 0.5782172325201155],
  [0.6, 0.6545084971874737],
  [0.7, 0.7938926261462365],
  [0.75, 0.8535533905932737],
  [0.8, 0.9045084971874737],
  [0.9, 0.9755282581475768],
  [0.99, 0.9997532801828658],
  [0.9999, 0.9999999753259892],
  [1, 1.0],
];

// On each side of ½: 3 roundings of x², 4 of the nested brackets, 1 of their product.
const BOUND = 8 * 2 ** -53;

test.each(stored)("the haversine of %d·π is its 60-digit value", (s, expected) => {
  expect(Math.abs(haversine(s) - expected)).toBeLessThanOrEqual(BOUND * expected);
});

test("it is sin²(πs/2) of Math.sin, which adds 4 roundings and an ulp", () => {
  let worst = 0;
  for (let i = 1; i <= 100_000; i++) {
    const s = i / 100_000;
    // From the nearer end, where the sine has all its digits
    const near = Math.sin((Math.PI * Math.min(s, 1 - s)) / 2) ** 2;
    const expected = s > 0.5 ? 1 - near : near;
    worst = Math.max(worst, Math.abs(haversine(s) - expected) / expected);
  }
  expect(worst).toBeLessThanOrEqual(BOUND + 6 * 2 ** -53);
});

test("it rises from 0 to 1, and passes ½ in the middle", () => {
  expect([haversine(0), haversine(1)]).toEqual([0, 1]);
  for (let i = 0; i < 10_000; i++) {
    expect(haversine((i + 1) / 10_000)).toBeGreaterThan(haversine(i / 10_000));
  }
});
