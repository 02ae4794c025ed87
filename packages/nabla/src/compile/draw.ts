/** The first values of parameters: the twin of `uniform` of `train/random.ts`, which takes no call a number. */

import { streams } from "../train/random.ts";
import {
  br,
  call,
  f32,
  f64,
  func,
  i32,
  if_,
  local,
  loop,
  return_,
  type StackVar,
} from "./assembler.ts";
import { lanesOf } from "./lanes.ts";
import type { LinearMemory } from "./memory.ts";
import { instantiate } from "./program.ts";
import { type Philox, philoxFunction, randomPlaces, wordsAt } from "./random.ts";

/**
 * draw(at, end, number, limit): fills the memory from `at` to `end` with limit·(2u − 1), u the numbers
 * of the stream "initialisation" at `number` for the seed that is set.
 */
export type Draw = (at: number, end: number, number: number, limit: number) => void;

export function compileDraw(memory: LinearMemory): Draw {
  const key = JSON.stringify(["draw", memory.precision, randomPlaces(memory)]);
  return instantiate(memory, key, () => ({ draw: drawFunction(memory, philoxFunction(memory)) }))
    .draw as Draw;
}

function drawFunction(memory: LinearMemory, philox: Philox) {
  const { scalar, bytes, precision } = lanesOf(memory.precision);
  const words = wordsAt(memory);
  const bits = (word: number, dropped: number): StackVar<"f64"> =>
    f64.convert_i32_u(i32.shr_u(i32.load({ offset: words + 4 * word }, 0), dropped));
  return func({ in: [i32, i32, i32, f64], out: [] }, ([at, end, number, limit], fresh) => {
    const block = fresh(i32);
    loop((again) => {
      call(philox, [block, number, 0, streams.initialisation]);
      for (const word of [0, 2]) {
        local.get(at);
        // 2u = (27 bits, then 26)/2⁵²
        const twice = f64.div(f64.add(f64.mul(bits(word, 5), 2 ** 26), bits(word + 1, 6)), 2 ** 52);
        const value = f64.mul(f64.sub(twice, 1), limit);
        if (precision === "float32") f32.demote_f64(value);
        scalar.store({});
        i32.eq(local.tee(at, i32.add(at, bytes)), end);
        if_(() => return_());
      }
      local.set(block, i32.add(block, 1));
      br(again);
    });
  });
}
