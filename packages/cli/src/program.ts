/** The command line: every command and flag, and where it goes. */

import { Command, Option } from "commander";
import manifest from "../package.json" with { type: "json" };
import { fraction, layerSizes, names, positiveOrZero, wholeNumber } from "./arguments.ts";
import type { Context } from "./context.ts";

/** Takes the exit code of the command that ran. */
export type Finish = (code: number) => void;

/** Each command is imported when it runs, so that help and mistakes are answered at once. */
export function createProgram(context: Context, finish: Finish): Command {
  const program = new Command("nabla")
    .description("Neural networks written as equations: train them on tables, and use them.")
    .version(manifest.version, "-V, --version", "print the version")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      writeErr: (text) => void context.stderr.write(text),
      outputError: () => {}, // run() reports all errors alike
    })
    .addHelpText("after", `\n${EXAMPLES}`);

  declareTrain(program).action(async (table: string, flags) => {
    const { train } = await import("./commands/train.ts");
    finish(await train({ ...flags, table }, context));
  });
  declareEvaluate(program).action(async (model: string, table: string, flags) => {
    const { evaluate } = await import("./commands/evaluate.ts");
    finish(await evaluate({ ...flags, model, table }, context));
  });
  declarePredict(program).action(async (model: string, table: string, flags) => {
    const { predict } = await import("./commands/predict.ts");
    finish(await predict({ ...flags, model, table }, context));
  });
  declareInspect(program).action(async (model: string, flags) => {
    const { inspect } = await import("./commands/inspect.ts");
    finish(await inspect({ ...flags, model }, context));
  });
  return program;
}

const EXAMPLES = `Examples:
  $ nabla train penguins.json --target Species
  $ nabla evaluate penguins.safetensors more.csv
  $ nabla predict penguins.safetensors new.csv --out predictions.csv

Exit codes: 0 done, 64 usage, 65 bad data or a bad file, 66 no such input,
70 a bug of ours, 73 cannot create output, 74 input or output failed,
130 and 143 interrupted.`;

function declareTrain(program: Command): Command {
  const tasks = ["classification", "regression"];
  const optimizers = ["sgd", "rmsprop", "adagrad", "adam", "adamw", "rprop", "lbfgs"];
  const precisions = ["float32", "float64"];
  return program
    .command("train")
    .description("train a network on a table, and write it to a file")
    .argument("<table>", TABLE)
    .option("--target <column>", "the column to predict (required)") // not by Commander: see train
    .addOption(new Option("--task <task>", "what the target's values are").choices(tasks))
    .option("--ignore <columns>", "columns to leave out: a,b", names)
    .option(
      "--hidden <units>",
      "of each hidden layer, 0 for none (default: 64,32)",
      layerSizes("--hidden"),
    )
    .option("--activation <name>", "of the hidden layers (default: relu)")
    .option("--cost <name>", "default: cross-entropy for classes, else squared-error")
    .addOption(new Option("--optimizer <name>", "default: adam").choices(optimizers))
    .option(
      "--learning-rate <number>",
      "η (default: 0.003 with adam)",
      positiveOrZero("--learning-rate"),
    )
    .option("--momentum <number>", "μ of sgd and rmsprop", fraction("--momentum"))
    .option("--epochs <count>", "at most (default: 200)", wholeNumber("--epochs", 1))
    .option("--batch-size <rows>", "of a step (default: 32)", wholeNumber("--batch-size", 1))
    .option(
      "--patience <epochs>",
      "to wait for a lower validation cost (default: 20)",
      wholeNumber("--patience", 1),
    )
    .option("--l1 <number>", "λ₁ of the penalty λ₁Σ|W| (default: 0)", positiveOrZero("--l1"))
    .option("--l2 <number>", "λ of the penalty ½λΣW² (default: 0)", positiveOrZero("--l2"))
    .option("--seed <number>", "of all that is random (default: 0)", wholeNumber("--seed", 0))
    .addOption(new Option("--precision <format>", "default: float32").choices(precisions))
    .option(
      "--validation <fraction>",
      "of the rows, to stop by (default: 0.2)",
      fraction("--validation"),
    )
    .option("--test <fraction>", "of the rows, to report on (default: 0.2)", fraction("--test"))
    .option("--out <file>", "default: the table's name with .safetensors, here")
    .option("--json", ONE_OBJECT);
}

const declareEvaluate = (program: Command): Command =>
  program
    .command("evaluate")
    .description("tell how well a model predicts the target of a table's rows")
    .argument("<model>", MODEL)
    .argument("<table>", TABLE)
    .option("--json", ONE_OBJECT);

const declarePredict = (program: Command): Command =>
  program
    .command("predict")
    .description("write a table as CSV, with the model's predictions beside its columns")
    .argument("<model>", MODEL)
    .argument("<table>", TABLE)
    .option("--probabilities", "add a column for the probability of each class")
    .option("--out <file>", "where to, instead of standard output")
    .option("--json", ONE_OBJECT);

const declareInspect = (program: Command): Command =>
  program
    .command("inspect")
    .description("tell what is in a model file")
    .argument("<model>", MODEL)
    .option("--json", ONE_OBJECT);

const TABLE = 'a CSV, TSV, JSON, NDJSON or Parquet file, or "-" for standard input';
const MODEL = "a file that train has written";
const ONE_OBJECT = "print one JSON object";
