/** Compiled modules by what they were made of: a second network of the same shape compiles nothing. */

import { type Equation, tensorsOf } from "../equations/equation.ts";
import { type Tensor, walk } from "../equations/expression.ts";
import { formatEquation } from "../equations/format.ts";
import { lower } from "./lower.ts";
import type { LinearMemory } from "./memory.ts";

const modules = new Map<string, WebAssembly.Module>();

/** The oldest go first. */
const KEPT = 64;

export function moduleFor(key: string, assemble: () => BufferSource): WebAssembly.Module {
  const known = modules.get(key);
  if (known !== undefined) return known;
  const made = new WebAssembly.Module(assemble());
  modules.set(key, made);
  for (const oldest of modules.keys()) {
    if (modules.size <= KEPT) break;
    modules.delete(oldest);
  }
  return made;
}

/**
 * All that the code of some equations depends on: the equations, the extents of their indices, and where
 * their tensors and scalars lie. Gives places to those that have none.
 */
export function fingerprint(written: readonly Equation[], memory: LinearMemory): string {
  const equations = written.map(lower); //  with what the calls in them are
  const tensors = new Set<Tensor>();
  const scalars = new Set<string>();
  for (const equation of equations) {
    tensors.add(equation.target);
    for (const tensor of tensorsOf(equation)) tensors.add(tensor);
    for (const term of equation.terms) {
      for (const e of walk(term.body)) if (e.kind === "scalar") scalars.add(e.name);
    }
  }
  const extents = equations.map(({ terms }) => terms.map(({ over }) => over.map((i) => i.extent)));
  const { precision, capacity, relaxed } = memory;
  return JSON.stringify([
    { precision, capacity, relaxed },
    equations.map(formatEquation),
    extents,
    [...tensors].map((tensor) => [tensor.name, tensor.shape, memory.place(tensor)]),
    [...scalars].map((name) => [name, memory.scalar(name)]),
    memory.scratch,
  ]);
}
