/**
 * The assembler: WebAssembly's instructions as functions of the same names, each of which appends its
 * bytes to the function at hand. `f32x4.add(x, y)` takes locals, and vectors that are on the stack
 * already, and leaves a vector there; numbers stand for themselves where one is expected.
 */

export type { Fresh } from "./assembler/body.ts";
export { func } from "./assembler/body.ts";
export {
  block,
  br,
  br_if,
  call,
  global,
  if_,
  local,
  loop,
  return_,
  select,
} from "./assembler/control.ts";
export {
  f32,
  f32x4,
  f64,
  f64x2,
  i8x16,
  i32,
  i32x4,
  i64,
  i64x2,
  memory,
  v128,
} from "./assembler/instructions.ts";
export { moduleOf } from "./assembler/module.ts";
export type { Func, Global, Local, StackVar } from "./assembler/types.ts";
