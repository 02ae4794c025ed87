import { describe, expect, test } from "vitest";
import { f32, f64, func, i32, i64, memory, v128 } from "../../../src/compile/assembler.ts";
import { instanceOf } from "../instance.ts";
import { bodiesOf, ours, type Type } from "./wasmati.ts";

const vectors: Readonly<Record<string, Type>> = {
  ...{ i32x4: "i32", i64x2: "i64", f32x4: "f32", f64x2: "f64", v128: "v128", i8x16: "i32" },
};
const namespaces = ["i32", "i64", "f32", "f64", ...Object.keys(vectors)];

/** What an instruction takes, said once more: by its name. */
function takenBy(space: string, name: string): Type[] {
  const own = (space in vectors ? "v128" : space) as Type;
  const from = /_(i32|i64|f32|f64)(_|$)/.exec(name)?.[1]; //  of conversions
  if (from !== undefined) return [from as Type];
  if (/^(load|store)\d+_lane$/.test(name)) return ["i32", "v128"];
  if (name.startsWith("load")) return ["i32"];
  if (name === "store") return ["i32", own];
  if (name === "splat") return [vectors[space] as Type];
  if (name === "replace_lane") return ["v128", vectors[space] as Type];
  if (name === "bitselect" || name.startsWith("relaxed")) return ["v128", "v128", "v128"];
  if (name.startsWith("sh") && space in vectors && name !== "shuffle") return ["v128", "i32"];
  const isUnary = /^(eqz|abs|neg|ceil|floor|trunc|nearest|sqrt|extract_lane)$/.test(name);
  return isUnary ? [own] : [own, own];
}

/** What stands before the operands. */
function besides(name: string): unknown[] {
  if (name === "shuffle") return [[0, 4, 8, 12, 1, 5, 9, 13, 31, 30, 29, 28, 16, 17, 18, 19]];
  if (name.endsWith("_lane")) return /^(load|store)/.test(name) ? [{ offset: 300 }, 1] : [1];
  return /^(load|store)/.test(name) ? [{ offset: 300 }] : [];
}

const every = namespaces.flatMap((space) =>
  Object.keys(ours[space] as object)
    .filter((name) => name !== "kind" && name !== "const")
    .map((name) => ({ space, name })),
);

test("162 instructions compute, load and store", () => {
  expect(every.length).toBe(162);
});

const types = ["i32", "i64", "f32", "f64", "v128"] as const;

describe("an instruction is what wasmati makes of it, and WebAssembly accepts it:", () => {
  // Those of wasmati's `i32.gt_s` are the bytes of `i32.gt_u`; relaxed SIMD is not in every engine
  test.each(every.filter(({ name }) => name !== "gt_s"))("$space.$name", ({ space, name }) => {
    const takes = takenBy(space, name);
    const { own, oracle, module } = bodiesOf({
      in: [...takes, ...types],
      out: [],
      write(instructions, args) {
        const instruction = instructions[space]?.[name];
        const left = instruction?.(...besides(name), ...args.slice(0, takes.length));
        if (left === undefined) return;
        const kept = args[takes.length + types.indexOf(left.type)];
        instructions.local?.set?.(kept);
      },
    });
    expect(own).toEqual(oracle);
    if (!name.startsWith("relaxed")) expect(WebAssembly.validate(module)).toBe(true);
  });
});

test("i32.gt_s compares with signs", () => {
  const greater = func({ in: [i32, i32], out: [i32] }, ([x, y]) => {
    i32.gt_s(x, y);
  });
  const run = instanceOf({ greater }).greater;
  expect([run(1, 0), run(0, 1), run(-1, 0), run(0, -1), run(3, 3)]).toEqual([1, 0, 0, 1, 0]);
});

describe("a constant is the number,", () => {
  test.each([0, -0, 1, -1, 0.1, 2 ** 24 + 1, 1e-45, 3.4e38, 1e39, Infinity, -Infinity, NaN])(
    "%d, in f32 as rounded and in f64",
    (value) => {
      const { single, double } = instanceOf({
        single: func({ in: [], out: [f32] }, () => void f32.const(value)),
        double: func({ in: [], out: [f64] }, () => void f64.const(value)),
      });
      expect(single()).toBe(Math.fround(value));
      expect(double()).toBe(value);
    },
  );

  test.each([5e-324, -2.2250738585072014e-308, 1.7976931348623157e308])("%d, in f64", (value) => {
    const double = func({ in: [], out: [f64] }, () => void f64.const(value));
    expect(instanceOf({ double }).double()).toBe(value);
  });

  test.each([0, 63, 64, -64, -65, 127, 128, 624485, -123456, 2 ** 31 - 1, -(2 ** 31)])(
    "%d, in i32 and i64",
    (value) => {
      const { int, long } = instanceOf({
        int: func({ in: [], out: [i32] }, () => void i32.const(value)),
        long: func({ in: [], out: [i64] }, () => void i64.const(BigInt(value))),
      });
      expect(int()).toBe(value);
      expect(long()).toBe(BigInt(value));
    },
  );

  test.each([2n ** 63n - 1n, -(2n ** 63n), 2n ** 32n, -(2n ** 32n) - 1n])("%d, in i64", (value) => {
    const long = func({ in: [], out: [i64] }, () => void i64.const(value));
    expect(instanceOf({ long }).long()).toBe(value);
  });

  test("or 16 bytes, in v128", () => {
    const bytes = [...new Array(16).keys()].map((i) => 255 - 16 * i);
    const { own, oracle } = bodiesOf({
      in: [],
      out: ["v128"],
      write: (instructions) =>
        void (instructions === ours
          ? v128.const(bytes)
          : instructions.v128?.const?.("i8x16", bytes)),
    });
    expect(own).toEqual(oracle);
  });
});

test("an address is followed by the offset and by what it is a multiple of, the size unless given", () => {
  const places = [
    {},
    { offset: 127 },
    { offset: 128, align: 4 },
    { align: 1 },
    { offset: 2 ** 31 },
  ];
  for (const at of places) {
    const { own, oracle } = bodiesOf({
      in: ["i32", "v128"],
      out: [],
      write(instructions, [address, value]) {
        instructions.v128?.store?.(at, address, value);
      },
    });
    expect(own).toEqual(oracle);
  }
  const [offset, align] = [2 ** 32 - 1, 8];
  const { own } = bodiesOf({
    in: ["i32"],
    out: ["v128"],
    write: (instructions, [address]) => void instructions.v128?.load?.({ offset, align }, address),
  });
  expect(own).toEqual([0, 0x20, 0, 0xfd, 0, 3, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x0b]);
});

test("memory is copied and filled by what lies on the stack", () => {
  const wasm = new WebAssembly.Memory({ initial: 1 });
  const bytes = new Uint8Array(wasm.buffer);
  const write = func({ in: [], out: [] }, () => {
    for (const [to, value] of [
      [8, 5],
      [12, 7],
    ] as const) {
      i32.const(to);
      i32.const(value);
      i32.const(4);
      memory.fill();
    }
    i32.const(32);
    i32.const(10);
    i32.const(4);
    memory.copy();
  });
  instanceOf({ write }, wasm).write();
  expect([...bytes.subarray(31, 37)]).toEqual([0, 5, 5, 7, 7, 0]);
});
