import { describe, expect, test } from "vitest";
import {
  br_if,
  call,
  f32,
  f32x4,
  func,
  i32,
  type Local,
  local,
  loop,
  v128,
} from "../../src/compile/assembler.ts";
import { straightLine, vectorFunction } from "../../src/compile/elementary/values.ts";
import {
  type ElementaryName,
  elementary,
  elementaryNames,
  emitElementary,
} from "../../src/compile/elementary.ts";
import { routine } from "../../src/compile/routine.ts";
import type { Floats, Precision } from "../../src/equations/memory.ts";
import { reference, scale } from "./double-double.ts";
import { instanceOf } from "./instance.ts";

// One module that has a loop for every function: each vector below `end` becomes f of itself

const ROOM = 8192;
const memory = new WebAssembly.Memory({ initial: 1 });
const formats = {
  float32: {
    leastExponent: -126,
    fractionBits: 23,
    lnSmallest: -87.33654022216797,
    lnLargest: 88.72283172607422,
    ends: [
      1.401298464324817e-45, 1.1754942106924411e-38, 1.1754943508222875e-38, 3.4028234663852886e38,
    ],
  },
  float64: {
    leastExponent: -1022,
    fractionBits: 52,
    lnSmallest: -708.3964185322641,
    lnLargest: 709.782712893384,
    /** Of the subnormal and of the normal numbers. */
    ends: [5e-324, 2.225073858507201e-308, 2.2250738585072014e-308, 1.7976931348623157e308],
  },
};
const room = { float32: new Float32Array(memory.buffer), float64: new Float64Array(memory.buffer) };

const every = elementaryNames.flatMap((name) => [
  { name, precision: "float32" as const },
  { name, precision: "float64" as const },
]);
type Case = (typeof every)[number];
const keyOf = ({ name, precision }: Case): string => `${name} ${precision}`;

const inPlace = ({ name, precision }: Case) =>
  func({ in: [i32], out: [] }, ([end], fresh) => {
    const at = fresh(i32);
    loop((again) => {
      local.get(at);
      call(elementary(name, precision), [v128.load({}, at)]);
      v128.store({});
      local.set(at, i32.add(at, 16));
      i32.lt_u(at, end);
      br_if(again);
    });
  });

const loops = instanceOf(
  Object.fromEntries(every.map((which) => [keyOf(which), inPlace(which)])),
  memory,
);

function apply(which: Case, inputs: Floats): Floats {
  const run = loops[keyOf(which)] as (end: number) => void;
  const cells = room[which.precision];
  const outputs = inputs.slice();
  for (let from = 0; from < inputs.length; from += ROOM) {
    const part = outputs.subarray(from, from + ROOM);
    cells.set(part);
    run(part.byteLength);
    part.set(cells.subarray(0, part.length));
  }
  return outputs;
}

/** f of one number, in all lanes. */
const at = (which: Case, x: number): number =>
  apply(which, room[which.precision].slice(0, 4).fill(x))[0] ?? Number.NaN;

const floats = (precision: Precision, numbers: readonly number[]): Floats =>
  precision === "float32" ? Float32Array.from(numbers) : Float64Array.from(numbers);

/** Numbers whose bits are evenly spaced: of both signs, of all exponents, infinities and NaN. */
function logSpaced(precision: Precision, count: number): Floats {
  const step = 2 ** 32 / count;
  const words = new Uint32Array(precision === "float32" ? count : 2 * count);
  const isWide = precision === "float64";
  for (let i = 0; i < count; i++) {
    const mixed = Math.imul(i, 0x9e37_79b1) >>> 0;
    if (isWide) words[2 * i] = mixed;
    words[isWide ? 2 * i + 1 : i] = i * step + (mixed % step);
  }
  return isWide ? new Float64Array(words.buffer) : new Float32Array(words.buffer);
}

