/** Equations as pieces of work, and how they are read and renamed. */

import type { Equation } from "../equations/equation.ts";
import {
  type Element,
  type Expression,
  type Index,
  rename,
  renamePlace,
  walk,
} from "../equations/expression.ts";

/** An equation to be computed; `adds` where its target already holds a part of the sum. */
export interface Task {
  readonly equation: Equation;
  readonly adds: boolean;
}

export function split({ terms }: Equation) {
  const plainTerms = terms.filter((t) => t.over.length === 0);
  const sums = terms.filter((t) => t.over.length > 0);
  const start = sums[0]?.reduction === "max" ? Number.NEGATIVE_INFINITY : 0;
  return { plainTerms, sums, start };
}

export const sizeOf = ({ extent }: Index): number =>
  extent === "rows" ? Number.POSITIVE_INFINITY : extent;

export const bodiesOf = ({ equation }: Task): Expression[] => equation.terms.map((t) => t.body);

export const elementsIn = (bodies: readonly Expression[]): Element[] =>
  bodies.flatMap((body) => walk(body).filter((e) => e.kind === "element"));

export const sameShape = (a: Equation, b: Equation): boolean =>
  a.indices.length === b.indices.length &&
  a.indices.every((i, d) => i.extent === b.indices[d]?.extent);

/** The task with the rows' index of the loop around it. */
export function bindRows(task: Task, bound: Index): Task {
  const own = task.equation.indices[0];
  return own === undefined ? task : renamed(task, new Map([[own, bound]]));
}

export const shareIndices = (task: Task, { indices }: Equation): Task =>
  renamed(task, new Map(task.equation.indices.map((i, d) => [i, indices[d] as Index])));

function renamed({ equation, adds }: Task, to: ReadonlyMap<Index, Index>): Task {
  const terms = equation.terms.map((term) => ({
    ...term,
    body: rename(term.body, to),
    where: term.where.map(({ index, place }) => ({
      index: to.get(index) ?? index,
      place: renamePlace(place, to),
    })),
  }));
  return {
    adds,
    equation: { ...equation, indices: equation.indices.map((i) => to.get(i) ?? i), terms },
  };
}
