/** WebAssembly functions whose locals are declared as their bodies need them, and their loops. */

import {
  br_if,
  type Func,
  func,
  i32,
  if_,
  type Local,
  local,
  loop,
  type Type,
  type ValueType,
} from "wasmati";

/** Declares a new local. */
export type Fresh = <T extends ValueType>(type: Type<T>) => Local<T>;

export type I32 = Local<"i32">;
export type Routine = Func<"i32"[], []>;

/** A function of i32 arguments, such as the rows [from, to), without a result. */
export function routine(
  arity: number,
  body: (args: readonly I32[], fresh: Fresh) => void,
): Routine {
  const declared: Local[] = [];
  let first = 0;
  const made = func(
    { in: new Array<Type<"i32">>(arity).fill(i32) as [Type<"i32">], locals: [], out: [] },
    (args, _locals, context) => {
      first = context.locals.length;
      body(args, (type) => {
        context.locals.push(type.kind);
        const made: Local = { kind: "local", type: type.kind, index: context.locals.length - 1 };
        declared.push(made);
        return made as Local<typeof type.kind>;
      });
    },
  );
  // The binary format wants locals of one type side by side; instructions ask for the index at the end
  const sorted = order.flatMap((type) => declared.filter((own) => own.type === type));
  for (const [i, own] of sorted.entries()) own.index = first + i;
  return { ...made, locals: sorted.map((own) => own.type) } as unknown as Routine;
}

const order: readonly ValueType[] = ["i32", "i64", "f32", "f64", "v128"];

export interface Range {
  readonly from: I32 | number;
  readonly to: I32 | number;
  readonly step?: number;
}

/** for (counter = from; counter < to; counter += step) body() */
export function forLoop(counter: I32, { from, to, step = 1 }: Range, body: () => void): void {
  const again = (): void => {
    loop({}, (label) => {
      body();
      i32.lt_s(local.tee(counter, i32.add(counter, step)), to);
      br_if(label);
    });
  };
  local.set(counter, from);
  if (typeof from === "number" && typeof to === "number") {
    if (from < to) again();
    return;
  }
  i32.lt_s(counter, to);
  if_({}, again);
}
