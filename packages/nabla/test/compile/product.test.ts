import { describe, expect, test } from "vitest";
import { memory as bulk, i32, moduleOf } from "../../src/compile/assembler.ts";
import { arithmetic, products, roomFor } from "../../src/compile/product.ts";
import type { I32 } from "../../src/compile/routine.ts";
import { type Floats, newFloats } from "../../src/equations/memory.ts";
import { instanceOf } from "./instance.ts";
import {
  along,
  build,
  expectRight,
  fill,
  type Layout,
  layouts,
  origin,
  productOf,
  type Shape,
  spanOf,
  stridesOf,
  variants,
} from "./product-memory.ts";

const sizes = [1, 3, 4, 5, 7, 8, 31, 32, 33, 67] as const;

/** Shapes whose constant extents are all pairs of sizes. */
function allPairs(layout: Layout, accumulate: boolean): Shape[] {
  return sizes.flatMap((p) =>
    sizes.map((q): Shape => {
      const [m, n, k] = { m: [0, p, q], n: [p, 0, q], k: [p, q, 0] }[along[layout]];
      return { layout, m: m as number, n: n as number, k: k as number, accumulate };
    }),
  );
}

const withRows = (shape: Shape, rows: number): Shape => ({ ...shape, [along[shape.layout]]: rows });

const sameBits = (x: Floats, y: Floats): boolean => Buffer.compare(bytesOf(x), bytesOf(y)) === 0;
const bytesOf = ({ buffer, byteOffset, byteLength }: Floats): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

describe.each(variants)("a product in $name", (variant) => {
  describe.each(layouts)("%s", (layout) => {
    test.each([false, true])(
      "is within the bound of its length and writes nothing else, accumulate %s",
      (accumulate) => {
        const shapes = allPairs(layout, accumulate);
        const built = build(
          variant,
          shapes.map((shape) => withRows(shape, 67)),
        );
        for (const [i, shape] of shapes.entries()) {
          for (const rows of sizes)
            expectRight(variant, built, { i, shape: withRows(shape, rows) });
        }
      },
    );
  });

  // The blocks end at 512 or 516 rows, 64 columns, and 512 or 256 numbers along k
  test.each(layouts)("is right around the ends of blocks, %s", (layout) => {
    const extents = [
      [127, 9, 130],
      [128, 65, 256],
      [129, 64, 257],
      [132, 63, 31],
      [133, 128, 30],
      [3, 129, 511],
      [257, 10, 512],
      [7, 66, 513],
      [264, 8, 4],
      [511, 65, 30],
      [513, 9, 130],
      [516, 17, 3],
      [1033, 7, 31],
      [2, 5, 1025],
    ] as const;
    for (const accumulate of [false, true]) {
      for (const [m, n, k] of extents) {
        const shape = { layout, m, n: layout === "columns" ? Math.min(n, 70) : n, k, accumulate };
        expectRight(variant, build(variant, [shape]), { i: 0, shape });
      }
    }
  });

  test.each(layouts)("reads nothing beyond the end of a matrix, %s", (layout) => {
    const orders = [
      ["b", "c", "a"],
      ["a", "c", "b"],
      ["a", "b", "c"],
    ] as const;
    for (const order of orders) {
      for (const [m, n, k] of [
        [1, 1, 1],
        [2, 3, 2],
        [5, 7, 3],
        [13, 30, 33],
        [6, 16, 64],
      ] as const) {
        const shape = { layout, m, n, k };
        const built = build(variant, [shape], order);
        // An access beyond the end of the memory traps
        expectRight(variant, built, { i: 0, shape });
      }
    }
  });

  test.each(["forward", "deltas", "scattered"] as const)(
    "makes a row of the same bits in a batch of any size, %s",
    (layout) => {
      for (const [n, k] of [
        [3, 2],
        [5, 9],
        [10, 30],
        [30, 67],
        [67, 600],
      ] as const) {
        const shape = { layout, m: 140, n, k };
        const built = build(variant, [shape]);
        const { numbers, at } = built;
        const { a, c } = stridesOf(shape);
        fill(built, shape);
        const run = (rows: number): Floats => {
          numbers.fill(0, at.c, at.c + 140 * c[0]);
          built.product(0, rows);
          return numbers.slice(at.c, at.c + rows * c[0]);
        };
        const whole = run(140);
        for (let rows = 1; rows <= 70; rows++) {
          expect(sameBits(run(rows), whole.subarray(0, rows * c[0])), `${rows} rows`).toBe(true);
        }
        for (let i = 0; i < 140; i++) {
          numbers.copyWithin(at.a, at.a + i * a[0], at.a + i * a[0] + spanOf(1, k, a));
          expect(sameBits(run(1), whole.subarray(i * c[0], (i + 1) * c[0])), `row ${i}`).toBe(true);
        }
      }
    },
  );

  test("may have all its extents fixed", () => {
    for (const layout of layouts) {
      for (const [m, n, k] of [
        [6, 3, 5],
        [13, 30, 33],
        [140, 9, 20],
      ] as const) {
        const shape = { layout, m, n, k, fixed: true };
        expectRight(variant, build(variant, [shape]), { i: 0, shape });
      }
    }
  });

  test("makes the same bits twice", () => {
    for (const layout of layouts) {
      const shape = { layout, m: 33, n: 31, k: 67 };
      const built = build(variant, [shape]);
      const once = (): Floats => {
        fill(built, shape);
        built.product(0, shape[along[layout]]);
        return built.numbers.slice(built.at.c, built.at.c + 33 * 70);
      };
      expect(sameBits(once(), once())).toBe(true);
    }
  });

  test("without rows writes nothing, and along no rows at all makes zeros", () => {
    for (const layout of layouts) {
      for (const [m, n, k] of [
        [3, 2, 4],
        [7, 13, 11],
        [5, 9, 40],
      ] as const) {
        for (const accumulate of [false, true]) {
          const shape = withRows({ layout, m, n, k, accumulate }, 0);
          expectRight(variant, build(variant, [withRows(shape, 4)]), { i: 0, shape });
        }
      }
    }
  });
});

