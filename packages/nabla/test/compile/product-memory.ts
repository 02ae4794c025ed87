/**
 * Products in a memory of their own: NaN around and between the elements of A and B, canaries around
 * those of C, and the bound that their errors keep.
 */

import { expect } from "vitest";
import { moduleOf } from "../../src/compile/assembler.ts";
import { wasmBackend } from "../../src/compile/backend.ts";
import {
  type Arithmetic,
  arithmetic,
  type Matrix,
  type Product,
  products,
  roomFor,
} from "../../src/compile/product.ts";
import type { Floats, Precision } from "../../src/equations/memory.ts";

/** The three products of a layer, and strides that no layer has. */
export const layouts = ["forward", "deltas", "gradients", "scattered", "columns"] as const;
export type Layout = (typeof layouts)[number];

/** Extents as numbers; which of them is known at run time only depends on the layout. */
export interface Shape {
  readonly layout: Layout;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly accumulate?: boolean;
  /** Nothing is left to the run time. */
  readonly fixed?: boolean;
}

export const along: Record<Layout, "m" | "n" | "k"> = {
  ...{ forward: "m", deltas: "m", gradients: "k", scattered: "m", columns: "n" },
};

export function stridesOf({ layout, m, n, k }: Shape): Record<"a" | "b" | "c", Matrix["strides"]> {
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
export const spanOf = (rows: number, columns: number, [row, column]: Matrix["strides"]): number =>
  rows * columns === 0 ? 0 : (rows - 1) * row + (columns - 1) * column + 1;

export interface Variant {
  readonly name: string;
  readonly precision: Precision;
  readonly common: Arithmetic;
}

interface Built {
  readonly numbers: Floats;
  /** Indices into `numbers`. */
  readonly at: Readonly<Record<"a" | "b" | "c" | "scratch" | "scratchEnd", number>>;
  readonly product: (i: number, rows: number) => void;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const GUARD = 64;

/** Where their number is known at run time only. */
const MOST_ROWS = 1024;
type Order = readonly ["a" | "b" | "c", "a" | "b" | "c", "a" | "b" | "c"];

/** One module of products. The last matrix of `order` ends where the memory ends. */
export function build(
  { precision, common }: Variant,
  shapes: readonly Shape[],
  order?: Order,
): Built {
  const { bytes } = common.lanes;
  const spans = { a: 0, b: 0, c: 0 };
  for (const shape of shapes) {
    const { a, b, c } = stridesOf(shape);
    spans.a = Math.max(spans.a, spanOf(shape.m, shape.k, a));
    spans.b = Math.max(spans.b, spanOf(shape.k, shape.n, b));
    spans.c = Math.max(spans.c, spanOf(shape.m, shape.n, c));
  }
  const room = roomFor(
    common,
    shapes.map((shape) => productOf(shape, origin, bytes)),
    MOST_ROWS,
  );
  const scratchEnd = GUARD + room.bytes / bytes;
  const at = { a: 0, b: 0, c: 0, scratch: GUARD, scratchEnd };
  let top = scratchEnd + 2 * GUARD;
  for (const name of order ?? (["a", "b", "c"] as const)) {
    at[name] = top;
    top += spans[name] + 2 * GUARD;
  }
  const pages = Math.ceil((top * bytes) / 65536);
  const memory = new WebAssembly.Memory({ initial: pages });
  if (order !== undefined) at[order[2]] = (pages * 65536) / bytes - spans[order[2]];

  const make = products(common, { address: at.scratch * bytes, columns: room.columns });
  const exports = Object.fromEntries(
    shapes.map((shape, i) => [`product${i}`, make(productOf(shape, at, bytes))]),
  );
  const binary = moduleOf(exports);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(binary), { "": { memory } });
  const numbers =
    precision === "float32" ? new Float32Array(memory.buffer) : new Float64Array(memory.buffer);
  // What scratch memory holds at first must not matter
  numbers.fill(Number.NaN, at.scratch, scratchEnd);
  return {
    ...{ at, numbers, bytes: binary },
    product: (i, rows) => (instance.exports[`product${i}`] as (rows: number) => void)(rows),
  };
}

export function productOf(
  shape: Shape,
  at: Record<"a" | "b" | "c", number>,
  bytes: number,
): Product {
  const strides = stridesOf(shape);
  const matrix = (name: "a" | "b" | "c"): Matrix => ({
    base: at[name] * bytes,
    strides: strides[name],
  });
  return {
    ...{ m: shape.m, n: shape.n, k: shape.k, accumulate: shape.accumulate ?? false },
    ...{ a: matrix("a"), b: matrix("b"), c: matrix("c") },
    ...(shape.fixed ? {} : { [along[shape.layout]]: "rows" }),
  };
}

// Fused multiply-add is tested where the engine has it (Node 20 has not). It comes with tiles of another
// shape, and these are tested with plain arithmetic too: one opcode is all that the engine decides
export const variants: readonly Variant[] = (["float32", "float64"] as const).flatMap(
  (precision) => {
    const plain = { name: precision, precision, common: arithmetic(precision, false) };
    const high = { ...plain.common, height: 6, together: 2 } as const;
    const fused = { name: `${precision}, fused`, precision, common: arithmetic(precision, true) };
    return [
      plain,
      { name: `${precision}, high tiles`, precision, common: high },
      ...(wasmBackend("float32").fused ? [fused] : []),
    ];
  },
);

/** Numbers in [−1, 1) that float32 holds exactly, from a linear congruence. */
const noise: Float64Array = (() => {
  let state = 1;
  return Float64Array.from({ length: 1 << 20 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >> 8) / 2 ** 23;
  });
})();

const CANARY = 12345;
export const origin = { a: 0, b: 0, c: 0 };

interface Operands {
  readonly left: Float64Array;
  readonly right: Float64Array;
  readonly start: Float64Array;
}

/** Random A, B and C with NaN around and between the elements of A and B, canaries around those of C. */
export function fill({ numbers, at }: Built, shape: Shape): Operands {
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
export function expectRight(
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
