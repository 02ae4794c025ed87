import { describe, expect, test } from "vitest";
import { call, f32, f32x4, func, type Local, local, v128 } from "../../src/compile/assembler.ts";
import { straightLine, vectorFunction } from "../../src/compile/elementary/values.ts";
import {
  type ElementaryName,
  elementary,
  elementaryNames,
  emitElementary,
  logisticArgument,
} from "../../src/compile/elementary.ts";
import { routine } from "../../src/compile/routine.ts";
import { variable } from "../../src/equations/expression.ts";
import { formatExpression } from "../../src/equations/format.ts";
import type { Floats } from "../../src/equations/memory.ts";
import { parseFormula } from "../../src/equations/parse.ts";
import { reference, scale } from "./double-double.ts";
import {
  apply,
  at,
  bounds,
  type Case,
  casesOf,
  floats,
  formats,
  logSpaced,
  measure,
  memory,
  middles,
  room,
} from "./elementary-errors.ts";
import { instanceOf } from "./instance.ts";

const every = casesOf(false);

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
  ["logistic", -87.3, 1.2192470959520051e-38, 2.6482672706494e-55],
  ["logistic", -16.6, 6.17606095414305e-8, -2.773098025978727e-24],
  ["logistic", -0.3, 0.425557483188341, -8.05466865782085e-18],
  ["logistic", 0.7, 0.668187772168166, 4.6882662817831034e-17],
  ["logistic", 16.6, 0.9999999382393905, -2.5970583255090457e-17],
  ["logistic", 700, 1, 0],
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
  const single = (x: number) => at({ name: "exp", precision: "float32", fused: false }, x);
  const double = (x: number) => at({ name: "exp", precision: "float64", fused: false }, x);

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
        const outputs = apply({ name: "exp", precision, fused: false }, inputs);
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

describe("the logistic function", () => {
  const argumentIn = (text: string): string | undefined => {
    const z = variable("z");
    const found = logisticArgument(parseFormula(text, [z], () => undefined));
    return found && formatExpression(found);
  };

  test.each([
    ["1/(1 + exp(-z))", "z"],
    ["1/(1 + exp(-tanh(3*z)))", "tanh(3·z)"],
  ])("is found in %s", (text, argument) => {
    expect(argumentIn(text)).toBe(argument);
  });

  test.each([
    ...["1/(2 + exp(-z))", "2/(1 + exp(-z))", "1/(1 + exp(z))", "1/(1 - exp(-z))"],
    ...["1/(1 + tanh(-z))", "1/(z + exp(-z))", "1*(1 + exp(-z))", "1/exp(-z)"],
  ])("is not found in %s", (text) => {
    expect(argumentIn(text)).toBeUndefined();
  });
});

describe("elementary", () => {
  // FNV-1a over the bits of all functions at 2¹⁴ points each, every NaN as the same one
  test.each([
    ["float32", 0x5616_1523],
    ["float64", 0x9bfe_2d92],
  ] as const)("gives the stored bits in %s, in every engine", (precision, golden) => {
    let hash = 0x811c_9dc5;
    for (const name of elementaryNames) {
      const outputs = apply({ name, precision, fused: false }, logSpaced(precision, 2 ** 14));
      for (const [i, y] of outputs.entries()) if (Number.isNaN(y)) outputs[i] = Number.NaN;
      for (const byte of new Uint8Array(outputs.buffer)) {
        hash = Math.imul(hash ^ byte, 0x0100_0193);
      }
    }
    expect(hash >>> 0).toBe(golden);
  });

  test("assembles all fourteen functions to 3,092 bytes, no instruction of them relaxed", () => {
    const codes = every.map(({ name, ...format }) => [...elementary(name, format).code]);
    expect(codes.flat().length).toBe(3092);
    const isRelaxed = (byte: number, i: number, code: readonly number[]) =>
      byte === 0xfd && (code[i + 1] as number) >= 0x80 && code[i + 2] === 2;
    expect(codes.flatMap((code) => code.filter(isRelaxed))).toEqual([]);
  });

  test("gives functions, and constants, that a module shares", () => {
    const format = { precision: "float32", fused: false } as const;
    expect(elementary("exp", format)).toBe(elementary("exp", { ...format }));
    const constants = (name: ElementaryName) =>
      new Set(elementary(name, format).references.map(({ to }) => to));
    const ofExp = constants("exp");
    // erf has from exp: 1, log₂ e, ln 2 in two parts, the rounder
    expect([...constants("erf")].filter((each) => ofExp.has(each)).length).toBe(5);
  });

  test.each(every)("writes $name in $precision in line, with the bits of a call", (which) => {
    const { name, ...format } = which;
    const { precision } = format;
    const inLine = (from: "stack" | "local") =>
      routine(1, ([at], fresh) => {
        const place = fresh(v128);
        local.get(at as Local<"i32">);
        const x = v128.load({}, at as Local<"i32">);
        if (from === "local") local.set(place, x);
        emitElementary(name, format, from === "local" ? place : x, fresh);
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
