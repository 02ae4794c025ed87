import { describe, expect, test } from "vitest";
import { newLabelCounts } from "../../../src/tables/streaming/label-counts.ts";
import { randomStream } from "../../../src/train/random.ts";

function countsOf(labels: readonly string[], places?: number) {
  const counts = newLabelCounts(places);
  for (const label of labels) counts.add(label);
  return counts;
}

describe("labels that are counted in bounded memory", () => {
  test("are counted exactly as long as there are places", () => {
    const { counts, lost } = countsOf(["a", "", "b", "a", "NaN"], 4);
    expect([...counts]).toEqual(Object.entries({ a: 2, "": 1, b: 1, NaN: 1 }));
    expect(lost).toBe(0);
  });

  test("lose what the lower half of them counted where there are too many", () => {
    // a 3, b 2, c 1 in two places: the middle count, 2, is taken from all
    const { counts, lost } = countsOf([..."aaabbc"], 2);
    expect([...counts]).toEqual([["a", 1]]);
    expect(lost).toBe(2);
  });

  test("are short of their rows by 2·rows/places at most", () => {
    const random = randomStream(1, "split");
    const places = 100;
    const labels = Array.from({ length: 20_000 }, (_, n) =>
      n % 4 === 0 ? `often ${random.below(10)}` : `once ${n}`,
    );
    const { counts, lost } = countsOf(labels, places);
    expect(counts.size).toBeLessThanOrEqual(places);
    expect(lost).toBeGreaterThan(0);
    expect(lost).toBeLessThanOrEqual((2 * labels.length) / places);
    for (let k = 0; k < 10; k++) {
      const name = `often ${k}`;
      const rows = labels.filter((label) => label === name).length;
      expect(counts.get(name)).toBeLessThanOrEqual(rows);
      expect(counts.get(name)).toBeGreaterThanOrEqual(rows - lost);
    }
  });

  test("take no more characters than sixteen million, however long they are", () => {
    const long = "x".repeat(1 << 22);
    const { counts } = countsOf(Array.from({ length: 40 }, (_, n) => `${n} ${long}`));
    expect([...counts.keys()].reduce((sum, { length }) => sum + length, 0)).toBeLessThan(2 ** 24);
  });
});
