/**
 * Settings of a network for a table, found by search: trials on the same rows, the best of them with more
 * epochs, until one is left. The test rows are neither encoded nor looked at.
 */

import { check, checkCount } from "../../checks.ts";
import { NablaError } from "../../errors.ts";
import { isWhole } from "../../train/options.ts";
import { newNetwork } from "../networks.ts";
import { type Origin, originOf } from "../resume.ts";
import type { Settings, TableOptions } from "../settings.ts";
import type { Table } from "../table.ts";
import {
  checkSpace,
  drawTrial,
  type Halving,
  type Rung,
  ranked,
  rungsOf,
  type SearchSpace,
  type TrialOptions,
} from "./search.ts";
import { runTrial, type TrialData, type TrialResult, type TrialTask, trialData } from "./trial.ts";

export interface TuneOptions extends Partial<Pick<Halving, "trials" | "reduction">> {
  readonly space?: Partial<SearchSpace>;
}

export interface RunOptions {
  /** Runs a trial: here, one after another, unless told. It may be anywhere: all is plain data. */
  readonly run?: (task: TrialTask, data: TrialData) => Promise<TrialResult>;
  /** Called as trials end, in any order. */
  readonly onTrial?: (result: TrialResult) => void;
  /** Ends the search with its reason as an error. */
  readonly signal?: AbortSignal;
}

export interface Tuned {
  /** Of the last rung, the trial of the lowest cost. */
  readonly best: TrialResult;
  /** The table's options with those of the best. */
  readonly options: TableOptions;
  /** Rung by rung, by number. */
  readonly trials: readonly TrialResult[];
}

/** How many are tried, and what goes on, unless told. */
export const tuneDefaults = { trials: 27, reduction: 3 } as const;

/** What a search will do. */
export interface SearchPlan {
  readonly data: TrialData;
  readonly rungs: readonly Rung[];
  readonly trialOptions: (number: number) => TrialOptions;
  /** All that the results depend on, as plain data. */
  readonly origin: Origin & Readonly<Record<"search", object>>;
  readonly options: TableOptions;
}

/**
 * Searches for the settings of `trainTable`. With folds, trials are scored by the mean over folds of the
 * rows that are not test rows. The result depends on the table, the options and the seed alone.
 * Throws as `trainTable` does, where there are no rows to score by, and where all trials diverged.
 */
export const tuneTable = async (
  table: Table,
  options: TableOptions,
  { space, trials, reduction, ...running }: TuneOptions & RunOptions = {},
): Promise<Tuned> =>
  runSearch(
    planSearch(table, options, {
      ...(space && { space }),
      ...(trials !== undefined && { trials }),
      ...(reduction !== undefined && { reduction }),
    }),
    running,
  );

/** Checks all options, divides the rows and encodes those that the trials need. */
export function planSearch(
  table: Table,
  options: TableOptions,
  tuning: TuneOptions = {},
): SearchPlan {
  const { trials = tuneDefaults.trials, reduction = tuneDefaults.reduction } = tuning;
  checkCount("trials", trials);
  check("reduction", Number.isSafeInteger(reduction) && reduction >= 2, {
    ...{ expected: "a whole number ≥ 2", got: reduction },
  });
  const space = checkSpace(tuning.space ?? {});
  const data = trialData(table, options);
  const { settings, folds } = data;
  const { seed, optimizer, epochs } = settings;
  const given = givenTrial(settings);
  const net = newNetwork(folds[0]!.schema, settings);
  return {
    ...{ data, options },
    rungs: rungsOf({ trials, reduction, epochs }),
    trialOptions: (number) => {
      if (number === 0) return given;
      const { batchSize, ...drawn } = drawTrial(space, { seed, number });
      return isWhole(optimizer) ? drawn : { ...drawn, batchSize };
    },
    origin: { ...originOf(table, settings, net), search: { trials, reduction, ...space } },
  };
}

/** Runs what is planned. */
export async function runSearch(
  { data, rungs, trialOptions, options }: SearchPlan,
  running: RunOptions = {},
): Promise<Tuned> {
  const { signal, onTrial, run = inTurn(signal) } = running;
  const trials: TrialResult[] = [];
  let latest: TrialResult[] = [];
  for (const [i, { epochs, trials: count }] of rungs.entries()) {
    const numbers = i === 0 ? Array.from({ length: count }, (_, n) => n) : survivors(latest, count);
    const before = new Map(latest.map((result) => [result.number, result]));
    const runs = numbers.map(async (number) => {
      const task = { number, rung: i + 1, epochs, options: trialOptions(number) };
      const known = before.get(number);
      if (known !== undefined && isOver(known, data.settings)) return { ...known, ...task };
      signal?.throwIfAborted();
      const result = await run(task, data);
      onTrial?.(result);
      return result;
    });
    latest = await Promise.all(runs);
    trials.push(...latest);
  }
  const [best] = ranked(latest);
  if (best === undefined || best.cost === null) throw allDiverged();
  return { best, options: tunedOptions(options, { best, settings: data.settings }), trials };
}

/** Whether more epochs would change nothing: they are the same, one by one, unless a schedule knows the end. */
const isOver = ({ stopped }: TrialResult, { schedule }: Settings): boolean =>
  schedule === undefined && stopped !== "epochs";

/** Trials in this thread, one after another. */
export function inTurn(signal: AbortSignal | undefined): NonNullable<RunOptions["run"]> {
  let last: Promise<unknown> = Promise.resolve();
  return (task, data) => {
    const next = last.then(() => runTrial(task, data, { signal }));
    last = next.catch(() => {});
    return next;
  };
}

/** Those of the lowest costs, and trial 0, by number. */
function survivors(results: readonly TrialResult[], count: number): number[] {
  const best = ranked(results).slice(0, count);
  return [...new Set([0, ...best.map(({ number }) => number)])].sort((a, b) => a - b);
}

function allDiverged(): NablaError {
  const remedy = "search among smaller learning rates";
  return new NablaError("diverged", `every trial of the last rung diverged; ${remedy}`, { remedy });
}

const givenTrial = ({ hidden, activation, optimizer, batchSize, l2, dropout }: Settings) => ({
  ...{ hidden, activation, dropout, learningRate: optimizer.learningRate as number },
  ...(batchSize !== undefined && { batchSize }),
  ...(l2 !== undefined && { l2 }),
});

/** The options to train with, so that the network is that of the trial. */
function tunedOptions(
  options: TableOptions,
  { best, settings }: { best: TrialResult; settings: Settings },
): TableOptions {
  const { learningRate, ...others } = best.options;
  const { folds, ...given } = options;
  return { ...given, ...others, optimizer: { ...settings.optimizer, learningRate } };
}
