import { describe, expect, test } from "vitest";
import type { Equation } from "../../src/equations/equation.ts";
import { formatEquation } from "../../src/equations/format.ts";
import { operations } from "../../src/equations/operations.ts";
import { dualGradient, walkEquations } from "../oracles/dual.ts";
import { forms, formsOf } from "./forms.ts";
import {
  centralDifferences,
  derive,
  derivedGradients,
  evaluateAt,
  forwardEquations,
  largest,
  relativeError,
  systemOf,
} from "./points.ts";
import { randomLists } from "./random-lists.ts";

const lists = randomLists(200);

/** Each list as it predicts, and as it trains where that differs. */
const cases = lists.flatMap(({ seed, text, system, point }) => {
  const differs = text.equations.includes("training");
  const phases = differs ? (["prediction", "training"] as const) : (["prediction"] as const);
  return phases.map((phase) => {
    const name = `list ${seed} in ${phase}`;
    return { name, text, system, phase, point, derived: derive(system, phase) };
  });
});

test("two hundred random lists have every form in at least ten", () => {
  const wanted = [...Object.keys(operations), ...Object.keys(forms)];
  const counts = new Map(wanted.map((form) => [form, 0]));
  for (const list of lists) {
    for (const form of formsOf(list)) counts.set(form, counts.get(form)! + 1);
  }
  expect(lists).toHaveLength(200);
  expect([...counts].filter(([, count]) => count < 10)).toEqual([]);
});

describe("of two hundred random lists", () => {
  test("the derived gradients are those of central differences", () => {
    const wrong = cases.flatMap(({ name, system, phase, point, derived }) => {
      const numeric = centralDifferences({ system, phase }, point);
      return [...derivedGradients(derived, point)].flatMap(([parameter, gradient]) =>
        [...gradient]
          .map((g, at) => ({ name, parameter: parameter.name, g, n: numeric.get(parameter)![at]! }))
          .filter(({ g, n }) => !(Math.abs(g - n) <= 1e-5 + 1e-3 * Math.abs(n))),
      );
    });
    expect(wrong).toEqual([]);
  });

  test("the derived gradients are those of dual numbers", () => {
    const wrong = cases.flatMap(({ name, system, phase, point, derived }) => {
      const dual = dualGradient(system, phase, point).gradients;
      const steepest = largest([...dual.values()].map(largest));
      return [...derivedGradients(derived, point)]
        .map(
          ([parameter, g]) =>
            [parameter, relativeError(g, dual.get(parameter)!, steepest)] as const,
        )
        .filter(([, error]) => !(error <= 1e-12))
        .map(([parameter, error]) => ({ name, parameter: parameter.name, error }));
    });
    expect(wrong).toEqual([]);
  });

  test("every tensor, of gradients too, is what a walk of the trees computes", () => {
    const wrong = cases.flatMap(({ name, point, derived }) => {
      const all = [...derived.forward, ...derived.equations];
      const read = evaluateAt(all, point);
      const { values } = walkEquations(all, point);
      const walked = ({ target }: Equation) => values.get(target)!.map(({ value }) => value);
      const scale = largest(all.map((equation) => largest(walked(equation))));
      return all
        .map((e) => [e, relativeError(read(e.target), walked(e), scale)] as const)
        .filter(([, error]) => !(error <= 1e-12))
        .map(([equation, error]) => ({ name, equation: formatEquation(equation), error }));
    });
    expect(wrong).toEqual([]);
  });

  test("the equations print as text that means the same", () => {
    const wrong = cases.flatMap(({ name, text, system, phase, point }) => {
      const printed = system.equations.map(formatEquation).join("\n");
      const again = systemOf({ ...text, equations: printed });
      const given = new Map([...point.values].map(([{ name }, values]) => [name, values]));
      const tensors = [...again.inputs, again.targets!, ...again.parameters];
      const values = new Map(tensors.map((tensor) => [tensor, given.get(tensor.name)!] as const));
      const read = evaluateAt(forwardEquations(system, phase), point);
      const readAgain = evaluateAt(forwardEquations(again, phase), { ...point, values });
      const error = Math.max(
        relativeError(readAgain(again.cost), read(system.cost)),
        relativeError(readAgain(again.outputs), read(system.outputs)),
      );
      const same = again.equations.map(formatEquation).join("\n") === printed;
      return same && error <= 1e-12 ? [] : [{ name, same, error, printed }];
    });
    expect(wrong).toEqual([]);
  });
});
