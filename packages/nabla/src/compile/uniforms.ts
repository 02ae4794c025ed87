/**
 * What is the same for a whole run: arithmetic of the run-time scalars (1/N, 1 − βᵗ). It is computed in
 * float64, before the loops.
 */

import { children, type Expression, type OperationName, walk } from "../equations/expression.ts";
import { internal } from "../errors.ts";
import { call, f64, i32, type StackVar } from "./assembler.ts";
import { integerPower } from "./integer-power.ts";
import type { Layout } from "./layout.ts";

/** The largest parts of `e` that are arithmetic of scalars and numbers, with a scalar in them. */
export function uniformParts(e: Expression): Expression[] {
  const parts = walk(e);
  if (!parts.some((p) => p.kind === "scalar")) return [];
  const isArithmetic = parts.every(
    (p) =>
      p.kind === "number" ||
      p.kind === "scalar" ||
      (p.kind === "operation" && arithmetic.has(p.name)),
  );
  return isArithmetic ? [e] : children(e).flatMap(uniformParts);
}

const arithmetic: ReadonlySet<OperationName> = new Set([
  ...(["add", "subtract", "multiply", "divide", "negate", "sqrt", "power"] as const),
]);

/** Pushes the value of such a part. */
export function uniform(e: Expression, layout: Layout): StackVar<"f64"> {
  if (e.kind === "number") return f64.const(e.value);
  if (e.kind === "scalar") return f64.load({ offset: layout.scalar(e.name) }, i32.const(0));
  if (e.kind !== "operation") throw internal(`${e.kind} of scalars`);
  const [x, y] = e.arguments.map((argument) => () => uniform(argument, layout)) as [Push, Push];
  switch (e.name) {
    case "add":
      return f64.add(x(), y());
    case "subtract":
      return f64.sub(x(), y());
    case "multiply":
      return f64.mul(x(), y());
    case "divide":
      return f64.div(x(), y());
    case "negate":
      return f64.neg(x());
    case "sqrt":
      return f64.sqrt(x());
    case "power":
      return call(integerPower, [x(), i32.trunc_sat_f64_s(y())]);
    default:
      throw internal(`${e.name} of scalars`);
  }
}

type Push = () => StackVar<"f64">;