describe.each(["float32", "float64"] as const)("the order of sums in %s", (precision) => {
  const variant = { name: precision, precision, common: arithmetic(precision, false) };
  const lanes = precision === "float32" ? 4 : 2;
  const round = precision === "float32" ? Math.fround : (x: number): number => x;

  /** x[from]·y[from] + x[from + step]·y[from + step] + …, each operation rounded. */
  function sum(terms: readonly (readonly [number, number])[]): number {
    let total = 0;
    for (const [x, y] of terms) total = round(total + round(x * y));
    return total;
  }

  function expectBits(shape: Shape, element: (terms: (readonly [number, number])[]) => number) {
    const { m, n, k } = shape;
    const built = build(variant, [shape]);
    const { left, right } = fill(built, shape);
    built.product(0, shape[along[shape.layout]]);
    const [row] = stridesOf(shape).c;
    const expected = newFloats(precision, m * n);
    const got = newFloats(precision, m * n);
    for (let place = 0; place < m * n; place++) {
      const [i, j] = [Math.floor(place / n), place % n];
      const term = (p: number) => [left[i * k + p] as number, right[p * n + j] as number] as const;
      expected[place] = element(Array.from({ length: k }, (_, p) => term(p)));
      got[place] = built.numbers[built.at.c + i * row + j] as number;
    }
    expect(got).toEqual(expected);
  }

  test.each(["deltas", "gradients"] as const)("is that of k, by 2 KB, in the %s", (layout) => {
    expectBits({ layout, m: 9, n: 11, k: 1100 }, (terms) => {
      const depth = lanes * 128;
      let total = sum(terms.slice(0, depth));
      for (let from = depth; from < terms.length; from += depth) {
        total = round(total + sum(terms.slice(from, from + depth)));
      }
      return total;
    });
  });

  test("is that of the lanes going forward: even and odd ones, the rest in the first", () => {
    expectBits({ layout: "forward", m: 9, n: 11, k: 103 }, (terms) => {
      const whole = terms.length - (terms.length % lanes);
      const [first, second, third, fourth] = [0, 1, 2, 3].map((lane) =>
        sum(terms.filter((_, p) => (p < whole ? p % lanes === lane : lane === 0))),
      ) as [number, number, number, number];
      if (lanes === 2) return round(first + second);
      return round(round(first + third) + round(second + fourth));
    });
  });
});

