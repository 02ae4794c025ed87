import { adagrad, adam, adamw, type Optimizer, type Precision, rmsprop, rprop, sgd } from "nabla";
import { describe, expect, test } from "vitest";
import { evaluateBackend } from "../../src/backend.ts";
import type { Segment } from "../../src/engine.ts";
import { newUpdater } from "../../src/train/update.ts";

/** An updater of so many parameters, all 0, that is told its gradients. */
function updating(optimizer: Optimizer, precision: Precision, size = 1, moving?: Segment[]) {
  const backend = evaluateBackend(precision);
  const parameters = backend.newBuffer(size);
  const gradients = backend.newBuffer(size);
  const buffers = { backend, parameters, gradients, moving: moving ?? [{ start: 0, end: size }] };
  const updater = newUpdater(optimizer, buffers);
  return {
    updater,
    parameters: parameters.view(),
    slot: (name: string) => [...(updater.slots.get(name)?.view() ?? [])],
    step(g: number): void {
      gradients.view().fill(g);
      updater.step(1, optimizer.learningRate as number);
    },
  };
}

const withSlots = [
  sgd({ momentum: 0.9 }),
  rmsprop({ momentum: 0.9 }),
  adagrad(),
  adam(),
  adamw(),
  rprop(),
];

describe.each([
  { precision: "float32", tiny: 1e-30, subnormal: 1e-40 },
  { precision: "float64", tiny: 1e-290, subnormal: 1e-310 },
] as const)("in $precision", ({ precision, tiny, subnormal }) => {
  test.each(withSlots)(
    "no slot of $rule is smaller than the settling point, but 0",
    (optimizer) => {
      const { updater, step } = updating(optimizer, precision);
      for (let t = 0; t < 10_000; t++) {
        step(t === 0 ? 1 : 0);
        for (const [name, slot] of updater.slots) {
          const size = Math.abs(slot.view()[0]!);
          if (size !== 0 && size < tiny) expect.fail(`${name} = ${size} in step ${t}`);
        }
      }
    },
  );

  test.each(withSlots)("no slot of $rule is subnormal where the gradient is", (optimizer) => {
    const { updater, step } = updating(optimizer, precision);
    for (const g of [subnormal, subnormal, -subnormal]) step(g);
    for (const [name, slot] of updater.slots) {
      const size = Math.abs(slot.view()[0]!);
      expect(size === 0 || size >= tiny, `${name} = ${size}`).toBe(true);
    }
  });

  test("what has decayed is 0, not the number at which rounding would have held it", () => {
    const { slot, step } = updating(adam(), precision);
    step(1);
    //  0.1·0.9ᵗ = 1e-30 at t = 634, 1e-290 at t = 6316
    for (let t = 0; t < 6400; t++) step(0);
    expect(slot("m")).toEqual([0]);
  });
});

test("the slots are those that the options need", () => {
  const slots = (optimizer: Optimizer) => [...updating(optimizer, "float64").updater.slots.keys()];
  expect(slots(sgd())).toEqual([]);
  expect(slots(sgd({ momentum: 0.5 }))).toEqual(["v"]);
  expect(slots(rmsprop())).toEqual(["s"]);
  expect(slots(rmsprop({ momentum: 0.5 }))).toEqual(["s", "v"]);
  expect(slots(adagrad())).toEqual(["s"]);
  expect(slots(adam())).toEqual(["m", "s"]);
  expect(slots(adamw())).toEqual(["m", "s"]);
  expect(slots(rprop())).toEqual(["previous", "size"]);
});

test("what does not move keeps its bits, and its slots stay 0", () => {
  const optimizer = adam({ learningRate: 0.5 });
  const moving = [
    { start: 0, end: 2 },
    { start: 5, end: 6 },
  ];
  const { parameters, slot, step } = updating(optimizer, "float64", 6, moving);
  parameters.fill(0.1);
  step(1);
  //  0.1 − ½·1/(√1 + 10⁻⁸), m = 0.1·1
  const moved = 0.1 - 0.5 / (1 + 1e-8);
  for (const i of [0, 1, 5]) expect(parameters[i]).toBeCloseTo(moved, 15);
  expect([...parameters.subarray(2, 5)]).toEqual([0.1, 0.1, 0.1]);
  expect(slot("m").map((m) => m === 0)).toEqual([false, false, true, true, true, false]);
});

test("nothing moves where nothing may", () => {
  const { parameters, step } = updating(adam(), "float32", 3, []);
  step(1);
  expect([...parameters]).toEqual([0, 0, 0]);
});

test("steps are counted from 1", () => {
  const { updater, step } = updating(sgd(), "float64");
  expect(updater.steps).toBe(0);
  step(1);
  step(1);
  expect(updater.steps).toBe(2);
});

test("rprop sees the signs of gradients whose product is 0 in float64", () => {
  const { parameters, slot, step } = updating(rprop({ learningRate: 1 }), "float64");
  step(1e-200);
  step(1e-200);
  expect(slot("size")).toEqual([1.2]);
  expect(parameters[0]).toBe(-2.2);
});
