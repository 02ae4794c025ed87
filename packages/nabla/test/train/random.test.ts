import { describe, expect, test } from "vitest";
import {
  checkSeed,
  type DropoutPlace,
  dropoutMask,
  permutation,
  philox,
  randomStream,
  type StreamName,
} from "../../src/train/random.ts";

const SEED = 0x1d_9f3a_6c55_0b17;
const streamNames: readonly StreamName[] = ["initialisation", "shuffle", "split"];
const take = (n: number, draw: () => number) => Array.from({ length: n }, draw);

describe("philox", () => {
  // kat_vectors of the Random123 distribution, philox4x32-10.
  test.each([
    {
      counter: [0, 0, 0, 0],
      key: [0, 0],
      expected: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    },
    {
      counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      key: [0xffffffff, 0xffffffff],
      expected: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    },
    {
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      key: [0xa4093822, 0x299f31d0],
      expected: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    },
  ] as const)("gives the published words for $counter", ({ counter, key, expected }) => {
    const out = new Uint32Array(4);
    philox(counter, key, out);
    expect([...out]).toEqual(expected);
  });
});

describe("randomStream", () => {
  // From random.golden.py, an implementation on unbounded integers. These never change.
  test.each([
    ["initialisation", [0xe190f529, 0x9294ae9a, 0x0be7c20d, 0x8e8a11cb, 0xa435fe22, 0x467ba462]],
    ["shuffle", [0xc6138ec5, 0x185118ea, 0xb7567d25, 0x669b28d7, 0x66636996, 0x8518bda6]],
    ["split", [0xd47653ab, 0xd50773de, 0x86191142, 0x1501b500, 0xd93cbb0c, 0x9052e203]],
  ] as const)("draws the stored words of %s", (name, expected) => {
    expect(take(6, randomStream(SEED, name, 3, 7).uint32)).toEqual(expected);
  });

  test("draws the stored numbers of every kind", () => {
    expect(take(3, randomStream(1, "initialisation").uniform)).toEqual([
      0.6220584478077202, 0.4942944644419651, 0.5007579950377613,
    ]);
    expect(take(5, randomStream(1, "initialisation").normal)).toEqual([
      2.371450809872435, -0.11085178586878597, 0.041994731370074485, 2.9848793856877114,
      0.15957809152793243,
    ]);
    const split = randomStream(1, "split");
    expect([1, 2, 6, 1000, 3 * 2 ** 30, 2 ** 32 - 1, 2 ** 32].map(split.below)).toEqual([
      0, 1, 5, 883, 312734112, 2473535417, 2579305245,
    ]);
  });

  test("begins differently for each stream, seed and place", () => {
    const first = new Set<number>();
    for (const seed of [0, 1, 2 ** 32, 2 ** 53 - 1])
      for (const name of streamNames)
        for (const where of [0, 1, 2 ** 32 - 1]) {
          first.add(randomStream(seed, name, where).uint32());
          if (where > 0) first.add(randomStream(seed, name, 0, where).uint32());
        }
    expect(first.size).toBe(4 * 3 * 5);
  });

  test("is uniform: mean and variance of 10⁵ numbers lie within 5 standard errors", () => {
    const numbers = take(1e5, randomStream(2, "initialisation").uniform);
    const { mean, variance } = moments(numbers);
    expect(Math.abs(mean - 1 / 2)).toBeLessThan(5 * Math.sqrt(1 / 12 / 1e5));
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(5 * Math.sqrt(1 / 180 / 1e5));
    expect(Math.min(...numbers.slice(0, 1e4))).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers.slice(0, 1e4))).toBeLessThan(1);
  });

  test("is normal: the moments and the mass within 1 of 10⁵ numbers lie within 5 standard errors", () => {
    const numbers = take(1e5, randomStream(2, "initialisation").normal);
    const { mean, variance } = moments(numbers);
    const inside = numbers.filter((x) => Math.abs(x) < 1).length / 1e5;
    const fourth = moments(numbers.map((x) => x ** 4)).mean;
    const p = 0.6826894921370859; // erf(√½)
    expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(1 / 1e5));
    expect(Math.abs(variance - 1)).toBeLessThan(5 * Math.sqrt(2 / 1e5));
    expect(Math.abs(fourth - 3)).toBeLessThan(5 * Math.sqrt(96 / 1e5));
    expect(Math.abs(inside - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / 1e5));
  });

  test("is unbiased below n, where multiply-shift alone would give a third of the results twice", () => {
    const { below } = randomStream(3, "split");
    const thirds = [0, 0, 0];
    for (let i = 0; i < 30_000; i++) thirds[below(3 * 2 ** 30) % 3]! += 1;
    for (const count of thirds)
      expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(30_000 * (1 / 3) * (2 / 3)));

    const dice = [0, 0, 0, 0, 0, 0];
    for (let i = 0; i < 60_000; i++) dice[below(6)]! += 1;
    for (const count of dice)
      expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(60_000 * (1 / 6) * (5 / 6)));
  });

  test.each([0, -1, 1.5, Number.NaN, 2 ** 32 + 1])("does not draw below %d", (n) => {
    expect(() => randomStream(0, "split").below(n)).toThrow(`internal: below(${n})`);
  });
});

