import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { loadCheckpoint, saveCheckpoint } from "../../../src/files/checkpoint.ts";
import { saveModel } from "../../../src/files/model.ts";
import { adam, lbfgs } from "../../../src/functions/optimizers.ts";
import { momentsOf } from "../../../src/tables/columns/moments.ts";
import type { TableCheckpoint } from "../../../src/tables/resume.ts";
import {
  type RowsRead,
  type StreamOptions,
  trainStream,
} from "../../../src/tables/streaming/train-stream.ts";
import { columnOf, createTable, type Table } from "../../../src/tables/table.ts";
import { trainTable } from "../../../src/tables/train.ts";
import { numbers, texts } from "../columns.ts";
import { madeOrders, orders, streamOf } from "./streams.ts";

setFlagsFromString("--expose-gc");
const gc: () => void = runInNewContext("gc");

const fast = { hidden: [16], optimizer: adam({ learningRate: 0.01 }), epochs: 8 } as const;

describe("a stream that fits into its window", () => {
  test("trains to the bits and the report of the table in memory", async () => {
    const table = orders(600);
    for (const target of ["price", "size"]) {
      const options = { ...fast, target, epochs: 3 };
      const held = await trainTable(table, options);
      const streamed = await trainStream(streamOf(table), options);
      expect(saveModel(streamed.model)).toEqual(saveModel(held.model));
      const timeless = { seconds: 0, samplesPerSecond: 0 };
      expect({ ...streamed.report, ...timeless }).toEqual({ ...held.report, ...timeless });
      expect(streamed.run.parts).toEqual(held.run.parts);
      expect(streamed.table).toEqual(table);
    }
  });

  test("is read once", async () => {
    const stream = streamOf(orders(300));
    await trainStream(stream, { ...fast, target: "price", window: 300 });
    expect(stream.passes).toBe(1);
  });
});

