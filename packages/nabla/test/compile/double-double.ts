/**
 * The elementary functions to about 100 bits, the unevaluated sum of two float64: what ours are
 * measured against. T. J. Dekker, A floating-point technique for extending the available precision,
 * 1971.
 */

export interface Double {
  readonly high: number;
  readonly low: number;
}

/** 2^exponent·(high + low): the low part of a tiny number is not lost. */
export interface Scaled extends Double {
  readonly exponent: number;
}

const double = (high: number, low = 0): Double => ({ high, low });
const one = double(1);
const ln2 = double(0.6931471805599453, 2.3190468138462996e-17);
const twoOverRootPi = double(1.1283791670955126, 1.533545961316588e-17);

/** a + b exactly. */
function twoSum(a: number, b: number): Double {
  const high = a + b;
  const part = high - a;
  return double(high, a - (high - part) + (b - part));
}

/** a·b exactly. */
function twoProduct(a: number, b: number): Double {
  const high = a * b;
  const [a1, b1] = [upperHalf(a), upperHalf(b)];
  const [a2, b2] = [a - a1, b - b1];
  return double(high, a1 * b1 - high + a1 * b2 + a2 * b1 + a2 * b2);
}

function upperHalf(a: number): number {
  const big = a * (2 ** 27 + 1);
  return big - (big - a);
}

function add(a: Double, b: Double): Double {
  const high = twoSum(a.high, b.high);
  const low = twoSum(a.low, b.low);
  const sum = twoSum(high.high, high.low + low.high);
  return twoSum(sum.high, sum.low + low.low);
}

function multiply(a: Double, b: Double): Double {
  const product = twoProduct(a.high, b.high);
  return twoSum(product.high, product.low + (a.high * b.low + a.low * b.high));
}

function divide(a: Double, b: Double): Double {
  const first = double(a.high / b.high);
  const rest = subtract(a, multiply(b, first));
  return add(first, double(rest.high / b.high));
}

const negate = (a: Double): Double => double(-a.high, -a.low);
const subtract = (a: Double, b: Double): Double => add(a, negate(b));
const timesPower = (a: Double, n: number): Double => double(scale(a.high, n), scale(a.low, n));

/** x·2ⁿ, in two steps where 2ⁿ is no float64. */
export function scale(x: number, n: number): number {
  const half = Math.trunc(n / 2);
  return x * 2 ** half * 2 ** (n - half);
}

/** x = n·ln 2 + r, m = e^r − 1: by the series at r/256, then (1 + m)² − 1 = m·(2 + m) eight times. */
function reduce(x: Double): { n: number; m: Double } {
  const n = Math.round(x.high / ln2.high);
  const r = timesPower(subtract(x, multiply(double(n), ln2)), -8);
  let m = double(0);
  for (let k = 13; k > 0; k--) m = multiply(divide(r, double(k)), add(one, m));
  for (let k = 0; k < 8; k++) m = multiply(m, add(double(2), m));
  return { n, m };
}

function expm1(x: Double): Double {
  const { n, m } = reduce(x);
  return n === 0 ? m : subtract(timesPower(add(one, m), n), one);
}

/** ln(1 + u), |u| ≤ 2⁶⁰: the engine's 50 bits and one step of Newton's method for eʸ − 1 = u. */
function log1p(u: number): Double {
  const y = double(Math.log1p(u));
  const t = expm1(y);
  const d = divide(subtract(double(u), t), add(one, t));
  return add(y, subtract(d, timesPower(multiply(d, d), -1)));
}

function log(x: number): Double {
  const e = Math.round(Math.log2(x));
  return add(multiply(double(e), ln2), log1p(scale(x, -e) - 1));
}

function tanh(x: number): Double {
  const t = expm1(double(2 * x));
  return divide(t, add(double(2), t));
}

/** 2/√π·e^(−x²)·Σ 2ⁿx²ⁿ⁺¹/(2n+1)!!, whose terms are all positive. */
function erf(x: number): Double {
  const square = multiply(double(x), double(x));
  let term = double(x);
  let sum = term;
  for (let n = 1; Math.abs(term.high) > 1e-33 * Math.abs(sum.high); n++) {
    term = divide(multiply(term, timesPower(square, 1)), double(2 * n + 1));
    sum = add(sum, term);
  }
  const { n, m } = reduce(negate(square));
  return multiply(multiply(twoOverRootPi, timesPower(add(one, m), n)), sum);
}

/** A function with f(0) = 0, below 2⁻¹¹⁰ by its slope there. */
function throughZero(x: number, slope: Double, f: (x: number) => Double): Scaled {
  if (Math.abs(x) >= 2 ** -110) return { ...f(x), exponent: 0 };
  return { ...multiply(double(scale(x, 200)), slope), exponent: -200 };
}

/** For the finite x at which the value is finite. */
export const reference = {
  exp(x: number): Scaled {
    const { n, m } = reduce(double(x));
    return { ...add(one, m), exponent: n };
  },
  logistic(x: number): Scaled {
    if (x > 200) return { ...one, exponent: 0 };
    const { n, m } = reduce(double(-Math.abs(x)));
    const small = timesPower(add(one, m), n); //  e^(−|x|)
    return x < 0
      ? { ...divide(add(one, m), add(one, small)), exponent: n }
      : { ...divide(one, add(one, small)), exponent: 0 };
  },
  expm1: (x: number): Scaled =>
    throughZero(x, one, () => (x < -200 ? double(-1) : expm1(double(x)))),
  log: (x: number): Scaled => ({ ...log(x), exponent: 0 }),
  log1p: (x: number): Scaled =>
    throughZero(x, one, () => {
      if (x < -0.5) return log(1 + x);
      return x < 2 ** 60 ? log1p(x) : add(log(x), double(1 / x));
    }),
  tanh: (x: number): Scaled =>
    throughZero(x, one, () => (Math.abs(x) < 40 ? tanh(x) : double(Math.sign(x)))),
  erf: (x: number): Scaled =>
    throughZero(x, twoOverRootPi, () => (Math.abs(x) < 8 ? erf(x) : double(Math.sign(x)))),
};
