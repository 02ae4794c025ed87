/**
 * A system of equations that runs: all parameters in one flat buffer, the gradients in a second of the
 * same layout. Batches are cut into blocks of rows; the gradients of D, the part of the cost that sums
 * over rows, add up over the blocks, and those of the penalties are added once.
 */

import type { Backend, Buffer } from "./backend.ts";
import { type Data, sliceRows } from "./data.ts";
import { tensorsOf } from "./equations/equation.ts";
import type { Program } from "./equations/evaluate.ts";
import type { Tensor } from "./equations/expression.ts";
import { type Floats, newFloats, sizeOf } from "./equations/memory.ts";
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
  readonly backend: Backend;
  readonly parameters: Buffer;
  readonly gradients: Buffer;
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

export function newEngine(system: EquationSystem, backend: Backend, seed: number): Engine {
  const layout = layOut(system.parameters);
  const size = [...layout.values()].at(-1)?.end ?? 0;
  const parameters = backend.newBuffer(size);
  const gradients = backend.newBuffer(size);
  for (const [tensor, { start }] of layout) backend.bind(tensor, parameters, start);

  const forward = predictionEquations(system);
  const read = new Set(forward.flatMap((equation) => [...tensorsOf(equation)]));
  const needed = system.inputs.filter((tensor) => read.has(tensor));
  const once = <T>(make: () => T): (() => T) => perMode(backend, make);
  const predictions = once(() => backend.program(forward, [system.outputs]));
  const partsOf = {
    prediction: once(() => compileParts(system, "prediction", { backend, layout, size })),
    training: once(() => compileParts(system, "training", { backend, layout, size })),
  };

  /** Runs `body` on one block of rows after the other, its data and masks in place. */
  const forBlocks = (data: Data, training: TrainingStep | undefined, body: Block): void => {
    for (let from = 0; from < data.rows; from += backend.blockRows) {
      const block = sliceRows(data, from, Math.min(data.rows, from + backend.blockRows));
      for (const [tensor, values] of block.values) backend.write(tensor, values, block.rows);
      if (training !== undefined) drawMasks(from, block.rows, training);
      body(block.rows, from);
    }
  };

  const drawMasks = (firstRow: number, rows: number, training: TrainingStep): void => {
    for (const [layer, [tensor, keep]] of [...system.masks].entries()) {
      const mask = newFloats(backend.precision, sizeOf(tensor, rows));
      const units = sizeOf(tensor, 1);
      const place = { seed, ...training, layer, firstRow, rows, units, keep };
      dropoutMask(mask, place);
      backend.write(tensor, mask, rows);
    }
  };

  return {
    ...{ system, backend, parameters, gradients, layout },
    predictionInputs: needed.length > 0 ? needed : system.inputs, //  which count the rows

    predict(data) {
      const unit = sizeOf(system.outputs, 1);
      const all = newFloats(backend.precision, data.rows * unit);
      forBlocks(data, undefined, (rows, from) => {
        predictions()(rows, {});
        all.set(backend.read(system.outputs, rows), from * unit);
      });
      return all;
    },

    cost(data, training) {
      const { overRows, penalties } = partsOf[training ? "training" : "prediction"]();
      const scalars = { N: weightOf(system, data) };
      let cost = penalties?.cost(0, scalars) ?? 0;
      forBlocks(data, training, (rows) => {
        cost += overRows.cost(rows, scalars);
      });
      return cost;
    },

    differentiate(data, training) {
      const { overRows, penalties } = partsOf[training ? "training" : "prediction"]();
      const scalars = { N: weightOf(system, data) };
      const add = sumIn(gradients);
      let cost = penalties?.differentiate(0, scalars) ?? 0;
      if (penalties !== undefined) add(penalties.gradients);
      forBlocks(data, training, (rows) => {
        cost += overRows.differentiate(rows, scalars);
        add(overRows.gradients);
      });
      return cost;
    },
  };
}

/** N: what the rows weigh together, each 1 unless the system says otherwise. */
export function weightOf({ weights }: EquationSystem, { rows, values }: Data): number {
  const each = weights && values.get(weights);
  if (each === undefined) return rows;
  let sum = 0;
  for (let n = 0; n < rows; n++) sum += each[n] as number;
  return sum;
}

type Block = (rows: number, from: number) => void;

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

/** The cost D + R of one phase: the part over the rows, and the penalties. */
interface Parts {
  readonly overRows: Part;
  readonly penalties: Part | undefined;
}

interface Part {
  readonly cost: PartProgram;
  /** Also writes the part's gradients. */
  readonly differentiate: PartProgram;
  readonly gradients: Buffer;
}

type PartProgram = (rows: number, scalars: Readonly<Record<string, number>>) => number;

interface Place {
  readonly backend: Backend;
  readonly layout: ReadonlyMap<Tensor, Segment>;
  readonly size: number;
}

function compileParts(system: EquationSystem, phase: Phase, place: Place): Parts {
  const { data, penalties } = costParts(system, phase);
  return {
    overRows: compilePart(data, system, place),
    penalties: penalties && compilePart(penalties, system, place),
  };
}

function compilePart(part: CostPart, { parameters }: EquationSystem, place: Place): Part {
  const { backend, layout, size } = place;
  const derived = partGradients(part, parameters);
  const gradients = backend.newBuffer(size);
  for (const [tensor, gradient] of derived.gradients) {
    backend.bind(gradient, gradients, layout.get(tensor)?.start ?? 0);
  }
  const kept = [part.cost, ...derived.gradients.values()];
  const forward = perMode(backend, () => backend.program(part.equations, kept));
  const all = [...part.equations, ...derived.equations];
  const both = perMode(backend, () => backend.program(all, kept));
  const run = (program: () => Program): PartProgram => {
    return (rows, scalars) => {
      program()(rows, scalars);
      return backend.read(part.cost, rows)[0] as number;
    };
  };
  return { cost: run(forward), differentiate: run(both), gradients };
}

/** Adds up what comes. The first part is copied: mostly there is no other. */
function sumIn(sum: Buffer): (part: Buffer) => void {
  let isFirst = true;
  return (part) => {
    const [to, from] = [sum.view(), part.view()];
    if (isFirst) to.set(from);
    else for (let i = 0; i < to.length; i++) to[i]! += from[i]!;
    isFirst = false;
  };
}

/** The value of `make`, made when it is first asked for, and again for the other kind of programs. */
function perMode<T>(backend: Backend, make: () => T): () => T {
  const made = new Map<boolean, T>();
  return () => {
    const { fused } = backend;
    if (!made.has(fused)) made.set(fused, make());
    return made.get(fused) as T;
  };
}
