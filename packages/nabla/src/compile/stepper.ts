/** A stepper whose steps are one WebAssembly module: the data and their order lie in its memory. */

import type { Engine } from "../engine.ts";
import type { Tensor } from "../equations/expression.ts";
import { trainingGradients } from "../equations/system.ts";
import type { Stepper, StepperPlan } from "../train/stepper.ts";
import { bindUpdate, newSlots, updateScalars } from "../train/update.ts";
import type { LinearMemory } from "./memory.ts";
import { setSeed } from "./random.ts";
import { rowBytes } from "./step.ts";
import { compileSteps } from "./steps.ts";

/** Steps whose rates are written to the memory at a time. */
const RATES = 4096;

export function compiledStepper(engine: Engine, plan: StepperPlan, memory: LinearMemory): Stepper {
  const { optimizer, rates, rows, batchSize, shuffle, moving, clipNorm, seed } = plan;
  const { system, backend, layout, gradients } = engine;
  const derived = trainingGradients(system);
  for (const [tensor, gradient] of derived.gradients) {
    backend.bind(gradient, gradients, layout.get(tensor)?.start ?? 0);
  }
  const buffers = { ...engine, moving, owner: "training" };
  const slots = newSlots(optimizer, buffers);
  const update = bindUpdate(optimizer, buffers, { slots, clipNorm });

  const data = new Map<Tensor, number>();
  for (const [tensor, values] of rows.values) {
    const address = memory.reserve(`data ${tensor.name}`, rows.rows * rowBytes(tensor, memory));
    memory.writeRows(tensor, values, { address, rows: rows.rows });
    data.set(tensor, address);
  }
  const order = memory.reserve("order", rows.rows * 4);
  const rateAt = memory.reserve("rates", RATES * 8);
  const steps = compileSteps(
    {
      equations: [...derived.forward, ...derived.equations],
      ...{ cost: system.cost, masks: system.masks, gradients: derived.gradients, layout },
      ...{ update, data, order, batchSize, shuffle, weights: system.weights },
    },
    memory,
  );

  const scalars = { ...updateScalars(optimizer, backend), ...(clipNorm && { clipNorm }), t: 0 };
  for (const [name, value] of Object.entries(scalars)) memory.setScalar(name, value);
  setSeed(memory, seed);
  new Uint32Array(memory.wasm.buffer, order, rows.rows).set(inOrder(rows.rows));
  const batches = Math.ceil(rows.rows / batchSize);
  let taken = 0;
  let total = 0;

  /** Writes the rates of the next steps; how many they are. */
  function writeRates(count: number): number {
    const written = rates.isSteady ? 1 : Math.min(count, RATES);
    const view = new Float64Array(memory.wasm.buffer, rateAt, written);
    for (let s = 0; s < written; s++) view[s] = rates.rate(taken + s);
    return rates.isSteady ? count : written;
  }

  return {
    get steps() {
      return taken;
    },
    take(count) {
      let { skipped } = steps.done();
      for (let left = count; left > 0; ) {
        const some = writeRates(left);
        const start = {
          begun: Math.ceil(taken / batches),
          batch: taken % batches,
          rows: rows.rows,
        };
        const stride = rates.isSteady ? 0 : 8;
        total = steps.take(some, { ...start, rates: rateAt, stride, total });
        const done = steps.done();
        ({ skipped } = done);
        taken += done.taken;
        left -= some;
        if (done.taken < some) return { total, skipped, halted: true };
      }
      return { total, skipped, halted: false };
    },
  };
}

const inOrder = (rows: number): Uint32Array => Uint32Array.from({ length: rows }, (_, row) => row);
