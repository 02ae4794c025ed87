/**
 * Matrix products made for given shapes: C[i,j] = Σ_k A[i,k]·B[k,j]. A layer has three of them:
 *
 *     z[n,j]     = Σ_i x[n,i]·W[j,i]     rows of A, columns of B contiguous   dot
 *     ∂C/∂a[n,j] = Σ_k δ[n,k]·W[k,j]     rows of A, rows of B                 outer
 *     ∂C/∂W[j,i] = Σ_n δ[n,j]·x[n,i]     columns of A, rows of B              outer
 *
 * dot       packs nothing, so that one row costs no more than its numbers, but adds up lanes at the
 *           end of every tile: faster from k = 16 on, and where C is narrow.
 * outer     packs both sides, whatever their strides. Copying all of a small matrix costs less than
 *           the cases that would spare it, and powers of two as strides do no harm to large ones.
 * unrolled  is scalar code where the constant extents make 16 numbers at most: 3 ns for one of 2→3→1.
 *
 * V8 replaces a function by its optimised code at the next call, but never a loop that runs: so a
 * kernel makes one line of tiles a call. All products of a module share the kernels, about 1,200
 * instructions, and take about 50 more each. A tile has as many sums as the registers hold
 * (`arithmetic`). Speed as a part of the register-only peak of the same run, on a busy machine:
 *
 *     m, n, k in any order       Node 20 and 24   Node 24, fused multiply-add
 *     256³, 512³                 85 – 99 %        79 – 95 %
 *     1024³                      79 – 94 %        73 – 90 %
 *     784×128×32, 784×512×128    86 – 98 %        82 – 92 %
 *     784×30×10                  77 – 92 %        88 – 93 %
 *     30×10×10                   42 – 51 %        41 – 47 %
 *
 * The order along k depends on constants alone, so a row of C has the same bits in any batch.
 */

import type { Extent } from "../equations/expression.ts";
import { internal } from "../errors.ts";
import { i32, local } from "./assembler.ts";
import { dotBlock } from "./product/dot.ts";
import { mergeTile } from "./product/edge.ts";
import { type Arithmetic, type Block, setAddress, setSmaller } from "./product/kernel.ts";
import { outerBlock, outerRoom, type Room, rowsAtOnce, type Scratch } from "./product/outer.ts";
import { isTiny, unrolled } from "./product/unrolled.ts";
import { forLoop, type I32, type Routine, routine } from "./routine.ts";

export { type Arithmetic, arithmetic } from "./product/kernel.ts";
export type { Room, Scratch } from "./product/outer.ts";

export interface Matrix {
  /** The address of the first element, in bytes; all of the matrix lies below 2³¹. */
  readonly base: number;
  /** In elements, not negative; 0 repeats a row or a column. */
  readonly strides: readonly [row: number, column: number];
}

/** C = A·B, or C ← C + A·B. At most one of the extents is "rows", the argument of the routine. */
export interface Product {
  /** A is [m, k], B [k, n], C [m, n]. */
  readonly m: Extent;
  readonly n: Extent;
  readonly k: Extent;
  readonly a: Matrix;
  readonly b: Matrix;
  /** Its rows are contiguous. Nothing but its m·n elements is written. */
  readonly c: Matrix;
  readonly accumulate?: boolean;
  /** Emits what is to be done with rows [from, to) of C once they are complete, still in the cache. */
  readonly afterPanel?: (from: I32, to: I32) => void;
}

/** The room that the products of one module need beside their matrices, of at most `rows` rows. */
export function roomFor(common: Arithmetic, all: readonly Product[], rows: number): Room {
  const packing = all.filter((product) => !isTiny(product) && !isDot(product));
  const number = (extent: Extent): number => (extent === "rows" ? rows : extent);
  return outerRoom(
    common,
    packing.map(({ m, n, k }) => ({ rows: number(m), columns: number(n), depth: number(k) })),
  );
}

/** The generator of one module's products. */
export function products(common: Arithmetic, scratch: Scratch): (product: Product) => Routine {
  const merge = once(() => mergeTile(common));
  const dot = once(() => dotBlock(common, merge(), scratch.address));
  const outer = once(() => outerBlock(common, merge(), scratch));
  return (product) => {
    checkForm(product);
    if (isTiny(product)) return unrolled(common.lanes, product);
    return inBlocks(product, common, isDot(product) ? dot() : outer());
  };
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function checkForm({ m, n, k, c }: Product): void {
  if ([m, n, k].filter((extent) => extent === "rows").length > 1) {
    throw internal(`a product has one extent at most that is the rows, got [${m}, ${n}, ${k}]`);
  }
  if (c.strides[1] !== 1) throw internal(`the rows of a product are contiguous, got ${c.strides}`);
}

/** Whether A's rows and B's columns are contiguous, and long enough for the sums over lanes to pay. */
function isDot({ n, k, a, b }: Product): boolean {
  if (a.strides[1] !== 1 || b.strides[0] !== 1) return false;
  return k === "rows" || k >= 16 || n === "rows" || n <= 4;
}

/** Calls `block` for as many rows of C at once as it takes, and `afterPanel` for these. */
function inBlocks(
  { m, n, k, a, b, c, accumulate, afterPanel }: Product,
  common: Arithmetic,
  block: Block,
): Routine {
  const inBytes = ({ strides: [row, column] }: Matrix): readonly [number, number] => [
    row * common.lanes.bytes,
    column * common.lanes.bytes,
  ];
  const [[aRow, aStep], [bStep, bColumn], [cRow]] = [inBytes(a), inBytes(b), inBytes(c)];
  const step = rowsAtOnce(common);
  return routine(1, ([rows], fresh) => {
    const number = (extent: Extent): I32 | number => (extent === "rows" ? rows! : extent);
    const always = {
      ...{ aRow, aStep, b: b.base, bStep, bColumn, columns: number(n) },
      ...{ cRow, depth: number(k), add: accumulate ? 1 : 0 },
    };
    // One block that is known now, as of most gradients: a quarter of the instructions of the loop
    if (m !== "rows" && m <= step && afterPanel === undefined) {
      block({ ...always, a: a.base, rows: m, c: c.base });
      return;
    }
    const [from, to, count] = [fresh(i32), fresh(i32), fresh(i32)];
    const [aAt, cAt] = [fresh(i32), fresh(i32)];
    forLoop(from, { from: 0, to: number(m), step }, () => {
      local.set(to, i32.add(from, step));
      setSmaller(to, to, number(m));
      local.set(count, i32.sub(to, from));
      setAddress(aAt, { base: a.base, index: from, step: aRow });
      setAddress(cAt, { base: c.base, index: from, step: cRow });
      block({ ...always, a: aAt, rows: count, c: cAt });
      afterPanel?.(from, to);
    });
  });
}
