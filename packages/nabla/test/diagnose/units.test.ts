import { activation, dense, diagnose, dropout, layerNorm, network, residual } from "nabla";
import { describe, expect, test } from "vitest";

const rows = (count: number, x: (n: number) => number) =>
  Array.from({ length: count }, (_, n) => [x(n)]);

/** One input, and hidden units that get z = w·x + b. */
function hidden(activation: string, b: readonly number[], options: object = {}) {
  const layers = [dense(b.length, activation), dense(1)];
  const net = network({ inputs: 1, layers, cost: "squared-error", ...options });
  net.parameters.get("W1")?.fill(0);
  net.parameters.get("b1")?.set(b);
  return net;
}

const four = { inputs: rows(4, (n) => n / 4), targets: rows(4, (n) => n) };

describe.each(["float32", "float64"] as const)("in %s", (precision) => {
  test.each<[string, number[], { dead: number; saturated: number }]>([
    ["relu", [-1, -1e-6, 1e-6, 100], { dead: 2, saturated: 0 }],
    ["leaky-relu", [-100, -1, 1, 100], { dead: 0, saturated: 0 }],
    ["hard-sigmoid", [-3.5, -2.5, 2.5, 3.5], { dead: 2, saturated: 0 }],
    //  1 − tanh² z = 0.01 at z = 2.993; at 40 it is 0, and still no flat part
    ["tanh", [-3, 2.98, 3, 40], { dead: 0, saturated: 3 }],
    //  σ(1 − σ) = 0.01/4 at z = 5.986
    ["sigmoid", [-6, 5.95, 6, 40], { dead: 0, saturated: 3 }],
    //  e^z = 0.01 at z = −4.605; to the right its slope is 1
    ["elu", [-5, -4.5, 5, 50], { dead: 0, saturated: 1 }],
    //  the slope e^z is 2981 at the end of the grid, but 1 is enough
    ["exp", [-5, -4.5, 0, 1], { dead: 0, saturated: 1 }],
    //  the slope is 3z²
    ["z^3", [0, 0.05, 0.06, 1], { dead: 1, saturated: 1 }],
  ])("%s at z = %j has %o of its four units", (name, b, counted) => {
    const { units } = diagnose(hidden(name, b, { precision }), four);
    expect(units).toEqual([{ tensor: "a1", units: 4, ...counted }]);
  });

  test("a unit is saturated from more than 95 of 100 rows on", () => {
    for (const [on, saturated] of [
      [4, 1],
      [5, 0],
    ] as const) {
      const net = hidden("relu", [0], { precision });
      net.parameters.get("W1")?.fill(1);
      const inputs = rows(100, (n) => (n < on ? 1 : -1));
      expect(diagnose(net, { inputs, targets: inputs }).units[0]).toMatchObject({
        dead: 0,
        saturated,
      });
    }
  });
});

test.each(["evaluate", "wasm"] as const)("counts through blocks of rows, by %s", (backend) => {
  const net = hidden("relu", [0, -2], { backend });
  net.parameters.get("W1")?.fill(1);
  const inputs = rows(700, (n) => (n === 650 ? 1 : -1));
  expect(diagnose(net, { inputs, targets: inputs }).units).toEqual([
    { tensor: "a1", units: 2, dead: 1, saturated: 1 },
  ]);
});

describe("idle units are a finding", () => {
  test("where more than a third is dead, with the layer named", () => {
    const { findings } = diagnose(hidden("relu", [-1, -1, 1, 1]), four);
    expect(findings).toEqual([
      {
        code: "dead-units",
        where: "a1 (layer 1)",
        figure: "2 of 4 units (50 %) are dead, with slope 0 in each of 4 rows",
        message:
          'a1 (layer 1): 2 of 4 units (50 %) are dead, with slope 0 in each of 4 rows; take the activation "leaky-relu", whose slope is never 0',
        remedy: 'take the activation "leaky-relu", whose slope is never 0',
      },
    ]);
    expect(diagnose(hidden("relu", [-1, 1, 1, 1]), four).findings).toEqual([]);
  });

  test("where more than a third is saturated", () => {
    const [found, ...others] = diagnose(hidden("tanh", [5, -5, 1, 1]), four).findings;
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      code: "saturated-units",
      where: "a1 (layer 1)",
      figure: "2 of 4 units (50 %) are saturated, with hardly a slope in 95 % of 4 rows",
    });
  });
});

describe("activations are found in the equations", () => {
  const unitsOf = (net: ReturnType<typeof network>) =>
    diagnose(net, four).units.map(({ tensor, units }) => [tensor, units]);

  test("and nothing else: neither norms nor residual links, dropout, softmax and linear layers", () => {
    const inner = residual([dense(3, "gelu"), dropout(0.5), dense(4)]);
    const layers = [dense(4), layerNorm(), activation("tanh"), inner, dense(2, "softmax")];
    const net = network({ inputs: 1, layers: [...layers, dense(1)], cost: "squared-error" });
    expect(unitsOf(net)).toEqual([
      ["a1", 4],
      ["a2", 3],
    ]);
  });

  test("with parameters beside z: the slope is that of each unit's own function", () => {
    const net = network({
      equations: `
        h[n,j] = tanh(sum_i W[j,i]*x[n,i] + b[j])
        a[n,j] = h[n,j] + g[j]*h[n,j]^2
        o[n] = sum_j v[j]*a[n,j]
        C = 1/N*sum_n (o[n] - y[n])^2`,
      extents: { i: 1, j: 2 },
      ...{ inputs: "x", targets: "y", outputs: "o", cost: "C" },
      initial: { W: 0, v: 1, g: 0 },
    });
    net.parameters.get("b")?.set([7, 0]);
    const given = { inputs: four.inputs, targets: [0, 1, 2, 3] };
    //  a is linear in h while g = 0, and yet a function of it
    expect(diagnose(net, given).units).toEqual([
      { tensor: "h", units: 2, dead: 0, saturated: 1 },
      { tensor: "a", units: 2, dead: 0, saturated: 0 },
    ]);
  });

  test("of outputs, dead units count and saturated ones do not", () => {
    const output = (activation: string, b: number, cost = "squared-error") => {
      const net = network({ inputs: 1, layers: [dense(1, activation)], cost });
      net.parameters.get("b1")?.fill(b);
      return diagnose(net, { inputs: rows(4, () => 0), targets: rows(4, (n) => n % 2) }).units;
    };
    expect(output("sigmoid", 20)).toEqual([{ tensor: "a1", units: 1, dead: 0, saturated: 0 }]);
    expect(output("relu", -1)).toEqual([{ tensor: "a1", units: 1, dead: 1, saturated: 0 }]);
    //  This cost reads z: the link is none of its business
    expect(output("sigmoid", 20, "binary-cross-entropy")).toEqual([]);
  });
});
