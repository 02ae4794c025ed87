/**
 * Values of a graph whose axes are indices, as elements of equations are: W[j,i] has the axes j and i.
 * Operators align axes by their positions from the last one; here they are brought into line by index.
 */

import type { Index } from "../../equations/expression.ts";
import type { Graph, Name } from "./graph.ts";
import type { Attributes } from "./messages.ts";

export interface Value {
  readonly name: Name;
  readonly axes: readonly Index[];
}

/**
 * The value with its axes in the order of `axes`, and an axis of extent 1 for each that it lacks,
 * except before its first one, where operators add them.
 */
export function aligned(graph: Graph, value: Value, axes: readonly Index[]): Name {
  const own = value.axes;
  const present = axes.filter((i) => own.includes(i));
  const perm = present.map((i) => own.indexOf(i));
  const ordered = perm.every((from, to) => from === to)
    ? value.name
    : graph.node("Transpose", [value.name], { attributes: { perm: { ints: perm } } });

  const first = axes.findIndex((i) => own.includes(i));
  const lacking = axes.flatMap((i, d) => (d > first && !own.includes(i) ? [d - first] : []));
  if (first < 0 || lacking.length === 0) return ordered;
  return graph.node("Unsqueeze", [ordered, graph.integers(lacking)]);
}

/** An operator on corresponding elements; the axes of the result are in the order of `order`. */
export function elementwise(
  graph: Graph,
  operator: string,
  {
    values,
    order,
    attributes,
  }: {
    readonly values: readonly Value[];
    readonly order: readonly Index[];
    readonly attributes?: Attributes;
  },
): Value {
  const [only] = values;
  const axes =
    values.length === 1 && only !== undefined
      ? only.axes
      : order.filter((i) => values.some((value) => value.axes.includes(i)));
  const names = values.map((value) => aligned(graph, value, axes));
  return { name: graph.node(operator, names, { ...(attributes && { attributes }) }), axes };
}
