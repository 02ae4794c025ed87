/** Points at which equations are evaluated in the tests: random ones, and what holds there. */

import { differentiate, type Gradients } from "../../src/equations/differentiate.ts";
import { type Equation, inPhase, neededFor } from "../../src/equations/equation.ts";
import { evaluator } from "../../src/equations/evaluate.ts";
import type { Tensor } from "../../src/equations/expression.ts";
import {
  type Floats,
  newFloats,
  newMemory,
  type Precision,
  sizeOf,
} from "../../src/equations/memory.ts";
import {
  type EquationSystem,
  type Phase,
  readSystem,
  type SystemText,
} from "../../src/equations/system.ts";
import { namedFunction } from "../../src/functions/activations.ts";
import type { RandomStream } from "../../src/train/random.ts";
import type { Point } from "../oracles/dual.ts";

export const systemOf = (text: SystemText): EquationSystem => readSystem(text, namedFunction);

const givenTensors = ({ inputs, targets, masks, parameters }: EquationSystem): Tensor[] => [
  ...inputs,
  ...(targets === undefined ? [] : [targets]),
  ...masks.keys(),
  ...parameters,
];

/** Uniform numbers in [−1, 1); integers where they serve as indices. */
export function randomPoint(system: EquationSystem, rows: number, random: RandomStream): Point {
  const draw = ({ count }: Tensor): number =>
    count === undefined ? 2 * random.uniform() - 1 : random.below(count);
  const values = givenTensors(system).map((tensor) => {
    const flat = Float64Array.from({ length: sizeOf(tensor, rows) }, () => draw(tensor));
    return [tensor, flat] as const;
  });
  return { rows, values: new Map(values) };
}

/** A point with its values by name, in the shapes of the tensors, row-major. */
export function pointAt(
  system: EquationSystem,
  rows: number,
  byName: Readonly<Record<string, readonly number[]>>,
): Point {
  const values = givenTensors(system).map((tensor) => [tensor, byName[tensor.name]!] as const);
  for (const [tensor, flat] of values) {
    if (flat?.length !== sizeOf(tensor, rows)) throw new Error(`${tensor.name}: ${flat}`);
  }
  return { rows, values: new Map(values) };
}

/** The elements of a tensor at a point. */
export type Reader = (tensor: Tensor) => Floats;

/** Evaluates equations at a point. */
export function evaluateAt(
  equations: readonly Equation[],
  point: Point,
  precision: Precision = "float64",
): Reader {
  const memory = newMemory(precision);
  for (const [tensor, values] of point.values) {
    const floats = newFloats(precision, values.length);
    floats.set(values);
    memory.cell(tensor).data = floats;
  }
  evaluator(equations, memory)(point.rows, { N: point.rows });
  return (tensor) => memory.cell(tensor).data.slice(0, sizeOf(tensor, point.rows));
}

export const forwardEquations = (system: EquationSystem, phase: Phase): Equation[] =>
  neededFor([system.cost], inPhase(phase, system.equations));

export interface Derived extends Gradients {
  readonly forward: readonly Equation[];
}

/** The forward equations of the whole cost, and what the rule derives from them. */
export function derive(system: EquationSystem, phase: Phase = "prediction"): Derived {
  const forward = forwardEquations(system, phase);
  return { forward, ...differentiate(forward, system.cost, system.parameters) };
}

/** ∂C/∂θ by the derived equations. */
export function derivedGradients(derived: Derived, point: Point): Map<Tensor, Floats> {
  const read = evaluateAt([...derived.forward, ...derived.equations], point);
  return new Map(
    [...derived.gradients].map(([parameter, gradient]) => [parameter, read(gradient)]),
  );
}

/** max|a − b| over max|b|, or over `scale`: the measure of the tolerances in float64. */
export function relativeError(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  scale = largest(b),
): number {
  if (a.length !== b.length) throw new Error(`${a.length} numbers against ${b.length}`);
  const apart = largest(Array.from(a, (value, i) => value - b[i]!));
  return apart === 0 ? 0 : apart / scale;
}

/** NaN if any is. */
export const largest = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** ∂C/∂θ ≈ (C(θ + h) − C(θ − h))/2h. */
export function centralDifferences(
  { system, phase = "prediction" }: { readonly system: EquationSystem; readonly phase?: Phase },
  point: Point,
  h = 1e-6,
): Map<Tensor, Floats> {
  const memory = newMemory("float64");
  for (const [tensor, values] of point.values) {
    memory.cell(tensor).data = Float64Array.from(values);
  }
  const run = evaluator(forwardEquations(system, phase), memory);
  const cost = (): number => {
    run(point.rows, { N: point.rows });
    return memory.cell(system.cost).data[0]!;
  };
  const slopes = (parameter: Tensor): Floats => {
    const { data } = memory.cell(parameter);
    return data.slice().map((value, at) => {
      data[at] = value + h;
      const above = cost();
      data[at] = value - h;
      const below = cost();
      data[at] = value;
      return (above - below) / (2 * h);
    });
  };
  return new Map(system.parameters.map((parameter) => [parameter, slopes(parameter)]));
}