/** f(x) where it is not a rounded number. */
function exactly({ name, precision }: Case, x: number): number | undefined {
  const { lnSmallest, lnLargest } = formats[precision];
  if (Number.isNaN(x)) return x;
  switch (name) {
    case "exp":
      if (x === 0) return 1;
      if (x < lnSmallest) return 0;
      return x > lnLargest ? Number.POSITIVE_INFINITY : undefined;
    case "expm1":
      if (x === 0) return x;
      if (x === Number.NEGATIVE_INFINITY) return -1;
      return x > lnLargest ? Number.POSITIVE_INFINITY : undefined;
    case "log":
      if (x === 1) return 0;
      if (x <= 0) return x < 0 ? Number.NaN : Number.NEGATIVE_INFINITY;
      return x === Number.POSITIVE_INFINITY ? x : undefined;
    case "log1p":
      if (x === 0) return x;
      if (x <= -1) return x < -1 ? Number.NaN : Number.NEGATIVE_INFINITY;
      return x === Number.POSITIVE_INFINITY ? x : undefined;
    case "tanh":
    case "erf":
      if (x === 0) return x;
      return Math.abs(x) === Number.POSITIVE_INFINITY ? Math.sign(x) : undefined;
    default:
      return name satisfies never;
  }
}

/** |y − f(x)| in units of the last place of f(x). */
function ulps({ name, precision }: Case, x: number, y: number): number {
  const { leastExponent, fractionBits } = formats[precision];
  const { high, low, exponent } = reference[name](x);
  const place = Math.max(exponentOf(high) + exponent, leastExponent) - fractionBits;
  return scale(Math.abs(scale(y, -exponent) - high - low), exponent - place);
}

const view = new DataView(new ArrayBuffer(8));
function exponentOf(x: number): number {
  view.setFloat64(0, x);
  return ((view.getUint16(0) >> 4) & 0x7ff) - 1023;
}

/** The largest error, and where a value that should be exact, or a number, is not. */
function measure(which: Case, inputs: Floats) {
  const outputs = apply(which, inputs);
  const wrong: number[] = [];
  let [worst, where] = [0, 0];
  for (const [i, x] of inputs.entries()) {
    const y = outputs[i] ?? 0;
    const exact = exactly(which, x);
    const error = exact === undefined ? ulps(which, x, y) : 0;
    if (Number.isNaN(error) || (exact !== undefined && !Object.is(y, exact))) wrong.push(x);
    if (error > worst) [worst, where] = [error, x];
  }
  return { worst, where, wrong };
}

function expectWithin(bound: number, which: Case, inputs: Floats): void {
  const { worst, where, wrong } = measure(which, inputs);
  expect(wrong).toEqual([]);
  expect(worst, `at ${where}`).toBeLessThanOrEqual(bound);
}

// high + low is f(x) to 30 digits: double-double.golden.py (mpmath)
const stored: readonly (readonly [ElementaryName, number, number, number])[] = [
  ["exp", -87.3, 1.2192470959520051e-38, 2.6482672706494e-55],
  ["exp", -1, 0.36787944117144233, -1.2428753672788363e-17],
  ["exp", 0.1, 1.1051709180756477, -8.149523913327619e-17],
  ["exp", 2.5, 12.182493960703473, 2.0334002173348147e-16],
  ["exp", 709.7, 1.6549840276802644e308, -4.1236453850611414e291],
  ["expm1", -30, -0.9999999999999064, -1.557128749895031e-17],
  ["expm1", -0.34, -0.2882296772373903, -1.074958450001746e-17],
  ["expm1", -1e-10, -9.999999999500001e-11, 3.38967998878844e-27],
  ["expm1", 1e-5, 1.0000050000166668e-5, -3.111926571619883e-22],
  ["expm1", 0.41, 0.5068177851128536, -3.966364052410938e-17],
  ["expm1", 700, 1.0142320547350045e304, 1.6666571920734673e287],
  ["log", 5e-324, -744.4400719213812, -4.422444340918698e-14],
  ["log", 1e-300, -690.7755278982137, -2.3670096176709832e-14],
  ["log", 0.7, -0.35667494393873245, 4.82556379937662e-18],
  ["log", 0.999999, -1.000000500029089e-6, 6.48066860222922e-23],
  ["log", 1.5, 0.4054651081081644, -2.8811380259626426e-18],
  ["log", 1e308, 709.1962086421661, -1.3557607434536328e-14],
  ["log1p", -0.9999999, -16.118095651484676, 6.312124114281461e-16],
  ["log1p", -0.3, -0.35667494393873234, -2.6895094047056423e-17],
  ["log1p", -1e-12, -1.0000000000005e-12, 2.4217939436345712e-29],
  ["log1p", 1e-8, 9.999999950000001e-9, -4.779087200456198e-25],
  ["log1p", 0.42, 0.35065687161316933, 2.202708487640121e-17],
  ["log1p", 1e10, 23.025850930040455, 1.3736784183183428e-15],
  ["log1p", 1e25, 57.564627324851145, -2.671758332855248e-15],
  ["tanh", 1e-10, 1e-10, -3.3333333333333338e-31],
  ["tanh", 0.17, 0.16838104587081473, -1.2752534850649842e-17],
  ["tanh", 0.6, 0.5370495669980353, -2.923064398544366e-17],
  ["tanh", 2, 0.9640275800758169, -1.9413550547557176e-17],
  ["tanh", 15, 0.9999999999998128, 3.114257501541364e-17],
  ["erf", 1e-10, 1.1283791670955126e-10, 3.250270181699747e-27],
  ["erf", 0.5, 0.5204998778130465, 1.900077467916287e-17],
  ["erf", 1, 0.8427007929497149, -2.4801011789118602e-17],
  ["erf", 2, 0.9953222650189527, 2.20719858329765e-17],
  ["erf", 3.5, 0.9999992569016276, 4.9647279187212204e-17],
  ["erf", 5.9, 0.9999999999999999, 3.911820462701088e-17],
];

