/**
 * A tile that hangs over the right edge of C, or is to be added to C, is made in scratch memory
 * first; one small loop takes it to C from there. So the kernels come in one variant only.
 */

import { i32, if_, local, v128 } from "../assembler.ts";
import { forLoop, type I32 } from "../routine.ts";
import { type Arithmetic, kernel, setChoice, setSmaller } from "./kernel.ts";

export type Merge = ReturnType<typeof mergeTile>;

/** to ← from, or to ← from + to where `add` is not 0: `rows` rows of `width` bytes. */
export function mergeTile({ lanes: { bytes, scalar, vector } }: Arithmetic) {
  return kernel(
    {
      takes: ["to", "toRow", "from", "fromRow", "rows", "width", "add"],
      locals: ["i", "j", "whole", "source", "target"],
    },
    ({ to, toRow, from, fromRow, rows, width, add, i, j, whole, source, target }) => {
      const move = (copy: () => void, sum: () => void): void => {
        local.set(source, i32.add(from, j));
        local.set(target, i32.add(to, j));
        local.get(add);
        if_(sum, copy);
      };
      const four = () => v128.load({}, source);
      const one = () => scalar.load({}, source);

      local.set(whole, i32.and(width, -16));
      forLoop(i, { from: 0, to: rows }, () => {
        forLoop(j, { from: 0, to: whole, step: 16 }, () => {
          move(
            () => v128.store({}, target, four()),
            () => v128.store({}, target, vector.add(four(), v128.load({}, target))),
          );
        });
        forLoop(j, { from: whole, to: width, step: bytes }, () => {
          move(
            () => scalar.store({}, target, one()),
            () => scalar.store({}, target, scalar.add(one(), scalar.load({}, target))),
          );
        });
        local.set(to, i32.add(to, toRow));
        local.set(from, i32.add(from, fromRow));
      });
    },
  );
}

export const detourLocals = ["to", "toRow", "detour", "width"] as const;

export interface Place {
  readonly c: I32;
  readonly cRow: I32;
  readonly rows: I32;
  /** Columns of C from here to the right edge, and those that a tile has. */
  readonly left: I32;
  readonly columns: number;
  readonly add: I32;
}

export interface Detour {
  readonly merge: Merge;
  /** The address of room for a tile. */
  readonly scratch: number;
  readonly bytes: number;
  readonly locals: Readonly<Record<(typeof detourLocals)[number], I32>>;
}

/** Has `make(c, cRow)` make a tile at its place in C, or in scratch memory and then merged. */
export function placeTile(
  { c, cRow, rows, left, columns, add }: Place,
  { merge, scratch, bytes, locals: { to, toRow, detour, width } }: Detour,
  make: (c: I32, cRow: I32) => void,
): void {
  local.set(detour, i32.or(i32.lt_s(left, columns), add));
  setChoice(to, () => local.get(detour), { then: scratch, otherwise: c });
  setChoice(toRow, () => local.get(detour), { then: columns * bytes, otherwise: cRow });
  make(to, toRow);
  local.get(detour);
  if_(() => {
    setSmaller(width, left, columns);
    local.set(width, i32.mul(width, bytes));
    merge({ to: c, toRow: cRow, from: to, fromRow: toRow, rows, width, add });
  });
}
