/** Σ_r a·b, the heart of every matrix product, as loops that an engine turns into good machine code. */

import type { Address } from "./lanes.ts";

/** out[j] += Σ_r a[j,r]·b[r] for a run of j. */
export interface Product {
  /** Along r. */
  readonly a: Address;
  readonly b: Address;
  /** Along j. */
  readonly out: Address;
  readonly aPerJ: number;
  /** How many j, and how many r. */
  j: number;
  r: number;
}

/** Fast: four sums at a time, so that additions need not wait for one another. */
export function multiply(product: Product): void {
  const { aPerJ, j: count, r: length } = product;
  const [a, b, out] = [product.a.cell.data, product.b.cell.data, product.out.cell.data];
  const [aPerR, bPerR, outPerJ] = [product.a.stride, product.b.stride, product.out.stride];
  const [aStart, bStart, outStart] = [product.a.start(), product.b.start(), product.out.start()];
  const last = count - 3;
  let j = 0;
  for (; j < last; j += 4) {
    let a0 = aStart + j * aPerJ;
    let a1 = a0 + aPerJ;
    let a2 = a1 + aPerJ;
    let a3 = a2 + aPerJ;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let r = 0, at = bStart; r < length; r++, at += bPerR) {
      const x = b[at]!;
      s0 += a[a0]! * x;
      s1 += a[a1]! * x;
      s2 += a[a2]! * x;
      s3 += a[a3]! * x;
      a0 += aPerR;
      a1 += aPerR;
      a2 += aPerR;
      a3 += aPerR;
    }
    const to = outStart + j * outPerJ;
    out[to]! += s0;
    out[to + outPerJ]! += s1;
    out[to + 2 * outPerJ]! += s2;
    out[to + 3 * outPerJ]! += s3;
  }
  for (; j < count; j++) {
    let from = aStart + j * aPerJ;
    let sum = 0;
    for (let r = 0, at = bStart; r < length; r++, at += bPerR, from += aPerR)
      sum += a[from]! * b[at]!;
    out[outStart + j * outPerJ]! += sum;
  }
}
