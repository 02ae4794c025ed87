/** An optimiser's assignments, run over the flat buffers of parameters and gradients. */

import type { Backend, Buffer } from "../backend.ts";
import type { Segment } from "../engine.ts";
import type { Equation } from "../equations/equation.ts";
import {
  apply,
  element,
  type NamedFunction,
  scalar,
  select,
  type Tensor,
  zero,
} from "../equations/expression.ts";
import type { Floats, Precision } from "../equations/memory.ts";
import { normalise } from "../equations/normalise.ts";
import { parseEquations } from "../equations/parse.ts";
import { type Optimizer, ruleOf } from "../functions/optimizers.ts";
import type { TrainingState } from "./state.ts";

export interface Updater {
  /** The numbers that the optimiser keeps for each parameter, by name. */
  readonly slots: ReadonlyMap<string, Buffer>;
  /** The steps taken so far. */
  readonly steps: number;
  /**
   * One update of the parameters by the gradients, with the rate of this step. Does nothing, and returns
   * false, where the cost or the norm of the gradients is not finite.
   */
  step(cost: number, learningRate: number): boolean;
}

export interface Buffers {
  readonly backend: Backend;
  readonly parameters: Buffer;
  readonly gradients: Buffer;
  /** The parts of the buffers that move; all of them unless some parameters are frozen. */
  readonly moving: readonly Segment[];
  /** Whose slots these are: an owner's next ones take the room of those before. */
  readonly owner?: string;
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
  const rule = ruleOf(optimizer);
  const { equations, tensors } = parseEquations(rule.update(optimizer), {
    extents: { p: count },
    inputs: ["g"],
    scalars: [...Object.keys(rule.defaults), "t", "tiny"],
    functions: (name) => (name === settled.name ? settled : undefined),
  });
  return { equations: normalise(equations), tensors };
}

/** The values of the run-time scalars of an update, besides t and the rate of the step. */
export function updateScalars(optimizer: Optimizer, precision: Precision): Record<string, number> {
  const numbers = Object.entries(optimizer).filter((entry) => typeof entry[1] === "number");
  return {
    ...(Object.fromEntries(numbers) as Record<string, number>),
    tiny: TINY[precision],
  };
}

/** A buffer for each slot of the optimiser, with its start, or what it was in a state. */
export function newSlots(
  optimizer: Optimizer,
  { backend, parameters, owner }: Buffers,
  resume?: TrainingState,
): Map<string, Buffer> {
  const rule = ruleOf(optimizer);
  const slots = new Map<string, Buffer>();
  for (const [name, start] of Object.entries(rule.slots(optimizer))) {
    const buffer = backend.newBuffer(parameters.length, owner && `${owner} ${name}`);
    const known = resume?.arrays.get(slotName(name));
    if (known === undefined) buffer.view().fill(start);
    else buffer.view().set(known);
    slots.set(name, buffer);
  }
  return slots;
}

/** Copies of the slots, by the names that they have in a state. */
export const slotsIn = (slots: ReadonlyMap<string, Buffer>): Map<string, Floats> =>
  new Map([...slots].map(([name, buffer]) => [slotName(name), buffer.view().slice()]));

export const slotName = (slot: string): string => `slot ${slot}`;

/** What follows a backward pass, as equations over the flat buffers. */
export interface Update {
  /** q = Σ g² over all that moves: not finite where any gradient is not. */
  readonly check: readonly Equation[];
  readonly square: Tensor;
  /** The clipping of the gradients, if any, and the optimiser's assignments. */
  readonly equations: readonly Equation[];
  /** What the flat tensors are parts of. */
  readonly parts: ReadonlyMap<Tensor, Part>;
}

/** Elements [start, end) of a buffer: "theta", "g", or a slot by its name. */
export interface Part extends Segment {
  readonly buffer: string;
}

export interface UpdateOptions {
  readonly slots: ReadonlyMap<string, Buffer>;
  /** The largest norm of all gradients together; longer ones are shortened to it. */
  readonly clipNorm?: number | undefined;
}

/** The equations of an update, their tensors bound to the buffers. */
export function bindUpdate(
  optimizer: Optimizer,
  buffers: Buffers,
  { slots, clipNorm }: UpdateOptions,
): Update {
  const { backend, parameters, gradients, moving } = buffers;
  const all = new Map([...slots, ["theta", parameters], ["g", gradients]]);
  const parts = new Map<Tensor, Part>();
  const bind = (tensor: Tensor, name: string, part: Segment): void => {
    const buffer = all.get(name);
    if (buffer === undefined) return;
    backend.bind(tensor, buffer, part.start);
    parts.set(tensor, { buffer: name, start: part.start, end: part.end });
  };

  const clipping = clippingEquations(moving, clipNorm);
  for (const [s, part] of moving.entries())
    bind(clipping.tensors.get(`g${s}`) as Tensor, "g", part);
  const assignments = moving.flatMap((part) => {
    const { equations, tensors } = updateEquations(optimizer, part.end - part.start);
    for (const [name, tensor] of tensors) bind(tensor, name, part);
    return equations;
  });
  const { check, square, equations } = clipping;
  return { check, square, equations: [...equations, ...assignments], parts };
}

/** q = Σ g²; f = min(1, clipNorm/√q); g ← f·g. R. Pascanu, T. Mikolov, Y. Bengio (2013). */
function clippingEquations(moving: readonly Segment[], clipNorm: number | undefined) {
  const letters = moving.map((_, s) => [`g${s}`, `p${s}`] as const);
  const squares = letters.map(([g, p]) => `Σ_${p} ${g}[${p}]^2`);
  const clips = [
    "f = select(q > clipNorm^2, clipNorm/sqrt(q), 1)",
    ...letters.map(([g, p]) => `${g}[${p}] <- f*${g}`),
  ];
  const lines = [`q = ${squares.join(" + ") || 0}`, ...(clipNorm === undefined ? [] : clips)];
  const { equations, tensors } = parseEquations(lines.join("\n"), {
    extents: Object.fromEntries(moving.map(({ start, end }, s) => [`p${s}`, end - start])),
    inputs: clipNorm === undefined ? letters.map(([g]) => g) : [],
    scalars: ["clipNorm"],
    functions: () => undefined,
  });
  const square = tensors.get("q") as Tensor;
  const all = normalise(equations);
  return {
    ...{ tensors, square },
    check: all.filter(({ target }) => target === square),
    equations: all.filter(({ target }) => target !== square),
  };
}

export interface UpdaterOptions extends Pick<UpdateOptions, "clipNorm"> {
  /** Where to go on from. */
  readonly resume?: TrainingState | undefined;
}

/** `optimizer` is complete, as `checkOptimizer` returns it. */
export function newUpdater(
  optimizer: Optimizer,
  buffers: Buffers,
  { clipNorm, resume }: UpdaterOptions = {},
): Updater {
  const { backend } = buffers;
  const slots = newSlots(optimizer, buffers, resume);
  const update = bindUpdate(optimizer, buffers, { slots, clipNorm });
  const check = backend.program(update.check);
  const program = backend.program(update.equations);
  const numbers = { ...updateScalars(optimizer, backend.precision), ...(clipNorm && { clipNorm }) };
  let steps = resume?.counters.updates ?? 0;
  return {
    slots,
    get steps() {
      return steps;
    },
    step(cost, learningRate) {
      check(0, {});
      const square = backend.read(update.square, 0)[0] as number;
      if (!Number.isFinite(cost) || !Number.isFinite(square)) return false;
      steps++;
      program(0, { ...numbers, learningRate, t: steps });
      return true;
    },
  };
}
