import { describe, expect, test } from "vitest";
import { divideRows } from "../../../src/tables/division/parts.ts";
import { settle, type TableOptions } from "../../../src/tables/settings.ts";
import { createTable, type Table } from "../../../src/tables/table.ts";
import { trainTable } from "../../../src/tables/train.ts";
import { runTrial, type TrialTask } from "../../../src/tables/tuning/trial.ts";
import { planSearch, runSearch, tuneTable } from "../../../src/tables/tuning/tune.ts";
import { randomStream } from "../../../src/train/random.ts";
import { numbers, texts } from "../columns.ts";

const rows = 120;
const stream = randomStream(4, "shuffle");
const x = Float64Array.from({ length: rows }, () => stream.normal());
const z = Float64Array.from({ length: rows }, () => stream.normal());
const y = x.map((value, n) => value * z[n]! + 0.1 * stream.normal());
const tableOf = (targets: Float64Array): Table =>
  createTable("t.csv", [numbers("x", x), numbers("z", z), numbers("y", targets)]);
const table = tableOf(y);
const options: TableOptions = { target: "y", hidden: [8], epochs: 9, seed: 2 };
const small = { trials: 9, space: { layers: [1, 1], units: [4, 12] } } as const;
const timeless = <T extends { readonly seconds: number }>(results: readonly T[]) =>
  results.map(({ seconds, ...result }) => result);

