/** One element with its equation: in symbols, in numbers, and what it comes to. */

import type { Element, Expression } from "../../equations/expression.ts";
import { formatExpression } from "../../equations/format.ts";
import type { Symbols } from "../derivation.ts";
import type { Item, Row } from "../typeset/items.ts";
import { contextOf, layout } from "../typeset/layout.ts";
import { DIGITS, decimal, type Scalars, withNumbers } from "./digits.ts";
import type { Numbers } from "./instantiate.ts";

export interface WorkedLine {
  /** Of the element, as equations are written: `z1[0]`, `∂c/∂W2[0,1]`. */
  readonly name: string;
  /** An update assigns. */
  readonly sign: "=" | "←";
  readonly value: number;
  /** How the element is written, its right side in symbols and in numbers, and the value. */
  readonly rows: {
    readonly left: Row;
    readonly symbols: Row;
    readonly numbers: Row;
    readonly value: Row;
  };
}

export interface Writing extends Numbers {
  readonly symbols: Symbols;
  readonly scalars: Scalars;
}

interface Written {
  readonly left: Element;
  /** In symbols. */
  readonly right: Expression;
  /** What is read for the numbers; the right side itself unless given. */
  readonly read?: Expression;
  readonly value: number;
  readonly sign?: "=" | "←";
}

export function lineOf(
  { left, right, read = right, value, sign = "=" }: Written,
  { symbols, scalars, ...numbers }: Writing,
): WorkedLine {
  const row = (e: Expression): Row => layout(e, contextOf(symbols)).row;
  return {
    ...{ name: nameOf(left, symbols), sign, value },
    rows: {
      ...{ left: row(left), symbols: row(right) },
      numbers: printed(row(withNumbers(read, numbers, scalars))),
      value: printed(row(decimal(value))),
    },
  };
}

/** ∂a2[0]/∂z2[1] has places above and below. */
function nameOf({ tensor, places }: Element, { tensors }: Symbols): string {
  const known = tensors.get(tensor);
  if (known?.kind !== "partial") return formatExpression({ kind: "element", tensor, places });
  const rank = known.of.shape.length;
  const above: Element = { kind: "element", tensor: known.of, places: places.slice(0, rank) };
  const below: Element = { kind: "element", tensor: known.by, places: places.slice(rank) };
  return `∂${formatExpression(above)}/∂${formatExpression(below)}`;
}

/** The symbols that are numbers become such, with a dot wherever two of them are multiplied. */
const printed = (row: Row): Row => row.map(printedItem);

function printedItem(item: Item): Item {
  switch (item.kind) {
    case "symbol":
      if (!item.text.endsWith(DIGITS)) return item;
      return { kind: "number", text: item.text.slice(0, -DIGITS.length) };
    case "times":
      return { ...item, dot: true };
    case "power":
      return { ...item, base: printed(item.base), exponent: printed(item.exponent) };
    case "exponential":
      return { ...item, exponent: printed(item.exponent) };
    case "fraction":
      return { ...item, above: printed(item.above), below: printed(item.below) };
    case "root":
    case "transposed":
      return { ...item, of: printed(item.of) };
    case "cases":
      return {
        ...item,
        branches: item.branches.map(({ value, condition }) => ({
          value: printed(value),
          ...(condition !== undefined && { condition: printed(condition) }),
        })),
      };
    default:
      return item;
  }
}
