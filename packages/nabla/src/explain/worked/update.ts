/** One step of an optimiser, for every element of every parameter that moves. */

import { evaluator } from "../../equations/evaluate.ts";
import { type Expression, mapChildren, type Tensor } from "../../equations/expression.ts";
import { newMemory } from "../../equations/memory.ts";
import { checkOptimizer, type Optimizer, ruleOf } from "../../functions/optimizers.ts";
import { updateEquations, updateScalars } from "../../train/update.ts";
import { placeOf } from "../places.ts";
import type { SymbolTable } from "../symbols.ts";
import { elementAt, instantiate, type Numbers, shownOf } from "./instantiate.ts";
import { lineOf, type WorkedLine, type Writing } from "./lines.ts";

export interface Moved {
  readonly parameter: Tensor;
  readonly gradient: Tensor;
  readonly values: Float64Array;
  readonly gradients: ArrayLike<number>;
}

export interface Step {
  readonly lines: readonly WorkedLine[];
  /** The new values. */
  readonly values: Float64Array;
}

/** θ ← … with all slots at their start, in float64. */
export function stepOf(
  { parameter, gradient, values, gradients }: Moved,
  { symbols, ...given }: { readonly optimizer: Optimizer; readonly symbols: SymbolTable },
): Step {
  const optimizer = checkOptimizer(given.optimizer);
  const { equations, tensors } = updateEquations(optimizer, values.length);
  const scalars = { ...updateScalars(optimizer, "float64"), t: 1 };
  const memory = newMemory("float64");
  const starts: Readonly<Record<string, number>> = ruleOf(optimizer).slots(optimizer);
  const shown = new Map<Tensor, Tensor>();
  for (const [name, tensor] of tensors) {
    const start = name === "theta" ? values : name === "g" ? gradients : undefined;
    const { data } = memory.cell(tensor);
    if (start === undefined) data.fill(starts[name] ?? 0);
    else data.set(start);
    const slot: Tensor = { ...parameter, name: `${name}_${parameter.name}` };
    shown.set(tensor, name === "theta" ? parameter : name === "g" ? gradient : slot);
  }

  /** Each equation with what it reads and what it makes of it. */
  const states = equations.map((equation) => {
    const before = new Map([...tensors.values()].map((t) => [t, memory.cell(t).data.slice()]));
    evaluator([equation], memory)(0, scalars);
    return { equation, before, after: memory.cell(equation.target).data.slice() };
  });
  const lines = shownOf(values.length).flatMap((p) => {
    const at = placeOf(p, parameter.shape as readonly number[]);
    return states.map(({ equation, before, after }) => {
      const numbers: Numbers = {
        sizes: (extent) => (extent === "rows" ? 0 : extent),
        of: (tensor) => before.get(tensor) ?? [],
      };
      const writing: Writing = { ...numbers, symbols, scalars };
      const named = (e: Expression): Expression =>
        e.kind === "element"
          ? elementAt(shown.get(e.tensor) ?? e.tensor, at)
          : mapChildren(e, named);
      const read = withoutSettled(instantiate(equation, [p], numbers));
      const left = elementAt(shown.get(equation.target) ?? equation.target, at);
      const value = after[p] ?? Number.NaN;
      return lineOf({ left, right: named(read), read, value, sign: "←" }, writing);
    });
  });
  const theta = tensors.get("theta") as Tensor;
  return { lines, values: Float64Array.from(memory.cell(theta).data) };
}

/** The functions of an update only clear what is below 1e-290: x stands for settled(x). */
function withoutSettled(e: Expression): Expression {
  const [argument] = e.kind === "call" ? e.arguments : [];
  return argument === undefined ? mapChildren(e, withoutSettled) : withoutSettled(argument);
}
