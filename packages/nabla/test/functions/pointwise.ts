/** A named function, its derivative as claimed and as derived, at many points at once. */

import { derivative, derivedDerivative } from "../../src/equations/derivative.ts";
import { sumTerm } from "../../src/equations/equation.ts";
import { evaluator } from "../../src/equations/evaluate.ts";
import {
  type Call,
  type Expression,
  element,
  index,
  type NamedFunction,
  type Tensor,
} from "../../src/equations/expression.ts";
import { newMemory, type Precision } from "../../src/equations/memory.ts";
import { namedFunction } from "../../src/functions/activations.ts";

export interface Points {
  readonly z: readonly number[];
  /** The second argument, where the function has one. */
  readonly y?: readonly number[];
  readonly precision?: Precision;
}

export interface Pointwise {
  readonly value: number[];
  /** By the first argument: the claim where one is made, else the derived form. */
  readonly slope: number[];
  /** By the rules alone, whatever is claimed. */
  readonly derived: number[];
}

export function pointwise(name: string, { z, y = z, precision = "float64" }: Points): Pointwise {
  const f = namedFunction(name) as NamedFunction;
  const n = index("n", "rows");
  const rows = (name: string): Tensor => ({ name, shape: ["rows"], role: "input" });
  const tensors = [rows("z"), rows("y")];
  const arguments_ = f.variables.map((_, i) => element(tensors[i]!, [n]));
  const call: Call = { kind: "call", function: f, arguments: arguments_ };

  const memory = newMemory(precision);
  const array = precision === "float32" ? Float32Array : Float64Array;
  for (const [i, values] of [z, y].entries()) memory.cell(tensors[i]!).data = array.from(values);
  const evaluated = (body: Expression): number[] => {
    const target: Tensor = { name: "out", shape: ["rows"], role: "computed" };
    evaluator([{ target, indices: [n], terms: [sumTerm([], body)] }], memory)(z.length, {});
    return [...memory.cell(target).data.subarray(0, z.length)];
  };
  return {
    value: evaluated(call),
    slope: evaluated(derivative(call, arguments_[0]!)),
    derived: evaluated(derivedDerivative(call)),
  };
}
