/**
 * Steps → loops over typed arrays, without code that is made at run time. Sums stay in float64 until they
 * are read; all other arithmetic is float64 too, and each element is rounded to the precision as it is
 * stored, as in `evaluate`.
 *
 * Fast: a product is one nest of loops, everything else goes a lane at a time, and what depends on no
 * row is computed once.
 */

import type { Index, Tensor } from "../equations/expression.ts";
import { type Cell, newMemory, type Precision, sizeOf } from "../equations/memory.ts";
import { address, lanes, type State } from "./lanes.ts";
import { multiply, type Product } from "./product.ts";
import { at, type Element, everyElement, indexOf, type Step } from "./step.ts";

export interface Loops {
  cell(tensor: Tensor): Cell;
  /** Takes the steps for the rows that lie in the cells of the inputs. */
  run(rows: number): void;
}

export function compile(steps: readonly Step[], precision: Precision): Loops {
  const stored = newMemory(precision);
  const sums = newMemory("float64");
  const reduced = new Set(steps.filter(isReduction).map(({ target }) => target));
  const memoryOf = (tensor: Tensor) => (reduced.has(tensor) ? sums : stored);
  const cell = (tensor: Tensor) => memoryOf(tensor).cell(tensor);
  const state: State = { rows: 1, counters: new Map(), cell };

  const kernels = steps.map((step): Kernel => {
    const { target } = step;
    const kernel = kernelOf(step, state);
    const start = step.isMax ? Number.NEGATIVE_INFINITY : 0;
    return () => {
      const size = memoryOf(target).reserve(target, state.rows);
      if (isReduction(step)) cell(target).data.fill(start, 0, size);
      kernel();
    };
  });
  const hasRows = (_: Kernel, s: number) => steps[s]!.target.shape[0] === "rows";
  const each = kernels.filter(hasRows);
  let once = kernels.filter((kernel, s) => !hasRows(kernel, s));
  return {
    cell,
    run(rows) {
      state.rows = rows;
      for (const kernel of once) kernel();
      once = [];
      for (const kernel of each) kernel();
    },
  };
}

type Kernel = () => void;

const isReduction = ({ over }: Step): boolean => over.length > 0;
const leftOf = ({ target, indices }: Step): Element => ({
  tensor: target,
  places: indices.map(at),
});

function kernelOf(step: Step, state: State): Kernel {
  const { target, indices, over, body, isMax } = step;
  const loops = [...indices, ...over];
  for (const index of loops) state.counters.set(index, { at: 0 });
  const product = productKernel(step, state);
  if (product !== undefined) return product;

  // Where every element stands at the indices in their order, or has none, all are one lane
  const isAlike = ({ places }: Element): boolean =>
    places.length === 0 ||
    (places.length === indices.length && places.every((place, d) => indexOf(place) === indices[d]));
  const isFlat = !isReduction(step) && everyElement(body, isAlike);
  const longest = longestOf(loops);
  const lane = isFlat ? "all" : longest;
  const values = lanes(body, lane, state);
  const { cell, stride, start } = address(leftOf(step), lane, state);
  const store = (): void => {
    const count = isFlat ? sizeOf(target, state.rows) : extentOf(longest, state);
    const from = values(count);
    const { data } = cell;
    let to = start();
    if (isMax)
      for (let l = 0; l < count; l++, to += stride) data[to] = Math.max(data[to]!, from[l]!);
    else if (isReduction(step)) for (let l = 0; l < count; l++, to += stride) data[to]! += from[l]!;
    else for (let l = 0; l < count; l++, to += stride) data[to] = from[l]!;
  };
  return around(isFlat ? [] : loops.filter((index) => index !== lane), store, state);
}

/** Σ_r a·b over one index r and others: four elements along one index j, of which b knows nothing. */
function productKernel(step: Step, state: State): Kernel | undefined {
  const { indices, over, body, isMax } = step;
  if (!isReduction(step) || isMax || body.kind !== "multiply") return;
  const [x, y] = body.args;
  if (x?.kind !== "element" || y?.kind !== "element") return;
  const strideOf = (element: Element, index: Index) => address(element, index, state).stride;
  const ways = indices.flatMap((j) => [
    { a: x, b: y, j },
    { a: y, b: x, j },
  ]);
  const { a, b, j } = ways
    .filter(({ a, b, j }) => strideOf(a, j) !== 0 && strideOf(b, j) === 0)
    .sort((v, w) => lengthOf(w.j) - lengthOf(v.j))[0] ?? { a: x, b: y };
  const r = longestOf(over)!;
  const product: Product = {
    ...{ a: address(a, r, state), b: address(b, r, state), out: address(leftOf(step), j, state) },
    ...{ aPerJ: j === undefined ? 0 : strideOf(a, j), j: 1, r: 0 },
  };
  if (product.a.along !== undefined || product.b.along !== undefined) return;
  const run = (): void => {
    product.j = extentOf(j, state);
    product.r = extentOf(r, state);
    multiply(product);
  };
  const loops = [...indices, ...over].filter((index) => index !== j && index !== r);
  return around(loops, run, state);
}

const extentOf = (index: Index | undefined, { rows }: State): number =>
  index === undefined ? 1 : index.extent === "rows" ? rows : index.extent;

/** Rows count as 16: what is chosen must not depend on the batch. */
const lengthOf = ({ extent }: Index): number => (extent === "rows" ? 16 : extent);
const longestOf = (indices: readonly Index[]): Index | undefined =>
  indices.toSorted((a, b) => lengthOf(b) - lengthOf(a))[0];

/** `body` in loops over the indices. */
const around = (indices: readonly Index[], body: Kernel, state: State): Kernel =>
  indices.reduceRight<Kernel>((inner, index) => {
    const counter = state.counters.get(index)!;
    return () => {
      const extent = extentOf(index, state);
      for (counter.at = 0; counter.at < extent; counter.at++) inner();
    };
  }, body);