describe("a stream of several windows", () => {
  const table = orders(12_000);
  const batchSize = 64;

  test("is passed over for its first block, its census, and as often as it has windows in an epoch", async () => {
    const stream = streamOf(orders(2000), 300);
    await trainStream(stream, { ...fast, target: "price", window: 512, epochs: 4 });
    expect(stream.passes).toBe(2 + 4 * Math.ceil(1200 / 512));
  });

  // The noise of orders has the standard deviation 1, and their prices 5.2: R² ≤ 1 − 1/27 = 0.963
  test("learns quantities as well as in memory, to 0.01 of R²", async () => {
    const options = { ...fast, target: "price", ignore: ["size"], batchSize };
    const held = await trainTable(table, options);
    const streamed = await trainStream(streamOf(table, 1000), { ...options, window: 4096 });
    expect(held.report.metrics.r2).toBeGreaterThan(0.94);
    expect(Math.abs(streamed.report.metrics.r2! - held.report.metrics.r2!)).toBeLessThan(0.01);
    expect(streamed.report.baseline.linear.r2).toBeGreaterThan(0.9);
  });

  test("learns classes as well as in memory, to 0.02 of accuracy", async () => {
    const options = { ...fast, target: "size", ignore: ["price"], batchSize };
    const held = await trainTable(table, options);
    const streamed = await trainStream(streamOf(table, 1000), { ...options, window: 4096 });
    const [a, b] = [held, streamed].map(({ report }) => report.metrics.accuracy!);
    expect(a).toBeGreaterThan(0.8);
    expect(Math.abs(a! - b!)).toBeLessThan(0.02);
  });

  test("learns what is sorted as well as what is not, to 0.01 of R²", async () => {
    const options = { ...fast, target: "price", ignore: ["size"], batchSize, window: 4096 };
    const [mixed, sorted] = await Promise.all(
      [false, true].map((sorted) => trainStream(streamOf(orders(12_000, { sorted })), options)),
    );
    const [a, b] = [mixed, sorted].map((trained) => trained!.report.metrics.r2!);
    expect(a).toBeGreaterThan(0.94);
    expect(Math.abs(a! - b!)).toBeLessThan(0.01);
  });

  test("ends at once where the signal comes in the census", async () => {
    const stop = new AbortController();
    const training = trainStream(streamOf(orders(1000)), {
      ...{ ...fast, target: "price", window: 100, signal: stop.signal },
      onRows: () => stop.abort("SIGINT"),
    });
    await expect(training).rejects.toBe("SIGINT");
  });

  test("has the moments, the categories and the gaps of all training rows", async () => {
    const window = 4096;
    const { model, report, run } = await trainStream(streamOf(table, 1000), {
      ...{ ...fast, target: "price", ignore: ["size"], epochs: 1, validation: 0, test: 0, window },
    });
    expect(report.rows).toEqual({ train: 12_000, validation: 0, test: 0 });
    expect(run.parts.train).toHaveLength(12_000);
    const [pieces, weight, shop] = model.schema.features as [never, never, never];
    for (const [feature, name] of [
      [pieces, "pieces"],
      [weight, "weight"],
    ] as const) {
      const { mean, scale } = momentsOf(columnOf(table, name).values as Float64Array);
      // Joined from twelve blocks: the same but for rounding
      expect(feature).toMatchObject({ name, missing: name === "weight" });
      expect((feature as { mean: number }).mean).toBeCloseTo(mean, 13);
      expect((feature as { scale: number }).scale).toBeCloseTo(scale, 13);
    }
    const names = Array.from({ length: 12 }, (_, s) => `shop ${s}`).sort();
    expect(shop).toMatchObject({ categories: names, other: false, missing: false });
  });

  test("tells the places of its rows: of parts that are held, and of a cell that is wrong", async () => {
    const {
      table: held,
      report,
      run,
    } = await trainStream(streamOf(table), {
      ...{ ...fast, target: "price", epochs: 1, window: 4096 },
    });
    const { train, validation, test: tested } = run.parts;
    expect(report.rows.train).toBe(train.length);
    expect([...train, ...validation, ...tested].sort((a, b) => a - b)).toEqual(
      Array.from({ length: held.rows }, (_, n) => n),
    );
    const bad = createTable("bad.csv", [
      numbers(
        "x",
        Array.from({ length: 5000 }, (_, n) => (n === 4321 ? 1 / 0 : n % 7)),
      ),
      numbers(
        "y",
        Array.from({ length: 5000 }, (_, n) => n),
      ),
    ]);
    const training = trainStream(streamOf(bad), {
      target: "y",
      window: 1000,
      validation: 0,
      test: 0,
    });
    await expect(training).rejects.toThrow('bad.csv, row 4322: column "x" holds Infinity');
  });

  test("tells how many rows it has read, in the census and in every epoch", async () => {
    const seen: RowsRead[] = [];
    await trainStream(streamOf(orders(1000), 250), {
      ...{ ...fast, target: "price", epochs: 1, window: 600 },
      onRows: (read) => seen.push(read),
    });
    const rows = [250, 500, 750, 1000];
    expect(seen).toEqual([
      ...rows.map((n) => ({ stage: "statistics", rows: n, of: 1000 })),
      ...rows.map((n) => ({ stage: "training", rows: n, of: 1000 })),
    ]);
  });
});

