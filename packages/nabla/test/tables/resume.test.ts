import { beforeAll, describe, expect, test } from "vitest";
import { loadCheckpoint, saveCheckpoint } from "../../src/files/checkpoint.ts";
import { saveModel } from "../../src/files/model.ts";
import { sgd } from "../../src/functions/optimizers.ts";
import type { TableCheckpoint } from "../../src/tables/resume.ts";
import type { TableOptions } from "../../src/tables/settings.ts";
import { createTable, type Table } from "../../src/tables/table.ts";
import { trainTable } from "../../src/tables/train.ts";
import { birds, everything, trained } from "./checkpointed.ts";

let whole: Awaited<ReturnType<typeof trained>>;

beforeAll(async () => {
  whole = await trained();
});

/** As from a file. */
const reread = (checkpoint: TableCheckpoint): TableCheckpoint =>
  loadCheckpoint(saveCheckpoint(checkpoint)) as TableCheckpoint;

const costs = ({ run }: { run: typeof whole.run }) =>
  run.history.map(({ seconds: _, ...epoch }) => epoch);

describe("a training that is resumed", () => {
  test("ends in the bits of one that never stopped, from wherever it goes on", async () => {
    const { model, checkpoints } = whole;
    expect(checkpoints.length).toBeGreaterThan(12);
    expect(checkpoints.some(({ state }) => state.counters.batch > 0)).toBe(true);
    for (const checkpoint of checkpoints) {
      const resumed = await trainTable(birds(), { ...everything, resume: reread(checkpoint) });
      expect(saveModel(resumed.model)).toEqual(saveModel(model));
      expect(costs(resumed)).toEqual(costs(whole));
      expect(resumed.report.findings).toEqual(whole.report.findings);
    }
  });

  test("has the same checkpoints from then on", async () => {
    const at = 3;
    const resumed = await trained({ ...everything, resume: reread(whole.checkpoints[at]!) });
    const places = (checkpoints: readonly TableCheckpoint[]) =>
      checkpoints.map(({ state: { counters, arrays } }) => ({
        ...counters,
        seconds: 0,
        arrays,
      }));
    expect(places(resumed.checkpoints)).toEqual(places(whole.checkpoints.slice(at + 1)));
  });

  test("is as long as the whole: its seconds count from the first beginning", async () => {
    const last = reread(whole.checkpoints.at(-1)!);
    const longer = { ...last.state.counters, seconds: 1000 };
    const resume = { ...last, state: { ...last.state, counters: longer } };
    const { report } = await trainTable(birds(), { ...everything, resume });
    expect(report.seconds).toBeGreaterThanOrEqual(1000);
  });

  test("leaves the checkpoint as it was", async () => {
    const checkpoint = whole.checkpoints[2]!;
    const before = saveCheckpoint(checkpoint);
    await trainTable(birds(), { ...everything, resume: checkpoint });
    expect(saveCheckpoint(checkpoint)).toEqual(before);
  });

  test("trains each fold from its beginning, without checkpoints", async () => {
    const options = { ...everything, epochs: 3, folds: 2 };
    const { checkpoints, report } = await trained(options);
    const resumed = await trainTable(birds(), { ...options, resume: checkpoints[1]! });
    expect(resumed.report.folds).toEqual(report.folds);
    expect(checkpoints.every(({ state }) => state.counters.batches === 7)).toBe(true);
  });
});

describe("the order of the checkpoints", () => {
  test("is every epoch unless told otherwise", async () => {
    const found: number[][] = [];
    const save = ({ state: { counters }, history }: TableCheckpoint) =>
      void found.push([counters.epoch, counters.batch, history.length]);
    await trainTable(birds(), { ...everything, epochs: 3, checkpoint: { save } });
    expect(found).toEqual([
      [1, 0, 1],
      [2, 0, 2],
      [3, 0, 3],
    ]);
  });

  test("ends with an interruption, within an epoch or after it", async () => {
    const controller = new AbortController();
    const found: TableCheckpoint[] = [];
    await trainTable(birds(), {
      ...everything,
      checkpoint: { every: { epochs: 100 }, save: (checkpoint) => void found.push(checkpoint) },
      signal: controller.signal,
      onEpoch: ({ epoch }) => epoch === 2 && controller.abort(),
    });
    expect(found.map(({ state }) => state.counters.epoch)).toEqual([2]);
    const resumed = await trainTable(birds(), { ...everything, resume: found[0]! });
    expect(saveModel(resumed.model)).toEqual(saveModel(whole.model));
  });

  test("an error of what keeps them ends the training", async () => {
    const save = () => Promise.reject(new Error("full"));
    await expect(trainTable(birds(), { ...everything, checkpoint: { save } })).rejects.toThrow(
      "full",
    );
  });
});

