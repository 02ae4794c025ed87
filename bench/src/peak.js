// What the processor's vectors can do through WebAssembly: multiply-adds on f32x4 that stay in
// registers. Twelve chains hide their latency; with fused multiply-add where the engine has it.

import { $, br_if, f32, f32x4, func, i32, local, loop, Module, v128 } from "wasmati";

const chains = 12;
const turns = 10_000;

/** Multiplications and additions of one unit of work. */
export const operations = chains * 4 * 2 * turns;

/** Undefined where the engine lacks relaxed SIMD. */
async function multiplyAdds({ fused }) {
  const locals = [i32, v128, v128, ...Array(chains).fill(v128)];
  const run = func({ in: [], locals, out: [f32] }, (_, [turn, factor, term, ...sums]) => {
    local.set(factor, v128.const("f32x4", [0.5, 0.25, 0.125, 0.75]));
    local.set(term, v128.const("f32x4", [1, 2, 3, 4]));
    loop({}, () => {
      for (const sum of sums) {
        if (fused) f32x4.relaxed_madd(sum, factor, term);
        else f32x4.add(f32x4.mul(sum, factor), term);
        local.set(sum, $);
      }
      local.tee(turn, i32.add(turn, 1));
      i32.lt_s($, turns);
      br_if(0);
    });
    // The result is used: work for nothing would be left out
    local.get(sums[0]);
    for (const sum of sums.slice(1)) f32x4.add($, sum);
    f32x4.extract_lane(0);
  });
  const module = Module({ exports: { run } });
  return WebAssembly.validate(module.toBytes()) ? (await module.instantiate()).instance : undefined;
}

export const hasRelaxedSimd = async () => (await multiplyAdds({ fused: true })) !== undefined;

export async function prepare() {
  const instance = (await multiplyAdds({ fused: true })) ?? (await multiplyAdds({ fused: false }));
  // A call for each unit: V8 replaces functions between calls, never a running loop
  return {
    train(units) {
      for (let unit = 0; unit < units; unit++) instance.exports.run();
    },
  };
}