describe("what a stream knows of single rows", () => {
  test("classes of one row are trained on, whatever their number", async () => {
    const { columns } = orders(4000);
    const sizes = [...(columns[4]!.values as string[])];
    sizes[3999] = "huge";
    const table = createTable("t", [...columns.slice(0, 3), texts("size", sizes)]);
    const { model, report } = await trainStream(streamOf(table), {
      ...{ ...fast, target: "size", classWeight: "balanced", epochs: 1, window: 1000 },
    });
    expect(report.classes).toEqual(["big", "huge", "mid", "small"]);
    expect(report.singletons).toEqual(["huge"]);
    const { train } = report.rows;
    expect(model.schema.weights?.classes?.[1]).toBe(train / 4);
  });

  test("rows without a target are left out, and counted", async () => {
    const { columns } = orders(3000);
    const prices = (columns[3]!.values as Float64Array).map((x, n) => (n % 3 ? x : Number.NaN));
    const table = createTable("t", [...columns.slice(0, 3), numbers("price", prices)]);
    const { report } = await trainStream(streamOf(table), {
      ...{ ...fast, target: "price", epochs: 1, window: 1000 },
    });
    const { train, validation, test: tested } = report.rows;
    expect([report.dropped, train + validation + tested]).toEqual([1000, 2000]);
  });

  test("a pass of another number of rows than was announced is refused", async () => {
    const stream = streamOf(orders(2000));
    const training = (rows: number) =>
      trainStream({ ...stream, rows }, { ...fast, target: "price", window: 500 });
    await expect(training(2001)).rejects.toThrow(
      "must give the 2001 rows that it announced, got 2000",
    );
    await expect(training(1500)).rejects.toThrow(
      "must give the 1500 rows that it announced, got more",
    );
  });
});

