/** Lines of a matrix (rows of A, columns of B) in panels that a tile reads from end to end. */

import { i32, i64, if_, local, v128 } from "../assembler.ts";
import { forLoop } from "../routine.ts";
import { type Arithmetic, kernel, setAddress } from "./kernel.ts";

/**
 * to[p,k,l] = from[p·width + l, k]: panels p of `width` lines l. `line` and `step` lead to the next l and k.
 * Fast where l is contiguous: whole vectors, and all panels for one k, so that a page is visited once.
 * The last panel may lack lines; what they leave in it makes numbers of a tile that nobody takes.
 */
export function pack({ lanes: { bytes, scalar } }: Arithmetic, width: number) {
  const size = width * bytes;
  return kernel(
    {
      takes: ["to", "from", "line", "lines", "step", "depth"],
      locals: ["l", "k", "source", "target", "panel", "place"],
    },
    ({ to, from, line, lines, step, depth, l, k, source, target, panel, place }) => {
      const wholePanels = (): void => {
        forLoop(k, { from: 0, to: depth }, () => {
          setAddress(source, { base: from, index: k, step });
          setAddress(target, { base: to, index: k, step: size });
          forLoop(l, { from: width - 1, to: lines, step: width }, () => {
            for (let offset = 0; offset < size; offset += 16) {
              const at = { offset };
              if (size - offset >= 16) v128.store(at, target, v128.load(at, source));
              else i64.store(at, target, i64.load(at, source));
            }
            local.set(source, i32.add(source, size));
            local.set(target, i32.add(target, panel));
          });
        });
        local.set(l, i32.div_u(lines, width));
        setAddress(to, { base: to, index: l, step: panel });
        setAddress(from, { base: from, index: l, step: size });
        local.set(lines, i32.rem_u(lines, width));
      };

      local.set(panel, i32.mul(depth, size));
      i32.eq(line, bytes);
      if_(wholePanels);
      forLoop(l, { from: 0, to: lines }, () => {
        local.set(source, from);
        local.set(target, i32.add(to, place));
        forLoop(k, { from: 0, to: depth }, () => {
          scalar.store({}, target, scalar.load({}, source));
          local.set(source, i32.add(source, step));
          local.set(target, i32.add(target, size));
        });
        local.set(from, i32.add(from, line));
        local.set(place, i32.add(place, bytes));
        i32.eq(place, size);
        if_(() => {
          local.set(place, i32.const(0));
          local.set(to, i32.add(to, panel));
        });
      });
    },
  );
}
