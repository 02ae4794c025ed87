/** The oracle: wasmati, an assembler whose instructions have the same names and operands. */

import * as wasmati from "wasmati";
import * as assembler from "../../../src/compile/assembler.ts";

export type Type = "i32" | "i64" | "f32" | "f64" | "v128";

export type Instruction = (...given: readonly unknown[]) => { readonly type: Type } | undefined;

/** The instructions of either, whose types do not matter here: `instructions.i32.add`. */
export type Instructions = Readonly<Record<string, Readonly<Record<string, Instruction>>>>;

export const ours = assembler as unknown as Instructions;
const theirs = wasmati as unknown as Instructions;

export interface Program {
  readonly in: readonly Type[];
  readonly out: readonly Type[];
  readonly write: (instructions: Instructions, args: readonly unknown[]) => void;
}

interface Bodies {
  readonly own: number[];
  readonly oracle: number[];
  /** Ours. */
  readonly module: Uint8Array<ArrayBuffer>;
}

/** A function's locals and instructions, as both write them. */
export function bodiesOf(program: Program): Bodies {
  const signature = ({ i32, i64, f32, f64, v128 }: Instructions) => {
    const types = { i32, i64, f32, f64, v128 };
    const typed = (all: readonly Type[]) => all.map((type) => types[type]) as unknown as [never];
    return { in: typed(program.in), out: typed(program.out) };
  };
  const f = assembler.func(signature(ours), (args) => program.write(ours, args));
  const g = wasmati.func({ ...signature(theirs), locals: [] }, (args: readonly unknown[]) =>
    program.write(theirs, args),
  );
  const memory = wasmati.importMemory({ min: 1 });
  const module = assembler.moduleOf({ f });
  return {
    module,
    own: bodyIn(module),
    oracle: bodyIn(wasmati.Module({ exports: { g }, memory }).toBytes()),
  };
}

/** Of a module's only function. */
function bodyIn(module: Uint8Array): number[] {
  const CODE = 10;
  let at = 8;
  const size = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = module[at++] as number;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (module[at++] !== CODE) {
    const length = size();
    at += length;
  }
  size();
  if (size() !== 1) throw new Error("a module of one function is expected");
  const length = size();
  return [...module.subarray(at, at + length)];
}
