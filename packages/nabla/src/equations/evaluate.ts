/**
 * The definition of what equations mean: plain loops, held against everything that is faster.
 *
 * A list is turned into loops once. Of a term's indices the longest becomes the lane: expressions are
 * computed for a whole lane at a time, each operation one loop over typed arrays, and loops over the
 * other indices stand around. All arithmetic is float64; in float32 each element is rounded as it is
 * stored.
 */

import type { Equation, Term } from "./equation.ts";
import {
  children,
  type Element,
  type Expression,
  element,
  expand,
  freeIndices,
  type Index,
  indicesOfPlace,
  plain,
} from "./expression.ts";
import type { Memory } from "./memory.ts";
import { operations, relations } from "./operations.ts";

/** Evaluates the equations for so many rows, with the values of the run-time scalars. */
export type Program = (rows: number, scalars: Readonly<Record<string, number>>) => void;

export function evaluator(equations: readonly Equation[], memory: Memory): Program {
  const run: Run = { memory, rows: 0, scalars: {}, counters: new Map() };
  const kernels = equations.map((equation) => equationLoops(equation, run));
  return (rows, scalars) => {
    run.rows = rows;
    run.scalars = scalars;
    for (const kernel of kernels) kernel();
  };
}

/** What the loops share: the batch at hand, and how far each loop has come. */
interface Run {
  readonly memory: Memory;
  rows: number;
  scalars: Readonly<Record<string, number>>;
  readonly counters: Map<Index, Counter>;
}

interface Counter {
  at: number;
}

type Kernel = () => void;

function equationLoops(equation: Equation, run: Run): Kernel {
  const { target, terms } = equation;
  const cell = run.memory.cell(target);
  const [first] = terms;
  if (terms.length === 1 && first?.over.length === 0 && first.where.length === 0) {
    const store = termLoops(equation, first, { run, into: cell, add: false });
    return () => {
      run.memory.reserve(target, run.rows);
      store();
    };
  }

  // Summed up in float64, stored once
  const sums = { data: new Float64Array(0) };
  const start = first?.reduction === "max" ? Number.NEGATIVE_INFINITY : 0;
  const kernels = terms.map((term) => termLoops(equation, term, { run, into: sums, add: true }));
  return () => {
    const size = run.memory.reserve(target, run.rows);
    if (sums.data.length < size) sums.data = new Float64Array(size);
    sums.data.fill(start, 0, size);
    for (const kernel of kernels) kernel();
    cell.data.set(sums.data.subarray(0, size));
  };
}

interface Destination {
  readonly run: Run;
  readonly into: { readonly data: { [at: number]: number } };
  /** Added to what is there, or stored in its place. */
  readonly add: boolean;
}

/** The loops of one term: those of the target's indices that no delta gives, and those summed over. */
function termLoops(equation: Equation, term: Term, { run, into, add }: Destination): Kernel {
  const places = equation.indices.map(
    (i) => term.where.find((delta) => delta.index === i)?.place ?? plain(i),
  );
  const given = term.where.map((delta) => delta.index);
  const loops = [...equation.indices.filter((i) => !given.includes(i)), ...term.over];
  const lane = loops.reduce<Index | undefined>(
    (a, b) => (a === undefined || length(b) >= length(a) ? b : a),
    undefined,
  );
  const around = loops.filter((i) => i !== lane);
  for (const i of loops) run.counters.set(i, { at: 0 });

  const values = lanes(term.body, lane, run);
  const to = address(element(equation.target, places), lane, run);
  const inner =
    term.reduction === "max"
      ? maximise(values, to, { run, lane, into })
      : (multiplyAdd(term.body, to, { run, lane, into }, add) ??
        accumulate(values, to, { run, lane, into }, add));
  return around.reduceRight((body, i) => loop(i, body, run), inner);
}

/** Rows are counted as 16: what is chosen must not depend on the batch. */
const length = (i: Index): number => (i.extent === "rows" ? 16 : i.extent);

const extentOf = (i: Index | undefined, run: Run): number => {
  if (i === undefined) return 1;
  return i.extent === "rows" ? run.rows : i.extent;
};

