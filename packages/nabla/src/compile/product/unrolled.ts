/** Products of a few numbers, written out: one loop, over the rows, and scalars in locals. */

import type { Extent } from "../../equations/expression.ts";
import { type Fresh, i32, local } from "../assembler.ts";
import type { Lanes } from "../lanes.ts";
import type { Matrix, Product } from "../product.ts";
import { forLoop, type I32, type Routine, routine } from "../routine.ts";

/** At most 16 numbers stay in the registers, or near them. */
export function isTiny({ m, n, k }: Product): boolean {
  const [p, q] = k === "rows" ? [m, n] : [n === "rows" ? m : n, k];
  return (p as number) * (q as number) <= 16;
}

export function unrolled(lanes: Lanes, product: Product): Routine {
  const { m, n, k, afterPanel } = product;
  return routine(1, ([rows], fresh) => {
    const [from, to] = [fresh(i32), fresh(i32)];
    if (k === "rows") alongK(lanes, product, { rows: rows!, fresh });
    else rowByRow(lanes, n === "rows" ? transposed(product) : product, { rows: rows!, fresh });
    if (afterPanel === undefined) return;
    local.set(to, m === "rows" ? rows! : i32.const(m));
    afterPanel(from, to);
  });
}

/** Cᵀ = Bᵀ·Aᵀ */
function transposed({ m, n, a, b, c, ...rest }: Product): Product {
  return { ...rest, m: n, n: m, a: transpose(b), b: transpose(a), c: transpose(c) };
}

const transpose = ({ base, strides: [row, column] }: Matrix): Matrix => ({
  base,
  strides: [column, row],
});

interface Body {
  readonly rows: I32;
  readonly fresh: Fresh;
}

/** For each row: C[i,j] = A[i,0]·B[0,j] + A[i,1]·B[1,j] + …, with B in locals. */
function rowByRow(
  lanes: Lanes,
  { m, n, k, a, b, c, accumulate }: Product,
  { rows, fresh }: Body,
): void {
  const { scalar, bytes } = lanes;
  const [i, at, to] = [fresh(i32), fresh(i32), fresh(i32)];
  const factors = upTo(k).map(() => fresh(scalar));
  const columns = upTo(n).map(() => upTo(k).map(() => fresh(scalar)));

  local.set(at, i32.const(b.base));
  for (const [j, column] of columns.entries())
    for (const [p, value] of column.entries())
      local.set(value, scalar.load(offset(lanes, b, p, j), at));
  local.set(at, i32.const(a.base));
  local.set(to, i32.const(c.base));
  forLoop(i, { from: 0, to: m === "rows" ? rows : m }, () => {
    for (const [p, value] of factors.entries())
      local.set(value, scalar.load(offset(lanes, a, 0, p), at));
    for (const [j, column] of columns.entries()) {
      local.get(to);
      for (const [p, value] of column.entries()) {
        scalar.mul(factors[p]!, value);
        if (p > 0) scalar.add();
      }
      if (accumulate) {
        scalar.load(offset(lanes, c, 0, j), to);
        scalar.add();
      }
      scalar.store(offset(lanes, c, 0, j));
    }
    local.set(at, i32.add(at, a.strides[0] * bytes));
    local.set(to, i32.add(to, c.strides[0] * bytes));
  });
}

/** For each k: C[i,j] ← C[i,j] + A[i,k]·B[k,j], with C in locals. */
function alongK(lanes: Lanes, { m, n, a, b, c, accumulate }: Product, { rows, fresh }: Body): void {
  const { scalar, bytes } = lanes;
  const [k, at, other] = [fresh(i32), fresh(i32), fresh(i32)];
  const column = upTo(m).map(() => fresh(scalar));
  const row = upTo(n).map(() => fresh(scalar));
  const sums = upTo(m).map(() => upTo(n).map(() => fresh(scalar)));

  local.set(at, i32.const(a.base));
  local.set(other, i32.const(b.base));
  forLoop(k, { from: 0, to: rows }, () => {
    for (const [i, value] of column.entries())
      local.set(value, scalar.load(offset(lanes, a, i, 0), at));
    for (const [j, value] of row.entries())
      local.set(value, scalar.load(offset(lanes, b, 0, j), other));
    for (const [i, x] of column.entries())
      for (const [j, y] of row.entries()) {
        const sum = sums[i]![j]!;
        local.set(sum, scalar.add(scalar.mul(x, y), sum));
      }
    local.set(at, i32.add(at, a.strides[1] * bytes));
    local.set(other, i32.add(other, b.strides[0] * bytes));
  });
  local.set(at, i32.const(c.base));
  for (const i of upTo(m))
    for (const j of upTo(n)) {
      const sum = sums[i]![j]!;
      if (accumulate) local.set(sum, scalar.add(scalar.load(offset(lanes, c, i, j), at), sum));
      scalar.store(offset(lanes, c, i, j), at, sum);
    }
}

/** 0, 1, …: an extent that is known. */
const upTo = (extent: Extent): number[] => Array.from({ length: extent as number }, (_, i) => i);

const offset = ({ bytes }: Lanes, { strides: [row, column] }: Matrix, i: number, j: number) => ({
  offset: (i * row + j * column) * bytes,
});