describe("a streamed training", () => {
  const few = { ...fast, epochs: 1, window: 1000 } as const;

  test("gives categories that no training row has the average vector", async () => {
    const rows = 6000;
    const names = Array.from({ length: rows }, (_, n) => `place ${n % 60}`);
    const ys = Array.from({ length: rows }, (_, n) => (n % 60) / 10);
    const table = createTable("t", [texts("place", names), numbers("y", ys)]);
    const { model, report } = await trainStream(streamOf(table), {
      ...few,
      target: "y",
      epochs: 5,
    });
    expect(model.schema.features).toMatchObject([{ name: "place", units: 6, missing: false }]);
    expect(report.metrics.r2).toBeGreaterThan(0.9);

    // The last of the 61 is for the unknown ones: the mean over the training rows, a hundred of each at first
    const vectors = Float64Array.from(model.network.parameters.get("E1")!);
    const mean = Array.from({ length: 6 }, (_, d) => {
      const own = Array.from({ length: 60 }, (_, k) => vectors[6 * k + d]!);
      return own.reduce((sum, value) => sum + value, 0) / 60;
    });
    // Validation and test took about 40 of a hundred rows, from some more than from others
    const spread = Math.sqrt(vectors.reduce((sum, v) => sum + v * v, 0) / vectors.length);
    mean.forEach((value, d) => {
      expect(Math.abs(vectors[360 + d]! - value)).toBeLessThan(0.05 * spread);
    });
  });

  test("learns a vector for the rare categories together", async () => {
    // Of 6000 rows a tenth are of places of their own, whose y is 20
    const names = Array.from({ length: 6000 }, (_, n) => `place ${n % 10 ? n % 60 : n}`);
    const ys = Array.from({ length: 6000 }, (_, n) => (n % 10 ? (n % 60) / 10 : 20));
    const table = createTable("t", [texts("place", names), numbers("y", ys)]);
    const own = { ...few, target: "y", epochs: 5, columns: { place: { type: "text", embed: 6 } } };
    const { model, report } = await trainStream(streamOf(table), own as StreamOptions);
    expect(model.schema.features).toMatchObject([{ categories: { length: 54 }, units: 6 }]);
    expect(report.metrics.r2).toBeGreaterThan(0.95);
  });

  test("goes on from a model, with its columns and its seed", async () => {
    const first = await trainStream(streamOf(orders(3000)), { ...few, target: "price", seed: 9 });
    const next = await trainStream(streamOf(orders(3000)), {
      ...{ target: "price", from: first.model, epochs: 2, window: 1000 },
    });
    expect(next.model.schema).toEqual(first.model.schema);
    expect(next.report.rows).toEqual(first.report.rows);
    expect(next.report.cost.train).toBeLessThan(first.report.cost.train);
  });

  test("weighs rows by a column, and leaves those of weight 0 out", async () => {
    // Half of the rows say y = x, the others, which weigh nothing, y = −x
    const x = Array.from({ length: 4000 }, (_, n) => Math.floor(n / 2) / 1000 - 1);
    const table = createTable("t", [
      numbers("x", x),
      numbers(
        "y",
        x.map((value, n) => (n % 2 ? -value : value)),
      ),
      numbers(
        "w",
        x.map((_, n) => 1 - (n % 2)),
      ),
    ]);
    const options = { ...few, target: "y", weight: "w", epochs: 10, batchSize: 32 };
    const { report, model } = await trainStream(streamOf(table), options);
    expect(report.metrics.r2).toBeGreaterThan(0.99);
    expect(report.features).toEqual(["x"]);
    const { train, validation, test: tested } = report.rows;
    expect([report.dropped, train + validation + tested]).toEqual([2000, 2000]);
    const { definition } = model.network;
    expect("layers" in definition && definition.l2).toBe(3 / train);
  });

  test("expects weights near zero by the rows of classes that weigh something", async () => {
    const { model } = await trainStream(streamOf(orders(4000)), {
      ...{ ...few, target: "size", ignore: ["price"], classWeight: { big: 0 } },
      ...{ validation: 0, test: 0 },
    });
    const others = columnOf(orders(4000), "size").values as string[];
    const { definition } = model.network;
    const weighing = others.filter((name) => name !== "big").length;
    expect("layers" in definition && definition.l2).toBe(3 / weighing);
  });

  test("learns several labels", async () => {
    const x = Array.from({ length: 4000 }, (_, n) => ((n * 7) % 1000) / 500 - 1);
    const isOver = (bound: number) => x.map((value) => (value > bound ? 1 : 0));
    const table = createTable("t", [
      ...[numbers("x", x), numbers("high", isOver(0.3)), numbers("some", isOver(-0.5))],
    ]);
    const target = ["high", "some"];
    const { report } = await trainStream(streamOf(table), {
      ...{ ...few, target, task: "multi-label", epochs: 10, batchSize: 32 },
    });
    expect(report.metrics.accuracy).toBeGreaterThan(0.95);
  });

  test("keeps a column that is constant in its sample only", async () => {
    const rows = 70_000; // of which the sample holds 65,536 or so
    const x = Array.from({ length: rows }, (_, n) => (n * 13) % 101);
    const runOnce = (row: number) => {
      const rare = x.map((_, n) => (n === row ? 1 : 0));
      const table = createTable("t", [numbers("x", x), numbers("rare", rare), numbers("y", x)]);
      const options = { ...fast, hidden: [], epochs: 1, validation: 0, test: 0, window: 30_000 };
      return trainStream(streamOf(table, 10_000), { ...options, target: "y" });
    };
    const outside = await rowOutside(rows, runOnce);
    const { report, table } = await runOnce(outside);
    expect(columnOf(table, "rare").values).not.toContain(1);
    expect(report.features).toEqual(["x", "rare"]);
    expect(report.findings.map(({ code }) => code)).not.toContain("constant-column");
  });
});

/** A row that is not in the sample: one of the numbers that are missing among those of x's neighbours. */
async function rowOutside(
  rows: number,
  run: (row: number) => Promise<{ table: Table }>,
): Promise<number> {
  for (let row = 0; row < rows; row += 997) {
    const { table } = await run(row);
    if (!(columnOf(table, "rare").values as Float64Array).includes(1)) return row;
  }
  throw new Error("every row is in the sample");
}

