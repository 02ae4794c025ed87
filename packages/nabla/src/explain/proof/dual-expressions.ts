/**
 * Expressions in dual numbers: each becomes a node that computes its value and its slope anew whenever it
 * is run, with the indices as they stand.
 */

import type {
  Element,
  Expression,
  Extent,
  Index,
  NamedFunction,
  OperationName,
  Place,
  Relation,
  Tensor,
} from "../../equations/expression.ts";
import { operations, relations } from "../../equations/operations.ts";
import { internal } from "../../errors.ts";
import { sizeAt } from "../places.ts";

/** The elements of a tensor, flat and row-major, and their slopes. */
export interface Cell {
  readonly values: Float64Array;
  readonly slopes: Float64Array;
}

export interface Duals {
  readonly sizes: (extent: Extent) => number;
  readonly cells: Map<Tensor, Cell>;
  readonly scalars: Readonly<Record<string, number>>;
  /** d/dz of an expression is a function of it: of each such function, its z. */
  readonly derivatives: ReadonlyMap<NamedFunction, Tensor>;
  /** How far the nearest comparison that something moves was from a tie. */
  margin: number;
}

/** The cell of a tensor, made of zeros where there is none. */
export function cellOf(tensor: Tensor, duals: Duals): Cell {
  const known = duals.cells.get(tensor);
  if (known !== undefined) return known;
  const size = sizeAt(tensor.shape, duals.sizes);
  const cell = { values: new Float64Array(size), slopes: new Float64Array(size) };
  duals.cells.set(tensor, cell);
  return cell;
}

interface Counter {
  at: number;
}

/** What stands around an expression: where its indices are, what its variables are. */
export interface Around {
  readonly duals: Duals;
  readonly counters: ReadonlyMap<Index, Counter>;
  readonly variables: ReadonlyMap<Tensor, Node>;
  /** Inside of d/dz: z, which alone moves. */
  readonly by?: Tensor;
}

export function nest(
  loops: readonly Index[],
  { duals, counters }: Around,
  body: () => void,
): () => void {
  return loops.reduceRight((inner, index) => {
    const counter = counters.get(index) as Counter;
    const size = duals.sizes(index.extent);
    return () => {
      for (counter.at = 0; counter.at < size; counter.at++) inner();
    };
  }, body);
}

/** Where an element lies, with the indices as they stand. */
export function address({ tensor, places }: Element, around: Around): () => number {
  const { duals, counters } = around;
  const steps: (() => number)[] = [];
  let stride = 1;
  for (let d = places.length - 1; d >= 0; d--) {
    steps.push(position(places[d] as Place, stride, around));
    stride *= duals.sizes(tensor.shape[d] as Extent);
  }
  const [first, second] = steps;
  if (first === undefined) return () => 0;
  if (second === undefined) return first;
  if (steps.length === 2) return () => first() + second();
  return () => steps.reduce((sum, step) => sum + step(), 0);

  function position(place: Place, stride: number, around: Around): () => number {
    if (place.kind === "lookup") {
      const node = nodeOf(place.element, around);
      return () => {
        node.run();
        return stride * node.value;
      };
    }
    const parts = place.parts.map(({ index, factor }) => {
      const counter = counters.get(index);
      if (counter === undefined) throw internal(`index ${index.name} has no loop`);
      return { counter, factor: factor * stride };
    });
    const offset = place.offset * stride;
    const [only] = parts;
    if (parts.length === 1 && only !== undefined) {
      const { counter, factor } = only;
      return () => offset + factor * counter.at;
    }
    return () => parts.reduce((sum, { counter, factor }) => sum + factor * counter.at, offset);
  }
}

export interface Dual {
  readonly value: number;
  readonly slope: number;
}

/** `run` computes the value and the slope anew. */
interface Node extends Dual {
  value: number;
  slope: number;
  run(): void;
}

const node = (run: (own: Node) => void): Node => {
  const own: Node = { value: 0, slope: 0, run: () => run(own) };
  return own;
};

export function nodeOf(e: Expression, around: Around): Node {
  switch (e.kind) {
    case "number":
      return { value: e.value, slope: 0, run: () => {} };
    case "scalar":
      return { value: around.duals.scalars[e.name] ?? Number.NaN, slope: 0, run: () => {} };
    case "element":
      return elementNode(e, around);
    case "operation":
      return operationNode(
        e.name,
        e.arguments.map((a) => nodeOf(a, around)),
        around,
      );
    case "call": {
      const by = around.duals.derivatives.get(e.function);
      if (by !== undefined) return derivativeNode(e.arguments[0] as Expression, by, around);
      const bound = e.arguments.map((a) => nodeOf(a, around));
      const variables = new Map(e.function.variables.map((v, i) => [v, bound[i] as Node]));
      const body = nodeOf(e.function.value, { ...around, variables });
      return node((own) => {
        for (const argument of bound) argument.run();
        body.run();
        own.value = body.value;
        own.slope = body.slope;
      });
    }
    case "select":
      return selectNode(
        e.relation,
        [e.left, e.right, e.then, e.otherwise].map((a) => nodeOf(a, around)),
        around.duals,
      );
    case "reduction": {
      if (e.name === "max") throw internal("a maximum inside an expression");
      const counters = new Map([...around.counters, ...e.over.map((i) => [i, { at: 0 }] as const)]);
      const inside = { ...around, counters };
      const body = nodeOf(e.body, inside);
      const sum = { value: 0, slope: 0 };
      const loops = nest(e.over, inside, () => {
        body.run();
        sum.value += body.value;
        sum.slope += body.slope;
      });
      return node((own) => {
        sum.value = 0;
        sum.slope = 0;
        loops();
        own.value = sum.value;
        own.slope = sum.slope;
      });
    }
    default:
      return e satisfies never;
  }
}

