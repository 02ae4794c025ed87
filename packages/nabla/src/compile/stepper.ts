/** A stepper whose steps are one WebAssembly module: the data and their order lie in its memory. */

import type { Engine } from "../engine.ts";
import type { Tensor } from "../equations/expression.ts";
import type { Floats } from "../equations/memory.ts";
import { trainingGradients } from "../equations/system.ts";
import { inOrder, orderOf, positionOf } from "../train/position.ts";
import { begun } from "../train/state.ts";
import type { Stepper, StepperPlan } from "../train/stepper.ts";
import { bindUpdate, newSlots, slotsIn, updateScalars } from "../train/update.ts";
import { givenTensors } from "../train/windows.ts";
import type { LinearMemory } from "./memory.ts";
import { setSeed } from "./random.ts";
import { rowBytes } from "./step.ts";
import { compileSteps } from "./steps.ts";

/** Steps whose rates are written to the memory at a time. */
const RATES = 4096;

export function compiledStepper(engine: Engine, plan: StepperPlan, memory: LinearMemory): Stepper {
  const { optimizer, rates, windowRows, batchSize, shuffle, moving, clipNorm, seed, resume } = plan;
  const { system, backend, layout, gradients } = engine;
  const derived = trainingGradients(system);
  for (const [tensor, gradient] of derived.gradients) {
    backend.bind(gradient, gradients, layout.get(tensor)?.start ?? 0);
  }
  const buffers = { ...engine, moving, owner: "training" };
  const slots = newSlots(optimizer, buffers, resume);
  const update = bindUpdate(optimizer, buffers, { slots, clipNorm });

  const data = new Map<Tensor, number>();
  for (const tensor of givenTensors(system)) {
    const bytes = windowRows * rowBytes(tensor, memory);
    data.set(tensor, memory.reserve(`data ${tensor.name}`, bytes));
  }
  const order = memory.reserve("order", windowRows * 4);
  const rateAt = memory.reserve("rates", RATES * 8);
  const steps = compileSteps(
    {
      equations: [...derived.forward, ...derived.equations],
      ...{ cost: system.cost, masks: system.masks, gradients: derived.gradients, layout },
      ...{ update, data, order, batchSize, shuffle, weights: system.weights },
    },
    memory,
  );

  const scalars = { ...updateScalars(optimizer, backend.precision), ...(clipNorm && { clipNorm }) };
  for (const [name, value] of Object.entries(scalars)) memory.setScalar(name, value);
  setSeed(memory, seed);
  let { step: taken, updates, total, skipped } = begun(resume);
  const writeOrder = (rows: Uint32Array) => {
    new Uint32Array(memory.wasm.buffer, order, rows.length).set(rows);
  };
  writeOrder(inOrder(windowRows));
  // A window that has begun before
  if (shuffle && taken > 0) writeOrder(orderOf(plan, positionOf(plan, taken)));

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
    hold(window) {
      for (const [tensor, address] of data) {
        const values = window.values.get(tensor) as Floats;
        memory.writeRows(tensor, values, { address, rows: window.rows });
      }
    },
    take(count) {
      const stride = rates.isSteady ? 0 : 8;
      for (let left = count; left > 0; ) {
        const some = writeRates(left);
        const { epoch, window, batch, rows } = positionOf(plan, taken);
        const at = { epoch, window, batch, rows, updates, total, skipped, rates: rateAt, stride };
        const done = steps(some, at);
        ({ updates, total, skipped } = done);
        taken += done.taken;
        left -= some;
        if (done.taken < some) return { total, skipped, halted: true };
      }
      return { total, skipped, halted: false };
    },
    state: () => ({ counters: { updates, total, skipped }, arrays: slotsIn(slots) }),
  };
}
