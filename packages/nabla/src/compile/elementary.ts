/**
 * The elementary functions of the compiled module, on all lanes of a vector: without branches, by
 * additions, multiplications and divisions in a fixed order, so with the same bits in every engine,
 * and with others, no less exact, where a multiplication and an addition are fused.
 */

import type { Expression, OperationName } from "../equations/expression.ts";
import { type Fresh, type Local, local, type StackVar, v128 } from "./assembler.ts";
import { arithmetic, type Format } from "./elementary/arithmetic.ts";
import { erf } from "./elementary/erf.ts";
import { exp, expm1, logistic } from "./elementary/exponential.ts";
import { log, log1p } from "./elementary/logarithm.ts";
import { tanh } from "./elementary/tanh.ts";
import {
  type StraightLine,
  straightLine,
  type VectorFunction,
  vectorFunction,
} from "./elementary/values.ts";

const functions = { exp, expm1, log, log1p, tanh, erf, logistic };

export type ElementaryName = keyof typeof functions;
export const elementaryNames = Object.keys(functions) as ElementaryName[];

/** x of 1/(1 + exp(−x)), which is a function of its own here. */
export function logisticArgument(e: Expression): Expression | undefined {
  const [above, below] = argumentsOf(e, "divide");
  const [first, second] = argumentsOf(below, "add");
  const [exponent] = argumentsOf(second, "exp");
  const [x] = argumentsOf(exponent, "negate");
  return [above, first].every((c) => c?.kind === "number" && c.value === 1) ? x : undefined;
}

const argumentsOf = (e: Expression | undefined, name: OperationName): readonly Expression[] =>
  e?.kind === "operation" && e.name === name ? e.arguments : [];

/** The instructions of every function and format that was asked for, and their functions. */
const lines = new Map<string, StraightLine>();
const assembled = new Map<string, VectorFunction>();

/** The function of that name, to be called with a vector; the same object for the same arguments. */
export function elementary(name: ElementaryName, format: Format): VectorFunction {
  const key = keyOf(name, format);
  const made = assembled.get(key) ?? vectorFunction(lineOf(name, format));
  assembled.set(key, made);
  return made;
}

/** Pushes the function of a vector, on the stack or in a local, without a call: in locals of its own. */
export function emitElementary(
  name: ElementaryName,
  format: Format,
  argument: StackVar<"v128"> | Local<"v128">,
  fresh: Fresh,
): StackVar<"v128"> {
  const { places, emit } = lineOf(name, format);
  return emit(
    argument.kind === "local" ? argument : popped(argument, fresh),
    Array.from({ length: places }, () => fresh(v128)),
  );
}

function popped(vector: StackVar<"v128">, fresh: Fresh): Local<"v128"> {
  const place = fresh(v128);
  local.set(place, vector);
  return place;
}

function lineOf(name: ElementaryName, format: Format): StraightLine {
  const key = keyOf(name, format);
  const made = lines.get(key) ?? straightLine((x) => functions[name](x, arithmetic(format)));
  lines.set(key, made);
  return made;
}

const keyOf = (name: ElementaryName, { precision, fused }: Format): string =>
  `${name} ${precision} ${fused}`;
