import { describe, expect, test } from "vitest";
import { call, i32, importFunc, importMemory, Module } from "wasmati";
import {
  type Arithmetic,
  arithmetic,
  type Matrix,
  type Product,
  products,
  scratchBytes,
} from "../../src/compile/product.ts";
import { type Floats, newFloats, type Precision } from "../../src/equations/memory.ts";

const sizes = [1, 3, 4, 5, 7, 8, 31, 32, 33, 67] as const;

/** The three products of a layer, and strides that no layer has. */
const layouts = ["forward", "deltas", "gradients", "scattered", "columns"] as const;
type Layout = (typeof layouts)[number];

/** Extents as numbers; which of them is known at run time only depends on the layout. */
interface Shape {
  readonly layout: Layout;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly accumulate?: boolean;
}

const along: Record<Layout, "m" | "n" | "k"> = {
  ...{ forward: "m", deltas: "m", gradients: "k", scattered: "m", columns: "n" },
};

function stridesOf({ layout, m, n, k }: Shape): Record<"a" | "b" | "c", Matrix["strides"]> {
  const c = [n + (n % 3), 1] as const;
  switch (layout) {
    case "forward":
      return { a: [k, 1], b: [1, k], c };
    case "deltas":
      return { a: [k, 1], b: [n, 1], c };
    case "gradients":
      return { a: [1, m], b: [n, 1], c };
    case "scattered":
      return { a: [2 * k + 3, 2], b: [3, 3 * k + 1], c };
    case "columns":
      return { a: [k + 1, 1], b: [70, 1], c: [70, 1] };
  }
}

/** The elements from a matrix's first to its last. */
const spanOf = (rows: number, columns: number, [row, column]: Matrix["strides"]): number =>
  rows * columns === 0 ? 0 : (rows - 1) * row + (columns - 1) * column + 1;

interface Variant {
  readonly name: string;
  readonly precision: Precision;
  readonly common: Arithmetic;
}

interface Built {
  readonly memory: WebAssembly.Memory;
  readonly numbers: Floats;
  /** Indices into `numbers`. */
  readonly at: Readonly<Record<"a" | "b" | "c" | "scratch" | "scratchEnd", number>>;
  readonly product: (i: number, rows: number) => void;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const GUARD = 64;
type Order = readonly ["a" | "b" | "c", "a" | "b" | "c", "a" | "b" | "c"];

/** One module of products. The last matrix of `order` ends where the memory ends. */
function build({ precision, common }: Variant, shapes: readonly Shape[], order?: Order): Built {
  const { bytes } = common.lanes;
  const spans = { a: 0, b: 0, c: 0 };
  for (const shape of shapes) {
    const { a, b, c } = stridesOf(shape);
    spans.a = Math.max(spans.a, spanOf(shape.m, shape.k, a));
    spans.b = Math.max(spans.b, spanOf(shape.k, shape.n, b));
    spans.c = Math.max(spans.c, spanOf(shape.m, shape.n, c));
  }
  const scratchEnd = GUARD + scratchBytes(common) / bytes;
  const at = { a: 0, b: 0, c: 0, scratch: GUARD, scratchEnd };
  let top = scratchEnd + 2 * GUARD;
  for (const name of order ?? (["a", "b", "c"] as const)) {
    at[name] = top;
    top += spans[name] + 2 * GUARD;
  }
  const pages = Math.ceil((top * bytes) / 65536);
  const memory = new WebAssembly.Memory({ initial: pages });
  if (order !== undefined) at[order[2]] = (pages * 65536) / bytes - spans[order[2]];

  const make = products(common, at.scratch * bytes);
  const exports = Object.fromEntries(
    shapes.map((shape, i) => [`product${i}`, make(productOf(shape, at, bytes))]),
  );
  const made = Module({ exports, memory: importMemory({ min: 1 }, memory) });
  const binary = new Uint8Array(made.toBytes());
  const instance = new WebAssembly.Instance(new WebAssembly.Module(binary), made.importMap);
  const numbers =
    precision === "float32" ? new Float32Array(memory.buffer) : new Float64Array(memory.buffer);
  // What scratch memory holds at first must not matter
  numbers.fill(Number.NaN, at.scratch, scratchEnd);
  return {
    ...{ memory, at, numbers, bytes: binary },
    product: (i, rows) => (instance.exports[`product${i}`] as (rows: number) => void)(rows),
  };
}

function productOf(shape: Shape, at: Record<"a" | "b" | "c", number>, bytes: number): Product {
  const strides = stridesOf(shape);
  const matrix = (name: "a" | "b" | "c"): Matrix => ({
    base: at[name] * bytes,
    strides: strides[name],
  });
  return {
    ...{ m: shape.m, n: shape.n, k: shape.k, accumulate: shape.accumulate ?? false },
    ...{ a: matrix("a"), b: matrix("b"), c: matrix("c") },
    [along[shape.layout]]: "rows",
  };
}

// Fused multiply-add is tested where the engine has it (Node 20 has not). It comes with tiles of another
// shape, and these are tested with plain arithmetic too: one opcode is all that the engine decides
const variants: readonly Variant[] = (["float32", "float64"] as const).flatMap((precision) => {
  const plain = { name: precision, precision, common: arithmetic(precision, false) };
  const high = { ...plain.common, height: 6 } as const;
  const fused = { name: `${precision}, fused`, precision, common: arithmetic(precision, true) };
  return [
    plain,
    { name: `${precision}, high tiles`, precision, common: high },
    ...(engineFuses() ? [fused] : []),
  ];
});

/** (func (param v128 v128 v128) (result v128) f32x4.relaxed_madd) */
function engineFuses(): boolean {
  const type = [1, 8, 1, 0x60, 3, 0x7b, 0x7b, 0x7b, 1, 0x7b];
  const code = [10, 13, 1, 11, 0, 0x20, 0, 0x20, 1, 0x20, 2, 0xfd, 0x85, 0x02, 0x0b];
  return WebAssembly.validate(
    new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...type, 3, 2, 1, 0, ...code]),
  );
}

