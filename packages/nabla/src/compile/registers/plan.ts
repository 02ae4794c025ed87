/**
 * Which steps are small enough to be written out in registers, in which order their equations then run,
 * and along which of its dimensions each tensor lies in vectors.
 */

import { type Equation, hasRows, type Term, tensorsOf } from "../../equations/equation.ts";
import {
  type Element,
  type Expression,
  type Index,
  mapChildren,
  number,
  plainIndex,
  type Tensor,
} from "../../equations/expression.ts";
import { simplify } from "../../equations/simplify.ts";
import { type Lanes, lanesOf } from "../lanes.ts";
import { lower } from "../lower.ts";
import type { LinearMemory } from "../memory.ts";
import type { StepsPlan } from "../step.ts";
import { elementsIn } from "../tasks.ts";
import { cutsOf, gridOf, rowShape } from "./file.ts";
import { readyFactorsFirst } from "./readiness.ts";

/**
 * Vectors of parameters, gradients and slots, and operations on vectors, that a step may have. Twice as
 * many would still be faster, up to 4-16-3, but take longer to assemble than they ever save.
 */
const MOST_REGISTERS = 72;
const MOST_OPERATIONS = 400;

/** More parameters are not even looked at. */
const MOST_PARAMETERS = 96;

export interface RegisterPlan {
  /** Equations without rows that the others need, those of each row, and those that sum over rows. */
  readonly early: readonly Equation[];
  readonly rowwise: readonly Equation[];
  readonly late: readonly Equation[];
  readonly check: readonly Equation[];
  readonly assignments: readonly Equation[];
  readonly weighing: Weighing;
}

/** The plan of a step in registers, where it is small enough and its equations can be written out. */
export function registerPlan(plan: StepsPlan, memory: LinearMemory): RegisterPlan | undefined {
  const parameters = [...plan.layout.values()].reduce(
    (sum, { start, end }) => sum + end - start,
    0,
  );
  if (parameters > MOST_PARAMETERS || plan.weights !== undefined) return undefined;
  const written = plan.equations.map((e) =>
    plan.batchSize === 1 ? withOneRow(lower(e)) : lower(e),
  );
  const equations = memory.relaxed ? readyFactorsFirst(written) : written;
  const check = plan.update.check.map(lower);
  const assignments = plan.update.equations.map(lower);
  const sorted = sortByRows(equations);
  if (sorted === undefined || ![...equations, ...check, ...assignments].every(isPlain))
    return undefined;

  const weighing = chooseDimensions(plan, equations, lanesOf(memory.precision));
  const { dimensions, lanes } = weighing;
  const operations = equations.reduce((sum, e) => sum + costOf(e, weighing), 0);
  const buffers = new Set([...plan.update.parts.values()].map(({ buffer }) => buffer)).size;
  const vectors = [...plan.layout.keys()].reduce(
    (sum, tensor) => sum + cutsOf(gridOf(tensor, dimensions(tensor), lanes), lanes).length,
    0,
  );
  if (operations > MOST_OPERATIONS || vectors * buffers > MOST_REGISTERS) return undefined;
  return { ...sorted, check, assignments, weighing };
}

/** Whether every tensor is read at indices of its own, each at one of its dimensions. */
function isPlain({ terms }: Equation): boolean {
  if (terms.some((term) => term.where.length > 0)) return false;
  return elementsIn(terms.map((term) => term.body)).every(({ places }) => {
    const indices = places.map(plainIndex);
    return !indices.includes(undefined) && new Set(indices).size === indices.length;
  });
}

/** N = 1: x/N is x. */
function withOneRow(equation: Equation): Equation {
  const replace = (e: Expression): Expression =>
    e.kind === "scalar" && e.name === "N" ? number(1) : mapChildren(e, replace);
  const terms = equation.terms.map((t) => ({ ...t, body: simplify(replace(t.body)) }));
  return { ...equation, terms };
}

