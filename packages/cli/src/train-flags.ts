/** The flags of `nabla train`, in groups; the defaults that they name are the library's. */

import type { Command } from "commander";
import type { BackendName, Precision, TableOptions, Task } from "nabla";
import {
  classWeights,
  fraction,
  interval,
  layerSizes,
  oneOf,
  positive,
  positiveOrZero,
  schedule,
  texts,
  wholeNumber,
} from "./arguments.ts";
import type { CheckpointFlags } from "./checkpoints/checkpoints.ts";
import { ONE_OBJECT } from "./help.ts";
import { type TableFlags, tableArgument, tableOptions } from "./table-flags.ts";
import type { StreamFlags } from "./training-rows.ts";

/** The library's options that are flags, and what the command line adds to them. */
export interface TrainFlags
  extends TableFlags,
    CheckpointFlags,
    StreamFlags,
    Omit<
      TableOptions,
      | ("target" | "columns" | "optimizer" | "signal" | "onEpoch" | "from" | "backend")
      | ("checkpoint" | "resume")
    > {
  readonly target?: readonly string[];
  readonly columns?: string;
  readonly optimizer?: OptimizerName;
  readonly learningRate?: number;
  readonly momentum?: number;
  readonly backend?: (typeof backends)[number];
  readonly threads?: number;
  readonly from?: string;
  readonly out?: string;
  readonly report?: string;
  readonly json?: boolean;
}

/** Of those that are functions of the library. */
export type OptimizerName = (typeof optimizerNames)[number];
const optimizerNames = ["sgd", "rmsprop", "adagrad", "adam", "adamw", "rprop", "lbfgs"] as const;

const tasks = ["classification", "regression", "multi-label"] as const satisfies readonly Task[];
const precisions = ["float32", "float64"] as const satisfies readonly Precision[];
const backends = ["auto", "wasm", "evaluate", "blas"] as const satisfies readonly (
  | BackendName
  | "blas"
)[];

/** Passes over the training rows, unless told: the progress bar needs to know. */
export const defaultEpochs = 200;

export function declareTrain(program: Command): Command {
  const command = tableArgument(
    program.command("train").description("train a network on a table, and write it to a file"),
  );
  tableFlags(command.optionsGroup("The table:"));
  networkFlags(command.optionsGroup("The network:"));
  trainingFlags(command.optionsGroup("The training:"));
  runFlags(command.optionsGroup("The run:"));
  return command;
}

export const tableFlags = (command: Command): Command =>
  tableOptions(command)
    .option("--target <columns>", "what to predict, required: a column, or a,b", texts)
    .option("--task <task>", "classification, regression or multi-label", oneOf("--task", tasks))
    .option("--ignore <columns>", "columns to leave out: a,b", texts)
    .option("--columns <file>", 'what single columns are, as JSON: { "zip": "text" }')
    .option("--weight <column>", "the column that tells what each row counts for")
    .option(
      "--validation <fraction>",
      "of the rows, to stop by (default: 0.2)",
      fraction("--validation"),
    )
    .option("--test <fraction>", "of the rows, to report on (default: 0.2)", fraction("--test"))
    .option("--group <column>", "rows that have it alike are in one part, as of one patient")
    .option("--time <column>", "later rows test what earlier ones have taught")
    .option(
      "--folds <count>",
      "networks more, each tested by other rows",
      wholeNumber("--folds", 2),
    );

export const networkFlags = (command: Command): Command =>
  command
    .option(
      "--hidden <units>",
      "of each hidden layer, 0 for none (default: 64,32)",
      layerSizes("--hidden"),
    )
    .option("--activation <name>", "of the hidden layers (default: relu)")
    .option("--dropout <share>", "of hidden units left out (default: 0)", fraction("--dropout"))
    .option("--cost <name>", "default: cross-entropy for classes, else squared-error")
    .option("--l1 <number>", "λ₁ of the penalty λ₁Σ|W| (default: 0)", positiveOrZero("--l1"))
    .option(
      "--l2 <number>",
      "λ of the penalty ½λΣW² (unless given, 3/rows and at most 0.03)",
      positiveOrZero("--l2"),
    )
    .option(
      "--label-smoothing <share>",
      "of each label that all classes get (default: 0)",
      fraction("--label-smoothing"),
    )
    .option(
      "--class-weight <weights>",
      "balanced, or what classes count for: yes=2,no=1",
      classWeights("--class-weight"),
    )
    .option(
      "--precision <format>",
      "float32 or float64 (default: float32)",
      oneOf("--precision", precisions),
    );

export const trainingFlags = (command: Command): Command =>
  command
    .option(
      "--optimizer <name>",
      `${optimizerNames.join(" ")} (default: adam)`,
      oneOf("--optimizer", optimizerNames),
    )
    .option(
      "--learning-rate <number>",
      "η (default: 0.003 with adam)",
      positiveOrZero("--learning-rate"),
    )
    .option("--momentum <number>", "μ of sgd and rmsprop, 0 unless told", fraction("--momentum"))
    .option(
      "--schedule <schedule>",
      "of η: constant, step, exponential, cosine, one-cycle or on-plateau, " +
        "with options as in step:every=30,factor=0.1 (default: constant)",
      schedule,
    )
    .option(
      "--clip-norm <number>",
      "the longest gradient, none unless told",
      positive("--clip-norm"),
    )
    .option("--epochs <count>", `at most (default: ${defaultEpochs})`, wholeNumber("--epochs", 1))
    .option("--batch-size <rows>", "of a step (default: 32)", wholeNumber("--batch-size", 1))
    .option(
      "--patience <epochs>",
      "to wait for a lower validation cost (default: 20)",
      wholeNumber("--patience", 1),
    )
    .option("--seed <number>", "of all that is random (default: 0)", wholeNumber("--seed", 0))
    .option("--from <model>", "the model to go on training");

const runFlags = (command: Command): Command =>
  command
    .option(
      "--backend <name>",
      "auto, wasm or evaluate (default: auto)",
      oneOf("--backend", backends),
    )
    .option("--threads <count>", "one, as yet (default: 1)", wholeNumber("--threads", 1))
    .option("--reproducible", "the same bits on every machine, a little slower")
    .option("--stream", "train on a table that is larger than memory, reading it again and again")
    .option(
      "--window <rows>",
      "held at a time with --stream, and shuffled among themselves",
      wholeNumber("--window", 1),
    )
    .option("--checkpoint <folder>", "where to keep what an interrupted training can resume from")
    .option(
      "--checkpoint-every <interval>",
      "epochs, or as in 500steps, 30s, 2min; every epoch unless told",
      interval("--checkpoint-every"),
    )
    .option("--resume", "go on from the newest checkpoint in the folder, if there is one")
    .option("--out <file>", "default: the table's name with .safetensors, here")
    .option("--report <file>", "all there is to say of the training, as one HTML page")
    .option("--json", ONE_OBJECT)
    .helpOption("-h, --help", "display help for command");