function loop(i: Index, body: Kernel, run: Run): Kernel {
  const counter = counterOf(i, run);
  return () => {
    const extent = extentOf(i, run);
    for (counter.at = 0; counter.at < extent; counter.at++) body();
  };
}

function counterOf(i: Index, run: Run): Counter {
  const counter = run.counters.get(i);
  if (counter === undefined) throw new Error(`internal: index ${i.name} has no loop`);
  return counter;
}

// The innermost loops

interface Inner {
  readonly run: Run;
  readonly lane: Index | undefined;
  readonly into: Destination["into"];
}

function accumulate(values: Lanes, to: Address, { run, lane, into }: Inner, add: boolean): Kernel {
  return () => {
    const count = extentOf(lane, run);
    const from = values(count);
    const at = to.along(count);
    const { data } = into;
    if (add) for (let l = 0; l < count; l++) data[at(l)]! += from[l]!;
    else for (let l = 0; l < count; l++) data[at(l)] = from[l]!;
  };
}

function maximise(values: Lanes, to: Address, { run, lane, into }: Inner): Kernel {
  return () => {
    const count = extentOf(lane, run);
    const from = values(count);
    const at = to.along(count);
    const { data } = into;
    for (let l = 0; l < count; l++) data[at(l)] = Math.max(data[at(l)]!, from[l]!);
  };
}

/** Σ of a product of two elements, the heart of every matrix product, without lanes of its own. */
function multiplyAdd(e: Expression, to: Address, inner: Inner, add: boolean): Kernel | undefined {
  const { run, lane, into } = inner;
  if (!add || e.kind !== "operation" || e.name !== "multiply") return undefined;
  const [x, y] = e.arguments as [Expression, Expression];
  if (x.kind !== "element" || y.kind !== "element") return undefined;
  const a = address(x, lane, run);
  const b = address(y, lane, run);
  const strides = [a.stride, b.stride, to.stride];
  const [aStride, bStride, toStride] = strides as [number, number, number];
  if (strides.includes(undefined)) return undefined;
  const aCell = run.memory.cell(x.tensor);
  const bCell = run.memory.cell(y.tensor);

  return () => {
    const count = extentOf(lane, run);
    const { data } = into;
    const aData = aCell.data;
    const bData = bCell.data;
    const start = to.base();
    let i = a.base();
    let j = b.base();
    if (toStride === 0) {
      let sum = 0;
      for (let l = 0; l < count; l++, i += aStride, j += bStride) sum += aData[i]! * bData[j]!;
      data[start]! += sum;
    } else {
      for (let l = 0, t = start; l < count; l++, i += aStride, j += bStride, t += toStride) {
        data[t]! += aData[i]! * bData[j]!;
      }
    }
  };
}

// Expressions, a lane at a time

/** The values of an expression along the lane, in an array that the next call writes again. */
type Lanes = (count: number) => Float64Array;

function lanes(e: Expression, lane: Index | undefined, run: Run): Lanes {
  if (lane !== undefined && !freeIndices(e).has(lane)) return spread(lanes(e, undefined, run));
  const arguments_ = (): [Lanes, Lanes] => {
    const [x, y] = children(e).map((child) => lanes(child, lane, run));
    return [x ?? noLanes, y ?? noLanes];
  };
  switch (e.kind) {
    case "number":
      return filled(() => e.value);
    case "scalar":
      return filled(() => run.scalars[e.name] ?? Number.NaN);
    case "element":
      return elementLanes(e, lane, run);
    case "call":
      return lanes(expand(e), lane, run);
    case "operation":
      return operationLanes(e.name, ...arguments_());
    case "select": {
      const holds = relations[e.relation];
      const [left, right, then, otherwise] = children(e).map((c) => lanes(c, lane, run)) as [
        Lanes,
        Lanes,
        Lanes,
        Lanes,
      ];
      return computed((out, count) => {
        const x = left(count);
        const y = right(count);
        const a = then(count);
        const b = otherwise(count);
        for (let l = 0; l < count; l++) out[l] = holds(x[l]!, y[l]!) ? a[l]! : b[l]!;
      });
    }
    case "reduction":
      throw new Error("internal: a reduction inside a term");
    default:
      return e satisfies never;
  }
}

