/**
 * C = A·B for any strides. A and B are packed into panels, and a tile adds up the outer products of
 * a column of A's panel and a row of B's.
 */

import { block as blockOf, br_if, i32, local, loop, v128 } from "../assembler.ts";
import { forLoop } from "../routine.ts";
import type { Merge } from "./edge.ts";
import {
  type Arithmetic,
  type Block,
  blockTakes,
  kernel,
  setAddress,
  setChoice,
  setSmaller,
} from "./kernel.ts";
import { pack } from "./pack.ts";

/** The bytes of a row of a tile, and of the highest tile. */
const tileRow = 32;
const tileBytes = 6 * tileRow;

/**
 * C[i,j] = Σ_k A[i,k]·B[k,j] for `height` rows i, of which `rows` are stored: `width` bytes of each, from
 * one panel of A, `panel` bytes long, and as many of B as there are tiles.
 * Fast: 2·height vector products for height + 2 loads, all sums in registers, panels in the caches.
 */
function outerTiles({ lanes, height, multiplyAdd }: Arithmetic) {
  const takes = ["a", "panel", "rows", "b", "c", "cRow", "width"] as const;
  const locals = ["aEnd", "cEnd", "to"] as const;
  return kernel({ takes, locals }, (all, fresh) => {
    const { a, panel, rows, b, c, cRow, width, aEnd, cEnd, to } = all;
    const [x, y, y2, zero] = [fresh(v128), fresh(v128), fresh(v128), fresh(v128)];
    const sums = Array.from({ length: height }, () => ({ s: fresh(v128), s2: fresh(v128) }));
    local.set(aEnd, i32.add(a, panel));
    local.set(cEnd, i32.add(c, width));
    forLoop(c, { from: c, to: cEnd, step: tileRow }, () => {
      for (const { s, s2 } of sums) for (const sum of [s, s2]) local.set(sum, zero);
      forLoop(a, { from: a, to: aEnd, step: height * lanes.bytes }, () => {
        local.set(y, v128.load({}, b));
        local.set(y2, v128.load({ offset: 16 }, b));
        for (const [i, { s, s2 }] of sums.entries()) {
          local.set(x, lanes.splatLoad({ offset: i * lanes.bytes }, a));
          multiplyAdd(s, x, y);
          multiplyAdd(s2, x, y2);
        }
        local.set(b, i32.add(b, tileRow));
      });
      local.set(a, i32.sub(a, panel));
      local.set(to, c);
      blockOf((stored) => {
        for (const [i, { s, s2 }] of sums.entries()) {
          if (i > 0) {
            i32.le_s(rows, i);
            br_if(stored);
            local.set(to, i32.add(to, cRow));
          }
          v128.store({}, to, s);
          v128.store({ offset: 16 }, to, s2);
        }
      });
    });
  });
}

/**
 * Packed at once: 2 KB along k of 512 rows (or a few more) and 64 columns, for the second cache. Of a
 * gradient, as long along k as a batch, the columns lie in the first for all rows.
 */
const packed = ({ lanes, height }: Arithmetic) => ({
  rows: Math.ceil(512 / height) * height,
  columns: 64,
  depth: 2048 / lanes.bytes,
});

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
  const [tiles, packRows, packColumns] = [
    outerTiles(common),
    pack(common, height),
    pack(common, 2 * lanes.count),
  ];
  const most = packed(common);
  const detour = scratch.address;
  const columnsAt = detour + tileBytes;
  const rowsAt = columnsAt + scratch.columns;
  const locals = [
    ...(["i", "j", "k", "block", "left", "whole", "rest"] as const),
    ...(["panel", "aAt", "bAt", "cAt", "to", "width"] as const),
  ] as const;
  return kernel({ takes: blockTakes, locals }, (all) => {
    const { a, aRow, aStep, rows, b, bStep, bColumn, columns, c, cRow, depth, add } = all;
    const { i, j, k, block, left, whole, rest, panel, aAt, bAt, cAt, to, width } = all;

    /** The tiles of a panel of A. `j` is in bytes, as what is `left` of a row of C, and is `whole` tiles. */
    const tilesOfRows = (): void => {
      local.set(rest, i32.sub(rows, i));
      setSmaller(rest, rest, height);
      setAddress(cAt, { base: c, index: i, step: cRow });
      setAddress(cAt, { base: cAt, index: block, step: bytes });
      tiles({ a: aAt, panel, rows: rest, b: columnsAt, c: cAt, cRow, width: whole });
      forLoop(j, { from: whole, to: left, step: tileRow }, () => {
        setAddress(bAt, { base: columnsAt, index: j, step: k });
        tiles({ a: aAt, panel, rows: rest, b: bAt, c: detour, cRow: tileRow, width: tileRow });
        local.set(to, i32.add(cAt, j));
        local.set(width, i32.sub(left, j));
        setSmaller(width, width, tileRow);
        merge({ to, toRow: cRow, from: detour, fromRow: tileRow, rows: rest, width, add });
      });
      local.set(aAt, i32.add(aAt, panel));
    };

    loop((again) => {
      setSmaller(k, depth, most.depth);
      local.set(panel, i32.mul(k, height * bytes));
      packRows({ to: rowsAt, from: a, line: aRow, lines: rows, step: aStep, depth: k });
      forLoop(block, { from: 0, to: columns, step: most.columns }, () => {
        local.set(left, i32.sub(columns, block));
        setSmaller(left, left, most.columns);
        setAddress(bAt, { base: b, index: block, step: bColumn });
        packColumns({
          to: columnsAt,
          from: bAt,
          line: bColumn,
          lines: left,
          step: bStep,
          depth: k,
        });
        local.set(left, i32.mul(left, bytes));
        setChoice(whole, () => local.get(add), { then: 0, otherwise: left });
        local.set(whole, i32.and(whole, -tileRow));
        local.set(aAt, i32.const(rowsAt));
        forLoop(i, { from: 0, to: rows, step: height }, tilesOfRows);
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
