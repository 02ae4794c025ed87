/**
 * The natural logarithm by + − × ÷ alone: the same bits in every engine, which Math.log does not
 * promise.
 *
 *     x = 2ᵉ·(1 + f)                      √½ < 1 + f ≤ √2
 *     ln(1 + f) = 2 artanh s              s = f / (2 + f), |s| < 0.172
 *               = 2s + s·R                R = 2(s²/3 + s⁴/5 + s⁶/7 + …)
 *               = f − s·(f − R)           since 2s = f − s·f; f is exact, and so the error small
 *     ln x = e·ln 2 + ln(1 + f)
 */

/** ln 2 in two parts. The high one has 32 significant bits: its product with e is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

const SMALLEST_NORMAL = 2.2250738585072014e-308;
const TWO_TO_54 = 0x40_0000_0000_0000;

const bits = new DataView(new ArrayBuffer(8));

/** ln x to less than 1 ulp; −Infinity at 0, NaN below it. */
export function log(x: number): number {
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (!(x > 0)) return Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;

  const scale = x < SMALLEST_NORMAL ? 54 : 0;
  bits.setFloat64(0, scale === 0 ? x : x * TWO_TO_54);
  const high = bits.getInt32(0);
  bits.setInt32(0, (high & 0x000f_ffff) | 0x3ff0_0000);
  const significand = bits.getFloat64(0); // in [1, 2)
  const halve = significand > Math.SQRT2;

  const e = (high >>> 20) - 1023 - scale + (halve ? 1 : 0);
  const f = (halve ? significand / 2 : significand) - 1;
  const s = f / (2 + f);
  return e * LN2_HIGH - (s * (f - remainder(s * s)) - e * LN2_LOW - f);
}

/** R = 2(s²/3 + s⁴/5 + … + s²⁰/21): the terms after it are below 2⁻⁶⁰ of the logarithm. */
function remainder(square: number): number {
  let sum = 0;
  for (let odd = 21; odd > 1; odd -= 2) sum = (sum + 1 / odd) * square;
  return 2 * sum;
}
