import { describe, expect, test } from "vitest";
import {
  block,
  br,
  br_if,
  f64,
  func,
  i32,
  if_,
  local,
  loop,
  return_,
  select,
} from "../../../src/compile/assembler.ts";
import { instanceOf } from "../instance.ts";

test("a loop is repeated by a branch to it", () => {
  const sum = func({ in: [i32], out: [i32] }, ([n], fresh) => {
    const total = fresh(i32);
    loop((again) => {
      local.set(total, i32.add(total, n));
      local.tee(n, i32.sub(n, 1));
      br_if(again);
    });
    local.get(total);
  });
  expect(instanceOf({ sum }).sum(100)).toBe(5050);
});

test("a branch finds its block from however deep inside", () => {
  /** The first k with j·k = n for a j below 10, and 100·j: −1 where there is none. */
  const factor = func({ in: [i32], out: [i32] }, ([n], fresh) => {
    const [j, k, found] = [fresh(i32), fresh(i32), fresh(i32)];
    local.set(found, -1);
    block((done) => {
      local.set(j, 2);
      loop((nextJ) => {
        local.set(k, 2);
        loop((nextK) => {
          i32.eq(i32.mul(j, k), n);
          if_(() => {
            local.set(found, i32.add(i32.mul(j, 100), k));
            br(done);
          });
          local.set(k, i32.add(k, 1));
          i32.le_s(i32.mul(j, k), n);
          br_if(nextK);
        });
        local.set(j, i32.add(j, 1));
        i32.lt_s(j, 10);
        br_if(nextJ);
      });
    });
    local.get(found);
  });
  const run = instanceOf({ factor }).factor;
  expect([91, 35, 4, 13].map((n) => run(n))).toEqual([713, 507, 202, -1]);
});

test("of two blocks one is chosen, and either may return", () => {
  const status = { offset: 8 };
  const run = func({ in: [i32], out: [] }, ([x]) => {
    local.get(x);
    if_(
      () => {
        i32.store(status, 0, 1);
        return_();
      },
      (outside) => {
        i32.store(status, 0, 2);
        local.get(x);
        i32.eqz();
        br_if(outside);
        i32.store(status, 0, 3);
      },
    );
    i32.store(status, 0, i32.add(i32.load(status, 0), 10));
  });
  const memory = new WebAssembly.Memory({ initial: 1 });
  const chosen = instanceOf({ run }, memory);
  const statusFor = (x: number) => {
    chosen.run(x);
    return new Int32Array(memory.buffer)[2];
  };
  expect([statusFor(1), statusFor(0)]).toEqual([1, 12]);
});

test("a value may wait on the stack while a block runs", () => {
  const run = func({ in: [i32], out: [i32] }, ([x]) => {
    const before = i32.mul(x, 2);
    local.get(x);
    if_(() => local.set(x, 100));
    i32.sub(before, x);
  });
  expect([0, 3].map((x) => instanceOf({ run }).run(x))).toEqual([0, -94]);
});

test("an operand may be moved before a value with blocks in it", () => {
  const run = func({ in: [i32], out: [i32] }, ([x], fresh) => {
    const twice = fresh(i32);
    const sum = i32.add(x, 1);
    loop(() => local.set(twice, i32.mul(x, 2)));
    i32.sub(1000, i32.sub(sum, twice));
  });
  expect(instanceOf({ run }).run(5)).toBe(1004);
});

test("select takes the first of two values where the condition holds", () => {
  const larger = func({ in: [f64, f64], out: [f64] }, ([x, y]) => {
    local.get(x);
    local.get(y);
    f64.gt(x, y);
    select();
  });
  const run = instanceOf({ larger }).larger;
  expect([run(1.5, -2), run(-2, 1.5), run(Number.NaN, 3)]).toEqual([1.5, 1.5, 3]);
});

describe("a function that is assembled inside another", () => {
  const inner = () => func({ in: [i32], out: [i32] }, ([x]) => void i32.mul(x, 3));

  test("changes nothing of it", () => {
    const outer = func({ in: [i32], out: [i32] }, ([x], fresh) => {
      const kept = fresh(i32);
      const before = i32.add(x, 1);
      block(() => {
        expect(instanceOf({ inner: inner() }).inner(5)).toBe(15);
        local.set(kept, i32.mul(x, 10));
      });
      i32.sub(before, kept);
    });
    expect(instanceOf({ outer }).outer(2)).toBe(-17);
  });

  test("may fail, and the other goes on", () => {
    const outer = func({ in: [i32], out: [i32] }, ([x]) => {
      const before = i32.add(x, 1);
      const broken = () =>
        func({ in: [], out: [] }, () => {
          loop(() => {
            i32.const(1);
            throw new Error("in the middle");
          });
        });
      expect(broken).toThrow("in the middle");
      i32.sub(before, 10);
    });
    expect(instanceOf({ outer }).outer(2)).toBe(-7);
  });
});
