/**
 * One training step, on the rows of a batch in their shuffled order: gathered into the batch's own
 * place, forward, backward, update.
 */

import type { Segment } from "../engine.ts";
import type { Equation } from "../equations/equation.ts";
import type { Tensor } from "../equations/expression.ts";
import type { Update } from "../train/update.ts";
import {
  memory as bulk,
  call,
  type Fresh,
  f32,
  f64,
  i32,
  i64,
  if_,
  local,
  type StackVar,
  v128,
} from "./assembler.ts";
import { lanesOf } from "./lanes.ts";
import type { LinearMemory } from "./memory.ts";
import { routinesOf, runAll } from "./program.ts";
import { forLoop, type I32, type Routine, routine } from "./routine.ts";

export interface StepsPlan {
  /** Forward and backward, the cost and its gradients by all parameters. */
  readonly equations: readonly Equation[];
  readonly cost: Tensor;
  readonly update: Update;
  /** The parameters' parts of the flat buffers, and the gradients by them. */
  readonly layout: ReadonlyMap<Tensor, Segment>;
  readonly gradients: ReadonlyMap<Tensor, Tensor>;
  /** The tensors of the data, and where their rows lie, padded as in the batch. */
  readonly data: ReadonlyMap<Tensor, number>;
  readonly masks: ReadonlyMap<Tensor, number>;
  /** What the rows weigh: N is its sum over the batch, and the number of rows without it. */
  readonly weights: Tensor | undefined;
  /** Where the order of the rows lies, 32-bit integers. */
  readonly order: number;
  readonly batchSize: number;
  /** Whether each epoch has an order of its own. */
  readonly shuffle: boolean;
}

/** Pushes a number of the memory's precision, in float64. */
export const pushNumber = (
  offset: number,
  { precision }: LinearMemory,
  at: StackVar<"i32"> = i32.const(0),
): StackVar<"f64"> =>
  precision === "float32" ? f64.promote_f32(f32.load({ offset }, at)) : f64.load({ offset }, at);

/** A step: its numbers were not finite, it has moved the parameters, its rows weigh nothing. */
export const HALTED = 0;
export const MOVED = 1;
const SKIPPED = 2;

/** One step, and what comes before the first and after the last one of a call. */
export interface CompiledStep {
  readonly before?: Routine;
  /** step(first, rows): the rows order[first …]; leaves in `status` what it has done. */
  readonly step: Routine;
  readonly after?: Routine;
}

/** A step whose tensors lie in the memory. */
export function memoryStep(plan: StepsPlan, memory: LinearMemory, status: number): CompiledStep {
  const { equations, update, cost, weights } = plan;
  const gather = gatherRoutine(plan, memory);
  const derive = routinesOf([equations, update.check], memory);
  const move = routinesOf([update.equations], memory);
  const [c, square] = [memory.place(cost).address, memory.place(update.square).address];
  const step = routine(2, (args, fresh) => {
    const [first, rows] = args as [I32, I32];
    const sum = fresh(f64);
    call(gather, [first, rows]);
    if (weights === undefined) deriveAndMove();
    else {
      const total = { offset: memory.scalar("N") };
      sumWeights(weights, { rows, memory, fresh });
      f64.eq(f64.load(total, 0), 0);
      if_(() => i32.store({ offset: status }, 0, SKIPPED), deriveAndMove);
    }

    function deriveAndMove(): void {
      runAll(derive, rows);
      local.set(sum, f64.add(pushNumber(c, memory), pushNumber(square, memory)));
      i32.const(0);
      f64.eq(f64.sub(sum, sum), 0); //  neither ∞ nor NaN
      i32.store({ offset: status }); //  MOVED or HALTED
      i32.load({ offset: status }, 0);
      if_(() => runAll(move, rows));
    }
  });
  return { step };
}

/** N = Σ_n w[n] */
function sumWeights(
  weights: Tensor,
  { rows, memory, fresh }: { rows: I32; memory: LinearMemory; fresh: Fresh },
): void {
  const { address } = memory.place(weights);
  const { bytes } = lanesOf(memory.precision);
  const [row, sum] = [fresh(i32), fresh(f64)];
  local.set(sum, f64.const(0));
  forLoop(row, { from: 0, to: rows }, () => {
    local.set(sum, f64.add(sum, pushNumber(address, memory, i32.mul(row, bytes))));
  });
  f64.store({ offset: memory.scalar("N") }, 0, sum);
}

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
