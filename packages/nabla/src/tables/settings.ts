/** The options of training on a table, with their defaults. */

import { checkFields, type Fields } from "../checks.ts";
import type { BackendName } from "../choose-backend.ts";
import type { Precision } from "../equations/memory.ts";
import { NablaError } from "../errors.ts";
import { costNames, costOf } from "../functions/costs.ts";
import { adam, type Optimizer } from "../functions/optimizers.ts";
import type { Schedule } from "../functions/schedules.ts";
import { isWhole } from "../train/options.ts";
import type { Epoch } from "../train/train.ts";
import { type ColumnSettings, checkColumnSettings } from "./columns/column-settings.ts";
import { continued } from "./continue.ts";
import type { TableModel } from "./model.ts";
import type { FoldPlace } from "./quality/cross-validate.ts";
import type { TableCheckpoint, TableCheckpoints } from "./resume.ts";
import type { Table } from "./table.ts";
import { checkTask, inferTask, type TargetNames, type Task } from "./task.ts";
import type { ClassWeight } from "./weights.ts";

export interface TableOptions {
  /** The column to predict; a list of columns for several quantities, or for any number of labels. */
  readonly target: TargetNames;
  /** Default: what the target's columns say, unless it could be either. */
  readonly task?: Task;
  /**
   * Columns to leave out. All others are features, but for constant columns and identifiers: numbers
   * and dates are standardised, dates have sines and cosines, text and booleans get a slot for each
   * category, or a vector where there are more than 50 that repeat.
   */
  readonly ignore?: readonly string[];
  /** What single columns are, where what they hold would say otherwise. */
  readonly columns?: ColumnSettings;
  /** Units of the hidden layers. Default [64, 32]. */
  readonly hidden?: readonly number[];
  /** Of the hidden layers. Default "relu". */
  readonly activation?: string;
  /** The share of each hidden layer's units left out at random in training, in [0, 1). Default 0. */
  readonly dropout?: number;
  /**
   * Default "cross-entropy" for classes, "binary-cross-entropy" for labels, "squared-error" for
   * quantities. "poisson" is for counts ≥ 0, which are then not standardised.
   */
  readonly cost?: string;
  /** ε in [0, 1) of classes and labels: targets are (1 − ε)·y + ε/K in training. Default 0. */
  readonly labelSmoothing?: number;
  /**
   * What rows of each class count for in the cost; a class not named counts 1. "balanced" is
   * rows/(classes·rows of the class). Metrics are not weighed by it. Default: 1 each.
   */
  readonly classWeight?: ClassWeight;
  /**
   * A column of numbers ≥ 0, no feature: what each row counts for in the cost, beside its class, and in
   * the metrics. Default: 1 each.
   */
  readonly weight?: string;
  /** Default adam with learningRate 0.003. */
  readonly optimizer?: Optimizer;
  /** The learning rate from step to step. Default: it is constant. */
  readonly schedule?: Schedule;
  /** The largest norm of all gradients together, > 0. Default: none. */
  readonly clipNorm?: number;
  /** Passes over the training rows, at most. Default 200. */
  readonly epochs?: number;
  /** Default 32; all rows with lbfgs, which takes no other. */
  readonly batchSize?: number;
  /** Epochs without a lower validation cost before training stops. Default 20. */
  readonly patience?: number;
  /** λ₁ of λ₁Σ|W|. Default 0. */
  readonly l1?: number;
  /** λ of ½λΣW². Default 3/n with n training rows that weigh something, and at most 0.03. */
  readonly l2?: number;
  /** Of the split, the first weights and the order of the rows. Default 0, or that of `from`. */
  readonly seed?: number;
  /** Default "float32". */
  readonly precision?: Precision;
  /** What runs the network. Default "auto": "wasm" where the platform compiles it. */
  readonly backend?: BackendName;
  /** The same bits in every engine and on every machine, a little slower. Default false. */
  readonly reproducible?: boolean;
  /** The fraction of the rows to stop by, in [0, 1). Default 0.2. */
  readonly validation?: number;
  /** The fraction of the rows to report on, in [0, 1). Default 0.2. */
  readonly test?: number;
  /**
   * A column, no feature: rows that have it alike stay together in training, validation, test or fold, and
   * are no independent witnesses for the intervals. Default: none.
   */
  readonly group?: string;
  /**
   * A column of dates or numbers, no feature: validation rows come after all training rows, test rows
   * after both, and rows of one time stay together. With `group`, groups must not overlap in time.
   * Default: none, the rows are divided at random.
   */
  readonly time?: string;
  /**
   * ≥ 2: besides the model, so many networks are trained and each is tested by rows of its own, which are
   * all rows together; by `time`, all but the first. Default: none.
   */
  readonly folds?: number;
  /**
   * A model to go on training: its columns, classes, weights of rows and network are kept, and the
   * optimiser starts afresh. With its seed, which is the default, the same table is divided as it was.
   * The model given stays as it is. Default: none.
   */
  readonly from?: TableModel;
  /** What keeps the checkpoints that the training can be resumed from; not those of folds. */
  readonly checkpoint?: TableCheckpoints;
  /**
   * A checkpoint of a training of this table with these options, to go on from: the model is, to the bit,
   * that of a training that never stopped. Default: none.
   */
  readonly resume?: TableCheckpoint;
  /** Stops the training after the step at hand; the report is of what is there. */
  readonly signal?: AbortSignal;
  /** Called after each epoch, of the model and then of each fold. */
  readonly onEpoch?: (epoch: Epoch, fold?: FoldPlace) => void;
}

