/**
 * Gradients by dual numbers a + b·ε, ε² = 0: the equations are walked as they stand, element by
 * element, once for each parameter that is moved. Slow, and an oracle: it knows the slope of each
 * operation as a number, and nothing of the rule that derives adjoints.
 */

import { type Equation, inPhase, neededFor } from "../../src/equations/equation.ts";
import type {
  Expression,
  Extent,
  Index,
  OperationName,
  Place,
  Relation,
  Tensor,
} from "../../src/equations/expression.ts";
import { erf } from "../../src/equations/operations.ts";
import type { EquationSystem, Phase } from "../../src/equations/system.ts";

export interface Dual {
  readonly value: number;
  readonly slope: number;
}

/** A point: what is given, and where the parameters stand. */
export interface Point {
  readonly rows: number;
  /** Of every input, target, mask and parameter, flat and row-major. */
  readonly values: ReadonlyMap<Tensor, ArrayLike<number>>;
}

export interface DualGradient {
  readonly cost: number;
  readonly gradients: ReadonlyMap<Tensor, Float64Array>;
  /**
   * How far the nearest comparison is from a tie, over those that a parameter moves: where it is
   * small, a finite difference may step over a kink.
   */
  readonly margin: number;
}

/** C and ∂C/∂θ for every parameter of the system. */
export function dualGradient(system: EquationSystem, phase: Phase, point: Point): DualGradient {
  const equations = neededFor([system.cost], inPhase(phase, system.equations));
  const gradients = new Map<Tensor, Float64Array>();
  let cost = walkEquations(equations, point).values.get(system.cost)![0]!.value;
  let margin = Number.POSITIVE_INFINITY;
  for (const parameter of system.parameters) {
    const slopes = Float64Array.from(point.values.get(parameter)!, (_, at) => {
      const walked = walkEquations(equations, point, { tensor: parameter, at });
      margin = Math.min(margin, walked.margin);
      const moved = walked.values.get(system.cost)![0]!;
      cost = moved.value;
      return moved.slope;
    });
    gradients.set(parameter, slopes);
  }
  return { cost, gradients, margin };
}

export interface Walked {
  /** Of every tensor, given and computed, flat and row-major. */
  readonly values: ReadonlyMap<Tensor, readonly Dual[]>;
  readonly margin: number;
}

/** The values of all tensors, and their slopes by the one element that is moved. */
export function walkEquations(
  equations: readonly Equation[],
  { rows, values: given }: Point,
  moved?: { readonly tensor: Tensor; readonly at: number },
): Walked {
  const values = new Map<Tensor, Dual[]>();
  for (const [tensor, numbers] of given) {
    const slope = (at: number): number => (tensor === moved?.tensor && at === moved.at ? 1 : 0);
    values.set(
      tensor,
      Array.from(numbers, (value, at) => ({ value, slope: slope(at) })),
    );
  }
  const walk: Walk = { rows, values, margin: Number.POSITIVE_INFINITY, at: new Map() };
  for (const equation of equations) values.set(equation.target, elementsOf(equation, walk));
  return walk;
}

interface Walk {
  readonly rows: number;
  readonly values: Map<Tensor, readonly Dual[]>;
  /** Where each index stands. */
  readonly at: Map<Index, number>;
  margin: number;
}

const constant = (value: number): Dual => ({ value, slope: 0 });

function elementsOf({ target, indices, terms }: Equation, walk: Walk): Dual[] {
  const size = target.shape.reduce<number>((n, extent) => n * length(extent, walk), 1);
  const attained: Dual[][] = Array.from({ length: size }, () => []);
  for (const { reduction, over, where, body } of terms) {
    const given = new Map(where.map(({ index, place }) => [index, place]));
    const loops = [...indices.filter((i) => !given.has(i)), ...over];
    eachOf(loops, walk, () => {
      const places = indices.map((i) => {
        const place = given.get(i);
        return place === undefined ? walk.at.get(i)! : position(place, walk);
      });
      const into = attained[flatten(places, target, walk)]!;
      into.push(evaluate(body, walk));
      if (reduction === "sum") into.splice(0, 2, into.reduce(added, constant(0)));
    });
  }
  const isMaximum = terms[0]?.reduction === "max";
  return attained.map((all) => (isMaximum ? maximum(all, walk) : (all[0] ?? constant(0))));
}

const added = (a: Dual, b: Dual): Dual => ({ value: a.value + b.value, slope: a.slope + b.slope });

/** Ties share equally. */
function maximum(all: readonly Dual[], walk: Walk): Dual {
  const value = Math.max(...all.map((a) => a.value));
  const ties = all.filter((a) => a.value === value);
  const slope = ties.reduce((sum, tie) => sum + tie.slope, 0) / ties.length;
  for (const other of all) kink(other, ties[0] ?? other, walk);
  return { value, slope };
}