/** Lanes of their own array, which grows with the batch. */
function computed(fill: (out: Float64Array, count: number) => void): Lanes {
  let out = new Float64Array(1);
  return (count) => {
    if (out.length < count) out = new Float64Array(count);
    fill(out, count);
    return out;
  };
}

const noLanes: Lanes = () => new Float64Array(0);
const filled = (value: () => number): Lanes =>
  computed((out, count) => out.fill(value(), 0, count));
const spread = (one: Lanes): Lanes => computed((out, count) => out.fill(one(1)[0]!, 0, count));

function operationLanes(name: keyof typeof operations, left: Lanes, right: Lanes): Lanes {
  switch (name) {
    case "add":
      return computed((out, count) => {
        const x = left(count);
        const y = right(count);
        for (let l = 0; l < count; l++) out[l] = x[l]! + y[l]!;
      });
    case "subtract":
      return computed((out, count) => {
        const x = left(count);
        const y = right(count);
        for (let l = 0; l < count; l++) out[l] = x[l]! - y[l]!;
      });
    case "multiply":
      return computed((out, count) => {
        const x = left(count);
        const y = right(count);
        for (let l = 0; l < count; l++) out[l] = x[l]! * y[l]!;
      });
    default: {
      const { compute } = operations[name];
      return computed((out, count) => {
        const x = left(count);
        const y = right(count);
        for (let l = 0; l < count; l++) out[l] = compute(x[l]!, y[l]!);
      });
    }
  }
}

function elementLanes(e: Element, lane: Index | undefined, run: Run): Lanes {
  const from = address(e, lane, run);
  const cell = run.memory.cell(e.tensor);
  const { stride } = from;
  return computed((out, count) => {
    const { data } = cell;
    if (stride !== undefined) {
      for (let l = 0, at = from.base(); l < count; l++, at += stride) out[l] = data[at]!;
    } else {
      const at = from.along(count);
      for (let l = 0; l < count; l++) out[l] = data[at(l)]!;
    }
  });
}

// Addresses

interface Address {
  /** Where the lane begins, with the loops around as far as they are. */
  readonly base: () => number;
  /** From one element of the lane to the next, where that is a constant. */
  readonly stride: number | undefined;
  readonly along: (count: number) => (lane: number) => number;
}

function address({ tensor, places }: Element, lane: Index | undefined, run: Run): Address {
  const { strides } = run.memory.cell(tensor);
  const steps: { readonly counter: Counter; readonly stride: number }[] = [];
  const lookups: { readonly values: Lanes; readonly stride: number }[] = []; //  fixed along the lane
  const gathers: { readonly values: Lanes; readonly stride: number }[] = [];
  let offset = 0;
  let laneStride = 0;
  for (const [d, place] of places.entries()) {
    const stride = strides[d]!;
    if (place.kind === "lookup") {
      const varies = lane !== undefined && indicesOfPlace(place).includes(lane);
      (varies ? gathers : lookups).push({ values: lanes(place.element, lane, run), stride });
      continue;
    }
    offset += stride * place.offset;
    for (const { index, factor } of place.parts) {
      if (index === lane) laneStride += stride * factor;
      else steps.push({ counter: counterOf(index, run), stride: stride * factor });
    }
  }

  const base = (): number => {
    let at = offset;
    for (const { counter, stride } of steps) at += counter.at * stride;
    for (const { values, stride } of lookups) at += values(1)[0]! * stride;
    return at;
  };
  const along = (count: number): ((lane: number) => number) => {
    const start = base();
    if (gathers.length === 0) return (l) => start + l * laneStride;
    const positions = new Float64Array(count).map((_, l) => start + l * laneStride);
    for (const { values, stride } of gathers) {
      const looked = values(count);
      for (let l = 0; l < count; l++) positions[l]! += looked[l]! * stride;
    }
    return (l) => positions[l]!;
  };
  return { base, stride: gathers.length === 0 ? laneStride : undefined, along };
}
