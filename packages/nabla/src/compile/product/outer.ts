/**
 * C = A·B for any strides. A and B are packed into panels, and a tile adds up the outer products of
 * a column of A's panel and a row of B's.
 */

import { br_if, i32, if_, local, loop, return_, v128 } from "../assembler.ts";
import { forLoop } from "../routine.ts";
import { detourLocals, type Merge, placeTile } from "./edge.ts";
import {
  type Arithmetic,
  type Block,
  blockTakes,
  kernel,
  setAddress,
  setSmaller,
} from "./kernel.ts";
import { pack } from "./pack.ts";

/**
 * C[i,j] = Σ_k A[i,k]·B[k,j] for `height` rows i, of which `rows` are stored, and two vectors of j.
 * Fast: 2·height vector products for height + 2 loads, all sums in registers, panels in the caches.
 */
function outerTile({ lanes, height, multiplyAdd }: Arithmetic) {
  const takes = ["a", "aEnd", "b", "c", "cRow", "rows"] as const;
  return kernel({ takes }, ({ a, aEnd, b, c, cRow, rows }, fresh) => {
    const [x, y, y2] = [fresh(v128), fresh(v128), fresh(v128)];
    const sums = Array.from({ length: height }, () => ({ s: fresh(v128), s2: fresh(v128) }));
    forLoop(a, { from: a, to: aEnd, step: height * lanes.bytes }, () => {
      local.set(y, v128.load({}, b));
      local.set(y2, v128.load({ offset: 16 }, b));
      for (const [i, { s, s2 }] of sums.entries()) {
        local.set(x, lanes.splatLoad({ offset: i * lanes.bytes }, a));
        multiplyAdd(s, x, y);
        multiplyAdd(s2, x, y2);
      }
      local.set(b, i32.add(b, 32));
    });
    for (const [i, { s, s2 }] of sums.entries()) {
      if (i > 0) {
        i32.le_s(rows, i);
        if_(() => return_());
        local.set(c, i32.add(c, cRow));
      }
      v128.store({}, c, s);
      v128.store({ offset: 16 }, c, s2);
    }
  });
}

/** Packed at once: 2 KB along k of 128 rows (or a few more) and 64 columns, for the second cache. */
const packed = ({ lanes, height }: Arithmetic) => ({
  rows: Math.ceil(128 / height) * height,
  columns: 64,
  depth: 2048 / lanes.bytes,
});

const tileBytes = 6 * 32;

export const rowsAtOnce = (common: Arithmetic): number => packed(common).rows;

/** Where panels are packed. */
export interface Scratch {
  readonly address: number;
  /** The bytes of the panels of B's columns; those of A's rows lie behind them. */
  readonly columns: number;
}

/** How much memory that takes. */
export interface Room {
  readonly bytes: number;
  readonly columns: number;
}

interface Extents {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
}

/** For the largest panels of some products; where there are none, for a tile that is merged. */
export function outerRoom(common: Arithmetic, all: readonly Extents[]): Room {
  const { lanes, height } = common;
  const most = packed(common);
  const panels = (lines: number, width: number, depth: number): number =>
    Math.ceil(lines / width) * width * Math.min(depth, most.depth) * lanes.bytes;
  const rows = all.map((p) => panels(Math.min(p.rows, most.rows), height, p.depth));
  const columns = all.map((p) =>
    panels(Math.min(p.columns, most.columns), 2 * lanes.count, p.depth),
  );
  const widest = Math.max(0, ...columns);
  return { bytes: tileBytes + widest + Math.max(0, ...rows), columns: widest };
}

/** A block of C's rows, at most `rowsAtOnce`. */
export function outerBlock(common: Arithmetic, merge: Merge, scratch: Scratch): Block {
  const { lanes, height } = common;
  const { bytes } = lanes;
  const width = 2 * lanes.count;
  const [tile, packRows, packColumns] = [
    outerTile(common),
    pack(common, height),
    pack(common, width),
  ];
  const most = packed(common);
  const columnsAt = scratch.address + tileBytes;
  const rowsAt = columnsAt + scratch.columns;
  const locals = [
    ...(["i", "j", "k", "block", "blockEnd", "rest", "left"] as const),
    ...(["aAt", "aEnd", "aPanel", "bAt", "cAt"] as const),
    ...detourLocals,
  ] as const;
  return kernel({ takes: blockTakes, locals }, (all) => {
    const { a, aRow, aStep, rows, b, bStep, bColumn, columns, c, cRow, depth, add } = all;
    const { i, j, k, block, blockEnd, rest, left, aAt, aEnd, aPanel, bAt, cAt } = all;

    const tilesOfColumns = (): void => {
      local.set(left, i32.sub(columns, j));
      local.set(aAt, i32.const(rowsAt));
      setAddress(cAt, { base: c, index: j, step: bytes });
      forLoop(i, { from: 0, to: rows, step: height }, () => {
        local.set(rest, i32.sub(rows, i));
        setSmaller(rest, rest, height);
        local.set(aEnd, i32.add(aAt, aPanel));
        placeTile(
          { c: cAt, cRow, rows: rest, left, columns: width, add },
          { merge, scratch: scratch.address, bytes, locals: all },
          (c, cRow) => tile({ a: aAt, aEnd, b: bAt, c, cRow, rows: rest }),
        );
        local.set(aAt, aEnd);
        setAddress(cAt, { base: cAt, index: cRow, step: height });
      });
      setAddress(bAt, { base: bAt, index: k, step: 32 });
    };

    loop((again) => {
      setSmaller(k, depth, most.depth);
      local.set(aPanel, i32.mul(k, height * bytes));
      packRows({ to: rowsAt, from: a, line: aRow, lines: rows, step: aStep, depth: k });
      forLoop(block, { from: 0, to: columns, step: most.columns }, () => {
        local.set(blockEnd, i32.add(block, most.columns));
        setSmaller(blockEnd, blockEnd, columns);
        local.set(left, i32.sub(blockEnd, block));
        setAddress(bAt, { base: b, index: block, step: bColumn });
        packColumns({
          to: columnsAt,
          from: bAt,
          line: bColumn,
          lines: left,
          step: bStep,
          depth: k,
        });
        local.set(bAt, i32.const(columnsAt));
        forLoop(j, { from: block, to: blockEnd, step: width }, tilesOfColumns);
      });
      // The rest of k is added to what C has by now
      setAddress(a, { base: a, index: k, step: aStep });
      setAddress(b, { base: b, index: k, step: bStep });
      local.set(add, i32.const(1));
      local.set(depth, i32.sub(depth, k));
      i32.gt_s(depth, 0);
      br_if(again);
    });
  });
}
