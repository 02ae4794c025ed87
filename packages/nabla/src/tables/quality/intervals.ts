/** How sure the metrics of some rows are, and whether a network is ahead of other answers to them. */

import { drawsFor, type Interval, percentileInterval, resamples } from "../../metrics/bootstrap.ts";
import type { Weighting } from "../../metrics/rows.ts";
import {
  type ComparedBy,
  comparedBy,
  judgeBy,
  judgeOf,
  type Metrics,
  metricNames,
  type Outcome,
} from "../metrics.ts";
import { outputCount, type Target, targetColumns } from "../target.ts";

/** 95 % intervals; none where a figure has no meaning, and none of a single row or group. */
export type Intervals = { readonly [Name in keyof Metrics]: Interval };

/** How much better a network is than another answer to the same rows: above 0, it is ahead. */
export interface Lead extends Partial<Interval> {
  readonly difference: number;
}

/** Other answers to the same rows. */
const rivalNames = ["constant", "linear"] as const;
type RivalName = (typeof rivalNames)[number];

/** The leads by one metric, turned so that more is better. */
export type Comparison = { readonly metric: ComparedBy } & {
  readonly [Name in RivalName]?: Lead;
};

export type Rivals = { readonly metric: ComparedBy } & {
  readonly [Name in RivalName]?: Outcome | undefined;
};

export interface Sureness {
  readonly intervals: Intervals;
  /** Where there are rivals. */
  readonly comparison?: Comparison;
}

export interface SurenessOptions {
  /** The rows of a group are drawn together. */
  readonly groups?: readonly string[] | undefined;
  readonly seed: number;
  readonly rivals?: Rivals;
}

/** The intervals of all metrics, and of the leads: in each draw all answer to the same rows. */
export function surenessOf(
  target: Target,
  outcome: Outcome,
  { rivals, groups, seed }: SurenessOptions,
): Sureness {
  const { values, weights } = outcome;
  const rows = values.length / targetColumns(target).length;
  if (rows === 0) return { intervals: {} };
  const judge = judgeOf(target, outcome);
  const race = raceOf(target, outcome, rivals);
  const figures = (own: Weighting) => ({ metrics: judge(own), leads: race(own) });

  const found = figures({ weights });
  const resampling = { rows, groups, weights, seed, draws: drawsFor(rows * outputCount(target)) };
  const draws = Array.from(resamples(resampling), (drawn) => figures({ weights: drawn }));
  const intervals = metricNames.flatMap((name) => {
    if (found.metrics[name] === undefined) return [];
    const interval = percentileInterval(draws.map(({ metrics }) => metrics[name]));
    return interval === undefined ? [] : [[name, interval] as const];
  });
  const leads = rivalNames.flatMap((name) => {
    const difference = found.leads[name];
    if (difference === undefined) return [];
    const interval = percentileInterval(draws.map((draw) => draw.leads[name]));
    return [[name, { difference, ...interval }] as const];
  });
  return {
    intervals: Object.fromEntries(intervals),
    ...(rivals &&
      leads.length > 0 && {
        comparison: { metric: rivals.metric, ...Object.fromEntries(leads) },
      }),
  };
}

/** How far the network is ahead of each rival, as a function of the rows' weights. */
function raceOf(
  target: Target,
  outcome: Outcome,
  rivals: Rivals | undefined,
): (weighting: Weighting) => { readonly [Name in RivalName]?: number } {
  if (rivals === undefined) return () => ({});
  const { metric } = rivals;
  const ahead = (mine: number, theirs: number) =>
    comparedBy[metric] === "higher" ? mine - theirs : theirs - mine;
  const own = judgeBy(metric, target, outcome);
  const others = rivalNames.flatMap((name) => {
    const rival = rivals[name];
    return rival === undefined ? [] : [{ name, theirs: judgeBy(metric, target, rival) }];
  });
  return (weighting) => {
    const mine = own(weighting);
    const leads = others.flatMap(({ name, theirs }) => {
      const figure = theirs(weighting);
      return mine === undefined || figure === undefined ? [] : [[name, ahead(mine, figure)]];
    });
    return Object.fromEntries(leads);
  };
}