/** The table with some columns changed. */
const withColumns = (change: (column: Table["columns"][number]) => object): Table =>
  createTable(
    "birds.csv",
    birds().columns.map((column) => ({ ...column, ...change(column) }) as typeof column),
  );

const options = (changed: Partial<TableOptions>) => ({ table: birds(), changed });
const data = (change: Parameters<typeof withColumns>[0]) => ({
  table: withColumns(change),
  changed: {},
});

describe("a training is not resumed", () => {
  test.each<[string, { table: Table; changed: Partial<TableOptions> }, RegExp]>([
    ["the batch size", options({ batchSize: 9 }), /: batchSize was 8, is 9; resume with/],
    ["the seed", options({ seed: 6 }), /seed was 5, is 6/],
    ["the hidden layers", options({ hidden: [6] }), /hidden was \[6,5\], is \[6\]/],
    ["the epochs", options({ epochs: 13 }), /epochs was 12, is 13/],
    [
      "optimiser",
      options({ optimizer: sgd() }),
      /optimizer was \{"rule":"adam",.*is \{"rule":"sgd"/,
    ],
    [
      "schedule",
      { table: birds(), changed: { schedule: { schedule: "constant" } } },
      /schedule was/,
    ],
    ["the clip norm", options({ clipNorm: 2 }), /clipNorm was 1, is 2/],
    ["the precision", options({ precision: "float64" }), /precision was float32, is float64/],
    ["the backend", options({ backend: "evaluate" }), /backend was wasm.*, is evaluate/],
    [
      "target",
      options({ target: "island" }),
      /target was kind, is island; .*classes was \["big","small"\], is \["a","b"\]/,
    ],
    [
      "two options",
      options({ seed: 6, dropout: 0 }),
      /dropout was 0\.2, is 0; .*seed was 5, is 6|seed was 5, is 6; .*dropout was 0\.2, is 0/,
    ],
    [
      "a number",
      data((c) =>
        c.type === "number" && c.name === "depth" ? { values: c.values.with(80, 0.5) } : {},
      ),
      /: column "depth" was numbers of checksum [0-9a-f]{8}, is numbers of checksum [0-9a-f]{8};/,
    ],
    [
      "a text",
      data((c) =>
        c.type === "text" && c.name === "island" ? { values: c.values.with(80, "c") } : {},
      ),
      /column "island" was texts of checksum/,
    ],
    [
      "the classes",
      data((c) =>
        c.type === "text" && c.name === "kind"
          ? { values: c.values.map((kind) => (kind === "big" ? "large" : kind)) }
          : {},
      ),
      /classes was \["big","small"\], is \["large","small"\]; column "kind" was texts/,
    ],
    [
      "the name of a column",
      data((c) => (c.name === "depth" ? { name: "height" } : {})),
      /columns was \["mass","depth",.*\], is \["mass","height"/,
    ],
    [
      "a row",
      data((c) => ({ values: c.values.slice(0, 89) })),
      /rows was 90, is 89; column "mass"/,
    ],
  ])("after a change of %s", async (_, { table, changed }, message) => {
    const resume = reread(whole.checkpoints[4]!);
    const resumed = trainTable(table, { ...everything, ...changed, resume });
    await expect(resumed).rejects.toThrow(message);
    await expect(resumed).rejects.toMatchObject({
      code: "data",
      details: { where: expect.stringMatching(/^resume, /), remedy: expect.any(String) },
    });
  });

  test("by another version of nabla", async () => {
    const checkpoint = reread(whole.checkpoints[4]!);
    const origin = { ...checkpoint.origin, version: "0.0.9" };
    await expect(
      trainTable(birds(), { ...everything, resume: { ...checkpoint, origin } }),
    ).rejects.toThrow(/version of nabla was 0\.0\.9, is \d/);
  });

  test("from another model than then", async () => {
    const { model } = await trainTable(birds(), { ...everything, epochs: 1 });
    const { checkpoints } = await trained({ ...everything, from: model });
    const schema = { ...model.schema, features: model.schema.features.toReversed() };
    const other = { ...everything, from: { ...model, schema }, resume: checkpoints[0]! };
    await expect(trainTable(birds(), other)).rejects.toThrow(/another training: schema was/);
  });

  test("but columns that are ignored may change", async () => {
    const table = withColumns((c) =>
      c.type === "text" && c.name === "note" ? { values: c.values.map(() => "x") } : {},
    );
    const resume = reread(whole.checkpoints[4]!);
    const { model } = await trainTable(table, { ...everything, resume });
    expect(saveModel(model)).toEqual(saveModel(whole.model));
  });
});
