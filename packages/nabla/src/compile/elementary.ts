/**
 * The elementary functions of the compiled module, on all lanes of a vector: without branches, by
 * additions, multiplications and divisions in a fixed order, so with the same bits in every engine.
 */

import type { Precision } from "../equations/memory.ts";
import { type Fresh, type Local, local, type StackVar, v128 } from "./assembler.ts";
import { arithmetic } from "./elementary/arithmetic.ts";
import { erf } from "./elementary/erf.ts";
import { exp, expm1 } from "./elementary/exponential.ts";
import { log, log1p } from "./elementary/logarithm.ts";
import { tanh } from "./elementary/tanh.ts";
import {
  type StraightLine,
  straightLine,
  type VectorFunction,
  vectorFunction,
} from "./elementary/values.ts";

const functions = { exp, expm1, log, log1p, tanh, erf };

export type ElementaryName = keyof typeof functions;
export const elementaryNames = Object.keys(functions) as ElementaryName[];

/** The instructions of every function and precision that was asked for, and their functions. */
const lines = new Map<string, StraightLine>();
const assembled = new Map<string, VectorFunction>();

/** The function of that name, to be called with a vector; the same object for the same arguments. */
export function elementary(name: ElementaryName, precision: Precision): VectorFunction {
  const key = `${name} ${precision}`;
  const made = assembled.get(key) ?? vectorFunction(lineOf(name, precision));
  assembled.set(key, made);
  return made;
}

/** Pushes the function of a vector, on the stack or in a local, without a call: in locals of its own. */
export function emitElementary(
  name: ElementaryName,
  precision: Precision,
  argument: StackVar<"v128"> | Local<"v128">,
  fresh: Fresh,
): StackVar<"v128"> {
  const { places, emit } = lineOf(name, precision);
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

function lineOf(name: ElementaryName, precision: Precision): StraightLine {
  const key = `${name} ${precision}`;
  const made = lines.get(key) ?? straightLine((x) => functions[name](x, arithmetic(precision)));
  lines.set(key, made);
  return made;
}
