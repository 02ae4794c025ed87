import { dense, diagnose, network } from "nabla";
import { describe, expect, test } from "vitest";
import { randomStream } from "../../src/train/random.ts";

const random = randomStream(4, "split");
const COUNT = 500;
const column = (value: (n: number) => number) => Array.from({ length: COUNT }, (_, n) => value(n));

/** The findings about columns given one after another. */
function columnsFound(columns: readonly number[][], names?: readonly string[]) {
  const net = network({ inputs: columns.length, layers: [dense(1)], cost: "mean-absolute-error" });
  const rows = columns[0]!.map((_, n) => columns.map((values) => values[n]!));
  const targets = rows.map(() => [random.normal()]);
  const { findings } = diagnose(
    net,
    { inputs: rows, targets },
    { ...(names && { columns: names }) },
  );
  return findings.filter(({ code }) => code === "unscaled-column");
}

describe("columns that are scaled are no finding:", () => {
  test.each<[string, (n: number) => number]>([
    ["standardised", random.normal],
    ["standardised, with outliers of 30 spreads", (n) => (n === 7 ? 30 : random.normal())],
    ["log-normal, standardised", () => (random.normal() ** 4 - 3) / 10],
    ["one slot of many", (n) => Number(n === 3)],
    ["a slot that is nearly always taken", (n) => Number(n !== 3)],
    ["pixels in [0, 1]", () => random.uniform()],
    ["a pixel at the border", (n) => (n === 3 ? 1 / 255 : 0)],
    ["a pixel on white ground", (n) => (n === 3 ? 254 / 255 : 1)],
    ["constant", () => 5],
    ["all 0", () => 0],
    ["in [−1, 1]", () => 2 * random.uniform() - 1],
  ])("%s", (_, value) => {
    expect(columnsFound([column(value)])).toEqual([]);
  });

  test("two standardised rows by themselves", () => {
    expect(columnsFound([[1.5, 1.51]])).toEqual([]);
  });
});

describe("columns that are not scaled are a finding:", () => {
  test.each<[string, (n: number) => number]>([
    ["pixels in [0, 255]", (n) => n % 256],
    ["years", (n) => 1990 + (n % 30)],
    ["percentages", (n) => n % 101],
    ["an outlier of 200", (n) => (n === 3 ? 200 : random.normal())],
    ["tiny", (n) => (n % 7) * 1e-5],
    ["a density about 1", (n) => 0.9967 + 0.0019 * ((n % 7) - 3)],
    ["an offset of 9 beside a spread of 0.5", () => 9 + random.normal() / 2],
  ])("%s", (_, value) => {
    expect(columnsFound([column(random.normal), column(value)])).toMatchObject([
      { where: "column 1 of the inputs", remedy: "scale it to mean 0 and spread 1" },
    ]);
  });

  test("with the figures worked by hand, under its name", () => {
    expect(columnsFound([[100, 100, 300, 300]], ["body mass"])).toEqual([
      {
        code: "unscaled-column",
        where: 'column "body mass"',
        figure: "has mean 200, spread 100, and reaches 300",
        message:
          'column "body mass": has mean 200, spread 100, and reaches 300; scale it to mean 0 and spread 1',
        remedy: "scale it to mean 0 and spread 1",
      },
    ]);
  });

  test("several in one finding, of which three are named", () => {
    const wide = Array.from({ length: 784 }, () => [0, 255]);
    expect(columnsFound(wide)).toMatchObject([
      {
        where: "columns 0, 1, 2 and 781 more of the inputs",
        figure: "the first has mean 127.5, spread 127.5, and reaches 255",
        remedy: "scale each to mean 0 and spread 1",
      },
    ]);
    const two = [
      [0, 255],
      [0, 1],
      [0, -255],
    ];
    expect(columnsFound(two, ["a", "b", "c"])[0]?.where).toBe('columns "a" and "c"');
  });
});

describe("of several inputs", () => {
  const net = network({
    equations: `
      z[n] = sum_d E[id[n],d]*u[d] + sum_i v[i]*x[n,i]
      C = 1/N*sum_n (z[n] - y[n])^2`,
    extents: { id: 5000, d: 2, i: 2 },
    inputs: ["id", "x"],
    ...{ targets: "y", outputs: "z", cost: "C" },
  });
  const inputs = {
    id: [4000, 3000],
    x: [
      [0, 500],
      [1, 700],
    ],
  };

  test("the tensor is named, and indices have no scale", () => {
    expect(diagnose(net, { inputs, targets: [1, 0] }).findings).toMatchObject([
      { code: "unscaled-column", where: "column x 1 of the inputs" },
    ]);
  });

  test("names are one for each number that is no index", () => {
    const named = diagnose(net, { inputs, targets: [1, 0] }, { columns: ["a", "b"] });
    expect(named.findings[0]?.where).toBe('column "b"');
    expect(() => diagnose(net, { inputs, targets: [1, 0] }, { columns: ["a"] })).toThrow(
      expect.objectContaining({ name: "NablaError", message: "columns must be 2 names, got 1" }),
    );
  });
});
