/** The instructions of locals and globals, of blocks, branches and calls. */

import {
  type Block,
  enclose,
  type Label,
  leave,
  pop,
  push,
  refer,
  replace,
  wayTo,
} from "./body.ts";
import { byte, position, unsigned } from "./bytes.ts";
import { operand, operands, read } from "./operands.ts";
import type {
  Func,
  Global,
  Local,
  Operand,
  Operands,
  Result,
  StackVar,
  ValueType,
} from "./types.ts";

export const local = {
  get: read,
  set<T extends ValueType>({ index, type }: Local<T>, value?: Operand<T>): void {
    operand(type, value);
    byte(0x21);
    unsigned(index);
    pop(1);
  },
  tee<T extends ValueType>({ index, type }: Local<T>, value?: Operand<T>): StackVar<T> {
    operand(type, value);
    byte(0x22);
    unsigned(index);
    return replace(1, type) as StackVar<T>;
  },
} as const;

/** A vector that a module has once, however often it is used. */
export const global = {
  vector: (bytes: Uint8Array): Global<"v128"> => ({ kind: "global", type: "v128", bytes }),
  get<T extends ValueType>(from: Global<T>): StackVar<T> {
    const start = position();
    byte(0x23);
    refer(from);
    return push(from.type, start);
  },
} as const;

export const block = (body: Block): void => enclose(0x02, body);

/** A branch to it repeats it. */
export const loop = (body: Block): void => enclose(0x03, body);

/** Takes the condition from the stack. */
export function if_(then: Block, otherwise?: Block): void {
  pop(1);
  enclose(0x04, then, otherwise);
}

/** Leaves a block, or repeats a loop. */
export function br(label: Label): void {
  byte(0x0c);
  wayTo(label);
  leave();
}

/** The same where the condition on the stack holds. */
export function br_if(label: Label): void {
  byte(0x0d);
  wayTo(label);
  pop(1);
}

export function return_(): void {
  byte(0x0f);
  leave();
}

/** Of two values and a condition on the stack, the first where it holds, else the second. */
export function select(): void {
  byte(0x1b);
  pop(2); //  the first one's place is the result's
}

/** A call with all of its arguments. */
export function call<In extends readonly ValueType[], Out extends readonly ValueType[]>(
  routine: Func<In, Out>,
  given: Operands<In>,
): Result<Out> {
  const { takes, gives } = routine;
  const from = position();
  operands(takes, given);
  byte(0x10);
  refer(routine);
  const [type] = gives;
  const result =
    takes.length === 0 && type !== undefined ? push(type, from) : replace(takes.length, type);
  return result as Result<Out>;
}
