/**
 * One trial of a search: a network with settings of its own, trained on rows that all trials share, and
 * scored by the cost of others, penalties left out, so that trials of different penalties compare.
 */

import { NablaError } from "../../errors.ts";
import type { TrainingResult } from "../../train/train.ts";
import type { TableSchema } from "../columns/schema.ts";
import { divideFolds, divideRows, type Parts } from "../division/parts.ts";
import { type Data, encodeParts } from "../examples.ts";
import { schemaOf } from "../learn.ts";
import { defaultPenalty, newNetwork, trainNetwork, unpenalised } from "../networks.ts";
import { type Settings, settle, type TableOptions } from "../settings.ts";
import { selectRows, type Table } from "../table.ts";
import type { TrialOptions } from "./search.ts";

/** Trial 0 has the options as they are given; it is in every rung, for comparison. */
export interface TrialTask {
  readonly number: number;
  /** From 1. */
  readonly rung: number;
  /** At most. */
  readonly epochs: number;
  readonly options: TrialOptions;
}

export interface TrialResult extends TrialTask {
  /** Of the rows that score, by the parameters that were kept; null where the training diverged. */
  readonly cost: number | null;
  /** Over all folds. */
  readonly epochsTaken: number;
  readonly stopped: TrainingResult["stopped"] | "diverged";
  readonly seconds: number;
}

/** What all trials share: plain data, without test rows. */
export interface TrialData {
  readonly settings: Settings;
  readonly folds: readonly TrialFold[];
}

interface TrialFold {
  readonly schema: TableSchema;
  readonly data: Data;
  /** The part that scores. */
  readonly scored: "validation" | "test";
}

/** The rows of the trials, divided and encoded. Throws where none are left to score by. */
export function trialData(table: Table, options: TableOptions): TrialData {
  if (options.from !== undefined) throw fromRefused();
  const { onEpoch, signal, checkpoint, resume, ...given } = options;
  const settings = settle(table, given);
  const parts = divideRows(table, settings);
  const encode = (own: Table, fold: Parts): Pick<TrialFold, "schema" | "data"> => {
    const schema = schemaOf(own, settings, fold.train);
    return { schema, data: encodeParts(schema, own, { ...fold, precision: settings.precision }) };
  };

  const { folds: count, validation, test } = settings;
  if (count === undefined) {
    if (parts.validation.length === 0) throw nothingToScoreBy();
    const own = { ...parts, test: new Uint32Array(0) };
    return { settings, folds: [{ ...encode(table, own), scored: "validation" }] };
  }
  const seen = selectRows(
    table,
    [...parts.train, ...parts.validation].sort((a, b) => a - b),
  );
  const within = { ...settings, folds: count, validation: validation / (1 - test), test: 0 };
  const { folds } = divideFolds(seen, within);
  return { settings, folds: folds.map((fold) => ({ ...encode(seen, fold), scored: "test" })) };
}

/**
 * Trains and scores one trial: a function of its arguments, but for the seconds.
 * Throws the signal's reason where it is aborted.
 */
export async function runTrial(
  task: TrialTask,
  { settings, folds }: TrialData,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<TrialResult> {
  const { learningRate, ...options } = task.options;
  const optimizer = { ...settings.optimizer, learningRate };
  let [cost, epochsTaken, seconds] = [0, 0, 0];
  const stops = new Set<TrialResult["stopped"]>();
  for (const { schema, data, scored } of folds) {
    const l2 = options.l2 ?? defaultPenalty(data.train);
    const own = { ...settings, ...options, l2, optimizer, epochs: task.epochs, signal };
    const net = newNetwork(schema, own);
    const trained = await trainNetwork(net, data, own).catch(unlessDiverged);
    signal?.throwIfAborted();
    if (trained === undefined)
      return { ...task, cost: null, epochsTaken, stopped: "diverged", seconds };
    const { inputs, targets, weights } = data[scored];
    const plain = unpenalised(net);
    cost += plain.cost(inputs, targets, { ...(weights && { weights }) }) / folds.length;
    epochsTaken += trained.result.epochs;
    seconds += trained.seconds;
    stops.add(trained.result.stopped);
  }
  // Of folds that ended differently, one had no more epochs
  const [stopped = "epochs"] = stops.has("epochs") ? ["epochs" as const] : stops;
  const finite = Number.isFinite(cost) ? cost : null;
  return { ...task, cost: finite, epochsTaken, stopped, seconds };
}

function unlessDiverged(error: unknown): undefined {
  if (error instanceof NablaError && error.code === "diverged") return undefined;
  throw error;
}

function nothingToScoreBy(): NablaError {
  const remedy = "leave validation above 0, or take folds";
  return new NablaError("usage", `tuning needs validation rows to score by; ${remedy}`, {
    ...{ where: "validation", remedy },
  });
}

function fromRefused(): NablaError {
  const remedy = "leave it out";
  return new NablaError(
    "usage",
    `from does not go with tuning, which trains new networks; ${remedy}`,
    {
      ...{ where: "from", remedy },
    },
  );
}
