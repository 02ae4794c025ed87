/** The values of WebAssembly: their types, where they are, and what stands for them as an operand. */

export type ValueType = "i32" | "i64" | "f32" | "f64" | "v128";

export interface Type<T extends ValueType = ValueType> {
  readonly kind: T;
}

/** A value on the stack: the instructions that leave it there have been emitted. */
export interface StackVar<T extends ValueType = ValueType> {
  readonly kind: "stack";
  readonly type: T;
}

export interface Local<T extends ValueType = ValueType> {
  readonly kind: "local";
  readonly type: T;
  readonly index: number;
}

interface Numbers {
  readonly i32: number;
  readonly i64: bigint;
  readonly f32: number;
  readonly f64: number;
  readonly v128: never;
}

/** What an instruction takes; a local or a number is emitted with it. */
export type Operand<T extends ValueType = ValueType> = StackVar<T> | Local<T> | Numbers[T];

export type Operands<In extends readonly ValueType[]> = {
  readonly [K in keyof In]: Operand<In[K]>;
};

/** What an instruction or a call leaves. */
export type Result<Out extends readonly ValueType[]> = Out extends readonly [
  infer T extends ValueType,
]
  ? StackVar<T>
  : undefined;

/** A constant of the module. */
export interface Global<T extends ValueType = ValueType> {
  readonly kind: "global";
  readonly type: T;
  readonly bytes: Uint8Array;
}

/** An assembled function, for any number of modules. */
export interface Func<
  In extends readonly ValueType[] = readonly ValueType[],
  Out extends readonly ValueType[] = readonly ValueType[],
> {
  readonly kind: "function";
  readonly takes: In;
  readonly gives: Out;
  readonly locals: readonly ValueType[];
  /** The instructions, without the numbers that a module gives to functions and globals. */
  readonly code: Uint8Array;
  readonly references: readonly Reference[];
}

/** What the instruction before the place `at` of a function's code refers to. */
export interface Reference {
  readonly at: number;
  readonly to: Func | Global;
}
