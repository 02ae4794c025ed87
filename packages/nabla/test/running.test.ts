import { type CostName, costNames, type Floats, type Network } from "nabla";
import { describe, expect, test } from "vitest";
import { byTextbook, difference, layered } from "./oracles/layered.ts";

type Rows = number[][];

/** All gradients in one list, in the order of the parameters. */
const flat = (gradients: ReadonlyMap<string, Floats>): number[] =>
  [...gradients.values()].flatMap((gradient) => [...gradient]);

/** Largest difference, as a share of the largest number. */
function apart(a: readonly number[], b: readonly number[]): number {
  const { largest, scale } = difference(a, b);
  return largest / scale;
}

const chunks = (rows: Rows, size: number): Rows[] =>
  Array.from({ length: Math.ceil(rows.length / size) }, (_, i) =>
    rows.slice(i * size, (i + 1) * size),
  );

describe("net.cost is exactly what is differentiated", () => {
  /** (C(θ + h) − C(θ − h))/2h for each parameter. */
  function centralDifferences(net: Network, inputs: Rows, targets: Rows, h: number): number[] {
    return [...net.parameters.values()].flatMap((values) =>
      Array.from(values, (value, i) => {
        values[i] = value + h;
        const above = net.cost(inputs, targets);
        values[i] = value - h;
        const below = net.cost(inputs, targets);
        values[i] = value;
        return (above - below) / (2 * h);
      }),
    );
  }

  // The error of a central difference is of the order h² + 2⁻⁵³/h: 1e-9 and less for h = 1e-6.
  test.each(costNames)("for %s, with penalties", (cost) => {
    for (const penalties of [{}, { l1: 0.03 }, { l2: 0.7 }, { l1: 0.1, l2: 0.2 }]) {
      const shape = { activation: "tanh", cost, depth: 3, rows: 6, ...penalties };
      const { net, inputs, targets } = layered(shape);
      const derived = flat(net.gradients(inputs, targets));
      const numeric = centralDifferences(net, inputs, targets, 1e-6);
      const { largest } = difference(derived, numeric);
      expect(largest).toBeLessThan(1e-8);
    }
  });

  test("penalties are over weights, not biases, and not divided by N", () => {
    for (const rows of [1, 5]) {
      const shape = { activation: "tanh", cost: "huber", depth: 2, rows } as const;
      const bare = layered(shape);
      const { net } = layered({ ...shape, l1: 0.25, l2: 0.5 });
      const { inputs, targets } = bare;
      const expected = bare.net.gradients(inputs, targets);
      let penalty = 0;
      for (const [name, gradient] of net.gradients(inputs, targets)) {
        for (const [i, w] of net.parameters.get(name)!.entries()) {
          const isWeight = name.startsWith("W");
          if (isWeight) penalty += 0.25 * Math.abs(w) + 0.25 * w * w;
          const added = isWeight ? 0.25 * Math.sign(w) + 0.5 * w : 0;
          expect(gradient[i]).toBeCloseTo(expected.get(name)![i]! + added, 14);
        }
      }
      expect(net.cost(inputs, targets) - bare.net.cost(inputs, targets)).toBeCloseTo(penalty, 13);
    }
  });
});

