/**
 * Cross-validation: a network for each fold, trained on other rows and tested by those of the fold. It
 * says how good the way of training is, the model itself being trained on the usual parts.
 *
 *     mean = 1/k Σ x[f]        standard error = √(Σ (x[f] − mean)² / (k·(k − 1)))
 *
 * The networks of different folds share training rows, so the true error is somewhat larger.
 * Y. Bengio, Y. Grandvalet: No unbiased estimator of the variance of k-fold cross-validation. JMLR 5 (2004).
 */

import { NablaError } from "../../errors.ts";
import type { Epoch } from "../../train/train.ts";
import type { DivisionKind } from "../division/division.ts";
import type { FoldParts } from "../division/parts.ts";
import { learn, metricsOfAll } from "../learn.ts";
import { type Metrics, metricNames } from "../metrics.ts";
import type { Settings } from "../settings.ts";
import type { Table } from "../table.ts";

/** Of one metric over the folds. */
export interface FoldFigures {
  readonly mean: number;
  /** Undefined of a single fold. */
  readonly standardError?: number;
  /** By fold; null where it has no meaning there. */
  readonly values: readonly (number | null)[];
}

export type FoldMetrics = { readonly [Name in keyof Metrics]: FoldFigures };

export interface Folds {
  /** How many have been done: fewer than were asked for after an interruption. */
  readonly count: number;
  readonly kind: DivisionKind;
  readonly metrics: FoldMetrics;
  readonly baseline: { readonly constant: FoldMetrics; readonly linear: FoldMetrics };
}

/** Which fold is being trained, from 1. */
export interface FoldPlace {
  readonly fold: number;
  readonly folds: number;
}

/** Undefined where it is interrupted in the first fold. Throws as training does, and names the fold. */
export async function crossValidate(
  table: Table,
  settings: Settings,
  { kind, folds }: FoldParts,
): Promise<Folds | undefined> {
  const { onEpoch, signal } = settings;
  const judged: ReturnType<typeof metricsOfAll>[] = [];
  for (const [f, parts] of folds.entries()) {
    if (signal?.aborted) break;
    const place: FoldPlace = { fold: f + 1, folds: folds.length };
    const own = {
      ...{ ...settings, checkpoint: undefined, resume: undefined },
      onEpoch: onEpoch && ((epoch: Epoch) => onEpoch(epoch, place)),
    };
    const learnt = await learn(table, own, parts).catch(inFold(place));
    if (learnt.result.stopped !== "aborted" && !signal?.aborted) judged.push(metricsOfAll(learnt));
  }
  if (judged.length === 0) return undefined;
  return {
    count: judged.length,
    kind,
    metrics: overFolds(judged.map(({ metrics }) => metrics)),
    baseline: {
      constant: overFolds(judged.map(({ baseline }) => baseline.constant)),
      linear: overFolds(judged.map(({ baseline }) => baseline.linear)),
    },
  };
}

const inFold =
  ({ fold, folds }: FoldPlace) =>
  (error: unknown): never => {
    if (!(error instanceof NablaError)) throw error;
    const { code, message, details } = error;
    throw new NablaError(code, `fold ${fold} of ${folds}: ${message}`, details);
  };

/** The metrics that have a meaning in one fold at least. */
export function overFolds(all: readonly Metrics[]): FoldMetrics {
  const figures = metricNames.flatMap((name) => {
    const values = all.map((metrics) => metrics[name] ?? null);
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? [] : [[name, { ...momentsOfFigures(known), values }] as const];
  });
  return Object.fromEntries(figures);
}

function momentsOfFigures(figures: readonly number[]): Omit<FoldFigures, "values"> {
  const { length } = figures;
  const mean = figures.reduce((sum, figure) => sum + figure, 0) / length;
  if (length === 1) return { mean };
  const squares = figures.reduce((sum, figure) => sum + (figure - mean) * (figure - mean), 0);
  return { mean, standardError: Math.sqrt(squares / (length * (length - 1))) };
}
