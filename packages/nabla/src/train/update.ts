/** An optimiser's assignments, run over the flat buffers of parameters and gradients. */

import type { Segment } from "../engine.ts";
import { evaluator, type Program } from "../equations/evaluate.ts";
import {
  apply,
  element,
  type NamedFunction,
  scalar,
  select,
  type Tensor,
  zero,
} from "../equations/expression.ts";
import { type Floats, newFloats, newMemory } from "../equations/memory.ts";
import { normalise } from "../equations/normalise.ts";
import { parseEquations } from "../equations/parse.ts";
import { checkOptimizer, type Optimizer, rules } from "../functions/optimizers.ts";

export interface Updater {
  readonly slots: ReadonlyMap<string, Floats>;
  /** The steps taken so far. */
  readonly steps: number;
  /** One update of the parameters by the gradients, with the rate of this step. */
  step(learningRate: number): void;
}

export interface Buffers {
  readonly parameters: Floats;
  readonly gradients: Floats;
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

/** The assignments of an optimiser, in the notation of `functions/optimizers.ts`, as equations. */
export function updateEquations(optimizer: Optimizer) {
  const { defaults, slots, update } = rules[optimizer.rule];
  const options = { ...defaults, ...optimizer } as never; //  checked by checkOptimizer
  const { equations, tensors } = parseEquations((update as (options: never) => string)(options), {
    extents: {},
    inputs: ["g"],
    scalars: [...Object.keys(defaults), "t", "tiny"],
    functions: (name) => (name === settled.name ? settled : undefined),
  });
  const starts: Readonly<Record<string, number>> = (
    slots as (options: never) => Readonly<Record<string, number>>
  )(options);
  return { equations: normalise(equations), tensors, starts };
}

export function newUpdater(optimizer: Optimizer, buffers: Buffers): Updater {
  const { parameters, gradients, moving } = buffers;
  const { equations, tensors, starts } = updateEquations(checkOptimizer(optimizer));
  const precision = parameters instanceof Float32Array ? "float32" : "float64";
  const slots = new Map<string, Floats>();
  for (const [name, start] of Object.entries(starts)) {
    slots.set(name, newFloats(precision, parameters.length).fill(start));
  }

  const programs = moving.map((segment): { size: number; program: Program } => {
    const memory = newMemory(precision);
    const all = new Map<string, Floats>([...slots, ["theta", parameters], ["g", gradients]]);
    for (const [name, tensor] of tensors) {
      const buffer = all.get(name);
      if (buffer !== undefined)
        memory.cell(tensor).data = buffer.subarray(segment.start, segment.end);
    }
    return { size: segment.end - segment.start, program: evaluator(equations, memory) };
  });

  const numbers = Object.fromEntries(
    Object.entries(optimizer).filter(
      (entry): entry is [string, number] => typeof entry[1] === "number",
    ),
  );
  let steps = 0;
  return {
    slots,
    get steps() {
      return steps;
    },
    step(learningRate) {
      steps++;
      const scalars = { ...numbers, learningRate, t: steps, tiny: TINY[precision] };
      for (const { size, program } of programs) program(size, scalars);
    },
  };
}