describe("the reference of these tests", () => {
  test.each(stored)("%s(%d) agrees with 50 digits to 2⁻⁹⁵", (name, x, high, low) => {
    const value = reference[name](x);
    const difference =
      scale(value.high, value.exponent) - high + (scale(value.low, value.exponent) - low);
    expect(Math.abs(difference / high)).toBeLessThan(2 ** -95);
  });
});

// The docstrings' errors: of all float32, and of 10⁷ float64 where the parts of a function meet
const bounds: Record<ElementaryName, Record<Precision, number>> = {
  exp: { float32: 0.75, float64: 0.76 },
  expm1: { float32: 1.21, float64: 1.31 },
  log: { float32: 0.96, float64: 0.99 },
  log1p: { float32: 0.96, float64: 0.95 },
  tanh: { float32: 1.28, float64: 1.29 },
  erf: { float32: 1.21, float64: 1.26 },
};
/** Where the parts of the function meet, and most of its curvature is. */
const middles: Record<ElementaryName, readonly [number, number]> = {
  exp: [-20, 20],
  expm1: [-1, 40],
  log: [0.4, 2.2],
  log1p: [-0.6, 1.6],
  tanh: [-1.5, 1.5],
  erf: [-2, 2],
};

describe.each(every)("$name in $precision", (which) => {
  const { name, precision } = which;
  const bound = bounds[name][precision];

  test("has the right limits, signs of zero and ends of the format", () => {
    const numbers = [0, 1, Number.POSITIVE_INFINITY, ...formats[precision].ends];
    const inputs = [...numbers, ...numbers.map((x) => -x), Number.NaN];
    expectWithin(bound, which, floats(precision, inputs));
  });

  test(`is within ${bound} ulp at 10⁵ log-spaced points of its domain`, () => {
    expectWithin(bound, which, logSpaced(precision, name === "log" ? 2 ** 18 : 2 ** 17));
  });

  test(`is within ${bound} ulp at 10⁴ points where its parts meet`, () => {
    const [from, to] = middles[name];
    const points = Array.from({ length: 10_000 }, (_, i) => from + ((to - from) * i) / 10_000);
    expectWithin(bound, which, floats(precision, points));
  });

  test("has a lane for each number, whatever its neighbours are", () => {
    const special = [NaN, Infinity, -Infinity, 0, -0, 1, -1, 1e-42, 1e30, -1e30, 0.3, -0.7, 5, -90];
    const mixed = special.flatMap((x) => special.map((y) => [x, y, y, x])).flat();
    const alone = mixed.map((x) => at(which, x));
    expect([...apply(which, floats(precision, mixed))]).toEqual(alone);
  });
});

