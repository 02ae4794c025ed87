import { describe, expect, test } from "vitest";
import { call, f32x4, func, i32, i64, if_, type Local } from "../../../src/compile/assembler.ts";
import { instanceOf } from "../instance.ts";
import { bodiesOf, type Program } from "./wasmati.ts";

/** Programs of integers x, y, z, and the values that they leave for 7, 3 and 2. */
const ordered: Readonly<Record<string, readonly [Program["write"], number]>> = {
  "x − y·z: a local before a value": [
    ({ i32 }, [x, y, z]) => void i32!.sub!(x, i32!.mul!(y, z)),
    1,
  ],
  "y·z − x: a value before a local": [
    ({ i32 }, [x, y, z]) => void i32!.sub!(i32!.mul!(y, z), x),
    -1,
  ],
  "100 − (x − y·z): a number before a value that begins with a moved local": [
    ({ i32 }, [x, y, z]) => void i32!.sub!(100, i32!.sub!(x, i32!.mul!(y, z))),
    99,
  ],
  "(x − y) − (10 − (y − z)): below the value that is there": [
    ({ i32 }, [x, y, z]) => void i32!.sub!(i32!.sub!(x, y), i32!.sub!(10, i32!.sub!(y, z))),
    -5,
  ],
  "x·(x − y·z) − (y − (z − 1)): one after the other": [
    ({ i32 }, [x, y, z]) => {
      const product = i32!.mul!(x, i32!.sub!(x, i32!.mul!(y, z)));
      i32!.sub!(product, i32!.sub!(y, i32!.sub!(z, 1)));
    },
    5,
  ],
  "x − y with both on the stack": [
    ({ i32, local }, [x, y]) => {
      local!.get!(x);
      local!.get!(y);
      i32!.sub!();
    },
    4,
  ],
  "x − y, where something without a value comes between": [
    ({ i32, local }, [x, y, z]) => {
      const first = local!.get!(x);
      local!.set!(z, 100);
      i32!.sub!(z, i32!.sub!(first, y));
    },
    -2, //  z is read before it is set
  ],
};

describe("operands are taken in their order:", () => {
  test.each(Object.entries(ordered))("%s", (_, [write, value]) => {
    const program = { in: ["i32", "i32", "i32"], out: ["i32"], write } as const;
    const { own, oracle, module } = bodiesOf(program);
    expect(own).toEqual(oracle);
    const memory = new WebAssembly.Memory({ initial: 1 });
    const { f } = new WebAssembly.Instance(new WebAssembly.Module(module), { "": { memory } })
      .exports as { f: (...args: number[]) => number };
    expect(f(7, 3, 2)).toBe(value);
  });

  test("of three, those that are locals between those on the stack", () => {
    const places = [
      [true, false, false],
      [false, true, false],
      [false, false, true],
      [true, true, false],
      [true, false, true],
      [false, true, true],
    ];
    for (const isLocal of places) {
      const { own, oracle } = bodiesOf({
        in: ["v128", "v128", "v128"],
        out: ["v128"],
        write({ v128, f32x4 }, args) {
          const given = args.map((arg, i) => (isLocal[i] ? arg : f32x4!.add!(arg, arg)));
          v128!.bitselect!(...given);
        },
      });
      expect(own, `${isLocal}`).toEqual(oracle);
    }
  });

  test("an address that is a number comes before the value to store", () => {
    const { own, oracle } = bodiesOf({
      in: ["f64"],
      out: [],
      write: ({ f64 }, [x]) => void f64!.store!({ offset: 8 }, 0, f64!.mul!(x, 2)),
    });
    expect(own).toEqual(oracle);
  });

  test("the arguments of a call, between values on the stack", () => {
    const digits = func({ in: [i32, i32, i32, i32], out: [i32] }, ([a, b, c, d]) => {
      i32.add(i32.mul(a, 1000), i32.add(i32.mul(b, 100), i32.add(i32.mul(c, 10), d)));
    });
    const { between, before } = instanceOf({
      between: func({ in: [i32], out: [i32] }, ([x]) => {
        call(digits, [1, i32.add(x, 1), x, i32.sub(x, 1)]);
      }),
      before: func({ in: [i32], out: [i32] }, ([x]) => {
        call(digits, [1, x, i32.add(x, 1), i32.sub(x, 1)]);
      }),
    });
    expect([between(5), before(5)]).toEqual([1654, 1564]);
  });

  test("calls before and behind an operand that is moved keep their functions", () => {
    const four = func({ in: [], out: [i32] }, () => void i32.const(4));
    const five = func({ in: [], out: [i32] }, () => void i32.const(5));
    const run = func({ in: [i32], out: [i32] }, ([x]) => {
      // 4·(100 − 5·(x − 4))
      i32.mul(call(four, []), i32.sub(100, i32.mul(call(five, []), i32.sub(x, call(four, [])))));
    });
    expect(instanceOf({ run }).run(7)).toBe(340);
  });

  test("the value of a call without arguments begins with the call", () => {
    const four = func({ in: [], out: [i32] }, () => void i32.const(4));
    const run = func({ in: [i32], out: [i32] }, ([x]) => {
      const first = i32.add(x, 1);
      i32.mul(first, i32.sub(x, call(four, [])));
    });
    expect(instanceOf({ run }).run(7)).toBe(24);
  });
});

describe("is an error of ours:", () => {
  const assemble = (write: () => void) => () => func({ in: [], out: [] }, write);

  test("an operand too few", () => {
    const add = i32.add as (...given: number[]) => unknown;
    expect(assemble(() => void add(1))).toThrow(
      "internal: an instruction of 2 operands is given 1",
    );
  });

  test("a stack with too few values", () => {
    expect(
      assemble(() => {
        i32.const(1);
        i32.add();
      }),
    ).toThrow("internal: an instruction lacks operands");
  });

  test("an operand from outside of the block", () => {
    expect(
      assemble(() => {
        i32.const(1);
        i32.const(2);
        if_(() => void i32.eqz());
      }),
    ).toThrow("internal: an instruction lacks operands");
  });

  test("a local of another type", () => {
    const wide = (write: (x: Local<"i32">) => void) => () =>
      func({ in: [i64], out: [] }, ([x]) => write(x as Local as Local<"i32">));
    expect(wide((x) => void i32.add(x, 1))).toThrow(
      "internal: an operand is i64 where i32 is expected",
    );
  });

  test("a number where there can be none", () => {
    const add = f32x4.add as (...given: number[]) => unknown;
    expect(assemble(() => void add(1, 2))).toThrow("internal: the number 1 is no v128");
    expect(assemble(() => void i32.const(0.5))).toThrow("internal: 0.5 is no integer of 32 bits");
  });

  test("a value that is left, by a function or by a block", () => {
    const left = "internal: a block leaves values on the stack";
    expect(assemble(() => void i32.const(1))).toThrow(left);
    expect(
      assemble(() => {
        i32.const(1);
        if_(() => void i32.const(1));
      }),
    ).toThrow(left);
    expect(
      assemble(() => {
        i32.const(1);
        if_(
          () => void i32.const(1),
          () => {},
        );
      }),
    ).toThrow(left);
  });

  test("an instruction outside of functions", () => {
    expect(() => i32.add(1, 2)).toThrow("internal: an instruction lacks operands");
  });
});
