/** Assembled functions, to be called. */

import { type Func, moduleOf } from "../../src/compile/assembler.ts";

export type Exports<Name extends string> = Readonly<Record<Name, (...args: unknown[]) => unknown>>;

export function instanceOf<Name extends string>(
  functions: Readonly<Record<Name, Func>>,
  memory = new WebAssembly.Memory({ initial: 1 }),
): Exports<Name> {
  const module = new WebAssembly.Module(moduleOf(functions));
  return new WebAssembly.Instance(module, { "": { memory } }).exports as Exports<Name>;
}
