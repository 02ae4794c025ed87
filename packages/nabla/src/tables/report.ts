/** What there is to say at the end of a training. */

import type { Finding } from "../diagnose/finding.ts";
import type { Network } from "../running.ts";
import type { Details } from "./metrics.ts";
import type { TableModel, TrainingLog } from "./model.ts";
import { comparisonWarnings, type Warning } from "./quality/warnings.ts";
import { targetNames } from "./target.ts";
import type { TargetNames, Task } from "./task.ts";
import type { SchemaWeights } from "./weights.ts";

/** What `nabla train --json` prints, but for the path of the model. */
export interface TrainingReport
  extends Pick<
    TrainingLog,
    | ("rows" | "epochs" | "stopped" | "cost" | "metrics" | "baseline")
    | ("group" | "time" | "intervals" | "comparison" | "folds")
  > {
  readonly task: Task;
  readonly target: TargetNames;
  /** The columns that the model reads. */
  readonly features: readonly string[];
  readonly classes?: readonly string[];
  /** Where rows do not count 1 each: the column of their weights, and those of the classes. */
  readonly weights?: SchemaWeights;
  /** How many numbers were trained. */
  readonly parameters: number;
  readonly seconds: number;
  /** Training rows times epochs in a second. */
  readonly samplesPerSecond: number;
  readonly backend: Network["backend"];
  /** The cost of the same rows, where every row gets the same answer. */
  readonly constantCost: TrainingLog["cost"];
  /**
   * Whether the costs of the training rows and of the validation rows, without penalties, are both below
   * those of the same answer for every row. Otherwise the network has learnt nothing that holds.
   */
  readonly beatsConstant: boolean;
  /** What seems to be wrong, with a remedy each: empty where all is well. */
  readonly findings: readonly Finding[];
  /** Where the network does not beat its baselines: empty where it does. */
  readonly warnings: readonly Warning[];
  /** By class, label or quantity, of the test rows. */
  readonly details: Details;
  /** Classes of a single row or a single group, which is trained on: no other row tests them. */
  readonly singletons: readonly string[];
  /** Rows without a target, or of weight 0, which were left out. */
  readonly dropped: number;
}

type Particulars = Pick<
  TrainingReport,
  | ("seconds" | "singletons" | "dropped" | "details" | "findings")
  | ("constantCost" | "beatsConstant")
>;

export function reportOf(model: TableModel, particulars: Particulars): TrainingReport {
  const { network, schema, training } = model;
  const { rows, epochs, stopped, cost, metrics, baseline } = training;
  const { group, time, intervals, comparison } = training;
  const { features, target, weights } = schema;
  const { seconds, constantCost, beatsConstant, details, findings } = particulars;
  const { singletons, dropped } = particulars;
  return {
    task: target.task,
    target: targetNames(target),
    rows,
    ...(group !== undefined && { group }),
    ...(time !== undefined && { time }),
    features: features.map((feature) => feature.name),
    ...(target.task === "classification" && { classes: target.classes }),
    ...(weights && { weights }),
    parameters: [...network.parameters.values()].reduce((sum, { length }) => sum + length, 0),
    epochs,
    seconds,
    samplesPerSecond: seconds > 0 ? (rows.train * epochs) / seconds : 0,
    backend: network.backend,
    stopped,
    cost,
    constantCost,
    beatsConstant,
    metrics,
    ...(intervals && { intervals }),
    baseline,
    ...(comparison && { comparison }),
    findings,
    warnings: comparisonWarnings(training),
    details,
    singletons,
    dropped,
  };
}
