/**
 * Mathematics on all lanes of a vector at once, as expressions. A `Value` is not yet computed;
 * `straightLine` turns it into instructions without branches, in which what is used more than once
 * is kept in a local.
 */

import { internal } from "../../errors.ts";
import { type Func, func, type Local, local, type StackVar, v128 } from "../assembler.ts";

type Vector = StackVar<"v128">;

export interface Value {
  readonly inputs: readonly Value[];
  /** Emits the instruction that takes the inputs from the stack and leaves the value there. */
  readonly emit: () => Vector;
}

export interface StraightLine {
  /** How many locals it needs. */
  readonly places: number;
  /** Pushes the value for the argument; overwrites the places. */
  readonly emit: (argument: Local<"v128">, places: readonly Local<"v128">[]) => Vector;
}

export type VectorFunction = Func<readonly ["v128"], readonly ["v128"]>;

/** The instructions of x → define(x). */
export function straightLine(define: (x: Value) => Value): StraightLine {
  const x: Value = { inputs: [], emit: notComputed };
  const result = define(x);
  const shared = usedAgain(result);
  return {
    places: shared.length,
    emit(argument, places) {
      const kept = new Map([[x, argument]]);
      const push = (value: Value): Vector => {
        const known = kept.get(value);
        if (known !== undefined) return local.get(known);
        for (const input of value.inputs) push(input);
        const computed = value.emit();
        const place = places[shared.indexOf(value)];
        if (place === undefined) return computed;
        kept.set(value, place);
        return local.tee(place);
      };
      return push(result);
    },
  };
}

/** The same as a function, to be called. */
export function vectorFunction({ places, emit }: StraightLine): VectorFunction {
  return func({ in: [v128], out: [v128] }, ([argument], fresh) => {
    emit(
      argument,
      Array.from({ length: places }, () => fresh(v128)),
    );
  });
}

/** The argument lies in a local from the beginning. */
function notComputed(): never {
  throw internal("an argument is not computed");
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