/** Two values are compared, and what follows depends on which is the greater. */
function kink(a: Dual, b: Dual, walk: Walk): void {
  if (a.slope !== b.slope) walk.margin = Math.min(walk.margin, Math.abs(a.value - b.value));
}

const length = (extent: Extent, walk: Walk): number => (extent === "rows" ? walk.rows : extent);

function eachOf(loops: readonly Index[], walk: Walk, body: () => void): void {
  const [index, ...inner] = loops;
  if (index === undefined) body();
  else {
    for (let i = 0; i < length(index.extent, walk); i++) {
      walk.at.set(index, i);
      eachOf(inner, walk, body);
    }
  }
}

function position(place: Place, walk: Walk): number {
  if (place.kind === "lookup") return evaluate(place.element, walk).value;
  return place.parts.reduce(
    (p, { index, factor }) => p + factor * walk.at.get(index)!,
    place.offset,
  );
}

const flatten = (places: readonly number[], { shape }: Tensor, walk: Walk): number =>
  places.reduce((flat, place, d) => flat * length(shape[d]!, walk) + place, 0);

// Expressions

type Variables = ReadonlyMap<Tensor, Dual>;

function evaluate(e: Expression, walk: Walk, variables?: Variables): Dual {
  const of = (inner: Expression): Dual => evaluate(inner, walk, variables);
  switch (e.kind) {
    case "number":
      return constant(e.value);
    case "scalar":
      return constant(walk.rows); //  N is the only one outside of updates
    case "element": {
      const variable = variables?.get(e.tensor);
      if (variable !== undefined) return variable;
      const places = e.places.map((place) => position(place, walk));
      return walk.values.get(e.tensor)![flatten(places, e.tensor, walk)]!;
    }
    case "call": {
      const bound = e.function.variables.map(
        (variable, i) => [variable, of(e.arguments[i]!)] as const,
      );
      return evaluate(e.function.value, walk, new Map(bound));
    }
    case "select": {
      const a = of(e.left);
      const b = of(e.right);
      kink(a, b, walk);
      return of(relations[e.relation](a.value, b.value) ? e.then : e.otherwise);
    }
    case "operation": {
      const [x, y = constant(0)] = e.arguments.map(of) as [Dual, Dual?];
      if (kinked.has(e.name)) kink(x, y, walk); //  abs and sign compare with y = 0
      const [value, byX, byY = 0] = slopes[e.name](x.value, y.value);
      return { value, slope: times(byX, x.slope) + times(byY, y.slope) };
    }
    case "reduction":
      throw new Error("equations in normal form have no reduction inside");
    default:
      return e satisfies never;
  }
}

/** What does not move has no slope, also where the derivative is infinite. */
const times = (derivative: number, slope: number): number => (slope === 0 ? 0 : derivative * slope);

const kinked: ReadonlySet<OperationName> = new Set(["abs", "sign", "min", "max"]);

/** The value, ∂/∂x and ∂/∂y. */
const slopes: Readonly<Record<OperationName, (x: number, y: number) => [number, number, number?]>> =
  {
    add: (x, y) => [x + y, 1, 1],
    subtract: (x, y) => [x - y, 1, -1],
    multiply: (x, y) => [x * y, y, x],
    divide: (x, y) => [x / y, 1 / y, -x / (y * y)],
    negate: (x) => [-x, -1],
    power: (x, p) => [x ** p, p * x ** (p - 1)],
    exp: (x) => [Math.exp(x), Math.exp(x)],
    log: (x) => [Math.log(x), 1 / x],
    log1p: (x) => [Math.log1p(x), 1 / (1 + x)],
    expm1: (x) => [Math.expm1(x), Math.exp(x)],
    tanh: (x) => [Math.tanh(x), 1 / Math.cosh(x) ** 2],
    erf: (x) => [erf(x), (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x)],
    sqrt: (x) => [Math.sqrt(x), 1 / (2 * Math.sqrt(x))],
    abs: (x) => [Math.abs(x), Math.sign(x)],
    sign: (x) => [Math.sign(x), 0],
    min: (x, y) => [Math.min(x, y), share(y - x), share(x - y)],
    max: (x, y) => [Math.max(x, y), share(x - y), share(y - x)],
  };

/** 1 for the chosen one of two, 0 for the other, ½ each where they tie. */
const share = (ahead: number): number => (1 + Math.sign(ahead)) / 2;

const relations: Readonly<Record<Relation, (a: number, b: number) => boolean>> = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "=": (a, b) => a === b,
};
