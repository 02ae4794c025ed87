/**
 * The activations of a network, found in its equations: those of the form
 *
 *     a[n,j] = f(z[n,j])
 *
 * elementwise in one computed tensor, beside which there may be parameters, and not linear in it. The
 * slope f′ is an equation too, by the rules that differentiate the network, or as claimed.
 */

import { derivative } from "../equations/derivative.ts";
import { type Equation, hasRows, inPhase, neededFor, sumTerm } from "../equations/equation.ts";
import {
  add,
  type Element,
  type Expression,
  plainIndex,
  same,
  type Tensor,
  walk,
  zero,
} from "../equations/expression.ts";
import { simplify } from "../equations/simplify.ts";
import type { EquationSystem } from "../equations/system.ts";

export interface Activation {
  /** a */
  readonly values: Tensor;
  /** z */
  readonly reads: Tensor;
  /** slope[n,j] = f′(z[n,j]) */
  readonly slope: Equation;
}

/**
 * The activations on the way to the outputs that the cost sees. A link that the cost does not read, as a
 * softmax before a cross-entropy, hinders nothing.
 */
export function activationsOf({ equations, outputs, cost }: EquationSystem): Activation[] {
  const all = inPhase("prediction", equations);
  const seen = neededFor([cost], all);
  return neededFor([outputs], all)
    .filter((equation) => seen.includes(equation))
    .flatMap((equation) => activationOf(equation) ?? []);
}

function activationOf({ target, indices, terms }: Equation): Activation | undefined {
  if (terms.some(({ over, where }) => over.length + where.length > 0)) return undefined;
  const value = simplify(terms.map(({ body }) => body).reduce(add, zero));
  const read = walk(value)
    .filter((e) => e.kind === "element")
    .filter((e) => hasRows(e.tensor));
  const [z] = read;
  if (z?.tensor.role !== "computed" || !read.every((e) => same(e, z))) return undefined;
  const places = z.places.map(plainIndex);
  if (places.length !== indices.length || !indices.every((i) => places.includes(i))) {
    return undefined;
  }
  const slope = derivative(value, z);
  if (!reads(slope, z)) return undefined; //  linear
  const named: Tensor = { name: `slope_${target.name}`, shape: target.shape, role: "computed" };
  return {
    ...{ values: target, reads: z.tensor },
    slope: { target: named, indices, terms: [sumTerm([], slope)] },
  };
}

const reads = (e: Expression, z: Element): boolean => walk(e).some((part) => same(part, z));
