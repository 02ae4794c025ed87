/** A stepper whose steps are one WebAssembly module: the data and their order lie in its memory. */

import type { Engine } from "../engine.ts";
import type { Tensor } from "../equations/expression.ts";
import { trainingGradients } from "../equations/system.ts";
import type { Stepper, StepperPlan } from "../train/stepper.ts";
import { bindUpdate, newSlots, updateScalars } from "../train/update.ts";
import type { LinearMemory } from "./memory.ts";
import { setSeed } from "./random.ts";
import { compileSteps, rowBytes } from "./steps.ts";

export function compiledStepper(
  engine: Engine,
  { optimizer, rows, batchSize, shuffle, moving, seed }: StepperPlan,
  memory: LinearMemory,
): Stepper {
  const { system, backend, layout, gradients } = engine;
  const derived = trainingGradients(system);
  for (const [tensor, gradient] of derived.gradients) {
    backend.bind(gradient, gradients, layout.get(tensor)?.start ?? 0);
  }
  const buffers = { ...engine, moving };
  const update = bindUpdate(optimizer, buffers, newSlots(optimizer, buffers));

  const data = new Map<Tensor, number>();
  for (const [tensor, values] of rows.values) {
    const address = memory.reserve(`data ${tensor.name}`, rows.rows * rowBytes(tensor, memory));
    memory.writeRows(tensor, values, { address, rows: rows.rows });
    data.set(tensor, address);
  }
  const order = memory.reserve("order", rows.rows * 4);
  const steps = compileSteps(
    {
      equations: [...derived.forward, ...derived.equations],
      ...{ cost: system.cost, masks: system.masks, update, data, order, batchSize, shuffle },
    },
    memory,
  );

  for (const [name, value] of Object.entries(updateScalars(optimizer, backend))) {
    memory.setScalar(name, value);
  }
  setSeed(memory, seed);
  new Uint32Array(memory.wasm.buffer, order, rows.rows).set(inOrder(rows.rows));
  const batches = Math.ceil(rows.rows / batchSize);
  let taken = 0;
  let total = 0;
  return {
    get steps() {
      return taken;
    },
    take(count, learningRate) {
      memory.setScalar("learningRate", learningRate);
      memory.setScalar("t", taken);
      const begun = Math.ceil(taken / batches);
      total = steps(count, { begun, batch: taken % batches, rows: rows.rows }, total);
      taken += count;
      return total;
    },
  };
}

const inOrder = (rows: number): Uint32Array => Uint32Array.from({ length: rows }, (_, row) => row);