describe("a stream that is resumed", () => {
  const options = { ...fast, target: "price", epochs: 3, window: 1000, batchSize: 50 };
  const table = orders(3000);

  async function kept(given: Partial<StreamOptions> = {}, of: Table = table, blockRows = 100) {
    const checkpoints: TableCheckpoint[] = [];
    const save = (checkpoint: TableCheckpoint) => void checkpoints.push(checkpoint);
    const checkpoint = { every: { steps: 20 }, save };
    const done = await trainStream(streamOf(of, blockRows), { checkpoint, ...options, ...given });
    return { ...done, checkpoints };
  }

  test("ends in the bits of one that never stopped", async () => {
    const whole = await kept();
    for (const checkpoint of whole.checkpoints.slice(0, -1)) {
      const resume = loadCheckpoint(saveCheckpoint(checkpoint)) as TableCheckpoint;
      const resumed = await kept({ resume }, table, 70);
      expect(saveModel(resumed.model)).toEqual(saveModel(whole.model));
    }
  });

  test("is refused where a text of the table is another, or the window", async () => {
    const { checkpoints } = await kept();
    const resume = checkpoints[0]!;
    const columns = table.columns.map((column) =>
      column.name === "shop"
        ? texts("shop", ["elsewhere", ...(column.values as string[]).slice(1)])
        : column,
    );
    const other = kept({ resume }, createTable("orders.csv", columns));
    await expect(other).rejects.toThrow('column "shop" was texts of checksum');
    await expect(kept({ resume, window: 1500 })).rejects.toThrow("window was 1000, is 1500");
  });
});

describe("options that need all rows at once", () => {
  test("are refused, by name", async () => {
    const stream = streamOf(orders(1000));
    const training = (options: Partial<StreamOptions>) =>
      trainStream(stream, { target: "price", window: 100, ...options });
    await expect(training({ group: "shop" })).rejects.toThrow(
      "group shop does not go with a stream",
    );
    await expect(training({ time: "pieces" })).rejects.toThrow("time pieces does not go");
    await expect(training({ folds: 3 })).rejects.toThrow("folds 3 does not go");
    await expect(training({ optimizer: lbfgs() })).rejects.toThrow("optimizer lbfgs does not go");
    const { model } = await trainTable(orders(200), { ...fast, target: "price", group: "shop" });
    await expect(training({ from: model })).rejects.toThrow("group shop does not go with a stream");
    await expect(training({ window: 0 })).rejects.toThrow(
      "window must be a positive integer, got 0",
    );
  });
});

describe("rows that are in some order", () => {
  test("are warned of where a window does not hold them all", async () => {
    const warningsOf = async (options: { sorted: boolean; window?: number }) => {
      const table = orders(100_000, options);
      const { window = 10_000 } = options;
      const own = { ...fast, target: "price", ignore: ["size"], epochs: 1, window };
      const { warnings } = (await trainStream(streamOf(table, 5000), own)).report;
      return warnings.filter(({ remedy }) => remedy.startsWith("shuffle"));
    };
    expect(await warningsOf({ sorted: false })).toEqual([]);
    const [{ message } = { message: "" }] = await warningsOf({ sorted: true });
    expect(await warningsOf({ sorted: true, window: 20_000 })).toEqual([]); // 60,000 rows, in four turns
    expect(message).toContain('in the order of "price", and are shuffled within 40000 only');
  });
});

/** What is alive, in bytes. */
function alive(): number {
  gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

test("a table of two million rows that is never held takes less than 60 MB", async () => {
  // Its cells alone are 2e6·5·8 = 80 MB, and encoded for the network 2e6·15·4 = 120 MB more
  const stream = madeOrders(2_000_000, 20_000);
  const before = alive();
  let most = 0;
  const { report } = await trainStream(stream, {
    ...{ target: "price", ignore: ["size"], hidden: [8], epochs: 1, window: 100_000 },
    onRows: ({ rows }) => {
      if (rows % 400_000 === 0) most = Math.max(most, alive() - before);
    },
  });
  expect(report.rows.train).toBeGreaterThan(1_800_000);
  expect(most).toBeLessThan(60e6);
  expect(report.metrics.r2).toBeGreaterThan(0.9);
}, 120_000);
