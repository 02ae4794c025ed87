/** xᵖ of float64 numbers by repeated squaring, in the order of `integerPower` of the definition. */

import { br_if, f64, func, i32, if_, local, loop } from "./assembler.ts";

export const integerPower = func({ in: [f64, i32], out: [f64] }, ([square, p], fresh) => {
  const [rest, result] = [fresh(i32), fresh(f64)];
  local.set(result, 1);
  local.set(rest, i32.xor(i32.sub(p, i32.shr_u(p, 31)), i32.shr_s(p, 31))); //  |p|
  i32.gt_s(rest, 0);
  if_(() => {
    loop((again) => {
      i32.and(rest, 1);
      if_(() => {
        local.set(result, f64.mul(result, square));
      });
      local.set(square, f64.mul(square, square));
      local.tee(rest, i32.shr_s(rest, 1));
      br_if(again);
    });
  });
  i32.lt_s(p, 0);
  if_(() => local.set(result, f64.div(1, result)));
  local.get(result);
});
