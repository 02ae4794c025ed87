/** A network once more, as the definition has it: plain loops in float64, at the same parameters. */

import { evaluateBackend } from "../../backend.ts";
import type { Data } from "../../data.ts";
import { newEngine, type TrainingStep, weightOf } from "../../engine.ts";
import type { Tensor } from "../../equations/expression.ts";
import type { EquationSystem } from "../../equations/system.ts";
import { internalsOf, type Network } from "../../running.ts";

export interface Twin {
  readonly system: EquationSystem;
  readonly data: Data;
  readonly training: TrainingStep | undefined;
  readonly seed: number;
  readonly N: number;
  /** Flat, live. */
  readonly parameters: Float64Array;
  /** Where each of them lies. */
  readonly layout: ReadonlyMap<Tensor, { readonly start: number; readonly end: number }>;
  /** ∂C/∂θ, flat. */
  readonly derived: Float64Array;
  /** C with one parameter at another value. */
  costAt(flat: number, value: number): number;
}

export function twinOf(net: Network, given: Data, training?: TrainingStep): Twin {
  const { engine: own, seed } = internalsOf(net);
  const { system } = own;
  const engine = newEngine(system, evaluateBackend("float64"), seed);
  const parameters = engine.parameters.view() as Float64Array;
  parameters.set(own.parameters.view());
  const values = new Map([...given.values].map(([tensor, v]) => [tensor, Float64Array.from(v)]));
  const data: Data = { rows: given.rows, values };
  engine.differentiate(data, training);
  return {
    ...{ system, data, training, seed, parameters, layout: engine.layout },
    N: weightOf(system, data),
    derived: Float64Array.from(engine.gradients.view()),
    costAt(flat, value) {
      const before = parameters[flat] as number;
      parameters[flat] = value;
      const cost = engine.cost(data, training);
      parameters[flat] = before;
      return cost;
    },
  };
}