describe("the products of a module", () => {
  const scratch = { address: 0, columns: 131_072 }; //  any that keeps the panels apart
  const network = [784, 512, 512, 10].flatMap((n, l, widths): Shape[] => {
    const k = widths[l - 1];
    if (k === undefined) return [];
    const deltas: Shape = { layout: "deltas", m: 4, n: k, k: n };
    const both: Shape[] = [
      { layout: "forward", m: 4, n, k },
      { layout: "gradients", m: n, n: k, k: 4 },
    ];
    return l === 1 ? both : [...both, deltas];
  });
  const plain = { name: "", precision: "float32", common: arithmetic("float32", false) } as const;

  test("share their kernels: 8 take less than 1.5 times the bytes of 2", () => {
    const [few, all] = [network.slice(0, 2), network].map(
      (shapes) => build(plain, shapes).bytes.length,
    );
    expect(network).toHaveLength(8);
    expect(few).toBeLessThan(3100);
    expect(all).toBeLessThan(4000);
  });

  test.each([
    ["float32", [0xfd, 0x85, 0x02]],
    ["float64", [0xfd, 0x87, 0x02]],
  ] as const)(
    "multiply and add at once where they may, and else never, in %s",
    (precision, opcode) => {
      const count = (fused: boolean): number => {
        const run = products(
          arithmetic(precision, fused),
          scratch,
        )(productOf(network[4] as Shape, origin, 4));
        const bytes = moduleOf({ run });
        return [...bytes.keys()].filter((i) => opcode.every((byte, d) => bytes[i + d] === byte))
          .length;
      };
      expect([count(false), count(true)]).toEqual([0, 12]);
    },
  );

  test("need room for the largest panels that they pack, and where they pack nothing, for a tile", () => {
    const [common, tile] = [arithmetic("float32", false), 6 * 32];
    const weights = productOf({ layout: "gradients", m: 10, n: 128, k: 0 }, origin, 4);
    const deltas = productOf({ layout: "deltas", m: 0, n: 30, k: 10 }, origin, 4);
    const forward = productOf({ layout: "forward", m: 0, n: 10, k: 128 }, origin, 4);
    const columns = 64 * 256 * 4; //  64 of 128 columns along 256 rows
    expect(roomFor(common, [forward], 256)).toEqual({ bytes: tile, columns: 0 });
    expect(roomFor(common, [weights], 256)).toEqual({
      bytes: tile + columns + 12 * 256 * 4,
      columns,
    });
    const both = { bytes: tile + columns + 12 * 256 * 4, columns };
    expect(roomFor(common, [weights, deltas], 256)).toEqual(both); //  the deltas need 128·10
  });

  test("have one extent at most that is the rows, and contiguous rows", () => {
    const make = products(arithmetic("float32", false), scratch);
    const product = productOf(network[0] as Shape, origin, 4);
    expect(() => make({ ...product, k: "rows" })).toThrow("internal: a product has");
    const c = { base: 0, strides: [1, 4] } as const;
    expect(() => make({ ...product, c })).toThrow("internal: the rows of a product are contiguous");
  });

  test("hand over their rows in order, each once, when they are complete", () => {
    for (const [m, n, k] of [
      [1100, 20, 40],
      [1100, 20, 5],
      [5, 3, 2],
    ] as const) {
      const [common, rows] = [arithmetic("float32", false), m];
      const memory = new WebAssembly.Memory({ initial: 32 });
      const numbers = new Float32Array(memory.buffer);
      const [a, b, c] = [600_000, 800_000, 900_000];
      numbers.fill(1, a / 4, b / 4 + n * k);
      // Each call leaves an entry behind the size of them all: from, to, and what C is at that moment
      const [log, entry] = [1_000_000, 8 + 4 * m * n];
      const size = () => i32.load({ offset: log }, 0);
      const watch = (from: I32, to: I32) => {
        i32.store({ offset: log + 4 }, size(), from);
        i32.store({ offset: log + 8 }, size(), to);
        i32.add(size(), log + 12);
        i32.const(c);
        i32.const(4 * m * n);
        bulk.copy();
        i32.store({ offset: log }, 0, i32.add(size(), entry));
      };
      const run = products(
        common,
        scratch,
      )({
        ...{ m: "rows", n, k, afterPanel: watch },
        a: { base: a, strides: [k, 1] },
        b: { base: b, strides: [n, 1] },
        c: { base: c, strides: [n, 1] },
      });
      instanceOf({ run }, memory).run(rows);
      const logged = new Int32Array(memory.buffer, log);
      const seen = Array.from({ length: logged[0]! / entry }, (_, i) => {
        const at = 1 + (i * entry) / 4;
        const [from, to] = [logged[at]!, logged[at + 1]!];
        const start = log / 4 + at + 2;
        const complete = numbers.subarray(start + from * n, start + to * n);
        return [from, to, complete.filter((x) => x === k).length] as const;
      });
      expect(seen[0]?.[0]).toBe(0);
      for (const [i, [from, to, complete]] of seen.entries()) {
        expect(to).toBe(seen[i + 1]?.[0] ?? rows);
        expect(complete).toBe((to - from) * n);
      }
    }
  });
});
