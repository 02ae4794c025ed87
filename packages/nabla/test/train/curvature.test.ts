import { expect, test } from "vitest";
import { newCurvature } from "../../src/train/curvature.ts";
import { randomStream } from "../../src/train/random.ts";

const SIZE = 5;
const random = randomStream(1, "split");
const vector = () => Float64Array.from({ length: SIZE }, () => random.normal());
const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, p) => sum + x * b[p]!, 0);

/** Pairs of a cost with the second derivatives 1, 2, …, 5. */
const pairs = Array.from({ length: 4 }, () => {
  const s = vector();
  return { s, y: s.map((x, p) => (p + 1) * x) };
});

/** −Hg with the matrix H ← (I − ρsyᵀ)H(I − ρysᵀ) + ρssᵀ from γI. Nocedal & Wright, (7.16), (7.20). */
function byMatrix(remembered: typeof pairs, g: Float64Array): number[] {
  const { s, y } = remembered.at(-1)!;
  const gamma = dot(s, y) / dot(y, y);
  const each = <T>(of: (row: number) => T) => Array.from({ length: SIZE }, (_, row) => of(row));
  let h = each((i) => each((j) => (i === j ? gamma : 0)));
  const times = (a: number[][], b: number[][]) =>
    each((i) => each((j) => each((k) => a[i]![k]! * b[k]![j]!).reduce((x, z) => x + z)));
  for (const { s, y } of remembered) {
    const rho = 1 / dot(s, y);
    const v = each((i) => each((j) => (i === j ? 1 : 0) - rho * y[i]! * s[j]!));
    const vT = each((i) => each((j) => v[j]![i]!));
    const turned = times(vT, times(h, v));
    h = each((i) => each((j) => turned[i]![j]! + rho * s[i]! * s[j]!));
  }
  return h.map((row) => -dot(Float64Array.from(row), g));
}

test("the direction is −g while nothing is known", () => {
  const g = vector();
  const curvature = newCurvature(3);
  expect(curvature.pairs).toEqual([]);
  expect(curvature.direction(g)).toEqual(g.map((x) => -x));
});

test.each([1, 2, 4, 7])("with a history of %d the direction is −Hg, H as a matrix", (history) => {
  const curvature = newCurvature(history);
  for (const { s, y } of pairs) curvature.learn(s, y);
  const g = vector();
  const expected = byMatrix(pairs.slice(-history), g);
  // Some twenty roundings of numbers about 1
  for (const [p, d] of curvature.direction(g).entries()) expect(d).toBeCloseTo(expected[p]!, 12);
});

test("what the newest pair showed holds exactly: Hy = s", () => {
  const curvature = newCurvature(10);
  for (const { s, y } of pairs) curvature.learn(s, y);
  const { s, y } = pairs.at(-1)!;
  for (const [p, d] of curvature.direction(y).entries()) expect(d).toBeCloseTo(-s[p]!, 13);
});

test.each([
  ["falls along s", [1, 0], [-1, 0]],
  ["stays as it was", [1, 2], [0, 0]],
  ["turns aside", [1, 0], [0, 1]],
  ["turns aside but for rounding", [1, 0], [1e-17, 1]],
  ["is no number", [1, 0], [Number.NaN, 0]],
])("a pair whose gradient %s is not learnt", (_, s, y) => {
  const curvature = newCurvature(10);
  curvature.learn(Float64Array.from(s), Float64Array.from(y));
  expect(curvature.pairs).toEqual([]);
});
