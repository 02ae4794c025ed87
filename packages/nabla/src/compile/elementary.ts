/**
 * The elementary functions of the compiled module, on all lanes of a vector: without branches, by
 * additions, multiplications and divisions in a fixed order, so with the same bits in every engine.
 */

import type { Precision } from "../equations/memory.ts";
import { arithmetic } from "./elementary/arithmetic.ts";
import { erf } from "./elementary/erf.ts";
import { exp, expm1 } from "./elementary/exponential.ts";
import { log, log1p } from "./elementary/logarithm.ts";
import { tanh } from "./elementary/tanh.ts";
import { type VectorFunction, vectorFunction } from "./elementary/values.ts";

const functions = { exp, expm1, log, log1p, tanh, erf };

export type ElementaryName = keyof typeof functions;
export const elementaryNames = Object.keys(functions) as ElementaryName[];

const assembled = new Map<string, VectorFunction>();

/** The function of that name, to be called with a vector; the same object for the same arguments. */
export function elementary(name: ElementaryName, precision: Precision): VectorFunction {
  const key = `${name} ${precision}`;
  const made =
    assembled.get(key) ?? vectorFunction((x) => functions[name](x, arithmetic(precision)));
  assembled.set(key, made);
  return made;
}
