/** The update: the assignments of an optimiser, for every parameter θ[p] with its gradient g[p]. */

import { type Equation, left } from "../../equations/equation.ts";
import { evaluator } from "../../equations/evaluate.ts";
import type { Tensor } from "../../equations/expression.ts";
import { newMemory } from "../../equations/memory.ts";
import { internal } from "../../errors.ts";
import { type Optimizer, ruleOf } from "../../functions/optimizers.ts";
import { randomStream } from "../../train/random.ts";
import { updateEquations, updateScalars } from "../../train/update.ts";
import type { Section, Symbols } from "../derivation.ts";
import { valuesAt } from "../proof/values.ts";
import { type Measured, measure, newError, proven } from "../proof/verify.ts";

const POINTS = 3;

/** The optimiser's section, each assignment evaluated and compared. */
export function updateSection(optimizer: Optimizer, symbols: Symbols): Section {
  const count = 3;
  const { equations, tensors } = updateEquations(optimizer, count);
  const scalars = { ...updateScalars(optimizer, "float64"), t: 3 };
  const errors = equations.map(newError);
  const random = randomStream(0, "split");
  const slots = Object.keys(ruleOf(optimizer).slots(optimizer));
  for (let point = 0; point < POINTS; point++) {
    const values = new Map<Tensor, Float64Array>();
    for (const tensor of tensors.values()) {
      const isSquare = slots.includes(tensor.name); //  averages of squares have roots
      const draw = (): number => (isSquare ? random.uniform() : 2 * random.uniform() - 1);
      values.set(tensor, Float64Array.from({ length: count }, draw));
    }
    for (const [i, equation] of equations.entries()) {
      const at = { values: new Map(values), scalars, sizes: () => count };
      const right = valuesAt([], symbols, at).right(equation);
      values.set(equation.target, assigned(equation, values, scalars));
      measure(errors[i] as Measured, values.get(equation.target) as Float64Array, right);
    }
  }
  return {
    title: "The update",
    text: [
      `For every parameter θ[p] with its gradient g[p] = ∂C/∂θ[p]; ${optimizer.rule}. On the left stands the new value.`,
      ...(slots.length === 0 ? [] : ["settled(x) is x, and 0 where |x| is too small to matter."]),
    ],
    about: [],
    chains: equations.map((equation, i) => {
      const reason = equation.target.name === "theta" ? "the step" : "kept from step to step";
      const link = { equation, rule: "update", reason } as const;
      return {
        left: left(equation),
        links: [proven(link, { points: POINTS, error: errors[i] ?? newError() })],
      };
    }),
  };
}

/** The new value, by `evaluate`. */
function assigned(
  equation: Equation,
  values: ReadonlyMap<Tensor, Float64Array>,
  scalars: Readonly<Record<string, number>>,
): Float64Array {
  const memory = newMemory("float64");
  for (const [tensor, numbers] of values) memory.cell(tensor).data = numbers.slice();
  evaluator([equation], memory)(0, scalars);
  const { data } = memory.cell(equation.target);
  if (!data.every(Number.isFinite)) throw internal(`${equation.target.name} is not finite`);
  return Float64Array.from(data);
}
