/**
 * Elements of tensors at places → values. A tensor read at plain indices is itself; another place,
 * x[n,t+r] or E[id[n],d], gathers along its dimension; and where an index stands in several places,
 * X[i,i] or z[n,class[n]], one gather takes the elements by their addresses Σ place·stride.
 */

import {
  type Element,
  type Index,
  indicesOfPlace,
  type Place,
  plainIndex,
  type Tensor,
} from "../../equations/expression.ts";
import type { Graph, Name } from "./graph.ts";
import { elementwise, type Value } from "./values.ts";

/** What elements are read from. */
export interface Tensors {
  readonly graph: Graph;
  readonly names: ReadonlyMap<Tensor, Name>;
  /** A value with the rows of the batch as its first axis. */
  readonly rows: Name;
}

/** The elements, integers where the tensor has them; addresses are added in the order of `order`. */
export function readElement(e: Element, order: readonly Index[], tensors: Tensors): Value {
  const { graph, names } = tensors;
  const name = names.get(e.tensor)!;
  const indices = e.places.flatMap(indicesOfPlace);
  if (new Set(indices).size < indices.length) return readByAddress(e, order, tensors);

  // From the last dimension, so that those before it stay where they are
  return e.places.reduceRight<Value>(
    ({ name, axes }, place, d) => {
      const index = plainIndex(place);
      if (index !== undefined) return { name, axes: [index, ...axes] };
      const at = placeValue(place, order, tensors);
      const attributes = { axis: { int: d } };
      return {
        name: graph.node("Gather", [name, at.name], { attributes }),
        axes: [...at.axes, ...axes],
      };
    },
    { name, axes: [] },
  );
}

function readByAddress(e: Element, order: readonly Index[], tensors: Tensors): Value {
  const { graph, names } = tensors;
  const flat = graph.node("Reshape", [names.get(e.tensor)!, graph.integers([-1])]);
  const parts = e.places.map((place, d) => {
    const inner = e.tensor.shape.slice(d + 1) as number[]; // rows come first
    const stride = inner.reduce((a, b) => a * b, 1);
    const at = placeValue(place, order, tensors);
    if (stride === 1) return at;
    const factor = { name: graph.integers([stride], []), axes: [] };
    return elementwise(graph, "Mul", { values: [at, factor], order });
  });
  const address = parts.reduce((a, b) => elementwise(graph, "Add", { values: [a, b], order }));
  return { name: graph.node("Gather", [flat, address.name]), axes: address.axes };
}

/** A place as integers: those that a lookup reads, or offset + Σ factor·index. */
function placeValue(place: Place, order: readonly Index[], tensors: Tensors): Value {
  const { graph, rows } = tensors;
  if (place.kind === "lookup") return readElement(place.element, order, tensors);
  const index = plainIndex(place);
  if (index?.extent === "rows") {
    const [zero, one] = [graph.integers([0], []), graph.integers([1], [])];
    const count = graph.node("Gather", [graph.node("Shape", [rows]), zero]);
    return { name: graph.node("Range", [zero, count, one]), axes: [index] };
  }

  const factors = new Map<Index, number>();
  for (const { index, factor } of place.parts)
    factors.set(index, (factors.get(index) ?? 0) + factor);
  const axes = [...factors.keys()];
  const shape = axes.map(({ extent }) => extent as number);
  const places = axes.reduce(
    (sums, index, d) =>
      sums.flatMap((sum) =>
        Array.from({ length: shape[d]! }, (_, i) => sum + factors.get(index)! * i),
      ),
    [place.offset],
  );
  return { name: graph.integers(places, shape), axes };
}
