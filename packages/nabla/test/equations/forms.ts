/** Which forms of expressions and equations a random list contains, so that a test can count them. */

import { tensorsOf } from "../../src/equations/equation.ts";
import {
  type Expression,
  type Index,
  type OperationName,
  plainIndex,
  samePlace,
  type Tensor,
  walk,
} from "../../src/equations/expression.ts";
import { parseEquations, type WrittenEquation } from "../../src/equations/parse.ts";
import { namedFunction } from "../../src/functions/activations.ts";
import type { RandomList } from "./random-lists.ts";

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

const readsTensors = (e: Expression): boolean =>
  [...walk(e)].some(({ kind }) => kind === "element");

const sums = new Set<OperationName>(["add", "subtract", "negate"]);
const products = new Set<OperationName>(["multiply", "divide"]);

/** What a list may contain besides the operations, which are forms of their own. */
export const forms: Readonly<Record<string, Test>> = {
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
    (e) => e.kind === "operation" && products.has(e.name) && e.arguments.every(readsTensors),
  ),
  "a reduction inside another": reductionInside((e) => e.kind === "reduction"),
  "an index that is bound again": ({ indices, body }) => bindsAgain(body, indices),
  "a bare name": (_equation, { text }) => /\bh\d+(?![\d[])/.test(text.equations),
  "a mean": (_equation, { text }) => text.equations.includes("mean_"),
  "a stabiliser": ({ stabiliser }) => stabiliser === true,
  "a training equation": ({ training }) => training === true,
};

/** The forms of a list as it is written, the names of operations among them. */
export function formsOf(list: RandomList): Set<string> {
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
