/** Trees with one thing changed. Mutants of a tree share all that was left alone. */

import {
  children,
  type Expression,
  type Index,
  index,
  mapChildren,
  rename,
  type Tensor,
} from "../../../equations/expression.ts";

/** What may stand in the place of `e`; `bound` are the indices that it may read. */
export type Rewrite = (e: Expression, bound: readonly Index[]) => Iterable<Expression>;

/** `tree` with one node rewritten, for each node and each of its rewritings. */
export function* everywhere(
  tree: Expression,
  bound: readonly Index[],
  rewrite: Rewrite,
): Generator<Expression> {
  yield* rewrite(tree, bound);
  if (tree.kind === "element") return;
  const inside = tree.kind === "reduction" ? [...bound, ...tree.over] : bound;
  for (const [at, child] of children(tree).entries()) {
    for (const changed of everywhere(child, inside, rewrite)) {
      let position = 0;
      yield mapChildren(tree, (own) => (position++ === at ? changed : own));
    }
  }
}

/** Σ_i e[i], in the place of e[i]. */
export function summed(e: Expression, i: Index): Expression {
  const own = index(i.name, i.extent);
  return { kind: "reduction", name: "sum", over: [own], body: rename(e, new Map([[i, own]])) };
}

/** The ways to read a tensor at the letters at hand, and at one new letter at most. */
export function placings({ shape }: Tensor, bound: readonly Index[]): Index[][] {
  return shape.reduce<Index[][]>(
    (lists, extent) =>
      lists.flatMap((list) => {
        const fitting = bound.filter((i) => (i.extent === "rows") === (extent === "rows"));
        const isOpen = list.some((i) => !bound.includes(i));
        const own = isOpen || extent === "rows" ? [] : [index("p", extent)];
        return [...fitting, ...own].map((i) => [...list, i]);
      }),
    [[]],
  );
}
