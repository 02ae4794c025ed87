/**
 * A tile that hangs over the right edge of C, or is to be added to C, is made in scratch memory
 * first; one small loop takes it to C from there. So the kernels come in one variant only.
 */

import { i32, if_, local, v128 } from "../assembler.ts";
import { forLoop } from "../routine.ts";
import { type Arithmetic, kernel } from "./kernel.ts";

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
