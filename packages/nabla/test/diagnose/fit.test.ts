import { dense, diagnose, type Network, network } from "nabla";
import { describe, expect, test } from "vitest";
import { chooseBackend } from "../../src/choose-backend.ts";
import { fitOf } from "../../src/diagnose/fit.ts";
import { internalsOf } from "../../src/running.ts";

const flat = Array.from({ length: 10 }, (_, t) => ({
  ...{ epoch: t + 1, step: t + 1, cost: 0.5, seconds: t, learningRate: 0.01 },
}));

/** a = w·x + b */
function line(w: number, b: number, options: object = {}): Network {
  const net = network({ inputs: 1, layers: [dense(1)], cost: "squared-error", ...options });
  net.parameters.get("W1")?.fill(w);
  net.parameters.get("b1")?.fill(b);
  return net;
}

function fitted(net: Network, x: readonly number[], y: readonly number[]) {
  const { engine, readData } = internalsOf(net);
  const copy = chooseBackend(net.backend, "float64");
  const buffer = copy.newBuffer(engine.parameters.length);
  buffer.view().set(engine.parameters.view());
  for (const [tensor, { start }] of engine.layout) copy.bind(tensor, buffer, start);
  const data = readData({ inputs: x.map((x) => [x]), targets: y.map((y) => [y]) });
  return fitOf(engine, copy, data);
}

const xs = Array.from({ length: 600 }, (_, n) => (n % 5) - 2);

describe.each(["evaluate", "wasm"] as const)("by %s, a fit", (backend) => {
  test("is the cost with a row's own targets and with those of others", () => {
    //  own: 0; in the other order: ½·2²
    expect(fitted(line(1, 0, { backend }), [0, 2], [0, 2])).toEqual({ cost: 0, exchanged: 2 });
    //  a constant: the same either way, ½·(1 + 0 + 1)/3
    const { cost, exchanged } = fitted(line(0, 1, { backend }), [0, 1, 2], [0, 1, 2])!;
    expect(cost).toBeCloseTo(1 / 3, 15);
    expect(exchanged).toBeCloseTo(1 / 3, 15);
  });

  test("is without penalties", () => {
    expect(fitted(line(1, 0, { backend, l2: 8 }), [0, 2], [0, 2])).toEqual({
      cost: 0,
      exchanged: 2,
    });
  });

  test("adds up over blocks of rows", () => {
    //  600 rows, five values in turn: targets 75, 150, … rows on are those of the value itself
    const own = fitted(line(0, 0, { backend }), xs, xs)!;
    expect(own.cost).toBeCloseTo(1, 12); //  ½·(4 + 1 + 0 + 1 + 4)/5
    expect(own.exchanged).toBeCloseTo(1, 12);
  });
});

test("there is nothing to learn from targets that are all alike, or from none", () => {
  expect(fitted(line(0, 0), [0, 1], [3, 3])).toBeUndefined();
  const auto = network({
    equations:
      "h[n] = sum_i W[i]*x[n,i]; r[n,i] = W[i]*h[n]; C = 1/N*sum_n sum_i (r[n,i] - x[n,i])^2",
    extents: { i: 1 },
    ...{ inputs: "x", outputs: "r", cost: "C" },
  });
  expect(diagnose(auto, { inputs: [[1], [2]] }, { history: flat }).findings).toEqual([]);
});

describe("underfitting", () => {
  const data = { inputs: xs.map((x) => [x]), targets: xs.map((x) => [x * x - 2]) };
  test("is a cost that targets of other rows hardly raise", () => {
    //  a parabola has no line: ½·mean of (x² − 2)² = ½·(4 + 1 + 4 + 1 + 4)/5
    expect(diagnose(line(0, 0), data, { history: flat }).findings).toEqual([
      {
        code: "underfitting",
        where: "the cost of 600 training rows",
        figure: "1.4, and 1.4 with the targets of other rows: hardly better than a constant",
        message:
          "the cost of 600 training rows: 1.4, and 1.4 with the targets of other rows: hardly better than a constant; give the network more units",
        remedy: "give the network more units",
      },
    ]);
  });

  test("is not judged before a training", () => {
    expect(diagnose(line(0, 0), data).findings).toEqual([]);
  });

  test("is not said where its cause is", () => {
    const history = flat.map((epoch, t) => ({ ...epoch, cost: 1 + t }));
    const { findings } = diagnose(line(0, 0), data, { history });
    expect(findings.map(({ code }) => code)).toEqual(["rate-too-high"]);
  });
});

test("overfitting is seen in validation rows that are predicted no better than by chance", () => {
  const rows = (y: (x: number) => number) => ({
    inputs: xs.map((x) => [x]),
    targets: xs.map((x) => [y(x)]),
  });
  const validation = rows((x) => -x);
  const { findings } = diagnose(
    line(1, 0),
    rows((x) => x),
    { validation },
  );
  expect(findings).toMatchObject([{ code: "overfitting", where: "the validation cost" }]);
  const { findings: none } = diagnose(
    line(1, 0),
    rows((x) => x),
    { validation: rows((x) => x + 0.1) },
  );
  expect(none).toEqual([]);
});
