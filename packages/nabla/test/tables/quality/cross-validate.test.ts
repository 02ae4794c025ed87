import { describe, expect, test } from "vitest";
import { loadModel, saveModel } from "../../../src/files/model.ts";
import { foldRows } from "../../../src/tables/division/folds.ts";
import { splitRows } from "../../../src/tables/division/split.ts";
import { evaluateTable } from "../../../src/tables/model.ts";
import { overFolds } from "../../../src/tables/quality/cross-validate.ts";
import type { TableOptions } from "../../../src/tables/settings.ts";
import { createTable, selectRows } from "../../../src/tables/table.ts";
import { trainTable } from "../../../src/tables/train.ts";
import { randomStream } from "../../../src/train/random.ts";
import { numbers, texts } from "../columns.ts";

const rows = 60;
const stream = randomStream(1, "shuffle");
const x = Float64Array.from({ length: rows }, () => stream.normal());
const y = x.map((value) => 3 * value + stream.normal());
const table = createTable("t.csv", [
  numbers("x", x),
  numbers("y", y),
  numbers(
    "day",
    x.map((_, n) => n / 7),
  ),
  texts(
    "patient",
    Array.from(x, (_, n) => `p${n % 20}`),
  ),
]);
const quick: TableOptions = { target: "y", epochs: 3, hidden: [4], ignore: ["day", "patient"] };

describe("overFolds", () => {
  test("is the mean, and the standard deviation over √k", () => {
    // 1, 2, 6: mean 3, squares 4 + 1 + 9 = 14, √(14/(3·2))
    const { mae } = overFolds([{ mae: 1 }, { mae: 2 }, { mae: 6 }]);
    expect(mae).toEqual({ mean: 3, standardError: Math.sqrt(14 / 6), values: [1, 2, 6] });
  });

  test("leaves out folds where a metric has no meaning, and metrics that have one nowhere", () => {
    const { r2, rmse } = overFolds([{ rmse: 1 }, { rmse: 3, r2: 0.5 }]);
    expect(r2).toEqual({ mean: 0.5, values: [null, 0.5] });
    expect(rmse).toEqual({ mean: 2, standardError: 1, values: [1, 3] });
    expect(overFolds([{}, {}])).toEqual({});
  });
});

describe("trainTable with folds", () => {
  test("reports of each fold what its rows say of a network that was trained on the others", async () => {
    const { report } = await trainTable(table, { ...quick, folds: 3 });
    const { folds } = report;
    expect(folds).toMatchObject({ count: 3, kind: "random" });
    expect(folds?.metrics.rmse?.values).toHaveLength(3);

    // The same by hand: the fold's training rows, then a test of its own
    const [first] = foldRows({ rows }, { folds: 3, validation: 0.2, test: 0.2, seed: 0 });
    const mean = (indices: Uint32Array) =>
      indices.reduce((sum, n) => sum + y[n]!, 0) / indices.length;
    const guess = mean(first!.train);
    const squares = first!.test.reduce((sum, n) => sum + (y[n]! - guess) ** 2, 0);
    const rmse = Math.sqrt(squares / first!.test.length);
    expect(folds?.baseline.constant.rmse?.values[0]).toBeCloseTo(rmse, 10);
  });

  test("trains the same model as without", async () => {
    const { model, report } = await trainTable(table, quick);
    const { model: same, report: other } = await trainTable(table, { ...quick, folds: 2 });
    expect(same.network.parameters).toEqual(model.network.parameters);
    expect(other.metrics).toEqual(report.metrics);
    expect(report.folds).toBeUndefined();
  });

  test("keeps what it found in the model file", async () => {
    const { model } = await trainTable(table, {
      ...quick,
      ...{ folds: 2, group: "patient", ignore: ["day"] },
    });
    const loaded = loadModel(saveModel(model)) as typeof model;
    expect(loaded.training).toEqual(JSON.parse(JSON.stringify(model.training)));
    expect(loaded.training).toMatchObject({ group: "patient", folds: { kind: "grouped" } });
    expect(Object.keys(loaded.training.intervals!)).toEqual(["r2", "rmse", "mae"]);
  });

  test("tells of every epoch which fold it is of; the model's own have none", async () => {
    const seen: (string | undefined)[] = [];
    await trainTable(table, {
      ...quick,
      ...{ folds: 2, epochs: 1 },
      onEpoch: (_, fold) => seen.push(fold && `${fold.fold}/${fold.folds}`),
    });
    expect(seen).toEqual([undefined, "1/2", "2/2"]);
  });

  test("an abort leaves the model, and the folds that are done", async () => {
    const controller = new AbortController();
    const { model, report } = await trainTable(table, {
      ...{ ...quick, folds: 3, epochs: 2, signal: controller.signal },
      onEpoch: (_, fold) => {
        if (fold?.fold === 2) controller.abort();
      },
    });
    expect(model.training.stopped).toBe("epochs");
    expect(report.folds?.count).toBe(1);
    expect(report.folds?.metrics.rmse).toEqual({
      mean: expect.any(Number),
      values: [expect.any(Number)],
    });
  });

  test("an error in a fold names it, and the row", async () => {
    // Of a row to train on; where a fold tests it, it is too far from the others for float32
    const far = splitRows({ rows, validation: 0.2, test: 0.2, seed: 0 }).train[0]!;
    const wild = x.map((value, n) => (n === far ? 1e300 : value));
    const other = createTable("t.csv", [numbers("x", wild), numbers("y", y)]);
    const options = { target: "y", hidden: [], epochs: 1 };
    await expect(trainTable(other, options)).resolves.toBeDefined();
    await expect(trainTable(other, { ...options, folds: 3 })).rejects.toThrow(
      new RegExp(`^fold [123] of 3: t.csv, row ${far + 1}: column "x" holds 1e\\+300`),
    );
  });

  test("a model to go on with has seen the rows of every fold", async () => {
    const { model } = await trainTable(table, quick);
    await expect(trainTable(table, { target: "y", from: model, folds: 3 })).rejects.toThrow(
      "folds must be of a new model",
    );
  });
});

