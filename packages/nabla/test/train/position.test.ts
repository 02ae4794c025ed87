import { expect, test } from "vitest";
import { inOrder, newBatches, orderOf, positionOf } from "../../src/train/position.ts";
import { permutation, randomStream } from "../../src/train/random.ts";

/** Epoch, window, rows of the window, batch, and how many are ahead, of the first steps. */
const places = (cut: { rows: number; windowRows: number; batchSize: number }, steps: number) =>
  Array.from({ length: steps }, (_, step) => {
    const { epoch, window, rows, batch, ahead } = positionOf(cut, step);
    return [epoch, window, rows, batch, ahead];
  });

test("an epoch of 23 rows in windows of 8 and batches of 4, by hand", () => {
  expect(places({ rows: 23, windowRows: 8, batchSize: 4 }, 8)).toEqual([
    [1, 0, 8, 0, 2],
    [1, 0, 8, 1, 1],
    [1, 1, 8, 0, 2],
    [1, 1, 8, 1, 1],
    [1, 2, 7, 0, 2],
    [1, 2, 7, 1, 1],
    [2, 0, 8, 0, 2],
    [2, 0, 8, 1, 1],
  ]);
});

test("a last window may be one short batch", () => {
  expect(places({ rows: 9, windowRows: 8, batchSize: 4 }, 4)).toEqual([
    [1, 0, 8, 0, 2],
    [1, 0, 8, 1, 1],
    [1, 1, 1, 0, 1],
    [2, 0, 8, 0, 2],
  ]);
});

test("a single window is never exchanged", () => {
  const never = Number.POSITIVE_INFINITY;
  expect(places({ rows: 7, windowRows: 7, batchSize: 4 }, 3)).toEqual([
    [1, 0, 7, 0, never],
    [1, 0, 7, 1, never],
    [2, 0, 7, 0, never],
  ]);
});

test("a batch is made of the rows that its window's order names", () => {
  const plan = { rows: 9, windowRows: 8, batchSize: 4, shuffle: true, seed: 5 };
  const tensor = { name: "x", shape: ["rows"], role: "input" } as const;
  const held = { rows: 8, values: new Map([[tensor, Float64Array.of(0, 1, 2, 3, 4, 5, 6, 7)]]) };
  const batchAt = newBatches(plan);
  const order = permutation(8, randomStream(5, "shuffle", 2, 0));
  //  The fifth batch is the second of the second epoch's first window
  expect([...batchAt(held, 4).values.get(tensor)!]).toEqual([...order.subarray(4)]);
  expect(orderOf(plan, positionOf(plan, 4))).toEqual(order);
  expect(orderOf({ ...plan, shuffle: false }, positionOf(plan, 4))).toEqual(inOrder(8));
});