/** Numbers in [−1, 1) that float32 holds exactly, from a linear congruence. */
const noise: Float64Array = (() => {
  let state = 1;
  return Float64Array.from({ length: 1 << 20 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >> 8) / 2 ** 23;
  });
})();

const CANARY = 12345;
const origin = { a: 0, b: 0, c: 0 };
const tinyMemory = (): WebAssembly.Memory => new WebAssembly.Memory({ initial: 1 });

interface Operands {
  readonly left: Float64Array;
  readonly right: Float64Array;
  readonly start: Float64Array;
}

/** Random A, B and C with NaN around and between the elements of A and B, canaries around those of C. */
function fill({ numbers, at }: Built, shape: Shape): Operands {
  const { m, n, k } = shape;
  const strides = stridesOf(shape);
  const put = (name: "a" | "b" | "c", extents: readonly [number, number], around: number) => {
    const [rows, columns] = extents;
    const [row, column] = strides[name];
    const span = spanOf(rows, columns, strides[name]);
    numbers.fill(around, at[name] - GUARD, at[name] + span + GUARD);
    const from = { a: 0, b: 300_000, c: 600_000 }[name] + 7 * rows + 11 * columns;
    const values = noise.slice(from, from + rows * columns);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        numbers[at[name] + i * row + j * column] = values[i * columns + j] as number;
      }
    }
    return values;
  };
  const [left, right] = [put("a", [m, k], Number.NaN), put("b", [k, n], Number.NaN)];
  return { left, right, start: put("c", [m, n], CANARY) };
}

/** How far C is from its exact value at worst, in bounds of its length: at most 1. */
function worstError(
  { numbers, at }: Built,
  shape: Shape,
  operands: Operands,
  unit: number,
): number {
  const { m, n, k, accumulate = false } = shape;
  const { left, right, start } = operands;
  const [row] = stridesOf(shape).c;
  let worst = 0;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = accumulate ? (start[i * n + j] as number) : 0;
      let size = Math.abs(sum);
      for (let p = 0; p < k; p++) {
        const term = (left[i * k + p] as number) * (right[p * n + j] as number);
        sum += term;
        size += Math.abs(term);
      }
      const error = Math.abs((numbers[at.c + i * row + j] as number) - sum);
      // The bound of K products; of K + 1 where C is one more
      worst = Math.max(
        worst,
        error === 0 ? 0 : error / (2 * (k + (accumulate ? 1 : 0)) * unit * size),
      );
      if (Number.isNaN(error)) return Number.NaN;
    }
  }
  return worst;
}