describe("a batch", () => {
  const large = layered({ activation: "tanh", cost: "cross-entropy", depth: 3, rows: 1000 });

  test("of 1000 rows has the gradient of the textbook, and that of its blocks added up", () => {
    const { net, inputs, targets } = large;
    const whole = flat(net.gradients(inputs, targets));
    const { C, ...expected } = Object.fromEntries(byTextbook(large, "cross-entropy"));
    expect(apart(whole, Object.values(expected).flat())).toBeLessThan(1e-12);
    expect(net.cost(inputs, targets)).toBeCloseTo(C![0]!, 13);

    for (const size of [1, 7, 256, 300, 999]) {
      const sum = whole.map(() => 0);
      let cost = 0;
      const parts = chunks(targets, size);
      for (const [b, block] of chunks(inputs, size).entries()) {
        const share = block.length / 1000; //  each block's C is a mean over its own rows
        cost += share * net.cost(block, parts[b]!);
        for (const [i, g] of flat(net.gradients(block, parts[b]!)).entries()) sum[i]! += share * g;
      }
      expect(apart(sum, whole)).toBeLessThan(1e-12);
      expect(cost).toBeCloseTo(net.cost(inputs, targets), 13);
    }
  });

  test("counts its penalties once, however many blocks it is cut into", () => {
    const shape = { activation: "tanh", cost: "huber", depth: 1, rows: 600 } as const;
    const bare = layered(shape);
    const { net, inputs, targets } = layered({ ...shape, l2: 3 });
    const expected = bare.net.gradients(inputs, targets).get("W1")!;
    const added = expected.map((g, i) => g + 3 * net.parameters.get("W1")![i]!);
    const got = net.gradients(inputs, targets).get("W1")!;
    expect(difference(got, added).largest).toBeLessThan(1e-13);
  });

  test("predicts what its rows predict one by one", () => {
    const { net, inputs } = large;
    const together = net.predict(inputs);
    for (const n of [0, 1, 255, 256, 257, 999]) {
      expect(net.predict([inputs[n]!])[0]).toEqual(together[n]);
    }
  });

  test("given twice has the same cost and gradient", () => {
    const { net, inputs, targets } = large;
    const twice = [...inputs, ...inputs];
    const twiceTargets = [...targets, ...targets];
    expect(net.cost(twice, twiceTargets)).toBeCloseTo(net.cost(inputs, targets), 13);
    const [once, again] = [net.gradients(inputs, targets), net.gradients(twice, twiceTargets)];
    expect(apart(flat(again), flat(once))).toBeLessThan(1e-12);
  });

  test("does not depend on the order of its rows", () => {
    const { net, inputs, targets } = large;
    const back = net.gradients(inputs.toReversed(), targets.toReversed());
    expect(apart(flat(back), flat(net.gradients(inputs, targets)))).toBeLessThan(1e-12);
  });

  test("has the same gradient twice, bit for bit", () => {
    const { net, inputs, targets } = large;
    net.predict(inputs.slice(0, 3));
    const first = net.gradients(inputs, targets);
    net.gradients(inputs.slice(0, 5), targets.slice(0, 5));
    expect(net.gradients(inputs, targets)).toEqual(first);
  });

  test("leaves the gradients that were given out before alone", () => {
    const { net, inputs, targets } = large;
    const first = net.gradients(inputs, targets);
    const copy = structuredClone(first);
    net.gradients(inputs.slice(0, 5), targets.slice(0, 5));
    expect(first).toEqual(copy);
  });
});

describe("renaming", () => {
  const shape = { activation: "sigmoid", cost: "cross-entropy", depth: 2, rows: 5 } as const;

  /** The rows of a matrix, or the columns, in another order. */
  const reordered = (matrix: Floats, order: readonly number[], width: number, rows: boolean) =>
    matrix.map((_, at) => {
      const [row, column] = [Math.floor(at / width), at % width];
      return matrix[rows ? order[row]! * width + column : row * width + order[column]!]!;
    });

  test("the hidden units renames their gradients, and changes nothing else", () => {
    const { net, inputs, targets } = layered(shape);
    const permuted = layered(shape).net;
    const swap = [1, 0];
    const rename = (of: ReadonlyMap<string, Floats>) => ({
      W1: reordered(of.get("W1")!, swap, 3, true),
      b1: reordered(of.get("b1")!, swap, 1, true),
      W2: reordered(of.get("W2")!, swap, 2, false),
      b2: of.get("b2")!,
    });
    for (const [name, values] of Object.entries(rename(net.parameters))) {
      permuted.parameters.get(name)!.set(values);
    }
    expect(permuted.cost(inputs, targets)).toBeCloseTo(net.cost(inputs, targets), 14);
    const gradients = permuted.gradients(inputs, targets);
    for (const [name, expected] of Object.entries(rename(net.gradients(inputs, targets)))) {
      expect(difference(gradients.get(name)!, expected).largest, name).toBeLessThan(1e-15);
    }
  });

  test("the classes renames the predictions, and changes nothing else", () => {
    const { net, inputs, targets } = layered(shape);
    const permuted = layered(shape).net;
    const order = [2, 0, 1].slice(0, targets[0]!.length);
    permuted.parameters.get("W2")!.set(reordered(net.parameters.get("W2")!, order, 2, true));
    permuted.parameters.get("b2")!.set(reordered(net.parameters.get("b2")!, order, 1, true));
    const renamed = targets.map((y) => order.map((k) => y[k]!));
    expect(permuted.cost(inputs, renamed)).toBeCloseTo(net.cost(inputs, targets), 14);
    for (const [n, p] of net.predict(inputs).entries()) {
      const expected = order.map((k) => p[k]!);
      expect(difference(permuted.predict(inputs)[n]!, expected).largest).toBeLessThan(1e-15);
    }
  });
});

test("float32 follows float64 to its own precision, for every cost", () => {
  for (const cost of costNames as CostName[]) {
    const shape = { activation: "tanh", cost, depth: 3, rows: 7 };
    const { net, inputs, targets } = layered(shape);
    const single = layered({ ...shape, precision: "float32" }).net;
    const expected = flat(net.gradients(inputs, targets));
    expect(apart(flat(single.gradients(inputs, targets)), expected), cost).toBeLessThan(1e-5);
  }
});
