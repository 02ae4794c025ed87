/** The elementary functions that a list of equations calls. */

import type { Func } from "wasmati";
import type { Equation } from "../equations/equation.ts";
import { walk } from "../equations/expression.ts";
import type { Precision } from "../equations/memory.ts";
import { internal } from "../errors.ts";
import { type ElementaryName, elementary, elementaryNames } from "./elementary.ts";

export type VectorFunction = Func<["v128"], ["v128"]>;
export type ElementaryFunctions = (name: string) => VectorFunction;

/** Assembled before any routine that calls them: the assembler cannot begin one inside another. */
export function elementaryFunctions(
  equations: readonly Equation[],
  precision: Precision,
): ElementaryFunctions {
  const made = new Map<string, VectorFunction>();
  for (const { terms } of equations) {
    for (const term of terms) {
      for (const e of walk(term.body)) {
        if (e.kind !== "operation" || !isElementary(e.name) || made.has(e.name)) continue;
        made.set(e.name, elementary(e.name, precision));
      }
    }
  }
  return (name) => {
    const found = made.get(name);
    if (found === undefined) throw internal(`no elementary function ${name}`);
    return found;
  };
}

const isElementary = (name: string): name is ElementaryName =>
  (elementaryNames as readonly string[]).includes(name);