describe("permutation", () => {
  test("gives the stored order", () => {
    expect([...permutation(10, randomStream(1, "shuffle"))]).toEqual([
      9, 7, 5, 2, 8, 4, 6, 3, 0, 1,
    ]);
  });

  test("holds every number once, at every size", () => {
    for (const n of [0, 1, 2, 3, 1000]) {
      const order = permutation(n, randomStream(n, "shuffle"));
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
    }
  });

  test("gives each order of three equally often, within 5 standard errors", () => {
    const stream = randomStream(4, "shuffle");
    const counts = new Map<string, number>();
    for (let i = 0; i < 60_000; i++) {
      const order = permutation(3, stream).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values())
      expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(60_000 * (1 / 6) * (5 / 6)));
  });
});

describe("dropoutMask", () => {
  const place = { seed: 1, step: 5, layer: 2, firstRow: 30, rows: 3, units: 7, keep: 0.75 };

  function mask(changes: Partial<DropoutPlace> = {}): Float64Array {
    const all = { ...place, ...changes };
    const out = new Float64Array(all.rows * all.units);
    dropoutMask(out, all);
    return out;
  }

  test("keeps the stored units and scales them by 1/keep", () => {
    const kept = "1111111 0010110 0111111".replaceAll(" ", "");
    expect([...mask()]).toEqual([...kept].map((unit) => (unit === "1" ? 4 / 3 : 0)));
    const single = new Float32Array(21);
    dropoutMask(single, place);
    expect(single).toEqual(Float32Array.from(mask()));
  });

  test("has the same bits in blocks of rows as at once", () => {
    const whole = mask({ firstRow: 0, rows: 33, units: 13 });
    for (const size of [1, 2, 5, 32]) {
      const blocks = new Float64Array(33 * 13);
      for (let firstRow = 0; firstRow < 33; firstRow += size) {
        const rows = Math.min(size, 33 - firstRow);
        dropoutMask(blocks.subarray(firstRow * 13), { ...place, firstRow, rows, units: 13 });
      }
      expect(blocks).toEqual(whole);
    }
  });

  test("gives a unit the same mask in a wider layer", () => {
    const [narrow, wide] = [mask({ rows: 1, units: 5 }), mask({ rows: 1, units: 64 })];
    expect(wide.subarray(0, 5)).toEqual(narrow);
  });

  test("differs between seeds, steps, layers and rows", () => {
    const wide = { rows: 1, units: 64 };
    const places: Partial<DropoutPlace>[] = [{}, { seed: 2 }, { step: 6 }, { layer: 3 }];
    places.push({ firstRow: 31 });
    const masks = places.map((change) => mask({ ...wide, ...change }).join());
    expect(new Set(masks).size).toBe(5);
  });

  test.each([0.1, 0.5, 0.9])("keeps a share of %d, within 5 standard errors", (keep) => {
    const units = 100_000;
    const kept = mask({ rows: 1, units, keep }).filter((value) => value !== 0);
    expect(new Set(kept)).toEqual(new Set([1 / keep]));
    expect(Math.abs(kept.length / units - keep)).toBeLessThan(
      5 * Math.sqrt((keep * (1 - keep)) / units),
    );
  });

  test("keeps everything where keep is 1", () => {
    expect(mask({ keep: 1, rows: 100 })).toEqual(new Float64Array(700).fill(1));
  });

  test("writes nothing after its rows, and refuses a buffer that is too short", () => {
    const out = new Float32Array(22).fill(Number.NaN);
    dropoutMask(out, place);
    expect(out.findIndex(Number.isNaN)).toBe(21);
    expect(() => dropoutMask(out.subarray(2), place)).toThrow("internal:");
  });
});

describe("checkSeed", () => {
  test("passes the integers in [0, 2⁵³)", () => {
    expect([0, 1, 2 ** 53 - 1].map(checkSeed)).toEqual([0, 1, 2 ** 53 - 1]);
  });

  test.each([-1, 1.5, 2 ** 53, Number.NaN, Infinity])("refuses %d", (seed) => {
    expect(() => checkSeed(seed)).toThrow(
      expect.objectContaining({
        code: "usage",
        message: `seed must be an integer in [0, 2⁵³), got ${seed}`,
      }),
    );
  });
});

function moments(numbers: readonly number[]): { mean: number; variance: number } {
  const mean = numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
  const squares = numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return { mean, variance: squares / (numbers.length - 1) };
}