describe("tuneTable", () => {
  test("halves: 9 trials of 1 epoch, 3 of 3 and 1 of 9, each with trial 0 beside it", async () => {
    const { best, trials } = await tuneTable(table, options, small);
    const rungs = [1, 2, 3].map((rung) => trials.filter((trial) => trial.rung === rung));
    expect(rungs.map((trials) => new Set(trials.map(({ epochs }) => epochs)))).toEqual(
      [1, 3, 9].map((epochs) => new Set([epochs])),
    );
    for (const [i, survivors] of [3, 1].entries()) {
      const order = rungs[i]!.toSorted((a, b) => a.cost! - b.cost!).map(({ number }) => number);
      const expected = new Set([0, ...order.slice(0, survivors)]);
      expect(new Set(rungs[i + 1]!.map(({ number }) => number))).toEqual(expected);
    }
    expect(best.cost).toBe(Math.min(...rungs[2]!.map(({ cost }) => cost!)));
  });

  test("the best is no worse than the options as they were given", async () => {
    const { best, trials } = await tuneTable(table, options, small);
    const given = trials.find(({ number, rung }) => number === 0 && rung === 3)!;
    expect(given.options).toEqual({
      ...{ hidden: [8], activation: "relu", dropout: 0, learningRate: 0.003, batchSize: 32 },
    });
    expect(best.cost!).toBeLessThan(given.cost!); //  0.003 is slow for nine epochs
  });

  test("training with what it found gives the network of the trial, whose cost it names", async () => {
    const { best, options: found } = await tuneTable(
      table,
      { ...options, l2: 0 },
      {
        ...small,
        space: { ...small.space, l2s: [0, 0] },
      },
    );
    const { report } = await trainTable(table, found);
    expect(report.cost.validation).toBe(best.cost);
    expect(report.epochs).toBe(best.epochsTaken);
  });

  test("scores without penalties, so that trials of other penalties compare", async () => {
    const { data } = planSearch(table, { ...options, l1: 0.5 });
    const task: TrialTask = {
      ...{ number: 1, rung: 1, epochs: 1 },
      options: {
        hidden: [4],
        activation: "tanh",
        learningRate: 1e-30,
        l2: 5,
        dropout: 0,
        batchSize: 32,
      },
    };
    const free = planSearch(table, options).data;
    const { cost } = await runTrial(task, data);
    expect(cost).toBe(
      (await runTrial({ ...task, options: { ...task.options, l2: 0 } }, free)).cost,
    );
  });

  test("looks at no test row, neither at its columns nor at its target", async () => {
    const { test: held } = divideRows(table, settle(table, options));
    const other = y.map((value, n) => (held.includes(n) ? -value : value));
    for (const folds of [undefined, 2]) {
      const own = { ...options, ...(folds && { folds }) };
      const { data } = planSearch(tableOf(other), own);
      expect(data).toEqual(planSearch(table, own).data);
      const trained = data.folds.flatMap(({ data: parts }) => [
        parts.train,
        parts.validation,
        parts.test,
      ]);
      const count = trained.reduce((sum, part) => sum + part.rows, 0);
      expect(count).toBe((rows - held.length) * (folds ?? 1));
    }
  });

  test("with folds scores by their mean", async () => {
    const { data } = planSearch(table, { ...options, folds: 3 });
    const task: TrialTask = {
      ...{ number: 0, rung: 1, epochs: 2 },
      options: planSearch(table, options).trialOptions(0),
    };
    const each = await Promise.all(
      data.folds.map((fold) => runTrial(task, { ...data, folds: [fold] })),
    );
    const { cost, epochsTaken } = await runTrial(task, data);
    expect(cost).toBeCloseTo(each.reduce((sum, own) => sum + own.cost!, 0) / 3, 12);
    expect(epochsTaken).toBe(6);
  });

  test("gives the same in any order, and what is known need not be run again", async () => {
    const plan = planSearch(table, options, small);
    const expected = await runSearch(plan);
    // Started all at once, and each let go only when those after it have ended
    const waiting: (() => void)[] = [];
    const backwards = await runSearch(plan, {
      run: async (task, data) => {
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
          setTimeout(() => waiting.pop()?.(), 1);
        });
        return runTrial(task, data);
      },
    });
    expect(timeless(backwards.trials)).toEqual(timeless(expected.trials));

    const known = expected.trials.filter((_, i) => i % 2 === 0);
    let runs = 0;
    const resumed = await runSearch(plan, {
      run: async (task, data) => {
        const found = known.find(
          ({ number, rung }) => number === task.number && rung === task.rung,
        );
        if (found === undefined) runs++;
        return found ?? runTrial(task, data);
      },
    });
    expect(timeless(resumed.trials)).toEqual(timeless(expected.trials));
    expect(runs).toBe(expected.trials.length - known.length);
  });

  test("does not run a trial again that has ended before its epochs", async () => {
    // A constant target has nothing to learn: after 2 epochs without a lower cost a trial ends
    const flat = tableOf(y.map((_, n) => (n % 2 ? 1 : -1)));
    const own = { ...options, task: "regression", epochs: 90, patience: 2 } as const;
    let runs = 0;
    const { trials } = await tuneTable(flat, own, { ...small, onTrial: () => runs++ });
    const stopped = trials.filter(({ stopped, rung }) => stopped === "patience" && rung < 3);
    expect(stopped.length).toBeGreaterThan(0);
    expect(runs).toBeLessThan(trials.length);
    for (const { number, rung, cost } of stopped) {
      const next = trials.find((trial) => trial.number === number && trial.rung === rung + 1);
      if (next !== undefined) expect(next).toMatchObject({ cost, stopped: "patience" });
    }
  });

  test("a trial that diverges has no cost, and ranks last", async () => {
    const space = { learningRates: [1e30, 1e30], activations: ["identity"], l2s: [0, 0] } as const;
    const { best, trials } = await tuneTable(table, options, { trials: 3, space });
    expect(best.number).toBe(0);
    expect(trials.filter(({ stopped }) => stopped === "diverged")).toHaveLength(2);
    expect(trials.find(({ number }) => number === 1)?.cost).toBeNull();
  });

  test("an abort ends it", async () => {
    const controller = new AbortController();
    const run = tuneTable(table, options, {
      ...{ ...small, signal: controller.signal },
      onTrial: ({ number }) => {
        if (number === 2) controller.abort(new Error("enough"));
      },
    });
    await expect(run).rejects.toThrow("enough");
  });

  test.each<[string, Partial<TableOptions>, object, string]>([
    [
      "no rows to score by",
      { validation: 0 },
      {},
      "tuning needs validation rows to score by; leave validation above 0, or take folds",
    ],
    ["no trials", {}, { trials: 0 }, "trials must be a positive integer, got 0"],
    [
      "a reduction that is none",
      {},
      { reduction: 1 },
      "reduction must be a whole number ≥ 2, got 1",
    ],
  ])("refuses %s", async (_, own, tuning, message) => {
    await expect(tuneTable(table, { ...options, ...own }, tuning)).rejects.toThrow(message);
  });
});

test("the origin changes with the table, the options and the search", () => {
  const origin = (own: Table, ...given: [Partial<TableOptions>?, object?]) =>
    JSON.stringify(planSearch(own, { ...options, ...given[0] }, given[1] ?? {}).origin);
  const same = origin(table);
  expect(origin(tableOf(y))).toBe(same);
  expect(origin(tableOf(y.map((value) => -value)))).not.toBe(same);
  expect(origin(table, { seed: 3 })).not.toBe(same);
  expect(origin(table, {}, { trials: 8 })).not.toBe(same);
  expect(origin(table, {}, { space: { units: [3, 4] } })).not.toBe(same);
  const text = createTable("t.csv", [
    ...table.columns,
    texts(
      "note",
      Array.from(x, () => "a"),
    ),
  ]);
  expect(origin(text)).not.toBe(same);
});
