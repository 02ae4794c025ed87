/** WebAssembly functions of integers, and their loops. */

import {
  br_if,
  type Fresh,
  type Func,
  func,
  i32,
  if_,
  type Local,
  local,
  loop,
} from "./assembler.ts";

export type I32 = Local<"i32">;
export type Routine = Func<readonly "i32"[], readonly []>;

/** A function of i32 arguments, such as the rows [from, to), without a result. */
export const routine = (
  arity: number,
  body: (args: readonly I32[], fresh: Fresh) => void,
): Routine => func({ in: new Array<typeof i32>(arity).fill(i32), out: [] }, body);

export interface Range {
  readonly from: I32 | number;
  readonly to: I32 | number;
  readonly step?: number;
}

/** for (counter = from; counter < to; counter += step) body() */
export function forLoop(counter: I32, { from, to, step = 1 }: Range, body: () => void): void {
  const again = (): void => {
    loop((label) => {
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
  if_(again);
}
