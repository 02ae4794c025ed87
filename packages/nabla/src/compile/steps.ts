/**
 * Whole training steps in one call: gather the rows of a batch in their shuffled order, forward,
 * backward, update. Nothing is allocated, and JavaScript is not entered, until the steps are done.
 */

import { block, br_if, call, f64, func, i32, if_, local, select } from "./assembler.ts";
import { fingerprint } from "./cache.ts";
import type { LinearMemory } from "./memory.ts";
import { planned } from "./plan.ts";
import { instantiate } from "./program.ts";
import { maskRoutine, philoxFunction, randomPlaces, shuffleRoutine } from "./random.ts";
import { registerPlan } from "./registers/plan.ts";
import { registerStep } from "./registers/step.ts";
import { forLoop, type I32, routine } from "./routine.ts";
import { HALTED, MOVED, memoryStep, pushNumber, type StepsPlan } from "./step.ts";

/** From which step a call goes on. */
export interface StepsStart {
  /** The epoch and the window at hand, the batch of it that comes next, and its rows. */
  readonly epoch: number;
  readonly window: number;
  readonly batch: number;
  readonly rows: number;
  /** The updates so far. */
  readonly updates: number;
  /** The sum of the costs of the epoch at hand, and its batches that weighed nothing. */
  readonly total: number;
  readonly skipped: number;
  /** Where the learning rates of the steps lie, float64, and the bytes from one to the next. */
  readonly rates: number;
  readonly stride: number;
}

/** How far a call came: the batches looked at, and what `StepsStart` says of the next one. */
export interface Done extends Pick<StepsStart, "updates" | "total" | "skipped"> {
  readonly taken: number;
}

/**
 * Looks at `count` batches of a window; of a single one, through as many epochs as they reach. A window
 * begins with a new order of its rows. Stops before an update by numbers that are not finite.
 */
export type Steps = (count: number, start: StepsStart) => Done;

export function compileSteps(plan: StepsPlan, whole: LinearMemory): Steps {
  const { equations, update, data, masks, layout, gradients, cost, weights, ...rest } = plan;
  const lists = [equations, update.check, update.equations];
  const memory = planned(lists, { memory: whole, kept: [cost] });
  const given = [...data].map(([tensor, address]) => [memory.place(tensor), address]);
  const drawn = [...masks].map(([tensor, keep]) => [memory.place(tensor), keep]);
  const random = [places(memory), randomPlaces(memory)];
  const all = [...equations, ...update.check, ...update.equations];
  const key = [fingerprint(all, memory), { ...rest, given, drawn, random, weights: weights?.name }];
  const { take } = instantiate(memory, JSON.stringify(key), () => ({
    take: takeFunction(plan, memory),
  })) as { take: (...args: number[]) => number };
  const { taken, skipped, t } = places(memory);
  return (count, start) => {
    const { epoch, window, batch, rows, rates, stride } = start;
    const view = new DataView(memory.wasm.buffer);
    view.setFloat64(t, start.updates, true);
    view.setInt32(skipped, start.skipped, true);
    return {
      total: take(count, epoch, window, batch, rows, rates, stride, start.total),
      taken: view.getInt32(taken, true),
      skipped: view.getInt32(skipped, true),
      updates: view.getFloat64(t, true),
    };
  };
}

/** Where a step reads its scalars, and where it says what it has done. */
const places = (memory: LinearMemory) => ({
  N: memory.scalar("N"),
  t: memory.scalar("t"),
  learningRate: memory.scalar("learningRate"),
  taken: memory.reserve("taken", 4),
  skipped: memory.reserve("skipped", 4),
  status: memory.reserve("status", 4),
});

function takeFunction(plan: StepsPlan, memory: LinearMemory) {
  const { batchSize } = plan;
  const { N, t, learningRate, taken, skipped, status } = places(memory);
  const philox = philoxFunction(memory);
  const shuffle = shuffleRoutine(plan.order, memory, philox);
  const masks = [...plan.masks].map(([tensor, keep], layer) =>
    maskRoutine({ tensor, keep, layer }, memory, philox),
  );
  const own = registerPlan(plan, memory);
  const { before, step, after } =
    own === undefined
      ? memoryStep(plan, memory, status)
      : registerStep(own, { plan, memory, status });
  const cost = memory.place(plan.cost).address;

  const one = routine(2, (args) => {
    const [first, rows] = args as [I32, I32];
    f64.store({ offset: N }, 0, f64.convert_i32_s(rows));
    addTo(t, 1);
    for (const mask of masks) call(mask, [rows]);
    call(step, [first, rows]);
    i32.ne(i32.load({ offset: status }, 0), MOVED);
    if_(() => addTo(t, -1));
  });

  return func(
    {
      in: [i32, i32, i32, i32, i32, i32, i32, f64],
      out: [f64],
    },
    ([count, epoch, window, batch, rows, rates, stride, sum], fresh) => {
      const [s, batches, at, size] = [fresh(i32), fresh(i32), fresh(i32), fresh(i32)];
      local.set(batches, i32.div_u(i32.add(rows, batchSize - 1), batchSize));
      if (before !== undefined) call(before, []);
      block((halted) => {
        forLoop(s, { from: 0, to: count }, () => {
          local.get(batch);
          i32.eqz();
          if_(() => {
            if (plan.shuffle) call(shuffle, [rows, epoch, window]);
            local.get(window);
            i32.eqz();
            if_(() => {
              local.set(sum, f64.const(0));
              i32.store({ offset: skipped }, 0, 0);
            });
          });

          local.set(at, i32.mul(batch, batchSize));
          local.set(size, i32.sub(rows, at));
          smallerOf(size, batchSize);
          f64.store({ offset: learningRate }, 0, f64.load({}, rates));
          local.set(rates, i32.add(rates, stride));
          call(one, [at, size]);
          i32.eq(i32.load({ offset: status }, 0), HALTED);
          br_if(halted);
          i32.eq(i32.load({ offset: status }, 0), MOVED);
          if_(
            () => local.set(sum, f64.add(sum, pushNumber(cost, memory))),
            () => i32.store({ offset: skipped }, 0, i32.add(i32.load({ offset: skipped }, 0), 1)),
          );

          local.set(batch, i32.add(batch, 1));
          i32.eq(batch, batches);
          if_(() => {
            local.set(batch, 0);
            local.set(epoch, i32.add(epoch, 1));
          });
        });
      });
      i32.store({ offset: taken }, 0, local.get(s));
      if (after !== undefined) call(after, []);
      local.get(sum);
    },
  );
}

/** scalar ← scalar + x */
function addTo(offset: number, x: number): void {
  f64.store({ offset }, 0, f64.add(f64.load({ offset }, 0), x));
}

/** size = min(size, most) */
function smallerOf(size: I32, most: number): void {
  i32.const(most);
  local.get(size);
  i32.gt_s(size, most);
  select();
  local.set(size);
}
