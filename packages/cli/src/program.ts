/** The command line: every command and flag, and where it goes. */

import { Command } from "commander";
import manifest from "../package.json" with { type: "json" };
import type { Context } from "./context.ts";
import { MODEL, ONE_OBJECT } from "./help.ts";
import { declareCheck, declareDerive } from "./network-flags.ts";
import { tableArgument, tableOptions } from "./table-flags.ts";
import { declareTrain } from "./train-flags.ts";
import { declareTune } from "./tuning/flags.ts";

/** Takes the exit code of the command that ran. */
export type Finish = (code: number) => void;

/** Each command is imported when it runs, so that help and mistakes are answered at once. */
export function createProgram(context: Context, finish: Finish): Command {
  const program = new Command("nabla")
    .description("Neural networks written as equations: train them, use them, see how they learn.")
    .version(manifest.version, "-V, --version", "print the version")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      writeErr: (text) => void context.stderr.write(text),
      outputError: () => {}, // run() reports all errors alike
    })
    .addHelpText("after", `\n${EXAMPLES}`);

  declareTrain(program).action(async (table: string | undefined, flags) => {
    const { train } = await import("./commands/train.ts");
    finish(await train({ ...flags, table }, context));
  });
  declareTune(program).action(async (table: string | undefined, flags) => {
    const { tune } = await import("./commands/tune.ts");
    finish(await tune({ ...flags, table }, context, program.args));
  });
  declareEvaluate(program).action(async (model: string, table: string | undefined, flags) => {
    const { evaluate } = await import("./commands/evaluate.ts");
    finish(await evaluate({ ...flags, model, table }, context));
  });
  declarePredict(program).action(async (model: string, table: string | undefined, flags) => {
    const { predict } = await import("./commands/predict.ts");
    finish(await predict({ ...flags, model, table }, context));
  });
  declareInspect(program).action(async (model: string, flags) => {
    const { inspect } = await import("./commands/inspect.ts");
    finish(await inspect({ ...flags, model }, context));
  });
  declareExport(program).action(async (model: string, flags) => {
    const { exportModel } = await import("./commands/export.ts");
    finish(await exportModel({ ...flags, model }, context));
  });
  declareImport(program).action(async (file: string, flags) => {
    const { importModel } = await import("./commands/import.ts");
    finish(await importModel({ ...flags, file }, context));
  });
  declareDerive(program).action(async (model: string | undefined, flags) => {
    const { derive } = await import("./commands/derive.ts");
    finish(await derive({ ...flags, model }, context));
  });
  declareCheck(program).action(async (model: string | undefined, flags) => {
    const { check } = await import("./commands/check.ts");
    finish(await check({ ...flags, model }, context));
  });
  return program;
}

const EXAMPLES = `Examples:
  $ nabla train penguins.json --target Species
  $ nabla tune penguins.json --target Species
  $ nabla evaluate penguins.safetensors more.csv
  $ nabla predict penguins.safetensors new.csv --out predictions.csv
  $ nabla export penguins.safetensors --onnx penguins.onnx
  $ nabla derive --layers 2,3,1 --activation tanh
  $ nabla check --layers 2,3,1 --claim "dC/db1[j] = sum_n delta1[n,j]"

Exit codes: 0 done, 1 a check or a claim does not hold, 64 usage, 65 bad data
or a bad file, 66 no such input, 70 a bug of ours, 73 cannot create output,
74 input or output failed, 130 and 143 interrupted.`;

const declareEvaluate = (program: Command): Command =>
  tableOptions(
    tableArgument(
      program
        .command("evaluate")
        .description("tell how well a model predicts the target of a table's rows")
        .argument("<model>", MODEL),
    ),
  ).option("--json", ONE_OBJECT);

const declarePredict = (program: Command): Command =>
  tableOptions(
    tableArgument(
      program
        .command("predict")
        .description("write a table as CSV, with the model's predictions beside its columns")
        .argument("<model>", MODEL),
    ),
  )
    .option("--probabilities", "add a column for the probability of each class")
    .option("--out <file>", "where to, instead of standard output")
    .option("--json", ONE_OBJECT);

const declareInspect = (program: Command): Command =>
  program
    .command("inspect")
    .description("tell what is in a model file")
    .argument("<model>", MODEL)
    .option("--json", ONE_OBJECT);

const declareExport = (program: Command): Command =>
  program
    .command("export")
    .description("write a model as a file that other programs run")
    .argument("<model>", MODEL)
    .option("--onnx <file>", "an ONNX graph: columns in, predictions out")
    .option("--js <file>", "a JavaScript module without dependencies")
    .option("--json", ONE_OBJECT);

const declareImport = (program: Command): Command =>
  program
    .command("import")
    .description("turn a network of brain.js or TensorFlow.js into a model file")
    .argument("<file>", "toJSON() of a brain.js network, or a model.json beside its weight files")
    .option("--out <file>", "where to; by default the file's name with .safetensors, here")
    .option("--json", ONE_OBJECT);
