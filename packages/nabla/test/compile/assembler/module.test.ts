import { expect, test } from "vitest";
import {
  call,
  type Func,
  f32,
  f32x4,
  f64,
  func,
  global,
  i32,
  i64,
  local,
  moduleOf,
  v128,
} from "../../../src/compile/assembler.ts";
import { instanceOf } from "../instance.ts";

const spread = (x: number) => global.vector(new Uint8Array(new Float32Array(4).fill(x).buffer));

const upTo = (n: number): number[] => [...new Array(n).keys()];

test("a module of one function is these bytes", () => {
  const add = func({ in: [i32, i32], out: [i32] }, ([x, y]) => void i32.add(x, y));
  expect([...moduleOf({ add })]).toEqual([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[1, 7, 1, 0x60, 2, 0x7f, 0x7f, 1, 0x7f], // (i32, i32) → i32
    ...[2, 12, 1, 0, 6, ...new TextEncoder().encode("memory"), 2, 0, 1], // "" "memory", a page
    ...[3, 2, 1, 0],
    ...[6, 1, 0],
    ...[7, 7, 1, 3, ...new TextEncoder().encode("add"), 0, 0],
    ...[10, 9, 1, 7, 0, 0x20, 0, 0x20, 1, 0x6a, 0x0b],
  ]);
});

test("functions and constants have the numbers of the module that they are in", () => {
  const [two, three] = [spread(2), spread(3)];
  const lane = (x: ReturnType<typeof spread>) =>
    func({ in: [], out: [f32] }, () => void f32x4.extract_lane(0, global.get(x)));
  const [ofTwo, ofThree] = [lane(two), lane(three)];
  const shared = func({ in: [f32], out: [f32] }, ([x]) => {
    f32.add(f32.mul(x, call(ofThree, [])), f32x4.extract_lane(1, global.get(two)));
  });
  const alone = instanceOf({ shared });
  const behind = instanceOf({ ofTwo, other: lane(spread(9)), shared });
  expect([alone.shared(10), behind.shared(10), behind.ofTwo(), behind.other()]).toEqual([
    32, 32, 2, 9,
  ]);
});

test("what is used twice is in a module once", () => {
  const [once, shared] = [spread(1), func({ in: [], out: [] }, () => {})];
  const user = () =>
    func({ in: [], out: [f32] }, () => {
      call(shared, []);
      f32x4.extract_lane(0, f32x4.add(global.get(once), global.get(once)));
    });
  const size = (count: number): number =>
    moduleOf(Object.fromEntries(upTo(count).map((i) => [`${i}`, user()]))).length;
  // A function more: its signature's number, its export, and a body of 12 bytes behind its size
  expect(size(3) - size(2)).toBe(1 + 4 + 15);
});

test("a function may have several names, of whatever letters", () => {
  const odd = func({ in: [i32], out: [i32] }, ([n]) => {
    i32.and(n, 1);
  });
  const names = { odd, "odd, once more": odd, περιττός: odd };
  const run = instanceOf(names);
  expect(Object.keys(run)).toEqual(Object.keys(names));
  expect(run.περιττός(7)).toBe(1);
});

test("locals of all types, declared in any order, are their own", () => {
  const sum = func({ in: [i32], out: [f64] }, ([x], fresh) => {
    const rounds = upTo(60).map(() => ({
      int: fresh(i32),
      double: fresh(f64),
      vector: fresh(v128),
      long: fresh(i64),
      single: fresh(f32),
      other: fresh(f32),
    }));
    for (const [i, { int, double, vector, long, single, other }] of rounds.entries()) {
      local.set(int, i32.add(x, i));
      local.set(double, i + 0.5);
      local.set(vector, f32x4.splat(f32.const(2 * i)));
      local.set(long, BigInt(3 * i));
      local.set(single, 4 * i);
      local.set(other, 5 * i);
    }
    const total = fresh(f64);
    for (const { int, double, vector, long, single, other } of rounds) {
      local.set(total, f64.add(total, f64.convert_i32_s(int)));
      local.set(total, f64.add(total, double));
      local.set(total, f64.add(total, f64.promote_f32(f32x4.extract_lane(3, vector))));
      local.set(total, f64.add(total, f64.convert_i32_s(i32.wrap_i64(long))));
      local.set(total, f64.add(total, f64.promote_f32(f32.sub(other, single))));
    }
    local.get(total);
  });
  expect(sum.locals.length).toBe(361);
  // Σ (7 + i) + (i + ½) + 2i + 3i + (5i − 4i) for i < 60
  expect(instanceOf({ sum }).sum(7)).toBe(60 * 7.5 + 8 * 1770);
});

test("more than 127 functions and constants keep their numbers", () => {
  const one = (i: number): Func<readonly ["f32"], readonly ["f32"]> => {
    const constant = spread(i);
    return func({ in: [f32], out: [f32] }, ([x]) => {
      f32.sub(f32x4.extract_lane(0, global.get(constant)), x);
    });
  };
  const functions = upTo(300).map(one);
  // i − x, one after the other: 299 − (298 − (297 − …))
  const chain = func({ in: [f32], out: [f32] }, ([x], fresh) => {
    const kept = fresh(f32);
    local.set(kept, x);
    for (const own of functions) local.set(kept, call(own, [kept]));
    local.get(kept);
  });
  const run = instanceOf({ chain, last: functions[299]!, first: functions[0]! });
  expect([run.chain(0.5), run.last(0), run.first(1)]).toEqual([150.5, 299, -1]);
});
