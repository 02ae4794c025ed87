/** Expressions without indices as numbers: printed in the place of names, and what they come to. */

import { sumTerm } from "../../equations/equation.ts";
import { evaluator } from "../../equations/evaluate.ts";
import {
  apply,
  type Element,
  type Expression,
  element,
  mapChildren,
  neg,
  number,
  type Select,
  type Tensor,
  variable,
} from "../../equations/expression.ts";
import { newMemory } from "../../equations/memory.ts";
import { ellipsis, type Numbers, valueAt } from "./instantiate.ts";

/** Marks a tensor whose name is a number to be printed. */
export const DIGITS = "#";

const isPrinted = (e: Element): boolean => e === ellipsis || e.tensor.name.endsWith(DIGITS);

export type Scalars = Readonly<Record<string, number>>;

/** Each element and each run-time scalar replaced by its number, each `select` by what it chooses. */
export function withNumbers(e: Expression, numbers: Numbers, scalars: Scalars): Expression {
  const inner = (e: Expression): Expression => withNumbers(e, numbers, scalars);
  if (e.kind === "element") return isPrinted(e) ? e : decimal(valueAt(e, numbers));
  if (e.kind === "scalar") return decimal(scalars[e.name] ?? Number.NaN);
  if (e.kind === "select") return inner(chosen(e, numbers, scalars));
  const all = mapChildren(e, inner);
  const [first] = all.kind === "operation" && all.name === "negate" ? all.arguments : [];
  return first?.kind === "element" && first.tensor === nought.tensor ? first : all; //  not −0
}

function chosen(e: Select, numbers: Numbers, scalars: Scalars): Expression {
  const choice: Expression = { ...e, then: number(1), otherwise: number(0) };
  return exactly(choice, numbers, scalars) === 1 ? e.then : e.otherwise;
}

/** What an expression without indices comes to. */
export function exactly(e: Expression, numbers: Numbers, scalars: Scalars): number {
  const valuesIn = (e: Expression): Expression =>
    e.kind === "element" ? number(valueAt(e, numbers)) : mapChildren(e, valuesIn);
  const target: Tensor = { name: "value", shape: [], role: "computed" };
  const memory = newMemory("float64");
  evaluator([{ target, indices: [], terms: [sumTerm([], valuesIn(e))] }], memory)(1, scalars);
  return memory.cell(target).data[0] as number;
}

/** Six significant digits; very small and very large numbers with a power of ten. */
export function decimal(value: number): Expression {
  const rounded = Number(value.toPrecision(6));
  if (rounded === 0) return nought;
  if (rounded < 0) return neg(decimal(-rounded));
  if ((rounded >= 1e-4 && rounded < 1e9) || !Number.isFinite(rounded)) {
    return digits(String(rounded));
  }
  const [size = "", exponent] = rounded.toExponential().split("e");
  const ten = apply("power", number(10), number(Number(exponent)));
  return size === "1" ? ten : apply("multiply", digits(size), ten);
}

const digits = (text: string): Element => element(variable(`${text}${DIGITS}`));

const nought = digits("0");
