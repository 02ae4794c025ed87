/**
 * What is fitted on columns must not have met the rows that it is tested by. Each check is made twice: of
 * nabla, and of the wrong way of doing it, which it has to find out.
 */

import { describe, expect, test } from "vitest";
import { type Moments, momentsOf } from "../../src/tables/columns/moments.ts";
import { divideFolds, divideRows, type Parts } from "../../src/tables/division/parts.ts";
import { learn } from "../../src/tables/learn.ts";
import { settle, type TableOptions } from "../../src/tables/settings.ts";
import { type Column, createTable, type Table } from "../../src/tables/table.ts";
import { trainTable } from "../../src/tables/train.ts";
import { randomStream } from "../../src/train/random.ts";
import { numbers, texts } from "./columns.ts";

const rows = 300;
const stream = randomStream(1, "shuffle");
const coin = Array.from({ length: rows }, () => (stream.uniform() < 0.5 ? "heads" : "tails"));
const noise = numbers(
  "noise",
  Float64Array.from({ length: rows }, () => stream.normal()),
);

describe("a column of many categories that have nothing to do with the class", () => {
  const codes = Array.from({ length: rows }, (_, n) => `code ${n % 100}`); //  three rows of each
  const options = { target: "class", folds: 5, epochs: 30, seed: 3 } as const;
  const accuracyOf = async (code: Column) => {
    const table = createTable("coins.csv", [texts("class", coin), code, noise]);
    const { report } = await trainTable(table, options);
    return report.folds!.metrics.accuracy!.mean;
  };
  // Of 300 coins 50 % are guessed, with a standard error of 2.9 %: three of them
  const isChance = (accuracy: number) => Math.abs(accuracy - 0.5) < 0.087;

  test("is of no use, fold by fold", async () => {
    expect(isChance(await accuracyOf(texts("code", codes)))).toBe(true);
  });

  test("looks brilliant where categories are replaced by their classes' frequency in all rows", async () => {
    const heads = codes.map((code) => {
      const own = coin.filter((_, n) => codes[n] === code);
      return own.filter((side) => side === "heads").length / own.length;
    });
    const accuracy = await accuracyOf(numbers("code", heads));
    expect(isChance(accuracy)).toBe(false);
    expect(accuracy).toBeGreaterThan(0.75);
  });
});

describe("the rows that test", () => {
  const x = Float64Array.from({ length: rows }, () => stream.normal());
  const y = x.map((value) => 2 * value + stream.normal());
  const patient = texts(
    "patient",
    Array.from(x, (_, n) => `p${n % 40}`),
  );
  const day = numbers(
    "day",
    x.map((_, n) => n / 3),
  );
  const tableOf = (inputs: Float64Array, targets: Float64Array): Table =>
    createTable("t.csv", [numbers("x", inputs), numbers("y", targets), noise, patient, day]);
  const table = tableOf(x, y);
  const quick = { target: "y", hidden: [4], epochs: 3 } as const;
  const changed = (values: Float64Array, part: Uint32Array, to: (n: number) => number) => {
    const copy = values.slice();
    part.forEach((row, n) => {
      copy[row] = to(n);
    });
    return copy;
  };
  const outliers = ({ test }: Parts) =>
    tableOf(
      changed(x, test, () => 1e6),
      y,
    );
  const otherTargets = ({ test }: Parts) =>
    tableOf(
      x,
      changed(y, test, (n) => y[test[(n + 1) % test.length]!]!),
    );

  const divisions: readonly (readonly [string, Partial<TableOptions>])[] = [
    ["at random", { ignore: ["patient", "day"] }],
    ["by group", { ignore: ["day"], group: "patient" }],
    ["by time", { ignore: ["patient"], time: "day" }],
  ];

  test.each(divisions)("change no bit of what is trained on others: %s", async (_, division) => {
    const settings = settle(table, { ...quick, ...division });
    const { folds } = divideFolds(table, { ...settings, folds: 3 });
    for (const parts of [divideRows(table, settings), ...folds]) {
      const fitted = async (own: Table) => {
        const { schema, net, judged } = await learn(own, settings, parts);
        const { outputs, values } = judged.network;
        return { schema, parameters: net.parameters, outputs: [...outputs], values: [...values] };
      };
      const before = await fitted(table);
      const farther = await fitted(outliers(parts));
      const shuffled = await fitted(otherTargets(parts));
      for (const after of [farther, shuffled]) {
        expect(after.schema).toEqual(before.schema);
        expect(after.parameters).toEqual(before.parameters);
      }
      expect(farther.outputs).not.toEqual(before.outputs); //  the change did reach the network
      expect(shuffled.values).not.toEqual(before.values);
    }
  });

  test("show where means and scales are taken over all rows", async () => {
    const settings = settle(table, { ...quick, ignore: ["patient", "day"] });
    const parts = divideRows(table, settings);
    const ours = async (own: Table): Promise<Moments> => {
      const { features } = (await learn(own, settings, parts)).schema;
      const [{ mean, scale }] = features as [Moments, ...unknown[]];
      return { mean, scale };
    };
    const wrong = async (own: Table): Promise<Moments> =>
      momentsOf(own.columns[0]!.values as Float64Array);
    const isSame = async (moments: typeof ours) => {
      const [before, after] = [await moments(table), await moments(outliers(parts))];
      return before.mean === after.mean && before.scale === after.scale;
    };
    expect(await isSame(ours)).toBe(true);
    expect(await isSame(wrong)).toBe(false);
    expect(await ours(table)).toEqual(momentsOf(Array.from(parts.train, (n) => x[n]!)));
  });
});
