/**
 * A system of equations that runs, by `evaluate`: all parameters in one flat buffer, the gradients in
 * a second of the same layout. Batches are cut into blocks of rows, whose gradients of D, the part of
 * the cost that sums over rows, add up; those of the penalties are added once.
 */

import { type Data, sliceRows } from "./data.ts";
import { tensorsOf } from "./equations/equation.ts";
import { evaluator, type Program } from "./equations/evaluate.ts";
import type { Tensor } from "./equations/expression.ts";
import {
  type Floats,
  type Memory,
  newFloats,
  newMemory,
  type Precision,
  sizeOf,
} from "./equations/memory.ts";
import {
  type CostPart,
  costParts,
  type EquationSystem,
  type Phase,
  partGradients,
  predictionEquations,
} from "./equations/system.ts";
import { dropoutMask } from "./train/random.ts";

/** Where a parameter lies in the flat buffer. */
export interface Segment {
  readonly start: number;
  readonly end: number;
}

/** Says that the training equations hold, and in which step, from which the masks follow. */
export interface TrainingStep {
  readonly step: number;
  /** The seed of the masks; the network's own unless given. */
  readonly seed?: number;
}

export interface Engine {
  readonly system: EquationSystem;
  readonly precision: Precision;
  readonly parameters: Floats;
  readonly gradients: Floats;
  readonly layout: ReadonlyMap<Tensor, Segment>;
  /** The inputs that a prediction reads: without those that training alone needs. */
  readonly predictionInputs: readonly Tensor[];
  /** The outputs of all rows, in an array of their own. */
  predict(data: Data): Floats;
  /** C over the data. */
  cost(data: Data, training?: TrainingStep): number;
  /** Writes ∂C/∂θ to `gradients` and returns C. */
  differentiate(data: Data, training?: TrainingStep): number;
}

/** Rows that are evaluated at once: enough for long loops, few enough to stay in the cache. */
const BLOCK = 256;

export function newEngine(system: EquationSystem, precision: Precision, seed: number): Engine {
  const layout = layOut(system.parameters);
  const size = [...layout.values()].at(-1)?.end ?? 0;
  const parameters = newFloats(precision, size);
  const gradients = newFloats(precision, size);
  const memory = newMemory(precision);
  for (const [tensor, { start, end }] of layout) {
    memory.cell(tensor).data = parameters.subarray(start, end);
  }

  const forward = predictionEquations(system);
  const read = new Set(forward.flatMap((equation) => [...tensorsOf(equation)]));
  const predictions = once(() => evaluator(forward, memory));
  const phases = {
    prediction: once(() => newPhase(system, "prediction", memory)),
    training: once(() => newPhase(system, "training", memory)),
  };
  const phaseOf = (training?: TrainingStep): PhasePrograms =>
    (training === undefined ? phases.prediction : phases.training)();

  const load = (data: Data, block: Block, training?: TrainingStep): void => {
    for (const [tensor, values] of sliceRows(data, block.from, block.to).values) {
      memory.cell(tensor).data = values;
    }
    if (training === undefined) return;
    for (const [layer, [tensor, keep]] of [...system.masks].entries()) {
      const rows = block.to - block.from;
      memory.reserve(tensor, rows);
      dropoutMask(memory.cell(tensor).data, {
        seed: training.seed ?? seed,
        step: training.step,
        layer,
        firstRow: block.from,
        rows,
        units: sizeOf(tensor, 1),
        keep,
      });
    }
  };

  return {
    system,
    precision,
    parameters,
    gradients,
    layout,
    predictionInputs: system.inputs.filter((tensor) => read.has(tensor)),

    predict(data) {
      const unit = sizeOf(system.outputs, 1);
      const all = newFloats(precision, data.rows * unit);
      for (const block of blocks(data.rows)) {
        load(data, block);
        predictions()(block.to - block.from, {});
        const rows = memory.cell(system.outputs).data.subarray(0, (block.to - block.from) * unit);
        all.set(rows, block.from * unit);
      }
      return all;
    },

    cost(data, training) {
      const { parts } = phaseOf(training);
      const scalars = { N: data.rows };
      let cost = 0;
      for (const block of blocks(data.rows)) {
        load(data, block, training);
        cost += parts.data.cost(block.to - block.from, scalars);
      }
      return cost + (parts.penalties?.cost(0, scalars) ?? 0);
    },

    differentiate(data, training) {
      const { parts } = phaseOf(training);
      const scalars = { N: data.rows };
      let cost = 0;
      gradients.fill(0);
      for (const block of blocks(data.rows)) {
        load(data, block, training);
        cost += parts.data.differentiate(block.to - block.from, scalars);
        addGradients(parts.data);
      }
      if (parts.penalties !== undefined) {
        cost += parts.penalties.differentiate(0, scalars);
        addGradients(parts.penalties);
      }
      return cost;
    },
  };

  function addGradients(part: PartPrograms): void {
    for (const [tensor, gradient] of part.gradients) {
      const { start } = layout.get(tensor) as Segment;
      const { data } = memory.cell(gradient);
      for (let i = 0; i < data.length; i++) gradients[start + i]! += data[i]!;
    }
  }
}

/** The parameters one after another. */
function layOut(parameters: readonly Tensor[]): Map<Tensor, Segment> {
  const layout = new Map<Tensor, Segment>();
  let start = 0;
  for (const tensor of parameters) {
    const end = start + sizeOf(tensor, 1);
    layout.set(tensor, { start, end });
    start = end;
  }
  return layout;
}

interface PhasePrograms {
  readonly parts: { readonly data: PartPrograms; readonly penalties: PartPrograms | undefined };
}

interface PartPrograms {
  readonly cost: (rows: number, scalars: Scalars) => number;
  readonly differentiate: (rows: number, scalars: Scalars) => number;
  readonly gradients: ReadonlyMap<Tensor, Tensor>;
}

type Scalars = Readonly<Record<string, number>>;

function newPhase(system: EquationSystem, phase: Phase, memory: Memory): PhasePrograms {
  const { data, penalties } = costParts(system, phase);
  const programs = (part: CostPart): PartPrograms => {
    const derived = partGradients(part, system.parameters);
    const forward = once(() => evaluator(part.equations, memory));
    const both = once(() => evaluator([...part.equations, ...derived.equations], memory));
    const run = (program: Program) => (rows: number, scalars: Scalars) => {
      program(rows, scalars);
      return memory.cell(part.cost).data[0] as number;
    };
    return {
      cost: (rows, scalars) => run(forward())(rows, scalars),
      differentiate: (rows, scalars) => run(both())(rows, scalars),
      gradients: derived.gradients,
    };
  };
  return { parts: { data: programs(data), penalties: penalties && programs(penalties) } };
}

interface Block {
  readonly from: number;
  readonly to: number;
}

function blocks(rows: number): Block[] {
  const count = Math.ceil(rows / BLOCK);
  return Array.from({ length: count }, (_, i) => ({
    from: i * BLOCK,
    to: Math.min(rows, (i + 1) * BLOCK),
  }));
}

/** The value of `make`, made when it is first asked for. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
