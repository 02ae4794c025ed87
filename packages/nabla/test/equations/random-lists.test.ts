import { describe, expect, test } from "vitest";
import { type Equation, tensorsOf } from "../../src/equations/equation.ts";
import {
  type Expression,
  type Index,
  type OperationName,
  plainIndex,
  samePlace,
  type Tensor,
  walk,
} from "../../src/equations/expression.ts";
import { formatEquation } from "../../src/equations/format.ts";
import { operations } from "../../src/equations/operations.ts";
import { parseEquations, type WrittenEquation } from "../../src/equations/parse.ts";
import { namedFunction } from "../../src/functions/activations.ts";
import { dualGradient, walkEquations } from "../oracles/dual.ts";
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
import { type RandomList, randomLists } from "./random-lists.ts";

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

// The forms of a list, as they are written

type Test = (equation: WrittenEquation, list: RandomList) => boolean;

const anywhere =
  (holds: (e: Expression) => boolean): Test =>
  ({ body }) =>
    [...walk(body)].some(holds);

const reductionInside = (holds: (around: Expression) => boolean): Test =>
  anywhere(
    (e) => holds(e) && [...walk(e)].some((inner) => inner !== e && inner.kind === "reduction"),
  );

const place = (holds: (p: { parts: number; lookup: boolean; factor: number }) => boolean): Test =>
  anywhere(
    (e) =>
      e.kind === "element" &&
      e.places.some((p) =>
        p.kind === "lookup"
          ? holds({ parts: 1, lookup: true, factor: 1 })
          : holds({ parts: p.parts.length, lookup: false, factor: p.parts[0]?.factor ?? 1 }),
      ),
  );

const sums = new Set<OperationName>(["add", "subtract", "negate"]);
const products = new Set<OperationName>(["multiply", "divide"]);

const forms: Readonly<Record<string, Test>> = {
  "a number": anywhere((e) => e.kind === "number"),
  "the number of rows": anywhere((e) => e.kind === "scalar"),
  "a named function": anywhere((e) => e.kind === "call"),
  select: anywhere((e) => e.kind === "select"),
  "a sum over one index": anywhere((e) => isReduction(e, "sum", 1)),
  "a sum over two indices": anywhere((e) => isReduction(e, "sum", 2)),
  "a maximum over one index": anywhere((e) => isReduction(e, "max", 1)),
  "a maximum over two indices": anywhere((e) => isReduction(e, "max", 2)),
  "a sum of indices": place(({ parts }) => parts > 1),
  "a place in steps": place(({ factor }) => factor !== 1),
  "a single place": place(({ parts }) => parts === 0),
  "a lookup": place(({ lookup }) => lookup),
  "a diagonal": anywhere(isDiagonal),
  "one tensor read twice": readsTwice,
  "a parameter in two equations": ({ body }, { system }) =>
    [...walk(body)].some((e) => e.kind === "element" && usesOf(e.tensor, system) > 1),
  "a single number as a parameter": anywhere(
    (e) => e.kind === "element" && e.tensor.role === "parameter" && e.places.length === 0,
  ),
  "a reduction inside a function": reductionInside(
    (e) =>
      e.kind === "call" || (e.kind === "operation" && !sums.has(e.name) && !products.has(e.name)),
  ),
  "a reduction inside a product": reductionInside(
    (e) => e.kind === "operation" && products.has(e.name),
  ),
  "a reduction inside another": reductionInside((e) => e.kind === "reduction"),
  "an index that is bound again": ({ indices, body }) => bindsAgain(body, indices),
  "a bare name": (_equation, { text }) => /\bh\d+(?![\d[])/.test(text.equations),
  "a mean": (_equation, { text }) => text.equations.includes("mean_"),
  "a stabiliser": ({ stabiliser }) => stabiliser === true,
  "a training equation": ({ training }) => training === true,
};

function formsOf(list: RandomList): Set<string> {
  const { equations, extents, inputs, targets } = list.text;
  const written = parseEquations(equations, {
    extents,
    inputs: [...inputs, targets!],
    scalars: ["N"],
    functions: namedFunction,
  }).equations;
  const found = new Set<string>();
  for (const equation of written) {
    for (const e of walk(equation.body)) if (e.kind === "operation") found.add(e.name);
    for (const [form, holds] of Object.entries(forms)) if (holds(equation, list)) found.add(form);
  }
  return found;
}

const isReduction = (e: Expression, name: string, over: number): boolean =>
  e.kind === "reduction" && e.name === name && e.over.length === over;

function isDiagonal(e: Expression): boolean {
  const plain = e.kind === "element" ? e.places.map(plainIndex).filter((i) => i !== undefined) : [];
  return new Set(plain).size < plain.length;
}

/** At two different places. */
function readsTwice({ body }: WrittenEquation): boolean {
  const elements = [...walk(body)].filter((e) => e.kind === "element");
  return elements.some((a) =>
    elements.some(
      (b) => a.tensor === b.tensor && a.places.some((p, d) => !samePlace(p, b.places[d]!)),
    ),
  );
}

/** The equations that read a parameter. */
const usesOf = ({ name, role }: Tensor, { equations }: RandomList["system"]): number =>
  role === "parameter"
    ? equations.filter((e) => [...tensorsOf(e)].some((tensor) => tensor.name === name)).length
    : 0;

function bindsAgain(e: Expression, around: readonly Index[]): boolean {
  if (e.kind === "reduction") {
    const again = e.over.some((i) => around.some(({ name }) => name === i.name));
    return again || bindsAgain(e.body, [...around, ...e.over]);
  }
  if (e.kind === "operation" || e.kind === "call")
    return e.arguments.some((a) => bindsAgain(a, around));
  return (
    e.kind === "select" && [e.left, e.right, e.then, e.otherwise].some((a) => bindsAgain(a, around))
  );
}
