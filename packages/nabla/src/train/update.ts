/** An optimiser's assignments, run over the flat buffers of parameters and gradients. */

import type { Backend, Buffer } from "../backend.ts";
import type { Segment } from "../engine.ts";
import type { Equation } from "../equations/equation.ts";
import type { Program } from "../equations/evaluate.ts";
import {
  apply,
  element,
  type NamedFunction,
  scalar,
  select,
  type Tensor,
  zero,
} from "../equations/expression.ts";
import { normalise } from "../equations/normalise.ts";
import { parseEquations } from "../equations/parse.ts";
import { type Optimizer, type RuleDefinition, rules } from "../functions/optimizers.ts";

export interface Updater {
  /** The numbers that the optimiser keeps for each parameter, by name. */
  readonly slots: ReadonlyMap<string, Buffer>;
  /** The steps taken so far. */
  readonly steps: number;
  /** One update of the parameters by the gradients, with the rate of this step. */
  step(learningRate: number): void;
}

export interface Buffers {
  readonly backend: Backend;
  readonly parameters: Buffer;
  readonly gradients: Buffer;
  /** The parts of the buffers that move; all of them unless some parameters are frozen. */
  readonly moving: readonly Segment[];
}

/** Below this a slot is set to zero: far above the subnormal numbers, far below any use. */
const TINY = { float32: 1e-30, float64: 1e-290 };

/** settled(x) = 0 where |x| is tiny, else x */
const settled: NamedFunction = (() => {
  const variable: Tensor = { name: "x", shape: [], role: "input" };
  const x = element(variable);
  const value = select([apply("abs", x), "<", scalar("tiny")], zero, x);
  return { name: "settled", variables: [variable], value };
})();

/** The assignments of an optimiser for `count` parameters, as equations. */
export interface UpdateEquations {
  readonly equations: readonly Equation[];
  /** theta, g and the slots. */
  readonly tensors: ReadonlyMap<string, Tensor>;
}

export function updateEquations(optimizer: Optimizer, count: number): UpdateEquations {
  const rule: RuleDefinition = rules[optimizer.rule];
  const { equations, tensors } = parseEquations(rule.update(optimizer), {
    extents: { p: count },
    inputs: ["g"],
    scalars: [...Object.keys(rule.defaults), "t", "tiny"],
    functions: (name) => (name === settled.name ? settled : undefined),
  });
  return { equations: normalise(equations), tensors };
}

/** The values of the run-time scalars of an update, besides t and the rate of the step. */
export function updateScalars(optimizer: Optimizer, backend: Backend): Record<string, number> {
  const numbers = Object.entries(optimizer).filter((entry) => typeof entry[1] === "number");
  return {
    ...(Object.fromEntries(numbers) as Record<string, number>),
    tiny: TINY[backend.precision],
  };
}

/** A buffer for each slot of the optimiser, with its start. */
export function newSlots(
  optimizer: Optimizer,
  { backend, parameters }: Buffers,
): Map<string, Buffer> {
  const rule: RuleDefinition = rules[optimizer.rule];
  const slots = new Map<string, Buffer>();
  for (const [name, start] of Object.entries(rule.slots(optimizer))) {
    const buffer = backend.newBuffer(parameters.length);
    buffer.view().fill(start);
    slots.set(name, buffer);
  }
  return slots;
}

/** The assignments of each moving segment, their tensors bound to the buffers. */
export function bindUpdate(
  optimizer: Optimizer,
  buffers: Buffers,
  slots: ReadonlyMap<string, Buffer>,
): Equation[] {
  const { backend, parameters, gradients, moving } = buffers;
  const all = new Map([...slots, ["theta", parameters], ["g", gradients]]);
  return moving.flatMap(({ start, end }) => {
    const { equations, tensors } = updateEquations(optimizer, end - start);
    for (const [name, tensor] of tensors) {
      const buffer = all.get(name);
      if (buffer !== undefined) backend.bind(tensor, buffer, start);
    }
    return equations;
  });
}

/** `optimizer` is complete, as `checkOptimizer` returns it. */
export function newUpdater(optimizer: Optimizer, buffers: Buffers): Updater {
  const { backend } = buffers;
  const slots = newSlots(optimizer, buffers);
  const program: Program = backend.program(bindUpdate(optimizer, buffers, slots));
  const numbers = updateScalars(optimizer, backend);
  let steps = 0;
  return {
    slots,
    get steps() {
      return steps;
    },
    step(learningRate) {
      steps++;
      program(0, { ...numbers, learningRate, t: steps });
    },
  };
}
