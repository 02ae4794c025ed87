/** What nabla takes for the derivative where there is none: at a kink, and at a tie. */

import { network } from "nabla";

export interface Corners {
  /** Of relu at 0. */
  readonly kink: number;
  /** Of the maximum of `values` by each of them. */
  readonly tie: { readonly values: readonly number[]; readonly gradient: readonly number[] };
}

export function corners(): Corners {
  const values = [1, 2, 2];
  const [kink = Number.NaN] = gradientAt("p[n] = Σ_i relu(x[n,i] + u[i])", [0]);
  return { kink, tie: { values, gradient: gradientAt("p[n] = max_i (x[n,i] + u[i])", values) } };
}

/** By u, where u is 0. */
function gradientAt(equation: string, values: readonly number[]): number[] {
  const net = network({
    equations: `${equation}; C = 1/N·Σ_n p[n]`,
    extents: { i: values.length },
    ...{ inputs: "x", outputs: "p", cost: "C", precision: "float64" },
  });
  net.parameters.get("u")?.fill(0);
  return Array.from(net.gradients([[...values]]).get("u") ?? []);
}
