/**
 * C = A·B where the rows of A and the columns of B are contiguous, as in z = x·Wᵀ. Nothing is packed:
 * a tile multiplies vectors along k, and adds up the lanes of each sum at the end.
 */

import { i8x16, i32, if_, type Local, local, type StackVar, v128 } from "../assembler.ts";
import type { Lanes } from "../lanes.ts";
import { forLoop, type I32 } from "../routine.ts";
import type { Merge } from "./edge.ts";
import {
  type Arithmetic,
  type Block,
  blockTakes,
  kernel,
  setAddress,
  setSmaller,
} from "./kernel.ts";

type Vector = Local<"v128">;

/**
 * C[i,j] = Σ_k A[i,k]·B[k,j] for `rows` rows i and `height` columns j; `size` is k's extent in bytes.
 * Fast: two rows at a time, so 2·height vector products for height + 2 loads, all sums in registers.
 * From `columns` on the columns repeat the last one, as an odd row repeats itself: nothing else is read.
 */
function dotTiles({ lanes, height, together, multiplyAdd }: Arithmetic) {
  return kernel(
    {
      takes: ["a", "aRow", "rows", "b", "bColumn", "columns", "c", "cRow", "size"],
      locals: ["i", "pair", "a2", "c2", "start", "end"],
    },
    (all, fresh) => {
      const { a, aRow, rows, b, bColumn, columns, c, cRow, size } = all;
      const { i, pair, a2, c2, start, end } = all;
      const [x, x2, w, zero] = [fresh(v128), fresh(v128), fresh(v128), fresh(v128)];
      const sums: { readonly at: I32; readonly s: Vector; readonly s2: Vector }[] = [];
      for (let j = 0; j < height; j++) {
        const before = sums.at(-1);
        sums.push({ at: fresh(i32), s: fresh(v128), s2: fresh(v128) });
        if (before === undefined) local.set(sums[j]!.at, b);
        else local.set(sums[j]!.at, i32.add(i32.mul(i32.gt_s(columns, j), bColumn), before.at));
      }

      /** Goes on along k, `step` bytes a turn, for as long as whole turns are left. */
      const alongK = (step: number, load = v128.load): void => {
        local.set(end, i32.add(i32.and(size, -step), start));
        forLoop(a, { from: a, to: end, step }, () => {
          for (let offset = 0; offset < step; offset += 16) {
            local.set(x, load({ offset }, a));
            local.set(x2, load({ offset }, a2));
            for (const { at, s, s2 } of sums) {
              local.set(w, load({ offset }, at));
              multiplyAdd(s, w, x);
              multiplyAdd(s2, w, x2);
            }
          }
          for (const { at } of sums) local.set(at, i32.add(at, step));
          local.set(a2, i32.add(a2, step));
        });
      };

      forLoop(i, { from: 0, to: rows, step: 2 }, () => {
        local.set(pair, i32.lt_s(i, i32.sub(rows, 1)));
        setAddress(a2, { base: a, index: pair, step: aRow });
        setAddress(c2, { base: c, index: pair, step: cRow });
        local.set(start, a);
        for (const { s, s2 } of sums) for (const sum of [s, s2]) local.set(sum, zero);
        if (together > 1) alongK(16 * together);
        alongK(16);
        alongK(lanes.bytes, lanes.loadFirst);

        for (let j = 0; j < height; j += 2) {
          const [p, q] = [sums[j]!, sums[j + 1]!];
          const at = { offset: j * lanes.bytes };
          if (lanes.count === 4) {
            local.set(x, sumsOfFour(lanes, [p.s, q.s, p.s2, q.s2]));
            v128.store64_lane(at, 0, c, x);
            v128.store64_lane(at, 1, c2, x);
          } else {
            local.set(x, sumsOfHalves(lanes, [p.s, q.s]));
            local.set(x2, sumsOfHalves(lanes, [p.s2, q.s2]));
            v128.store(at, c, x);
            v128.store(at, c2, x2);
          }
        }
        for (const { at } of sums) local.set(at, i32.sub(at, size));
        setAddress(a, { base: start, index: aRow, step: 2 });
        setAddress(c, { base: c, index: cRow, step: 2 });
      });
    },
  );
}

/** The sums of the four lanes of each vector, which are changed on the way. */
function sumsOfFour(
  lanes: Lanes,
  [p, q, r, s]: readonly [Vector, Vector, Vector, Vector],
): StackVar<"v128"> {
  const pairs = [[p, q] as const, [r, s] as const];
  for (const [u, v] of pairs) {
    const even = i8x16.shuffle(words(0, 4, 1, 5), u, v);
    local.set(u, lanes.vector.add(even, i8x16.shuffle(words(2, 6, 3, 7), u, v)));
  }
  return sumsOfHalves(lanes, [p, r]);
}

/** u's lower half plus its upper half, and beside it v's. */
function sumsOfHalves({ vector }: Lanes, [u, v]: readonly [Vector, Vector]): StackVar<"v128"> {
  const lower = i8x16.shuffle(words(0, 1, 4, 5), u, v);
  return vector.add(lower, i8x16.shuffle(words(2, 3, 6, 7), u, v));
}

type Shuffle = Parameters<typeof i8x16.shuffle>[0];
const words = (...places: readonly number[]): Shuffle =>
  places.flatMap((word) => [0, 1, 2, 3].map((byte) => 4 * word + byte)) as Shuffle;

/** A block of C's rows: a tile's columns of B stay in the first cache for all of them. */
export function dotBlock(common: Arithmetic, merge: Merge, scratch: number): Block {
  const { lanes, height } = common;
  const { bytes } = lanes;
  const tiles = dotTiles(common);
  const fromRow = height * bytes;
  const locals = ["i", "j", "rest", "left", "width", "aAt", "bAt", "cAt"] as const;
  return kernel({ takes: blockTakes, locals }, (all) => {
    const { a, aRow, rows, b, bColumn, columns, c, cRow, depth, add } = all;
    const { i, j, rest, left, width, aAt, bAt, cAt } = all;

    const straight = (): void =>
      tiles({ a, aRow, rows, b: bAt, bColumn, columns: left, c: cAt, cRow, size: depth });
    const byScratch = (): void => {
      setSmaller(width, left, height);
      local.set(width, i32.mul(width, bytes));
      local.set(aAt, a);
      forLoop(i, { from: 0, to: rows, step: 2 }, () => {
        local.set(rest, i32.sub(rows, i));
        setSmaller(rest, rest, 2);
        tiles({
          ...{ a: aAt, aRow, rows: rest, b: bAt, bColumn, columns: left },
          ...{ c: scratch, cRow: fromRow, size: depth },
        });
        merge({ to: cAt, toRow: cRow, from: scratch, fromRow, rows: rest, width, add });
        setAddress(aAt, { base: aAt, index: aRow, step: 2 });
        setAddress(cAt, { base: cAt, index: cRow, step: 2 });
      });
    };

    local.set(depth, i32.mul(depth, bytes));
    forLoop(j, { from: 0, to: columns, step: height }, () => {
      local.set(left, i32.sub(columns, j));
      setAddress(bAt, { base: b, index: j, step: bColumn });
      setAddress(cAt, { base: c, index: j, step: bytes });
      i32.or(i32.lt_s(left, height), add);
      if_(byScratch, straight);
    });
  });
}
