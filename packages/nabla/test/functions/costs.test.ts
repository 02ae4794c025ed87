import { type CostName, costNames, dense, network, type Precision } from "nabla";
import { describe, expect, test } from "vitest";
import { costOf, costs } from "../../src/functions/costs.ts";
import { difference } from "../oracles/layered.ts";
import golden from "./costs.golden.json" with { type: "json" };

/** One layer that is the identity: z = x, and ∂C/∂b = ∂c/∂z for a batch of one row. */
function throughIdentity(cost: string, precision: Precision, units: number) {
  const net = network({ inputs: units, layers: [dense(units)], cost, precision });
  const identity = Array.from({ length: units ** 2 }, (_, i) => (i % (units + 1) === 0 ? 1 : 0));
  net.parameters.get("W1")!.set(identity);
  return net;
}

describe.each(costNames)("%s", (name) => {
  // 1e-12 leaves room for the roundings of a row; in float32 the tensors between are rounded too.
  test.each([
    { precision: "float64", tolerance: 1e-12, round: (x: number) => x },
    { precision: "float32", tolerance: 2 ** -22, round: Math.fround },
  ] as const)("has the stored values and slopes at the extremes, in $precision", (format) => {
    const { precision, tolerance, round } = format;
    const net = throughIdentity(name, precision, 3);
    for (const { z, y, cost, slopes } of golden[name]) {
      const got = [net.cost([z], [y]), ...net.gradients([z], [y]).get("b1")!];
      for (const [i, stored] of [cost, ...slopes].entries()) {
        const expected = round(stored ?? Number.POSITIVE_INFINITY);
        const near = Math.abs(got[i]! - expected) <= tolerance * Math.max(1, Math.abs(expected));
        const what = `${i === 0 ? "c" : `∂c/∂z${i - 1}`} at z = ${z}, y = ${y}`;
        expect(got[i] === expected || near, `${what}: ${got[i]}, stored ${expected}`).toBe(true);
      }
    }
  });
});

describe("the costs of two rows, worked by hand", () => {
  const inputs = [
    [0, 2],
    [1, -1],
  ];
  const log = Math.log;
  const σ = (z: number) => 1 / (1 + Math.exp(-z));
  test.each<{ cost: CostName; targets: number[][]; expected: number }>([
    //                 (½(1² + 0²) + ½(1² + 3²))/2
    {
      cost: "squared-error",
      targets: [
        [1, 2],
        [0, 2],
      ],
      expected: 5.5 / 2,
    },
    //                 ((1 + 0)/2 + (1 + 9)/2)/2
    {
      cost: "mean-squared-error",
      targets: [
        [1, 2],
        [0, 2],
      ],
      expected: 5.5 / 2,
    },
    //                 ((1 + 0)/2 + (1 + 3)/2)/2
    {
      cost: "mean-absolute-error",
      targets: [
        [1, 2],
        [0, 2],
      ],
      expected: 2.5 / 2,
    },
    //                 (½ + 0 + ½ + (3 − ½))/2
    {
      cost: "huber",
      targets: [
        [1, 2],
        [0, 2],
      ],
      expected: 3.5 / 2,
    },
    //                 (−log(1/(1 + e²)) − log(e/(e + e⁻¹)))/2
    {
      cost: "cross-entropy",
      targets: [
        [1, 0],
        [1, 0],
      ],
      expected: (log(1 + Math.exp(2)) + log(1 + Math.exp(-2))) / 2,
    },
    {
      cost: "binary-cross-entropy",
      targets: [
        [1, 1],
        [0, 0.25],
      ],
      expected:
        -(log(σ(0)) + log(σ(2)) + log(1 - σ(1)) + 0.25 * log(σ(-1)) + 0.75 * log(1 - σ(-1))) / 2,
    },
    //                 (1 − 0 + e² − 2·2 + e − 1 + e⁻¹ + 3)/2
    {
      cost: "poisson",
      targets: [
        [0, 2],
        [1, 3],
      ],
      expected: (1 + Math.exp(2) - 4 + Math.E - 1 + Math.exp(-1) + 3) / 2,
    },
    //                 (1 + 0 + 2 + 0)/2
    {
      cost: "hinge",
      targets: [
        [1, 1],
        [-1, -1],
      ],
      expected: 3 / 2,
    },
  ])("$cost is $expected", ({ cost, targets, expected }) => {
    expect(throughIdentity(cost, "float64", 2).cost(inputs, targets)).toBeCloseTo(expected, 14);
  });
});