/** Undefined where the equation of a row needs a sum over all rows. */
function sortByRows(equations: readonly Equation[]) {
  const [early, rowwise, late]: [Equation[], Equation[], Equation[]] = [[], [], []];
  const summed = new Set<Tensor>();
  for (const equation of equations) {
    const waits = [...tensorsOf(equation)].some((tensor) => summed.has(tensor));
    if (hasRows(equation.target)) {
      if (waits) return undefined;
      rowwise.push(equation);
    } else if (waits || equation.terms.some(sumsRows)) {
      late.push(equation);
      summed.add(equation.target);
    } else early.push(equation);
  }
  return { early, rowwise, late };
}

export const sumsRows = ({ over }: Term): boolean => over.some(({ extent }) => extent === "rows");

// Along which of its dimensions a tensor lies in vectors

export interface Weighing {
  readonly dimensions: (tensor: Tensor) => number;
  readonly lanes: Lanes;
}

/** The last dimension, unless the equations are shorter with another one of a matrix of parameters. */
function chooseDimensions(
  { gradients }: StepsPlan,
  equations: readonly Equation[],
  lanes: Lanes,
): Weighing {
  const chosen = new Map<Tensor, number>();
  const weighing: Weighing = {
    lanes,
    dimensions: (tensor) => chosen.get(tensor) ?? rowShape(tensor).length - 1,
  };
  for (const [tensor, gradient] of gradients) {
    const choose = (d: number): void => {
      for (const t of [tensor, gradient]) chosen.set(t, d);
    };
    const costs = tensor.shape.map((_, d) => {
      choose(d);
      return equations.reduce((sum, e) => sum + costOf(e, weighing), 0);
    });
    choose(costs.indexOf(Math.min(...costs)));
  }
  return weighing;
}

/** About how many operations on vectors an equation takes. */
const costOf = (equation: Equation, weighing: Weighing): number =>
  equation.terms.reduce((sum, term) => sum + laneOf(equation, term, weighing).cost, 0);

/**
 * The index that a term's vectors run along: that of the target's vectors, or one of its sum, whose
 * lanes are then added `across`.
 */
export function laneOf({ target, indices }: Equation, term: Term, weighing: Weighing) {
  const { dimensions, lanes } = weighing;
  const own = indices.filter(({ extent }) => extent !== "rows");
  const over = term.over.filter(({ extent }) => extent !== "rows");
  const elements = elementsIn([term.body]);

  const readCost = (e: Element, lane: Index | undefined): number => {
    const places = e.places.filter((_, d) => e.tensor.shape[d] !== "rows").map(plainIndex);
    const moving = lane === undefined ? -1 : places.indexOf(lane);
    const isGiven = e.tensor.role === "input";
    const dimension = isGiven ? places.length - 1 : dimensions(e.tensor);
    if (moving < 0) return isGiven || sizeOf(places[dimension]) === 1 ? 0 : 1;
    return moving === dimension ? 0 : 2 * lanes.count;
  };
  const costAlong = (lane: Index | undefined): number => {
    const runs = [...own, ...over].reduce((product, index) => product * sizeOf(index), 1);
    const vectors = (runs / sizeOf(lane)) * Math.ceil(sizeOf(lane) / lanes.count);
    return vectors * elements.reduce((sum, e) => sum + readCost(e, lane), 2);
  };

  const along = own[dimensions(target)];
  const lane = sizeOf(along) > 1 ? along : undefined;
  const targets = own.reduce((product, index) => product * sizeOf(index), 1);
  const ways = [
    { lane, across: false, cost: costAlong(lane) },
    ...over
      .filter((index) => sizeOf(index) > 1)
      .map((index) => ({ lane: index, across: true, cost: costAlong(index) + 4 * targets })),
  ];
  return ways.reduce((best, way) => (way.cost < best.cost ? way : best));
}

const sizeOf = (index: Index | undefined): number => (index?.extent as number | undefined) ?? 1;
