/** How good a network is, as tables for people: metrics with their intervals, baselines, folds. */

import type { Evaluation, FoldFigures, Interval, TrainingReport } from "nabla";
import { aligned, counted, significant } from "./text.ts";

type Metrics = TrainingReport["metrics"];
type Name = keyof Metrics;

/** The metrics beside the baselines. An interruption leaves no time to train the linear one. */
export function judgementTable(report: TrainingReport): string {
  const { rows, stopped, metrics, intervals = {}, baseline } = report;
  if (rows.test === 0) return "No rows were held back to test the network.\n";
  const rivals = stopped === "aborted" ? [] : [["linear", baseline.linear] as const];
  const judged = [...rivals, ["constant", baseline.constant] as const];
  return aligned([
    ["on the test rows", "this network", "95 % interval", ...judged.map(([label]) => label)],
    ...namesOf(metrics).map((name) => [
      name,
      figure(metrics[name]),
      range(intervals[name]),
      ...judged.map(([, values]) => figure(values[name])),
    ]),
  ]);
}

/** The means over the folds, each with its standard error; nothing where there are no folds. */
export function foldsTable({ folds }: TrainingReport): string[] {
  if (folds === undefined) return [];
  const { count, kind, metrics, baseline } = folds;
  const table = aligned([
    [`in ${counted(count, "fold")}`, "this network", "± standard error", "linear", "constant"],
    ...namesOf(metrics).map((name) => [
      name,
      figure(metrics[name]?.mean),
      figure(metrics[name]?.standardError),
      ...[baseline.linear, baseline.constant].map((of) => figure(of[name]?.mean)),
    ]),
  ]);
  return [`${table}The folds are ${kind}.\n`];
}

/** Of rows that a model is evaluated on. */
export function evaluationTable({ rows, cost, metrics, intervals }: Evaluation): string {
  return aligned([
    ["", "", "95 % interval"],
    ["rows", String(rows), ""],
    ["cost", significant(cost), ""],
    ...namesOf(metrics).map((name) => [name, figure(metrics[name]), range(intervals[name])]),
  ]);
}

const namesOf = (figures: { readonly [Own in Name]?: number | FoldFigures }) =>
  Object.keys(figures) as Name[];

const figure = (value?: number): string => (value === undefined ? "–" : significant(value));

const range = (interval?: Interval): string =>
  interval === undefined ? "–" : `${significant(interval.low)} … ${significant(interval.high)}`;
