/** The flags of `nabla tune`: those of `train` that a search leaves alone, and where it looks. */

import type { Command } from "commander";
import { defaultSpace, type SearchSpace, tuneDefaults } from "nabla";
import { list, numberRange, wholeNumber, wholeNumbers } from "../arguments.ts";
import { ONE_OBJECT } from "../help.ts";
import { tableArgument } from "../table-flags.ts";
import { networkFlags, type TrainFlags, tableFlags, trainingFlags } from "../train-flags.ts";

export interface TuneFlags
  extends Omit<TrainFlags, "checkpoint" | "checkpointEvery" | "resume" | "report"> {
  readonly layers?: SearchSpace["layers"];
  readonly units?: SearchSpace["units"];
  readonly activations?: readonly string[];
  readonly learningRates?: SearchSpace["learningRates"];
  readonly batchSizes?: readonly number[];
  readonly l2s?: SearchSpace["l2s"];
  readonly dropouts?: SearchSpace["dropouts"];
  readonly count?: number;
  readonly reduction?: number;
  readonly workers?: number;
  readonly trials?: string;
}

/** Each takes a value, and is none of `train`. */
export const ownFlags = [
  ...["--layers", "--units", "--activations", "--learning-rates", "--batch-sizes", "--l2s"],
  ...["--dropouts", "--count", "--reduction", "--workers", "--trials", "--folds"],
];

const [fewest, most] = defaultSpace.layers;

export function declareTune(program: Command): Command {
  const command = tableArgument(
    program.command("tune").description("search for the network that predicts best, and train it"),
  );
  tableFlags(command.optionsGroup("The table:"));
  searchFlags(command.optionsGroup("The search (a range is least..most; one value fixes it):"));
  networkFlags(command.optionsGroup("The network, as in train; what is given is trial 0:"));
  trainingFlags(command.optionsGroup("The training, as in train:"));
  return command
    .optionsGroup("The run:")
    .option("--reproducible", "the same bits on every machine, a little slower")
    .option("--out <file>", "default: the table's name with .safetensors, here")
    .option("--json", ONE_OBJECT)
    .helpOption("-h, --help", "display help for command");
}

const searchFlags = (command: Command): Command =>
  command
    .option("--layers <range>", `hidden (default: ${fewest}..${most})`, numberRange("--layers"))
    .option(
      "--units <range>",
      `of a hidden layer (default: ${shown("units")})`,
      numberRange("--units"),
    )
    .option("--activations <names>", `default: ${shown("activations", ",")}`, list)
    .option(
      "--learning-rates <range>",
      `of η (default: ${shown("learningRates")})`,
      numberRange("--learning-rates"),
    )
    .option(
      "--batch-sizes <list>",
      `default: ${shown("batchSizes", ",")}`,
      wholeNumbers("--batch-sizes", 1),
    )
    .option("--l2s <range>", `of λ (default: ${shown("l2s")})`, numberRange("--l2s"))
    .option(
      "--dropouts <range>",
      `of shares (default: ${shown("dropouts")})`,
      numberRange("--dropouts"),
    )
    .option(
      "--count <trials>",
      `to begin with (default: ${tuneDefaults.trials})`,
      wholeNumber("--count", 1),
    )
    .option(
      "--reduction <factor>",
      `of trials from rung to rung (default: ${tuneDefaults.reduction})`,
      wholeNumber("--reduction", 2),
    )
    .option(
      "--workers <count>",
      "threads (default: one for each core)",
      wholeNumber("--workers", 1),
    )
    .option("--trials <file>", "where trials are kept, and gone on from (default: beside --out)");

const shown = (name: keyof SearchSpace, between = ".."): string => defaultSpace[name].join(between);