/** The places around and between C's rows, and around the scratch memory, that have changed. */
function overwritten({ numbers, at }: Built, shape: Shape): number[] {
  const { m, n } = shape;
  const { c } = stridesOf(shape);
  const span = spanOf(m, n, c);
  const changed: number[] = [];
  for (let place = -GUARD; place < span + GUARD; place++) {
    const inside = place >= 0 && place < span && place % c[0] < n;
    if (!inside && at.c + place < numbers.length && numbers[at.c + place] !== CANARY)
      changed.push(place);
  }
  return changed;
}

const unitOf = { float32: 2 ** -24, float64: 2 ** -53 } as const;

/** Runs product `i`, whose rows may be fewer than those of its shape, and checks all of C. */
function expectRight(
  variant: Variant,
  built: Built,
  { i, shape }: { i: number; shape: Shape },
): void {
  const { at, numbers } = built;
  const operands = fill(built, shape);
  numbers.fill(CANARY, at.scratch - GUARD, at.scratch);
  numbers.fill(CANARY, at.scratchEnd, at.scratchEnd + GUARD);
  built.product(i, shape[along[shape.layout]]);
  const what = JSON.stringify(shape);
  expect(worstError(built, shape, operands, unitOf[variant.precision]), what).toBeLessThanOrEqual(
    1,
  );
  expect(overwritten(built, shape), what).toEqual([]);
}

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

  // The blocks end at 128 or 132 rows, 64 columns, and 512 or 256 numbers along k
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
    expect(few).toBeLessThan(3000);
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
          0,
        )(productOf(network[4] as Shape, origin, 4));
        const bytes = Module({
          exports: { run },
          memory: importMemory({ min: 1 }, tinyMemory()),
        }).toBytes();
        return [...bytes.keys()].filter((i) => opcode.every((byte, d) => bytes[i + d] === byte))
          .length;
      };
      expect([count(false), count(true)]).toEqual([0, 12]);
    },
  );

  test("have one extent at most that is the rows, and contiguous rows", () => {
    const make = products(arithmetic("float32", false), 0);
    const product = productOf(network[0] as Shape, origin, 4);
    expect(() => make({ ...product, k: "rows" })).toThrow("internal: a product has");
    const c = { base: 0, strides: [1, 4] } as const;
    expect(() => make({ ...product, c })).toThrow("internal: the rows of a product are contiguous");
  });

  test("hand over their rows in order, each once, when they are complete", () => {
    for (const [m, n, k] of [
      [300, 20, 40],
      [300, 20, 5],
      [5, 3, 2],
    ] as const) {
      const [common, rows] = [arithmetic("float32", false), m];
      const memory = new WebAssembly.Memory({ initial: 16 });
      const numbers = new Float32Array(memory.buffer);
      const [a, b, c] = [600_000, 700_000, 800_000];
      numbers.fill(1, a / 4, b / 4 + n * k);
      const seen: (readonly [number, number, number])[] = [];
      const watch = importFunc({ in: [i32, i32], out: [] }, (from: number, to: number) => {
        const complete = numbers.subarray(c / 4 + from * n, c / 4 + to * n);
        seen.push([from, to, complete.filter((x) => x === k).length]);
      });
      const run = products(
        common,
        0,
      )({
        ...{ m: "rows", n, k, afterPanel: (from, to) => call(watch, [from, to]) },
        a: { base: a, strides: [k, 1] },
        b: { base: b, strides: [n, 1] },
        c: { base: c, strides: [n, 1] },
      });
      const made = Module({ exports: { run }, memory: importMemory({ min: 1 }, memory) });
      const binary = new Uint8Array(made.toBytes());
      const instance = new WebAssembly.Instance(new WebAssembly.Module(binary), made.importMap);
      (instance.exports.run as (rows: number) => void)(rows);
      expect(seen[0]?.[0]).toBe(0);
      for (const [i, [from, to, complete]] of seen.entries()) {
        expect(to).toBe(seen[i + 1]?.[0] ?? rows);
        expect(complete).toBe((to - from) * n);
      }
    }
  });
});
