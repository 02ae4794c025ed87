/** Expressions without reductions → nodes: each operation is an operator, or a few. */

import type { Equation } from "../../equations/equation.ts";
import {
  children,
  type Expression,
  expand,
  type Index,
  type Operation,
  type OperationName,
  type Relation,
} from "../../equations/expression.ts";
import { formatEquation, formatExpression } from "../../equations/format.ts";
import { NablaError } from "../../errors.ts";
import { readElement, type Tensors } from "./elements.ts";
import { recognise } from "./forms.ts";
import { cast } from "./graph.ts";
import { elementwise, type Value } from "./values.ts";

/** Where an expression stands. */
export interface Place extends Tensors {
  readonly equation: Equation;
  /** All indices that may occur, in the order in which the axes of results come. */
  readonly order: readonly Index[];
}

/** The value of the expression, an axis for each index that it depends on. */
export function writeExpression(e: Expression, place: Place): Value {
  const { graph } = place;
  const found = graph.real === "float" ? recognise(e) : undefined;
  if (found !== undefined) {
    const { operator, attributes, argument } = found;
    const values = [writeExpression(argument, place)];
    return elementwise(graph, operator, { values, order: place.order, attributes });
  }
  switch (e.kind) {
    case "number":
      return { name: graph.number(e.value), axes: [] };
    case "scalar":
      throw noOperator(place, {
        what: `the number ${e.name} of the whole batch`,
        remedy: `leave ${e.name} out of what predicts`,
      });
    case "element": {
      const value = readElement(e, place.order, place);
      return e.tensor.count === undefined
        ? value
        : { ...value, name: cast(value.name, graph.real, graph) };
    }
    case "call":
      return writeExpression(expand(e), place);
    case "select": {
      const [left, right, then, otherwise] = children(e).map((c) => writeExpression(c, place)) as [
        Value,
        Value,
        Value,
        Value,
      ];
      const { apply } = writer(place);
      return apply("Where", apply(relations[e.relation], left, right), then, otherwise);
    }
    case "operation":
      return writeOperation(e, place);
    case "reduction":
      throw new Error("internal: a reduction inside a term");
    default:
      return e satisfies never;
  }
}

const relations: Readonly<Record<Relation, string>> = {
  "<": "Less",
  "<=": "LessOrEqual",
  ">": "Greater",
  ">=": "GreaterOrEqual",
  "=": "Equal",
};

/** Operations that are operators; the others are composed below. */
const operators: Readonly<Record<Exclude<OperationName, "power" | "log1p" | "expm1">, string>> = {
  add: "Add",
  subtract: "Sub",
  multiply: "Mul",
  divide: "Div",
  negate: "Neg",
  exp: "Exp",
  log: "Log",
  tanh: "Tanh",
  erf: "Erf",
  sqrt: "Sqrt",
  abs: "Abs",
  sign: "Sign",
  min: "Min",
  max: "Max",
};

function writeOperation(e: Operation, place: Place): Value {
  const [first, second] = e.arguments as [Expression, Expression];
  if (e.name === "power") return writePower(first, second, place);
  if (e.name === "erf" && place.graph.real === "double") {
    const remedy = 'build the network with precision: "float32", or without erf';
    throw noOperator(place, { what: `${formatExpression(e)} in float64`, remedy });
  }
  const values = e.arguments.map((argument) => writeExpression(argument, place));
  switch (e.name) {
    case "log1p":
      return writeLog1p(values[0]!, place);
    case "expm1":
      return writeExpm1(values[0]!, place);
    default:
      return writer(place).apply(operators[e.name], ...values);
  }
}

/** Squares are products; runtimes compute other integer powers exactly enough. */
function writePower(base: Expression, exponent: Expression, place: Place): Value {
  const { apply } = writer(place);
  const x = writeExpression(base, place);
  if (exponent.kind === "number" && exponent.value === 2) return apply("Mul", x, x);
  return apply("Pow", x, writeExpression(exponent, place));
}

/**
 * log(1 + x) = log u + (x − (u − 1))/u, where u is 1 + x as rounded: the second term is what rounding
 * has lost. Where it has lost nothing there is no such term, for 1 + x may be 0 or infinite.
 */
function writeLog1p(x: Value, place: Place): Value {
  const { apply, number } = writer(place);
  const u = apply("Add", x, number(1));
  const kept = apply("Sub", u, number(1));
  const log = apply("Log", u);
  const corrected = apply("Add", log, apply("Div", apply("Sub", x, kept), u));
  return apply("Where", apply("Equal", kept, x), log, corrected);
}

/** eˣ − 1 = 2t/(1 − t), where t = tanh(x/2), below 1 in magnitude: above, eˣ − 1 keeps its digits. */
function writeExpm1(x: Value, place: Place): Value {
  const { apply, number } = writer(place);
  const t = apply("Tanh", apply("Mul", x, number(0.5)));
  const small = apply("Div", apply("Add", t, t), apply("Sub", number(1), t));
  const large = apply("Sub", apply("Exp", x), number(1));
  return apply("Where", apply("Less", apply("Abs", x), number(1)), small, large);
}

/** Operators at a place, as functions. */
export const writer = ({ graph, order }: Pick<Place, "graph" | "order">) => ({
  apply: (operator: string, ...values: readonly Value[]): Value =>
    elementwise(graph, operator, { values, order }),
  number: (value: number): Value => ({ name: graph.number(value), axes: [] }),
});

/** `a[n] = x[n]/N: the number N … has no operator in ONNX; leave …` */
export function noOperator(
  { equation }: Pick<Place, "equation">,
  { what, remedy }: { readonly what: string; readonly remedy: string },
): NablaError {
  const where = formatEquation(equation);
  const expected = "an operator of ONNX";
  const message = `${where}: ${what} has no operator in ONNX; ${remedy}`;
  return new NablaError("usage", message, { where, expected, got: what, remedy });
}
