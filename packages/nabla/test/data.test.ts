import { type Inputs, NablaError, type Network, network } from "nabla";
import { describe, expect, test } from "vitest";
import type { Value } from "../src/numbers.ts";

/** Two inputs in a row, one output, targets in [0, 1]. */
const small = (precision: "float32" | "float64" = "float64") =>
  network({
    equations: `
      z[n,k] = sum_i W[k,i]*x[n,i] + b[k]
      a[n,k] = sigmoid(z)
      c[n] = sum_k binary_cross_entropy(z[n,k], y[n,k])
      C = 1/N * sum_n c[n]`,
    extents: { i: 2, k: 1 },
    ...{ inputs: "x", targets: "y", outputs: "a", cost: "C" },
    precision,
  });

/** Two inputs: numbers, and an integer that chooses a row of E. */
const named = () =>
  network({
    equations: `
      z[n,d] = E[id[n],d] + sum_t sum_i W[d,t,i]*x[n,t,i]
      c[n] = sum_d (z[n,d] - y[n])^2
      C = 1/N * sum_n c[n]`,
    extents: { d: 2, t: 2, i: 3, id: 4 },
    ...{ inputs: ["x", "id"], targets: "y", outputs: "z", cost: "C" },
    precision: "float64",
  });

const x = [
  [
    [1, 2, 3],
    [4, 5, 6],
  ],
  [
    [7, 8, 9],
    [10, 11, 12],
  ],
];