describe.each(["float32", "float64"] as const)("cross-entropy in %s", (precision) => {
  // One rounding each of s, of ∂C/∂s and of the result.
  const tolerance = precision === "float32" ? 3 * 2 ** -24 : 1e-14;

  test.each([0, 1e5, 1e7])("keeps its digits at logits of %d, for any targets", (base) => {
    const net = throughIdentity("cross-entropy", precision, 3);
    const logits = [base, base + 1, base - 2];
    const exps = [1, Math.E, Math.exp(-2)];
    const s = 1 + Math.E + Math.exp(-2);
    for (const [y0, y1, y2] of [
      [0, 1, 0],
      [0.2, 0.3, 0.5],
      [2, 1, 4],
      [0, 0, 0],
    ] as const) {
      const y = [y0, y1, y2];
      const total = y0 + y1 + y2;
      const cost = total * Math.log(s) - y1 + 2 * y2; //  Σ y·(log s − (z − base))
      const slopes = exps.map((e, k) => (total * e) / s - y[k]!);
      const { largest } = difference(net.gradients([logits], [y]).get("b1")!, slopes);
      expect(largest).toBeLessThanOrEqual(tolerance * Math.max(1, total));
      const apart = Math.abs(net.cost([logits], [y]) - cost);
      expect(apart).toBeLessThanOrEqual(tolerance * Math.max(1, cost));
    }
  });
});

test("binary cross-entropy at logits of ±10⁴ is the logit, and its slope σ(z) − y", () => {
  const net = throughIdentity("binary-cross-entropy", "float32", 1);
  const at = (z: number, y: number) => [
    net.cost([[z]], [[y]]),
    net.gradients([[z]], [[y]]).get("b1")![0]! + 0, //  −0 is 0
  ];
  expect(at(1e4, 0)).toEqual([1e4, 1]);
  expect(at(-1e4, 1)).toEqual([1e4, -1]);
  expect(at(1e4, 1)).toEqual([0, 0]);
  expect(at(-1e4, 0)).toEqual([0, 0]);
  expect(at(1e4, 0.25)).toEqual([7500, 0.75]);
});

test("a cost as a formula in a, z and y is summed over the outputs", () => {
  const net = throughIdentity("abs(a - y)^3 + z/4", "float64", 2);
  //  (1³ + 2³ + 3/4 + 4/4)
  expect(net.cost([[3, 4]], [[2, 6]])).toBe(9 + 7 / 4);
  //  3(a − y)²·sign(a − y) + ¼
  expect([...net.gradients([[3, 4]], [[2, 6]]).get("b1")!]).toEqual([3.25, -11.75]);
});

test("a cost takes the targets that its row of the table says", () => {
  const accepted = (name: CostName) => {
    const { targets } = costOf(name);
    return [-1, -0.5, 0, 0.5, 1, 2].filter((y) => targets?.accept(y) ?? true);
  };
  expect(Object.fromEntries(costNames.map((name) => [name, accepted(name)]))).toEqual({
    "squared-error": [-1, -0.5, 0, 0.5, 1, 2],
    "mean-squared-error": [-1, -0.5, 0, 0.5, 1, 2],
    "mean-absolute-error": [-1, -0.5, 0, 0.5, 1, 2],
    huber: [-1, -0.5, 0, 0.5, 1, 2],
    "cross-entropy": [0, 0.5, 1, 2],
    "binary-cross-entropy": [0, 0.5, 1],
    poisson: [0, 0.5, 1, 2],
    hinge: [-1, 1],
  });
});

test("the links are those of the design", () => {
  const links = Object.entries(costs).flatMap(([name, cost]) =>
    "link" in cost ? [[name, cost.link]] : [],
  );
  expect(links).toEqual([
    ["cross-entropy", "softmax"],
    ["binary-cross-entropy", "sigmoid"],
    ["poisson", "exp"],
    ["hinge", "identity"],
  ]);
});

test("an unknown cost is named with the nearest of the table", () => {
  expect(() => costOf("cross-entropie")).toThrow(
    expect.objectContaining({
      code: "usage",
      message: `unknown cost "cross-entropie"; did you mean "cross-entropy"? known: ${costNames.join(", ")}`,
    }),
  );
});
