/** Functions of named integers, and the arithmetic that the kernels of one module share. */

import type { Precision } from "../../equations/memory.ts";
import { call, type Fresh, i32, type Local, local, select } from "../assembler.ts";
import { type Lanes, lanesOf } from "../lanes.ts";
import { type I32, routine } from "../routine.ts";

type Integers<Name extends string, Value> = Readonly<Record<Name, Value>>;

/** A function of the module. Calling it while another one is being assembled emits the call. */
export type Kernel<Name extends string> = (given: Integers<Name, I32 | number>) => void;

interface Names<Name extends string, Own extends string> {
  readonly takes: readonly Name[];
  readonly locals?: readonly Own[];
}

export function kernel<const Name extends string, const Own extends string = never>(
  { takes, locals = [] }: Names<Name, Own>,
  body: (integers: Integers<Name | Own, I32>, fresh: Fresh) => void,
): Kernel<Name> {
  const made = routine(takes.length, (given, fresh) => {
    const integers: Partial<Record<Name | Own, I32>> = {};
    for (const [i, name] of takes.entries()) integers[name] = given[i]!;
    for (const name of locals) integers[name] = fresh(i32);
    body(integers as Integers<Name | Own, I32>, fresh);
  });
  return (given) => {
    const values = takes.map((name) => given[name]);
    call(made, values);
  };
}

/** What makes a block of C's rows; addresses, and steps between neighbours, are in bytes. */
export const blockTakes = [
  ...(["a", "aRow", "aStep", "rows"] as const),
  ...(["b", "bStep", "bColumn", "columns"] as const),
  ...(["c", "cRow", "depth", "add"] as const),
] as const;
export type Block = Kernel<(typeof blockTakes)[number]>;

export interface Arithmetic {
  readonly lanes: Lanes;
  /** The longer side of a tile. */
  readonly height: 4 | 6;
  /** The vectors along k that a turn of dot's loop takes. */
  readonly together: 1 | 2;
  /** sum ← sum + a·b */
  readonly multiplyAdd: (sum: Local<"v128">, a: Local<"v128">, b: Local<"v128">) => void;
}

/**
 * V8 has 15 vector registers. A tile of 6×2 sums and three factors takes them all where one
 * instruction multiplies and adds (`relaxed`). Where the product needs a register too, 4×2 is faster.
 * The engines without that instruction would load all vectors of a turn at its begin, and run out of them.
 */
export function arithmetic(precision: Precision, relaxed: boolean): Arithmetic {
  const lanes = lanesOf(precision);
  const { add, mul, relaxed_madd } = lanes.vector;
  return relaxed
    ? {
        ...{ lanes, height: 6, together: 2 },
        multiplyAdd: (sum, a, b) => local.set(sum, relaxed_madd(a, b, sum)),
      }
    : {
        ...{ lanes, height: 4, together: 1 },
        multiplyAdd: (sum, a, b) => local.set(sum, add(mul(a, b), sum)),
      };
}

/** to ← base + index·step */
export function setAddress(
  to: I32,
  { base, index, step }: { base: I32 | number; index: I32; step: I32 | number },
): void {
  local.set(to, i32.add(i32.mul(index, step), base));
}

/** to ← condition ? then : otherwise */
export function setChoice(
  to: I32,
  condition: () => unknown,
  { then, otherwise }: { then: I32 | number; otherwise: I32 | number },
): void {
  for (const value of [then, otherwise]) {
    if (typeof value === "number") i32.const(value);
    else local.get(value);
  }
  condition();
  select();
  local.set(to);
}

/** to ← the smaller of both */
export function setSmaller(to: I32, a: I32, b: I32 | number): void {
  setChoice(to, () => i32.lt_s(a, b), { then: a, otherwise: b });
}