const fields: Fields<TableOptions> = {
  ...{ target: true, task: true, ignore: true, weight: true, classWeight: true },
  ...{ columns: true },
  ...{ hidden: true, activation: true, dropout: true, cost: true, labelSmoothing: true },
  ...{ l1: true, l2: true, precision: true, backend: true, reproducible: true },
  ...{ optimizer: true, schedule: true, clipNorm: true, epochs: true, batchSize: true },
  ...{ patience: true, seed: true, validation: true, test: true, from: true },
  ...{ group: true, time: true, folds: true },
  ...{ checkpoint: true, resume: true, signal: true, onEpoch: true },
};

export type Settings = ReturnType<typeof settle>;

/** Fills in the defaults. Throws at an unknown name, and where task and cost do not suit the target. */
export function settle(table: Table, given: TableOptions) {
  checkFields("option", given, fields);
  const options = given.from === undefined ? given : continued(given.from, given);
  const {
    target,
    task = inferTask(table, target),
    optimizer = adam({ learningRate: 0.003 }),
  } = options;
  checkTask(task, target);
  const cost = options.cost ?? defaults[task].cost;
  checkCost(cost, task);
  return {
    ...{ target, task, cost, optimizer },
    ignore: options.ignore ?? [],
    columns: checkColumnSettings(options.columns ?? {}),
    weight: options.weight,
    classWeight: options.classWeight,
    hidden: options.hidden ?? [64, 32],
    activation: options.activation ?? "relu",
    outputActivation: costOf(cost).link ?? defaults[task].activation,
    dropout: options.dropout ?? 0,
    labelSmoothing: options.labelSmoothing ?? 0,
    l1: options.l1 ?? 0,
    l2: options.l2,
    precision: options.precision ?? "float32",
    backend: options.backend,
    reproducible: options.reproducible,
    schedule: options.schedule,
    clipNorm: options.clipNorm,
    epochs: options.epochs ?? 200,
    batchSize: options.batchSize ?? (isWhole(optimizer) ? undefined : 32),
    patience: options.patience,
    seed: options.seed ?? 0,
    validation: options.validation ?? 0.2,
    test: options.test ?? 0.2,
    group: options.group,
    time: options.time,
    folds: options.folds,
    from: options.from,
    checkpoint: options.checkpoint,
    resume: options.resume,
    signal: options.signal,
    onEpoch: options.onEpoch,
  };
}

/** The cost of each task, its output activation, and that of a cost for counts. */
const defaults = {
  regression: { cost: "squared-error", activation: "identity", links: ["exp"] },
  classification: { cost: "cross-entropy", activation: "softmax", links: ["softmax"] },
  "multi-label": { cost: "binary-cross-entropy", activation: "sigmoid", links: ["sigmoid"] },
} as const satisfies Record<Task, { cost: string; activation: string; links: readonly string[] }>;

/** Costs without a link take any outputs; others those that the task can read. */
function checkCost(cost: string, task: Task): void {
  const links: readonly string[] = defaults[task].links;
  const suits = (name: string): boolean => {
    const { link } = costOf(name);
    return link === undefined || links.includes(link);
  };
  if (suits(cost)) return;
  const expected = costNames.filter(suits).join(", ");
  const message = `cost "${cost}" does not suit ${task}; known: ${expected}`;
  throw new NablaError("usage", message, { where: "cost", expected, got: cost });
}

/** Whether targets are counts, which the cost takes as they stand. */
export const areCounts = ({ task, cost }: Pick<Settings, "task" | "cost">): boolean =>
  task === "regression" && costOf(cost).link !== undefined;
