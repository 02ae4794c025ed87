/**
 * Whole training steps in one call: gather the rows of a batch in their shuffled order, forward,
 * backward, update. Nothing is allocated, and JavaScript is not entered, until the steps are done.
 */

import { memory as bulk, call, f32, f64, func, i32, i64, if_, local, select, v128 } from "wasmati";
import type { Equation } from "../equations/equation.ts";
import type { Tensor } from "../equations/expression.ts";
import { fingerprint } from "./cache.ts";
import { lanesOf } from "./lanes.ts";
import type { LinearMemory } from "./memory.ts";
import { instantiate, routinesOf, runAll } from "./program.ts";
import { maskRoutine, philoxFunction, randomPlaces, shuffleRoutine } from "./random.ts";
import { forLoop, type I32, type Routine, routine } from "./routine.ts";

export interface StepsPlan {
  /** Forward and backward, the cost and its gradients by all parameters. */
  readonly equations: readonly Equation[];
  readonly cost: Tensor;
  /** The optimiser's assignments. */
  readonly update: readonly Equation[];
  /** The tensors of the data, and where their rows lie, padded as in the batch. */
  readonly data: ReadonlyMap<Tensor, number>;
  readonly masks: ReadonlyMap<Tensor, number>;
  /** Where the order of the rows lies, 32-bit integers. */
  readonly order: number;
  readonly batchSize: number;
  /** Whether each epoch has an order of its own. */
  readonly shuffle: boolean;
}

/**
 * Takes `count` steps, the first with the batch given, through as many epochs as they reach; `begun` epochs
 * of `rows` rows have begun before. An epoch begins with a new order of the rows. The result is the sum of
 * the costs of the epoch at hand: `sum`, with which it was left, and those of these steps.
 */
export type Steps = (
  count: number,
  at: { readonly begun: number; readonly batch: number; readonly rows: number },
  sum: number,
) => number;

export function compileSteps(plan: StepsPlan, memory: LinearMemory): Steps {
  const { equations, update, data, masks, ...rest } = plan;
  const given = [...data].map(([tensor, address]) => [memory.place(tensor), address]);
  const drawn = [...masks].map(([tensor, keep]) => [memory.place(tensor), keep]);
  const random = [memory.scalar("N"), memory.scalar("t"), ...randomPlaces(memory)];
  const key = [fingerprint([...equations, ...update], memory), { ...rest, given, drawn, random }];
  const take = instantiate(memory, JSON.stringify(key), () => ({
    take: takeFunction(plan, memory),
  })).take as (...args: number[]) => number;
  return (count, { begun, batch, rows }, sum) => take(count, begun, batch, rows, sum);
}

function takeFunction(plan: StepsPlan, memory: LinearMemory) {
  const { batchSize } = plan;
  const philox = philoxFunction(memory);
  const shuffle = shuffleRoutine(plan.order, memory, philox);
  const masks = [...plan.masks].map(([tensor, keep], layer) =>
    maskRoutine({ tensor, keep, layer }, memory, philox),
  );
  const gather = gatherRoutine(plan, memory);
  const routines = routinesOf([plan.equations, plan.update], memory);
  const step = routine(2, (args) => {
    const [first, rows] = args as [I32, I32];
    call(gather, [first, rows] as never);
    f64.store({ offset: memory.scalar("N") }, 0, f64.convert_i32_s(rows));
    const t = { offset: memory.scalar("t") };
    f64.store(t, 0, f64.add(f64.load(t, 0), 1));
    runAll([...masks, ...routines], rows);
  });

  const cost = memory.place(plan.cost).address;
  return func(
    { in: [i32, i32, i32, i32, f64], locals: [i32, i32, i32, i32], out: [f64] },
    ([count, epoch, batch, rows, sum], [s, batches, at, size]) => {
      local.set(batches, i32.div_u(i32.add(rows, batchSize - 1), batchSize));
      forLoop(s, { from: 0, to: count }, () => {
        local.get(batch);
        i32.eqz();
        if_({}, () => {
          local.set(sum, f64.const(0));
          local.set(epoch, i32.add(epoch, 1));
          if (plan.shuffle) call(shuffle, [rows, epoch] as never);
        });

        local.set(at, i32.mul(batch, batchSize));
        local.set(size, i32.sub(rows, at));
        smallerOf(size, batchSize);
        call(step, [at, size] as never);
        local.set(sum, f64.add(sum, pushNumber(cost, memory)));

        local.set(batch, i32.add(batch, 1));
        i32.const(0);
        local.get(batch);
        i32.eq(batch, batches);
        select();
        local.set(batch);
      });
      local.get(sum);
    },
  );
}

/** size = min(size, most) */
function smallerOf(size: I32, most: number): void {
  i32.const(most);
  local.get(size);
  i32.gt_s(size, most);
  select();
  local.set(size);
}

/** Pushes a number of the memory's precision, in float64. */
const pushNumber = (offset: number, { precision }: LinearMemory) =>
  precision === "float32"
    ? f64.promote_f32(f32.load({ offset }, i32.const(0)))
    : f64.load({ offset }, i32.const(0));

/** run(first, rows): copies the rows order[first …] of each tensor to the batch. */
function gatherRoutine({ data, order }: StepsPlan, memory: LinearMemory): Routine {
  return routine(2, (args, fresh) => {
    const [first, rows] = args as [I32, I32];
    const [r, row, from, to] = [fresh(i32), fresh(i32), fresh(i32), fresh(i32)];
    forLoop(r, { from: 0, to: rows }, () => {
      local.set(row, i32.load({ offset: order }, i32.shl(i32.add(first, r), 2)));
      for (const [tensor, source] of data) {
        const bytes = rowBytes(tensor, memory);
        local.set(from, i32.mul(row, bytes));
        local.set(to, i32.mul(r, bytes));
        copy(bytes, { at: from, offset: source }, { at: to, offset: memory.place(tensor).address });
      }
    });
  });
}

/** The bytes from one row of a tensor to the next. */
export const rowBytes = (tensor: Tensor, memory: LinearMemory): number =>
  (memory.place(tensor).strides[0] ?? 0) * lanesOf(memory.precision).bytes;

interface Place {
  readonly at: I32;
  readonly offset: number;
}

/** Copies a row: single numbers, a few vectors written out, or the bulk instruction. */
function copy(bytes: number, from: Place, to: Place): void {
  if (bytes > 256) {
    i32.add(to.at, to.offset);
    i32.add(from.at, from.offset);
    i32.const(bytes);
    bulk.copy();
    return;
  }
  const move = bytes % 16 === 0 ? v128 : bytes % 8 === 0 ? i64 : i32;
  const step = bytes % 16 === 0 ? 16 : bytes % 8 === 0 ? 8 : 4;
  for (let b = 0; b < bytes; b += step) {
    const value = move.load({ offset: from.offset + b }, from.at);
    move.store({ offset: to.offset + b }, to.at, value as never);
  }
}
