/**
 * The function at hand: an instruction appends its bytes at once. What it takes from the stack was emitted
 * before it was called, so an operand that belongs in front of that, as n in `i32.sub(n, i32.mul(x, y))`,
 * is moved there: of each value on the stack it is known where its instructions begin.
 */

import { internal } from "../../errors.ts";
import { byte, moveBack, position, take, unsigned } from "./bytes.ts";
import type { Func, Global, Local, StackVar, Type, ValueType } from "./types.ts";

interface Body {
  /** Where its bytes begin. */
  readonly from: number;
  /** Their types, arguments first. */
  readonly locals: ValueType[];
  readonly references: { at: number; readonly to: Func | Global }[];
  /** Where the instructions of each value on the stack begin. */
  readonly starts: number[];
  /** How many values are on the stack, and how many of them lie below the innermost block. */
  depth: number;
  floor: number;
  /** How many blocks stand around the next instruction. */
  level: number;
}

const newBody = (from: number, locals: ValueType[]): Body => ({
  ...{ from, locals, references: [], starts: [], depth: 0, floor: 0, level: 0 },
});

/** Outside of functions instructions lack their operands. */
let body: Body = { ...newBody(0, []), floor: Number.POSITIVE_INFINITY };

// Functions

/** Declares a new local. */
export type Fresh = <T extends ValueType>(type: Type<T>) => Local<T>;

type Types<T extends readonly ValueType[]> = { readonly [K in keyof T]: Type<T[K]> };
type Locals<T extends readonly ValueType[]> = { readonly [K in keyof T]: Local<T[K]> };

interface Signature<In extends readonly ValueType[], Out extends readonly ValueType[]> {
  readonly in: Types<In>;
  readonly out: Types<Out>;
}

/** The function whose instructions `write` emits, maybe while another one is at hand. */
export function func<const In extends readonly ValueType[], const Out extends readonly ValueType[]>(
  signature: Signature<In, Out>,
  write: (args: Locals<In>, fresh: Fresh) => void,
): Func<In, Out> {
  const around = body;
  const [takes, gives] = [kindsOf(signature.in), kindsOf(signature.out)];
  const own = newBody(position(), [...takes]);
  const { from, locals, references } = own;
  const args = takes.map((type, index) => ({ kind: "local", type, index }));
  const fresh: Fresh = ({ kind }) => {
    locals.push(kind);
    return { kind: "local", type: kind, index: locals.length - 1 };
  };
  let code: Uint8Array;
  body = own;
  try {
    write(args as unknown as Locals<In>, fresh);
    pop(gives.length);
    end();
  } finally {
    body = around;
    code = take(from);
  }
  return { kind: "function", takes, gives, locals: locals.slice(takes.length), code, references };
}

const kindsOf = <T extends readonly ValueType[]>(types: Types<T>): T =>
  types.map(({ kind }) => kind) as unknown as T;

// Blocks

const ELSE = 0x05;
const END = 0x0b;
const NO_RESULT = 0x40;

/** How many blocks stand around the instructions of a block, itself among them. */
export type Label = number;

export type Block = (label: Label) => void;

/** A block without arguments and results. */
export function enclose(opcode: number, write: Block, otherwise?: Block): void {
  const { floor } = body;
  byte(opcode);
  byte(NO_RESULT);
  body.floor = body.depth;
  body.level++;
  write(body.level);
  if (otherwise !== undefined) {
    checkEmpty();
    byte(ELSE);
    otherwise(body.level);
  }
  end();
  body.level--;
  body.floor = floor;
}

function end(): void {
  checkEmpty();
  byte(END);
}

function checkEmpty(): void {
  if (body.depth !== body.floor) throw internal("a block leaves values on the stack");
}

/** A branch's way out: how many blocks stand between it and the one that it leaves or repeats. */
export const wayTo = (label: Label): void => unsigned(body.level - label);

/** The rest of the block is never reached. */
export function leave(): void {
  body.depth = body.floor;
}

// The stack

const stacked: { readonly [T in ValueType]: StackVar<T> } = {
  i32: { kind: "stack", type: "i32" },
  i64: { kind: "stack", type: "i64" },
  f32: { kind: "stack", type: "f32" },
  f64: { kind: "stack", type: "f64" },
  v128: { kind: "stack", type: "v128" },
};

/** A new value, whose instructions begin at `from`. */
export function push<T extends ValueType>(type: T, from: number): StackVar<T> {
  body.starts[body.depth++] = from;
  return stacked[type];
}

export function pop(count: number): void {
  body.depth -= count;
  if (body.depth < body.floor) throw internal("an instruction lacks operands");
}

/** What an instruction of so many operands, one at least, leaves: it begins where the first of them does. */
export function replace(count: number, type: ValueType | undefined): StackVar | undefined {
  pop(count);
  if (type === undefined) return undefined;
  body.depth++;
  return stacked[type];
}

/** Moves the last value, which begins at `from`, below `count` others. */
export function sink(count: number, from: number): void {
  const { starts, references } = body;
  const last = body.depth - 1;
  const to = starts[last - count]!;
  const size = position() - from;
  moveBack(from, to);
  for (let d = last; d > last - count; d--) starts[d] = starts[d - 1]! + size;
  for (let r = references.length - 1; r >= 0; r--) {
    const reference = references[r]!;
    if (body.from + reference.at <= to) break;
    reference.at += size;
  }
}

/** The next byte is the number that a module gives to a function or a global: it is left out. */
export function refer(to: Func | Global): void {
  body.references.push({ at: position() - body.from, to });
}
