/**
 * In which order, and in which pieces, a list of equations runs. Rows meet only in the cost and in the
 * gradients, so whatever lies between two large products runs row by row, and a product hands each
 * panel of rows on while it is in the cache.
 */

import { type Equation, hasRows, type Term, tensorsOf } from "../equations/equation.ts";
import {
  type Element,
  type Expression,
  type Index,
  plainIndex,
  type Tensor,
} from "../equations/expression.ts";
import type { Task } from "./tasks.ts";

/** C[m,n] = Σ_k A[m,k]·B[k,n] with C[m,n] the target of an equation. */
export interface ProductTask {
  readonly equation: Equation;
  readonly m: Index;
  readonly n: Index;
  readonly k: Index;
  readonly a: Element;
  readonly b: Element;
  /** The other terms of the equation, added afterwards. */
  readonly rest: Task | undefined;
}

export type Piece =
  | { readonly kind: "product"; readonly product: ProductTask }
  | { readonly kind: "rows"; readonly tasks: readonly Task[] }
  | { readonly kind: "whole"; readonly tasks: readonly Task[] };

/** Products of fewer multiplications run as loops. Rows are counted as 16. */
const SMALL_PRODUCT = 512;

export function schedule(equations: readonly Equation[]): Piece[] {
  const pieces: Piece[] = [];
  let rest = equations.flatMap(workOf);
  while (rest.length > 0) {
    const [first] = rest as [Work];
    const taken = first.kind === "product" ? [first] : takeAlike(first.kind, rest);
    pieces.push(
      first.kind === "product"
        ? first
        : { kind: first.kind, tasks: taken.map((w) => (w as TaskWork).task) },
    );
    rest = rest.filter((work) => !taken.includes(work));
  }
  return pieces;
}

type TaskWork = { readonly kind: "rows" | "whole"; readonly task: Task };
type Work = TaskWork | (Piece & { readonly kind: "product" });

const equationOf = (work: Work): Equation =>
  work.kind === "product" ? work.product.equation : work.task.equation;

/** An equation with a large product is two pieces of work: the product, and the terms added to it. */
function workOf(equation: Equation): Work[] {
  const kind = hasRows(equation.target) ? "rows" : "whole";
  const product = productIn(equation);
  if (product === undefined) return [{ kind, task: { equation, adds: false } }];
  const added: Work[] = product.rest === undefined ? [] : [{ kind, task: product.rest }];
  return [{ kind: "product", product }, ...added];
}

/** All work of one kind that waits for nothing but what comes before it, in order. */
function takeAlike(kind: "rows" | "whole", rest: readonly Work[]): Work[] {
  const taken: Work[] = [];
  const waiting = new Set<Tensor>();
  for (const work of rest) {
    const { target } = equationOf(work);
    const reads = [...tensorsOf(equationOf(work)), target];
    const ready = work.kind === kind && !reads.some((tensor) => waiting.has(tensor));
    if (ready) taken.push(work);
    else waiting.add(target);
  }
  return taken;
}

function productIn(equation: Equation): ProductTask | undefined {
  for (const term of equation.terms) {
    const found = productOf(equation, term);
    if (found === undefined) continue;
    const terms = equation.terms.filter((t) => t !== term);
    const rest = terms.length === 0 ? undefined : { equation: { ...equation, terms }, adds: true };
    return { equation, ...found, rest };
  }
  return undefined;
}

function productOf({ indices }: Equation, { reduction, over, where, body }: Term) {
  const [k] = over;
  const [m, n] = indices;
  if (reduction !== "sum" || over.length !== 1 || where.length > 0) return undefined;
  if (k === undefined || m === undefined || n === undefined || indices.length !== 2)
    return undefined;
  if (body.kind !== "operation" || body.name !== "multiply") return undefined;
  if (length(m) * length(n) * length(k) < SMALL_PRODUCT) return undefined;
  const [x, y] = body.arguments as [Expression, Expression];
  for (const [a, b] of [
    [x, y],
    [y, x],
  ]) {
    if (isMatrix(a, [m, k]) && isMatrix(b, [k, n])) return { m, n, k, a, b };
  }
  return undefined;
}

const length = ({ extent }: Index): number => (extent === "rows" ? 16 : extent);

/** An element of two plain indices, which are these in either order. */
function isMatrix(e: Expression | undefined, indices: readonly [Index, Index]): e is Element {
  if (e?.kind !== "element" || e.places.length !== 2) return false;
  const own = e.places.map(plainIndex);
  return indices.every((index) => own.includes(index));
}
