/**
 * The twins of `train/random.ts`: the same words for the same places, inside the module, so that dropout
 * masks and the order of an epoch's rows need no JavaScript.
 */

import type { Tensor } from "../equations/expression.ts";
import { sizeOf } from "../equations/memory.ts";
import { streams } from "../train/random.ts";
import {
  br_if,
  call,
  f64,
  func,
  i32,
  i64,
  if_,
  type Local,
  local,
  loop,
  select,
} from "./assembler.ts";
import { lanesOf } from "./lanes.ts";
import type { LinearMemory } from "./memory.ts";
import { forLoop, type I32, type Routine, routine } from "./routine.ts";

/** Where the words of the last counter lie, and those of the seed, the key. */
export const wordsAt = (memory: LinearMemory): number => memory.reserve("random words", 16);
const seedAt = (memory: LinearMemory): number => memory.reserve("seed", 8);

export const randomPlaces = (memory: LinearMemory): number[] => [wordsAt(memory), seedAt(memory)];

export function setSeed(memory: LinearMemory, seed: number): void {
  const address = seedAt(memory); //  before the buffer is looked at: it may grow
  const key = new Int32Array(memory.wasm.buffer, address, 2);
  key[0] = seed | 0;
  key[1] = Math.floor(seed / 2 ** 32);
}

/** philox(c0, c1, c2, c3): leaves the four words in memory. Ten rounds on 64-bit products. */
export function philoxFunction(memory: LinearMemory) {
  const seed = seedAt(memory);
  const words = wordsAt(memory);
  return func({ in: [i32, i32, i32, i32], out: [] }, ([c0, c1, c2, c3], fresh) => {
    const [k0, k1, round, p0, p1] = [fresh(i32), fresh(i32), fresh(i32), fresh(i64), fresh(i64)];
    const high = (product: Local<"i64">) => i32.wrap_i64(i64.shr_u(product, 32n));
    local.set(k0, i32.load({ offset: seed }, 0));
    local.set(k1, i32.load({ offset: seed + 4 }, 0));
    local.set(round, 10);
    loop((again) => {
      local.set(p0, i64.mul(i64.extend_i32_u(c0), 0xd251_1f53n));
      local.set(p1, i64.mul(i64.extend_i32_u(c2), 0xcd9e_8d57n));
      local.set(c0, i32.xor(i32.xor(high(p1), c1), k0));
      local.set(c1, i32.wrap_i64(p1));
      local.set(c2, i32.xor(i32.xor(high(p0), c3), k1));
      local.set(c3, i32.wrap_i64(p0));
      local.set(k0, i32.add(k0, 0x9e37_79b9 | 0));
      local.set(k1, i32.add(k1, 0xbb67_ae85 | 0));
      local.tee(round, i32.sub(round, 1));
      br_if(again);
    });
    for (const [i, word] of [c0, c1, c2, c3].entries()) {
      i32.store({ offset: words + 4 * i }, 0, word);
    }
  });
}

export type Philox = ReturnType<typeof philoxFunction>;

interface Mask {
  readonly tensor: Tensor;
  readonly keep: number;
  readonly layer: number;
}

/** run(rows): fills a dropout mask for the step t, four units from each counter. */
export function maskRoutine(
  { tensor, keep, layer }: Mask,
  memory: LinearMemory,
  philox: Philox,
): Routine {
  const { address, strides } = memory.place(tensor);
  const { scalar, bytes } = lanesOf(memory.precision);
  const words = wordsAt(memory);
  const stride = strides[0] ?? 1;
  const last = (Math.ceil(keep * 2 ** 32) - 1) | 0; //  word ≤ last: word < keep·2³²
  return routine(1, (args, fresh) => {
    const [rows] = args as [I32];
    const [row, unit, step, at] = [fresh(i32), fresh(i32), fresh(i32), fresh(i32)];

    /** The `count` units from `unit` on. */
    const draw = (count: number): void => {
      call(philox, [
        i32.shr_u(unit, 2),
        local.get(row),
        local.get(step),
        i32.const(streams.dropout + layer),
      ]);
      local.set(at, i32.mul(i32.add(i32.mul(row, stride), unit), bytes));
      for (let i = 0; i < count; i++) {
        local.get(at);
        scalar.const(1 / keep);
        scalar.const(0);
        i32.le_u(i32.load({ offset: words + 4 * i }, 0), last);
        select();
        scalar.store({ offset: address + i * bytes });
      }
    };
    const units = sizeOf(tensor, 1);
    const whole = units - (units % 4);
    local.set(step, i32.trunc_sat_f64_u(f64.load({ offset: memory.scalar("t") }, 0)));
    forLoop(row, { from: 0, to: rows }, () => {
      forLoop(unit, { from: 0, to: whole, step: 4 }, () => draw(4));
      if (whole === units) return;
      local.set(unit, i32.const(whole));
      draw(units - whole);
    });
  });
}

/**
 * run(rows, epoch, window): writes the order of the rows of a window, every order equally likely:
 * Fisher–Yates, each place by Lemire's multiplication, whose low words below 2³² mod n are drawn again.
 */
export function shuffleRoutine(order: number, memory: LinearMemory, philox: Philox): Routine {
  const words = wordsAt(memory);
  return routine(3, (args, fresh) => {
    const [rows, epoch, window] = args as [I32, I32, I32];
    const [i, n, drawn, lane, j, excess] = [
      fresh(i32),
      fresh(i32),
      fresh(i32),
      fresh(i32),
      fresh(i32),
      fresh(i32),
    ];
    const product = fresh(i64);
    const at = (place: I32) => i32.shl(place, 2);

    i32.store({ offset: order }, 0, 0);
    forLoop(i, { from: 1, to: rows }, () => {
      local.set(n, i32.add(i, 1));
      local.set(excess, i32.rem_u(i32.sub(0, n), n));
      loop((again) => {
        local.tee(lane, i32.and(drawn, 3));
        i32.eqz();
        if_(() => {
          call(philox, [
            i32.shr_u(drawn, 2),
            local.get(epoch),
            local.get(window),
            i32.const(streams.shuffle),
          ]);
        });
        const word = i32.load({ offset: words }, at(lane));
        local.set(product, i64.mul(i64.extend_i32_u(word), i64.extend_i32_u(n)));
        local.set(drawn, i32.add(drawn, 1));
        i32.lt_u(i32.wrap_i64(product), excess);
        br_if(again);
      });
      local.set(j, i32.wrap_i64(i64.shr_u(product, 32n)));
      i32.store({ offset: order }, at(i), i32.load({ offset: order }, at(j)));
      i32.store({ offset: order }, at(j), i);
    });
  });
}