function elementNode(e: Element, around: Around): Node {
  const { duals, variables, by } = around;
  const variable = variables.get(e.tensor);
  if (variable !== undefined) {
    return node((own) => {
      own.value = variable.value;
      own.slope = variable.slope;
    });
  }
  const at = address(e, around);
  const { values, slopes } = cellOf(e.tensor, duals);
  if (by !== undefined) {
    const slope = e.tensor === by ? 1 : 0;
    return node((own) => {
      own.value = values[at()]!;
      own.slope = slope;
    });
  }
  return node((own) => {
    const i = at();
    own.value = values[i]!;
    own.slope = slopes[i]!;
  });
}

/** d/dz of `e`: its slope where z alone moves. */
function derivativeNode(e: Expression, by: Tensor, around: Around): Node {
  const inner = nodeOf(e, { ...around, by });
  return node((own) => {
    inner.run();
    own.value = inner.slope;
    own.slope = Number.NaN; //  nobody asks for second derivatives
  });
}

function operationNode(name: OperationName, [x, y = zero]: Node[], { duals }: Around): Node {
  if (x === undefined) throw internal(`${name} of nothing`);
  const { compute } = operations[name];
  const slopesOf = slopes[name];
  const isKinked = name === "abs" || name === "sign" || name === "min" || name === "max";
  return node((own) => {
    x.run();
    y.run();
    own.value = compute(x.value, y.value);
    if (x.slope === 0 && y.slope === 0) {
      own.slope = 0; //  also where the derivative is infinite
      return;
    }
    if (isKinked) approach(x, y, duals); //  abs and sign compare with y = 0
    const [byX, byY] = slopesOf(x.value, y.value);
    own.slope = (x.slope === 0 ? 0 : byX * x.slope) + (y.slope === 0 ? 0 : byY * y.slope);
  });
}

const zero: Node = { value: 0, slope: 0, run: () => {} };

function selectNode(relation: Relation, nodes: readonly Node[], duals: Duals): Node {
  const [left, right, then, otherwise] = nodes as [Node, Node, Node, Node];
  const holds = relations[relation];
  return node((own) => {
    left.run();
    right.run();
    approach(left, right, duals);
    const chosen = holds(left.value, right.value) ? then : otherwise;
    chosen.run();
    own.value = chosen.value;
    own.slope = chosen.slope;
  });
}

/**
 * Two values are compared, and what follows depends on which is the greater. Where they are the same,
 * every rule agrees on what follows: ties share equally.
 */
export function approach(a: Dual, b: Dual, duals: Duals): void {
  const apart = Math.abs(a.value - b.value);
  if (a.slope !== b.slope && apart > 0) duals.margin = Math.min(duals.margin, apart);
}

/** ∂/∂x and ∂/∂y, as numbers. */
const slopes: Readonly<Record<OperationName, (x: number, y: number) => readonly [number, number]>> =
  {
    add: () => [1, 1],
    subtract: () => [1, -1],
    multiply: (x, y) => [y, x],
    divide: (x, y) => [1 / y, -x / (y * y)],
    negate: () => [-1, 0],
    power: (x, p) => [p * operations.power.compute(x, p - 1), 0],
    exp: (x) => [Math.exp(x), 0],
    log: (x) => [1 / x, 0],
    log1p: (x) => [1 / (1 + x), 0],
    expm1: (x) => [Math.exp(x), 0],
    tanh: (x) => [1 / Math.cosh(x) ** 2, 0],
    erf: (x) => [(2 / Math.sqrt(Math.PI)) * Math.exp(-x * x), 0],
    sqrt: (x) => [1 / (2 * Math.sqrt(x)), 0],
    abs: (x) => [Math.sign(x), 0],
    sign: () => [0, 0],
    min: (x, y) => [share(y - x), share(x - y)],
    max: (x, y) => [share(x - y), share(y - x)],
  };

/** 1 for the chosen one of two, 0 for the other, ½ each where they tie. */
const share = (ahead: number): number => (1 + Math.sign(ahead)) / 2;
