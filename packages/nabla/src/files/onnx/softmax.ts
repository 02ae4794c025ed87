/**
 * The softmax is several equations, and one operator:
 *
 *     m = max_k z        e = exp(z − m)        s = Σ_k e        a = e/s
 */

import type { Initializer, Node } from "./messages.ts";

interface Nodes {
  readonly nodes: readonly Node[];
  readonly initializers: readonly Initializer[];
}

/** The nodes with `Softmax` in the place of each division that is one; what it read may be left over. */
export function withSoftmax({ nodes, initializers }: Nodes): Node[] {
  const made = new Map(nodes.map((node) => [node.output, node]));
  const constants = new Map(initializers.map(({ name, data }) => [name, data]));

  /** The inputs of a value that this operator makes. */
  const inputsOf = (name: string | undefined, operator: string): readonly string[] => {
    const node = made.get(name ?? "");
    return node?.operator === operator ? node.inputs : [];
  };
  /** The one axis that is gone from a value, and what the value was before. */
  const reduction = (name: string | undefined) => {
    const [inner, back] = inputsOf(name, "Unsqueeze");
    const node = made.get(inner ?? name ?? "");
    const [source, list] = node?.inputs ?? [];
    const { axes } = node?.attributes ?? {};
    const gone = axes !== undefined && "ints" in axes ? axes.ints : constants.get(list ?? "");
    const [axis, ...others] = Array.from(gone ?? [], Number);
    // Brought back where it was; operators bring the first one back themselves
    const returned = back === undefined ? 0 : Number(constants.get(back)?.[0]);
    const isWhole = others.length === 0 && axis === returned;
    return isWhole ? { operator: node?.operator, source, axis } : undefined;
  };

  return nodes.map((node) => {
    const [e, s] = inputsOf(node.output, "Div");
    const [z, m] = inputsOf(inputsOf(e, "Exp")[0], "Sub");
    const [sum, most] = [reduction(s), reduction(m)];
    const isSoftmax =
      z !== undefined &&
      sum?.operator === "ReduceSum" &&
      sum.source === e &&
      most?.operator === "ReduceMax" &&
      most.source === z &&
      most.axis === sum.axis;
    if (!isSoftmax) return node;
    const attributes = { axis: { int: sum.axis! } };
    return { operator: "Softmax", inputs: [z], output: node.output, attributes };
  });
}

/** The nodes and constants that these outputs depend on. */
export function neededBy(outputs: readonly string[], { nodes, initializers }: Nodes): Nodes {
  const needed = new Set(outputs);
  const kept: Node[] = [];
  for (const node of nodes.toReversed()) {
    if (!needed.has(node.output)) continue;
    kept.push(node);
    for (const name of node.inputs) needed.add(name);
  }
  return {
    nodes: kept.reverse(),
    initializers: initializers.filter(({ name }) => needed.has(name)),
  };
}
