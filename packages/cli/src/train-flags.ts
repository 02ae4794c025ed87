/** The flags of `nabla train`, in groups; the defaults that they name are the library's. */

import type { Command } from "commander";
import type { BackendName, Precision, TableOptions, Task } from "nabla";
import {
  classWeights,
  fraction,
  layerSizes,
  list,
  oneOf,
  positive,
  positiveOrZero,
  schedule,
  texts,
  wholeNumber,
} from "./arguments.ts";
import { MISSING, ONE_OBJECT, TABLE } from "./help.ts";

/** The library's options that are flags, and what the command line adds to them. */
export interface TrainFlags
  extends Omit<TableOptions, "target" | "optimizer" | "signal" | "onEpoch" | "from" | "backend"> {
  readonly table: string;
  readonly target?: readonly string[];
  readonly optimizer?: OptimizerName;
  readonly learningRate?: number;
  readonly momentum?: number;
  readonly missing?: readonly string[];
  readonly backend?: (typeof backends)[number];
  readonly threads?: number;
  readonly from?: string;
  readonly out?: string;
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
  const command = program
    .command("train")
    .description("train a network on a table, and write it to a file")
    .argument("<table>", TABLE);
  tableFlags(command.optionsGroup("The table:"));
  networkFlags(command.optionsGroup("The network:"));
  trainingFlags(command.optionsGroup("The training:"));
  runFlags(command.optionsGroup("The run:"));
  return command;
}

const tableFlags = (command: Command): Command =>
  command
    .option("--target <columns>", "what to predict, required: a column, or a,b", texts)
    .option("--task <task>", "classification, regression or multi-label", oneOf("--task", tasks))
    .option("--ignore <columns>", "columns to leave out: a,b", texts)
    .option("--weight <column>", "the column that tells what each row counts for")
    .option("--missing <texts>", MISSING, list)
    .option(
      "--validation <fraction>",
      "of the rows, to stop by (default: 0.2)",
      fraction("--validation"),
    )
    .option("--test <fraction>", "of the rows, to report on (default: 0.2)", fraction("--test"));

const networkFlags = (command: Command): Command =>
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
      "λ of the penalty ½λΣW² (unless given, 3/rows and at most 0.01)",
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

const trainingFlags = (command: Command): Command =>
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
    .option("--out <file>", "default: the table's name with .safetensors, here")
    .option("--json", ONE_OBJECT)
    .helpOption("-h, --help", "display help for command");
