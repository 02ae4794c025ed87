/** Compiled modules by what they were made of: a second network of the same shape compiles nothing. */

import { type Equation, tensorsOf } from "../equations/equation.ts";
import { element, type Index, type Place, type Tensor, walk } from "../equations/expression.ts";
import { newKeys } from "./keys.ts";
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
  const keyOf = newKeys();
  const tensors = new Set<Tensor>();
  const scalars = new Set<string>();
  const keys = equations.map((equation) => {
    const { target, indices, terms } = equation;
    tensors.add(target);
    for (const tensor of tensorsOf(equation)) tensors.add(tensor);
    for (const { body } of terms) {
      for (const e of walk(body)) if (e.kind === "scalar") scalars.add(e.name);
    }
    const at = (places: readonly (Index | Place)[]): string => keyOf(element(target, places));
    return [
      at(indices),
      terms.map(({ reduction, over, where, body }) => [
        ...[reduction, over.map((i) => i.extent), at(over), keyOf(body)],
        where.map(({ index, place }) => at([index, place])),
      ]),
    ];
  });
  const { precision, capacity, relaxed } = memory;
  return JSON.stringify([
    { precision, capacity, relaxed },
    keys,
    [...tensors].map((tensor) => [
      ...[keyOf(element(tensor, [])), tensor.name, tensor.shape],
      memory.place(tensor),
    ]),
    [...scalars].map((name) => [name, memory.scalar(name)]),
    memory.scratch,
  ]);
}
