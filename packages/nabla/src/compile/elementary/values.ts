/**
 * Mathematics on all lanes of a vector at once, as expressions. A `Value` is not yet computed;
 * `vectorFunction` turns it into a straight line of instructions, in which what is used more than
 * once is kept in a local.
 */

import { defaultCtx, type Func, func, local, type Type, v128 } from "wasmati";

export interface Value {
  readonly inputs: readonly Value[];
  /** Emits the instruction that takes the inputs from the stack and leaves the value there. */
  readonly emit: () => void;
}

export type VectorFunction = Func<["v128"], ["v128"]>;

/** The function x → define(x). */
export function vectorFunction(define: (x: Value) => Value): VectorFunction {
  const x: Value = { inputs: [], emit: () => {} };
  const result = define(x);
  const shared = usedAgain(result);
  const locals = shared.map((): Type<"v128"> => v128) as [Type<"v128">]; //  of any length

  // A new function empties wasmati's stack, and its caller may be in the middle of another one
  const { stack } = defaultCtx;
  try {
    return func({ in: [v128], locals, out: [v128] }, ([argument], free) => {
      const kept = new Map([[x, argument]]);
      const push = (value: Value): void => {
        const known = kept.get(value);
        if (known !== undefined) {
          local.get(known);
          return;
        }
        for (const input of value.inputs) push(input);
        value.emit();
        const place = free[shared.indexOf(value)];
        if (place === undefined) return;
        local.tee(place);
        kept.set(value, place);
      };
      push(result);
    });
  } finally {
    defaultCtx.stack = stack;
  }
}

/** The computed values that `result` uses more than once. */
function usedAgain(result: Value): Value[] {
  const seen = new Set<Value>();
  const again = new Set<Value>();
  const visit = (value: Value): void => {
    if (value.inputs.length === 0) return;
    if (seen.has(value)) {
      again.add(value);
      return;
    }
    seen.add(value);
    value.inputs.forEach(visit);
  };
  visit(result);
  return [...again];
}
