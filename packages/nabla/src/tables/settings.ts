/** The options of training on a table, with their defaults. */

import type { Precision } from "../equations/memory.ts";
import { NablaError, unknownName } from "../errors.ts";
import { costNames, costOf } from "../functions/costs.ts";
import { adam, type Optimizer } from "../functions/optimizers.ts";
import type { Epoch } from "../train/train.ts";
import type { Table } from "./table.ts";
import { inferTask, type Task } from "./target.ts";

export interface TableOptions {
  /** The column to predict. */
  readonly target: string;
  /** Default: what the target's column says, unless it could be either. */
  readonly task?: Task;
  /**
   * Columns to leave out. All others are features: numbers and dates are standardised, text and
   * booleans get a slot for each category. A column of more than 50 categories keeps the 50 most
   * frequent of those that occur more than once.
   */
  readonly ignore?: readonly string[];
  /** Units of the hidden layers. Default [64, 32]. */
  readonly hidden?: readonly number[];
  /** Of the hidden layers. Default "relu". */
  readonly activation?: string;
  /** Default "cross-entropy" for classes, "squared-error" for quantities. */
  readonly cost?: string;
  /** Default adam with learningRate 0.003. */
  readonly optimizer?: Optimizer;
  /** Passes over the training rows, at most. Default 200. */
  readonly epochs?: number;
  /** Default 32. */
  readonly batchSize?: number;
  /** Epochs without a lower validation cost before training stops. Default 20. */
  readonly patience?: number;
  /** λ₁ of λ₁Σ|W|. Default 0. */
  readonly l1?: number;
  /** λ of ½λΣW². Default 0. */
  readonly l2?: number;
  /** Of the split, the first weights and the order of the rows. Default 0. */
  readonly seed?: number;
  /** Default "float32". */
  readonly precision?: Precision;
  /** The fraction of the rows to stop by, in [0, 1). Default 0.2. */
  readonly validation?: number;
  /** The fraction of the rows to report on, in [0, 1). Default 0.2. */
  readonly test?: number;
  /** Stops the training after the step at hand; the report is of what is there. */
  readonly signal?: AbortSignal;
  /** Called after each epoch. */
  readonly onEpoch?: (epoch: Epoch) => void;
}

export type Settings = ReturnType<typeof settle>;

/** Fills in the defaults. Throws at an unknown name, and where task and cost do not suit the target. */
export function settle(table: Table, options: TableOptions) {
  const { target, task = inferTask(table, target) } = options;
  const settings = {
    target,
    task,
    ignore: options.ignore ?? [],
    hidden: options.hidden ?? [64, 32],
    activation: options.activation ?? "relu",
    cost: options.cost ?? (task === "regression" ? "squared-error" : "cross-entropy"),
    optimizer: options.optimizer ?? adam({ learningRate: 0.003 }),
    epochs: options.epochs ?? 200,
    batchSize: options.batchSize ?? 32,
    patience: options.patience,
    l1: options.l1 ?? 0,
    l2: options.l2 ?? 0,
    seed: options.seed ?? 0,
    precision: options.precision ?? "float32",
    validation: options.validation ?? 0.2,
    test: options.test ?? 0.2,
    signal: options.signal,
    onEpoch: options.onEpoch,
  };
  const known = Object.keys(settings);
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) throw unknownName("option", unknown, known);
  checkTask(task);
  checkCost(settings.cost, task);
  return settings;
}

function checkTask(task: Task): void {
  const known: readonly Task[] = ["classification", "regression"];
  if (!known.includes(task)) throw unknownName("task", task, known);
}

/** Costs without a link take any outputs; of the links only the softmax makes a choice of classes. */
function checkCost(cost: string, task: Task): void {
  const suits = (name: string): boolean => {
    const { link } = costOf(name);
    return link === undefined || (link === "softmax" && task === "classification");
  };
  if (suits(cost)) return;
  const expected = costNames.filter(suits).join(", ");
  const message = `cost "${cost}" does not suit ${task}; known: ${expected}`;
  throw new NablaError("usage", message, { where: "cost", expected, got: cost });
}
