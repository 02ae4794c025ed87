import { activationNames, costNames } from "nabla";
import { describe, expect, test } from "vitest";
import { internalsOf } from "../src/running.ts";
import { dualGradient } from "./oracles/dual.ts";
import { byTextbook, difference, type Layered, layered } from "./oracles/layered.ts";

// All add up the same products in other orders: 1e-12 leaves room for 10⁴ roundings.
const TOLERANCE = 1e-12;

/** By dual numbers through the forward equations. */
function byDualNumbers({ net, inputs, targets }: Layered): [string, ArrayLike<number>][] {
  const { engine, readData } = internalsOf(net);
  const data = readData({ inputs, targets });
  const parameters = engine.system.parameters.map((p) => [p, net.parameters.get(p.name)!] as const);
  const values = new Map([...data.values, ...parameters]);
  const dual = dualGradient(engine.system, "prediction", { rows: data.rows, values });
  const gradients = [...dual.gradients].map(([p, g]) => [p.name, g] as [string, Float64Array]);
  return [["C", [dual.cost]], ...gradients];
}

describe.each(activationNames)("the derived gradients with %s", (activation) => {
  test.each(costNames)("and %s are those of the textbook and of dual numbers", (cost) => {
    for (const depth of [1, 2, 3, 4]) {
      // By the definition, against which every other backend is held
      const shape = { activation, cost, depth, rows: 7, seed: depth, backend: "evaluate" } as const;
      const whole = layered(shape);
      for (const rows of [1, 2, 7]) {
        const inputs = whole.inputs.slice(0, rows);
        const targets = whole.targets.slice(0, rows);
        const given = { ...whole, inputs, targets };
        const derived = whole.net.gradients(inputs, targets);
        derived.set("C", Float64Array.of(whole.net.cost(inputs, targets)));
        for (const [name, expected] of [...byTextbook(given, cost), ...byDualNumbers(given)]) {
          const { largest, scale } = difference(derived.get(name)!, expected);
          const where = `${name} at depth ${depth}, ${rows} rows`;
          expect(largest, where).toBeLessThanOrEqual(TOLERANCE * scale);
        }
      }
    }
  });
});