/** The error, and that no parameter has changed. */
function refused(net: Network, run: () => unknown): NablaError {
  const before = JSON.stringify([...net.parameters]);
  let caught: unknown;
  try {
    run();
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(NablaError);
  expect(JSON.stringify([...net.parameters])).toBe(before);
  return caught as NablaError;
}

const ask = (net: Network, inputs: unknown) => () => net.predict(inputs as number[][]);
const sgd = { rule: "sgd", learningRate: 1 } as const;

describe("rows go in and come out", () => {
  test("nested as nested, flat as flat, in the network's precision", () => {
    const net = network({
      equations: "a[n,k] = x[n,k]/2; c[n] = sum_k (a - y)^2; C = 1/N*sum_n c[n]",
      extents: { k: 2 },
      ...{ inputs: "x", targets: "y", outputs: "a", cost: "C" },
    });
    expect(
      net.predict([
        [1, 2],
        [3, 0.1],
      ]),
    ).toEqual([
      [0.5, 1],
      [1.5, Math.fround(0.05)],
    ]);
    expect(net.predict([Float64Array.of(1, 2), [3, 4]])).toEqual([
      [0.5, 1],
      [1.5, 2],
    ]);
    expect(net.predict(Float32Array.of(1, 2, 3, 4))).toEqual(Float32Array.of(0.5, 1, 1.5, 2));
    expect(net.predict(Float64Array.of(1, 2, 3, 4))).toEqual(Float32Array.of(0.5, 1, 1.5, 2));
    expect(net.predict({ x: [[1, 2]] })).toEqual([[0.5, 1]]);
    expect(net.predict({ x: Float32Array.of(1, 2) })).toEqual(Float32Array.of(0.5, 1));
    expect(net.predict([])).toEqual([]);
    expect(net.predict(new Float32Array(0))).toEqual(new Float32Array(0));
  });

  test("a single column may be given as numbers", () => {
    const targets = [0, 0.5];
    const inputs = [
      [1, 2],
      [3, 4],
    ];
    const columns = targets.map((y) => [y]);
    expect(small().cost(inputs, targets)).toBe(small().cost(inputs, columns));
    expect(small().cost(inputs, Float64Array.from(targets))).toBe(small().cost(inputs, columns));
  });

  test("with more indices, and by name", () => {
    const net = named();
    net.parameters.get("E")!.set([0, 0, 1, 2, 3, 4, 5, 6]);
    net.parameters.get("W")!.fill(1).fill(0, 6);
    //  E[id] + (Σx, 0)
    expect(net.predict({ x, id: [1, 3] })).toEqual([
      [22, 2],
      [62, 6],
    ]);
    const flat = net.predict({ x: Float64Array.from(x.flat(2)), id: Float64Array.of(1, 3) });
    expect(flat).toEqual(Float64Array.of(22, 2, 62, 6));
    //  (22 − 20)² + 2² …, targets with the rows' index alone
    expect(net.cost({ x, id: [1, 3] }, [20, 60])).toBe((4 + 18 ** 2 + 4 + 54 ** 2) / 2);
  });

  test("what is given is not changed", () => {
    const inputs = Float64Array.of(1, 2, 3, 4);
    const targets = Float64Array.of(0, 1);
    small().step(inputs, targets, sgd);
    expect([...inputs, ...targets]).toEqual([1, 2, 3, 4, 0, 1]);
  });
});

describe("what stands for a number", () => {
  const identity = network({
    equations: "a[n,k] = x[n,k]; c[n] = sum_k a; C = 1/N*sum_n c[n]",
    extents: { k: 1 },
    ...{ inputs: "x", outputs: "a", cost: "C" },
    precision: "float64",
  });

  test.each<[string, Value[], number[]]>([
    ["true is 1, false is 0", [true, false], [1, 0]],
    ["text", ["3.5", "-2", "+4", ".5", "5.", "1e3", "2E-3"], [3.5, -2, 4, 0.5, 5, 1000, 0.002]],
    ["text with blanks around it", [" 1", "2 ", "\t3\r\n"], [1, 2, 3]],
    ["the digits of text are rounded once", ["0.1", "9007199254740993"], [0.1, 2 ** 53]],
    ["a bigint", [7n, -(2n ** 53n - 1n)], [7, -(2 ** 53 - 1)]],
    [
      "a date is its days",
      [new Date("1970-01-02"), new Date("2024-02-29T06:00Z"), new Date("1969-12-31T12:00Z")],
      [1, 19782.25, -0.5],
    ],
  ])("%s", (_, given, numbers) => {
    expect(identity.predict(given).flat()).toEqual(numbers);
    expect(identity.predict(given.map((value) => [value])).flat()).toEqual(numbers);
  });

  test.each([
    "",
    " ",
    "abc",
    "1,5",
    "1 2",
    "0x10",
    "1_000",
    "Infinity",
    "NaN",
    "1e400",
    "--1",
    ".",
    "e5",
  ])("the text %j is no number", (text) => {
    const message = `inputs, row 1, column 0: expected a number, got ${JSON.stringify(text)}`;
    const error = refused(
      small(),
      ask(small(), [
        [1, 2],
        [text, 4],
      ]),
    );
    expect(error).toMatchObject({ code: "data", message });
  });

  test.each<[string, unknown]>([
    ["9007199254740992n", 2n ** 53n],
    ["Invalid Date", new Date("soon")],
    ["Number", Object(3)],
    ["Symbol(s)", Symbol("s")],
  ])("%s is no number", (got, value) => {
    const message = `inputs, row 0, column 1: expected a number, got ${got}`;
    expect(refused(small(), ask(small(), [[1, value]]))).toMatchObject({ code: "data", message });
  });

  test("typed arrays of every kind are rows, and flat ones are answered by flat ones", () => {
    const net = small();
    const nested = net.predict([
      [1, 2],
      [3, 4],
    ]);
    for (const Kind of [
      ...[Float32Array, Float64Array, Int8Array, Uint8Array, Uint8ClampedArray],
      ...[Int16Array, Uint16Array, Int32Array, Uint32Array],
    ]) {
      expect(net.predict([Kind.of(1, 2), Kind.of(3, 4)])).toEqual(nested);
      expect(net.predict(Kind.of(1, 2, 3, 4))).toEqual(Float64Array.from(nested.flat()));
      expect(net.predict({ x: Kind.of(1, 2, 3, 4) })).toEqual(Float64Array.from(nested.flat()));
      expect(net.cost(Kind.of(1, 2, 3, 4), Kind.of(0, 1))).toBe(
        net.cost(
          [
            [1, 2],
            [3, 4],
          ],
          [0, 1],
        ),
      );
    }
    expect(net.predict(Buffer.of(1, 2, 3, 4))).toEqual(Float64Array.from(nested.flat()));
  });

  test("a typed array within rows is row-major, at any depth", () => {
    const net = named();
    const flat = x.map((row) => Int16Array.from(row.flat()));
    const lists = x.map((row) => row.map((list) => Uint8Array.from(list)));
    for (const rows of [flat, lists]) {
      expect(net.predict({ x: rows, id: [1n, "3"] })).toEqual(net.predict({ x, id: [1, 3] }));
    }
    const five = ask(net, { x: [flat[0], Int16Array.of(1, 2, 3, 4, 5)], id: [0, 1] });
    expect(refused(net, five).message).toBe("x, row 1: expected 6 numbers, got 5");
  });

  test("targets are rows of the same kinds", () => {
    const inputs = [
      [1, 2],
      [3, 4],
    ];
    const expected = small().cost(inputs, [0, 1]);
    for (const targets of [[false, true], ["0", "1"], [[0n], [1n]], Int8Array.of(0, 1)]) {
      expect(small().cost(inputs, targets)).toBe(expected);
    }
  });

  test("what does not fit float32 is refused, from a typed array too", () => {
    for (const inputs of [
      [
        [1, 2],
        [3, 1e39],
      ],
      Float64Array.of(1, 2, 3, 1e39),
    ]) {
      const message = "inputs, row 1, column 1: expected a finite number, got Infinity";
      expect(refused(small("float32"), ask(small("float32"), inputs)).message).toBe(message);
    }
  });
});

describe("inputs are refused", () => {
  test.each<[string, unknown]>([
    [
      "inputs, row 1: expected 2 numbers, got 3",
      [
        [1, 2],
        [1, 2, 3],
      ],
    ],
    ["inputs, row 1: expected 2 numbers, got 1", [[1, 2], [1]]],
    ["inputs, row 0: expected 2 numbers, got 7", [7, 8]],
    ["inputs, row 1: expected 2 numbers, got null", [[1, 2], null]],
    ['inputs, row 0: expected 2 numbers, got "ab"', ["ab"]],
    [
      "inputs, row 0: expected 2 numbers, got Object; a network knows no names of columns: give arrays, or use fit",
      [{ a: 1, b: 2 }],
    ],
    ["inputs, row 0: expected 2 numbers, got Date", [new Date(0)]],
    ["inputs, row 1: expected 2 numbers, got 3", [[1, 2], Uint8Array.of(1, 2, 3)]],
    ["inputs, row 1: expected 2 numbers, got BigInt64Array", [[1, 2], BigInt64Array.of(1n, 2n)]],
    ["inputs, row 0: expected 2 numbers, got DataView", [new DataView(new ArrayBuffer(2))]],
    ["inputs, row 0: expected 2 numbers, got undefined", new Array(2)],
    ["inputs, row 0, column 1: expected a number, got null", [[1, null]]],
    ["inputs, row 0, column 1: expected a number, got undefined", [[1, undefined]]],
    [
      "inputs, row 0, column 1: expected a number, got undefined",
      [Object.assign(new Array(2), [1])],
    ],
    ["inputs, row 0, column 1: expected a number, got Array", [[1, [2]]]],
    [
      "inputs, row 1, column 1: expected a finite number, got NaN",
      [
        [1, 2],
        [3, Number.NaN],
      ],
    ],
    [
      "inputs, row 1, column 0: expected a finite number, got Infinity",
      [
        [1, 2],
        [Infinity, 3],
      ],
    ],
    ["inputs, row 0, column 0: expected a finite number, got -Infinity", [[-Infinity, 3]]],
    [
      "inputs, row 1, column 0: expected a finite number, got NaN",
      Float64Array.of(1, 2, Number.NaN, 4),
    ],
    [
      "inputs must be [rows, 2], got 3 numbers, which is no multiple of 2",
      Float64Array.of(1, 2, 3),
    ],
    ["inputs must be rows of numbers or one typed array of them, got null", null],
    ["inputs must be rows of numbers or one typed array of them, got undefined", undefined],
    ["inputs must be rows of numbers or one typed array of them, got 5", 5],
    ['inputs must be rows of numbers or one typed array of them, got "rows"', "rows"],
    [
      "inputs must be rows of numbers or one typed array of them, got BigUint64Array",
      BigUint64Array.of(1n, 2n),
    ],
    [
      "inputs must be rows of numbers or one typed array of them, got DataView",
      new DataView(new ArrayBuffer(8)),
    ],
    ["inputs must be [rows, 2], got 3 numbers, which is no multiple of 2", Uint8Array.of(1, 2, 3)],
    ["inputs must be rows of numbers or one typed array of them, got Set", { x: new Set() }],
    ["inputs lack x", { X: [[1, 2]] }],
  ])("%s", (message, inputs) => {
    const net = small();
    const error = refused(net, ask(net, inputs));
    expect(error).toMatchObject({ code: "data", message });
    refused(net, () => net.step(inputs as Inputs, [[1]], sgd));
  });

  test.each<[string, unknown]>([
    ["inputs must be an object of x, id, got Array", [[1, 2]]],
    ["inputs must be an object of x, id, got Float32Array", new Float32Array(2)],
    ["inputs must be an object of x, id, got null", null],
    ["inputs lack id", { x }],
    ["id has 3 rows, x has 2", { x, id: [0, 1, 2] }],
    ["id, row 1: expected an integer in [0, 4), got 4", { x, id: [0, 4] }],
    ["id, row 0: expected an integer in [0, 4), got -1", { x, id: [-1, 0] }],
    ["id, row 1: expected an integer in [0, 4), got 0.5", { x, id: [0, 0.5] }],
    [
      "id, row 0: expected an integer in [0, 4), got NaN",
      { x, id: Float64Array.of(Number.NaN, 1) },
    ],
    ["id, row 0: expected a number, got Array", { x, id: [[0], [1]] }],
    ["x, row 1: expected 2 lists of 3 numbers, got 1", { x: [x[0], [[1, 2, 3]]], id: [0, 1] }],
    [
      "x, row 0: expected 2 lists of 3 numbers, got 6",
      { x: [[1, 2, 3, 4, 5, 6], x[1]], id: [0, 1] },
    ],
    [
      "x, row 0: expected 3 numbers, got 2",
      {
        x: [
          [
            [1, 2],
            [4, 5, 6],
          ],
          x[1],
        ],
        id: [0, 1],
      },
    ],
    [
      "x, row 1, column 4: expected a finite number, got NaN",
      {
        x: [
          x[0],
          [
            [1, 2, 3],
            [4, Number.NaN, 6],
          ],
        ],
        id: [0, 1],
      },
    ],
  ])("by name: %s", (message, inputs) => {
    const net = named();
    expect(refused(net, ask(net, inputs))).toMatchObject({ code: "data", message });
  });
});

describe("targets are refused", () => {
  const inputs = [
    [1, 2],
    [3, 4],
  ];
  test.each<[string, unknown]>([
    ["targets, row 1: expected a number in [0, 1], got 1.5", [[1], [1.5]]],
    ["targets, row 0: expected a number in [0, 1], got -0.5", [[-0.5], [1]]],
    ["targets, row 1: expected a number in [0, 1], got NaN", Float32Array.of(0, Number.NaN)],
    ["inputs have 2 rows, targets have 1", [[1]]],
    ["inputs have 2 rows, targets have 3", new Float32Array(3)],
    [
      "targets, row 0: expected 1 number, got 2",
      [
        [1, 0],
        [1, 0],
      ],
    ],
    ["targets must be rows of numbers or one typed array of them, got null", null],
    ["this cost needs targets", undefined],
  ])("%s", (message, targets) => {
    const net = network({
      inputs: 2,
      layers: [{ layer: "dense", units: 1 }],
      cost: "binary-cross-entropy",
    });
    for (const run of [net.cost, net.gradients, (x: never, y: never) => net.step(x, y, sgd)]) {
      const error = refused(net, () => run(inputs as never, targets as never));
      expect(error.message).toBe(message);
    }
  });

  test.each([
    ["cross-entropy", "a number ≥ 0", -1],
    ["binary-cross-entropy", "a number in [0, 1]", 2],
    ["poisson", "a number ≥ 0", -0.5],
    ["hinge", "1 or -1", 0],
    ["huber", "a finite number", Number.NaN],
  ])("of %s that are not %s, at their row and column", (cost, expected, wrong) => {
    const net = network({ inputs: 1, layers: [{ layer: "dense", units: 3 }], cost });
    const targets = [
      [1, 1, 1],
      [1, 1, wrong],
    ];
    expect(refused(net, () => net.cost([[0], [0]], targets))).toMatchObject({
      code: "data",
      message: `targets, row 1, column 2: expected ${expected}, got ${wrong}`,
      details: { where: "targets, row 1, column 2", expected, got: String(wrong) },
    });
  });
});

test("no rows have no cost", () => {
  const net = small();
  const run = () => net.cost([], []);
  expect(refused(net, run)).toMatchObject({ code: "data", message: "inputs have no rows" });
});

test.each([
  ["input x", { x: "x[i]", y: "y[n,k]", d: "d[n,k]" }],
  ["target y", { x: "x[n,i]", y: "y[k]", d: "d[n,k]" }],
  ["mask d", { x: "x[n,i]", y: "y[n,k]", d: "d[k]" }],
  ["mask d", { x: "x[n,i]", y: "y[n,k]", d: "d[]" }],
])("%s is refused where it has no index over the rows", (what, { x, y, d }) => {
  const build = () =>
    network({
      equations: `
        z[n,k] = sum_i W[k,i]*${x}
        h[n,k] = z[n,k]
        h[n,k] = z[n,k]*${d}   training
        c[n] = sum_k (h[n,k] - ${y})^2
        C = 1/N * sum_n c[n]`,
      extents: { i: 2, k: 2 },
      ...{ inputs: "x", targets: "y", outputs: "h", cost: "C", masks: { d: 0.5 } },
    });
  expect(build).toThrow(
    expect.objectContaining({
      name: "NablaError",
      code: "usage",
      message: `the ${what} must have the rows' index first`,
    }),
  );
});

test("an integer that float32 cannot tell from its neighbour is refused", () => {
  const build = (values: number) =>
    network({
      equations: "z[n,d] = E[id[n],d]; c[n] = sum_d z[n,d]; C = 1/N*sum_n c[n]",
      extents: { d: 1, id: values },
      ...{ inputs: "id", outputs: "z", cost: "C" },
    });
  expect(() => build(2 ** 24 + 2)).toThrow(
    'id has 16777218 values, and float32 tells 16777217 apart; write precision: "float64"',
  );
});