describe("trainTable by group and time", () => {
  test("reads neither column, and divides by them", async () => {
    const { report, run } = await trainTable(table, {
      ...{ ...quick, ignore: ["day"], group: "patient" },
    });
    expect(report).toMatchObject({ features: ["x"], group: "patient" });
    const { train, validation, test: held } = run.parts;
    const patients = (part: Uint32Array) => new Set(Array.from(part, (n) => n % 20));
    const [a, b, c] = [train, validation, held].map(patients);
    expect([a!.size, b!.size, c!.size]).toEqual([12, 4, 4]);
    expect(new Set([...a!, ...b!, ...c!]).size).toBe(20);

    const inTime = await trainTable(table, { ...quick, ignore: ["patient"], time: "day" });
    expect(inTime.report).toMatchObject({ features: ["x"], time: "day" });
    expect(inTime.run.parts.test).toEqual(Uint32Array.from({ length: 12 }, (_, i) => 48 + i));
  });

  test("going on with a model divides the rows as it did", async () => {
    const { model, run } = await trainTable(table, { ...quick, time: "day" });
    const further = await trainTable(table, { target: "y", from: model, epochs: 1 });
    expect(further.run.parts).toEqual(run.parts);
  });

  test.each<[string, Partial<TableOptions>, string]>([
    [
      "a group that is predicted",
      { group: "y" },
      'group must be a column that is no target, got "y"',
    ],
    [
      "a time of text",
      { time: "patient" },
      't.csv: the time "patient" holds text values, expected dates or numbers',
    ],
    [
      "a column that is not there",
      { group: "patients" },
      'has no column "patients"; did you mean "patient"?',
    ],
    ["one fold", { folds: 1 }, "folds must be a whole number ≥ 2, got 1"],
  ])("refuses %s", async (_, options, message) => {
    await expect(trainTable(table, { ...quick, ...options })).rejects.toThrow(message);
  });

  test("refuses a row without its time, by number", async () => {
    const days = x.map((_, n) => (n === 6 ? Number.NaN : n));
    const other = createTable("t.csv", [numbers("x", x), numbers("y", y), numbers("at", days)]);
    await expect(trainTable(other, { target: "y", time: "at" })).rejects.toThrow(
      't.csv, row 7: column "at" holds NaN, which is not a time; give every row its time, or leave the row out',
    );
  });
});

test("evaluateTable draws groups together where the training did, and rows where there are none", async () => {
  const { model } = await trainTable(table, { ...quick, ignore: ["day"], group: "patient" });
  const without = { ...table, columns: table.columns.filter(({ name }) => name !== "patient") };
  const all = Uint32Array.from({ length: 5 * rows }, (_, i) => i % rows);
  const [grouped, single] = [table, without].map(
    (own) => evaluateTable(model, selectRows(own, all)).intervals.rmse!,
  );
  const width = ({ low, high }: { low: number; high: number }) => high - low;
  expect(width(grouped!) / width(single!)).toBeGreaterThan(2);
});