describe("exp", () => {
  const single = (x: number) => at({ name: "exp", precision: "float32" }, x);
  const double = (x: number) => at({ name: "exp", precision: "float64" }, x);

  test("is finite up to the largest logarithm and infinite above it", () => {
    expect(single(88.72283172607422)).toBe(3.402798519021476e38);
    expect(single(88.72283935546875)).toBe(Number.POSITIVE_INFINITY);
    expect(double(709.782712893384)).toBe(1.7976931348622732e308);
    expect(double(709.7827128933841)).toBe(Number.POSITIVE_INFINITY);
  });

  test("is a normal number down to the smallest logarithm and 0 below it", () => {
    expect(single(-87.33654022216797)).toBe(1.175499675756452e-38);
    expect(single(-87.3365478515625)).toBe(0);
    expect(double(-708.3964185322641)).toBe(2.2250738585072626e-308);
    expect(double(-708.3964185322642)).toBe(0);
  });

  test.each(["float32", "float64"] as const)(
    "never falls between neighbours in %s",
    (precision) => {
      const starts = [1e-8, 0.1, 0.25, 0.3465, 0.5, 1.0397, 2, 88].flatMap((x) => [x, -x]);
      for (const start of starts) {
        const inputs = floats(precision, new Array(2048).fill(start));
        const low = new Uint32Array(inputs.buffer);
        const stride = inputs.BYTES_PER_ELEMENT / 4;
        for (let i = 0; i < 2048; i++) low[stride * i] = ((low[stride * i] ?? 0) & ~2047) + i;
        const outputs = apply({ name: "exp", precision }, inputs);
        const away = start > 0 ? outputs : outputs.toReversed();
        expect(away, `from ${start}`).toEqual(away.toSorted());
      }
    },
  );

  test("makes a sigmoid that is 0 and 1 at ∓1e30", () => {
    expect([1 / (1 + single(1e30)), 1 / (1 + single(-1e30))]).toEqual([0, 1]);
    expect([1 / (1 + double(1e30)), 1 / (1 + double(-1e30))]).toEqual([0, 1]);
  });
});

describe("elementary", () => {
  // FNV-1a over the bits of all functions at 2¹⁴ points each, every NaN as the same one
  test.each([
    ["float32", 0xa819_8570],
    ["float64", 0x9dd2_6f05],
  ] as const)("gives the stored bits in %s, in every engine", (precision, golden) => {
    let hash = 0x811c_9dc5;
    for (const name of elementaryNames) {
      const outputs = apply({ name, precision }, logSpaced(precision, 2 ** 14));
      for (const [i, y] of outputs.entries()) if (Number.isNaN(y)) outputs[i] = Number.NaN;
      for (const byte of new Uint8Array(outputs.buffer)) {
        hash = Math.imul(hash ^ byte, 0x0100_0193);
      }
    }
    expect(hash >>> 0).toBe(golden);
  });

  test("assembles all twelve functions to 2,635 bytes, no instruction of them relaxed", () => {
    const codes = every.map(({ name, precision }) => [...elementary(name, precision).code]);
    expect(codes.flat().length).toBe(2635);
    const isRelaxed = (byte: number, i: number, code: readonly number[]) =>
      byte === 0xfd && (code[i + 1] as number) >= 0x80 && code[i + 2] === 2;
    expect(codes.flatMap((code) => code.filter(isRelaxed))).toEqual([]);
  });

  test("gives functions, and constants, that a module shares", () => {
    expect(elementary("exp", "float32")).toBe(elementary("exp", "float32"));
    const constants = (name: ElementaryName) =>
      new Set(elementary(name, "float32").references.map(({ to }) => to));
    const ofExp = constants("exp");
    // erf has from exp: 1, log₂ e, ln 2 in two parts, the rounder
    expect([...constants("erf")].filter((each) => ofExp.has(each)).length).toBe(5);
  });

  test.each(every)("writes $name in $precision in line, with the bits of a call", (which) => {
    const { name, precision } = which;
    const inLine = (from: "stack" | "local") =>
      routine(1, ([at], fresh) => {
        const place = fresh(v128);
        local.get(at as Local<"i32">);
        const x = v128.load({}, at as Local<"i32">);
        if (from === "local") local.set(place, x);
        emitElementary(name, precision, from === "local" ? place : x, fresh);
        v128.store({});
      });
    const inPlaces = instanceOf({ stack: inLine("stack"), local: inLine("local") }, memory);
    const inputs = floats(precision, [-90.5, -1, -0.3, 0, 0.2, 0.7, 3, 1e30]);
    const called = [...apply(which, inputs)];
    for (const run of [inPlaces.stack, inPlaces.local]) {
      room[precision].set(inputs);
      for (let at = 0; at < inputs.byteLength; at += 16) run(at);
      expect([...room[precision].subarray(0, inputs.length)]).toEqual(called);
    }
  });

  test("may be asked for in the middle of another function", () => {
    const twice = func({ in: [f32], out: [f32] }, ([x]) => {
      f32x4.add(
        f32x4.splat(x),
        call(vectorFunction(straightLine((same) => same)), [f32x4.splat(x)]),
      );
      f32x4.extract_lane(0);
    });
    expect(instanceOf({ twice }).twice(1.5)).toBe(3);
  });
});
