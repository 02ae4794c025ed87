/** The flags of `nabla derive` and `nabla check`: which network, and what to tell of it. */

import type { Command } from "commander";
import type { Format, Notation, RuleName } from "nabla";
import { list, networkSizes, oneOf, positiveOrZero, wholeNumber } from "./arguments.ts";
import { MODEL, ONE_OBJECT } from "./help.ts";

/** One of a model, layers and equations. */
export interface NetworkFlags {
  readonly model?: string | undefined;
  readonly layers?: readonly number[];
  readonly activation?: string;
  readonly outputActivation?: string;
  readonly cost?: string;
  readonly equations?: string;
}

export interface DeriveFlags extends NetworkFlags {
  readonly optimizer?: (typeof stepwise)[number];
  readonly learningRate?: number;
  readonly row?: string;
  readonly weights?: string;
  readonly weight?: string;
  readonly freeze?: readonly string[];
  readonly notation?: Notation;
  readonly format?: (typeof formats)[number];
  readonly json?: boolean;
}

export interface CheckFlags extends NetworkFlags {
  readonly claim?: string;
  readonly weights?: string;
  readonly seed?: number;
  readonly json?: boolean;
}

const formats = ["text", "latex", "markdown", "html", "json"] as const satisfies readonly (
  | Format
  | "json"
)[];
const notations = ["index", "matrix"] as const satisfies readonly Notation[];
/** The optimisers that are lists of assignments. */
const stepwise = [
  "sgd",
  "rmsprop",
  "adagrad",
  "adam",
  "adamw",
  "rprop",
] as const satisfies readonly RuleName[];

/** What is shown unless told: the textbook's network. */
export const defaults = { activation: "sigmoid", cost: "squared-error" } as const;

export function declareDerive(program: Command): Command {
  const command = program
    .command("derive")
    .description("derive the gradients of a network, each step with its reason")
    .argument("[model]", MODEL);
  networkFlags(command.optionsGroup("The network, unless a model is named:"));
  return command
    .optionsGroup("The page:")
    .option(
      "--optimizer <name>",
      `whose update ends it: ${stepwise.join(" ")}`,
      oneOf("--optimizer", stepwise),
    )
    .option(
      "--learning-rate <number>",
      "η of the update (default: the optimizer's)",
      positiveOrZero("--learning-rate"),
    )
    .option("--notation <name>", "index or matrix (default: index)", oneOf("--notation", notations))
    .option("--format <name>", `${formats.join(" ")} (default: text)`, oneOf("--format", formats))
    .option("--json", ONE_OBJECT)
    .helpOption("-h, --help", "display help for command")
    .optionsGroup("The numbers of one row, instead of the derivation:")
    .option("--row <numbers>", "inputs and targets: 0.05,0.10 -> 0.01,0.99")
    .option("--weights <file>", PARAMETERS)
    .option("--freeze <names>", "parameters that the update leaves as they are: b1,b2", list)
    .option("--weight <element>", "only the path of the chain rule to it: W1[0,1]")
    .addHelpText("after", `\n${EQUATIONS}`);
}

export function declareCheck(program: Command): Command {
  const command = program
    .command("check")
    .description("check the gradients of a network by numbers, or a formula of yours")
    .argument("[model]", MODEL);
  networkFlags(command.optionsGroup("The network, unless a model is named:"));
  return command
    .optionsGroup("The check:")
    .option("--claim <formula>", 'such as "delta2[k] = (a2[k] - y[k])*sigmoid\'(z2[k])"')
    .option("--weights <file>", PARAMETERS)
    .option(
      "--seed <number>",
      "of other parameters and of all data (default: 0)",
      wholeNumber("--seed", 0),
    )
    .option("--json", ONE_OBJECT)
    .helpOption("-h, --help", "display help for command")
    .addHelpText("after", `\n${CLAIMS}\n\n${EQUATIONS}`);
}

const networkFlags = (command: Command): Command =>
  command
    .option("--layers <sizes>", "inputs, hidden, outputs: 2,3,1", networkSizes("--layers"))
    .option("--activation <name>", `a name, or a formula in z (default: ${defaults.activation})`)
    .option("--output-activation <name>", "default: the cost's link, or the activation")
    .option("--cost <name>", `a name, or a formula in a and y (default: ${defaults.cost})`)
    .option("--equations <file>", "a network of your own, as JSON");

const PARAMETERS = 'parameters as JSON: { "W1": [[…]], "b1": […] }';

const CLAIMS = `Claims: delta2 = …, delta1[n,j] = …, dC/dW1[j,i] = …, dC/db1[j] = …, or
sigmoid' = …, with the network's names, sum_k(…), ^ and f'. With the index n a
claim is about the cost C of a batch, without it about the cost of one row.`;

const EQUATIONS = `The file of --equations holds the definition that network() takes:
  { "equations": "z[n,j] = sum_i W[j,i]*x[n,i] + b[j]; a[n,j] = tanh(z[n,j]);
                  C = 1/N * sum_n sum_j (a[n,j] - y[n,j])^2",
    "extents": { "i": 2, "j": 3 },
    "inputs": "x", "targets": "y", "outputs": "a", "cost": "C" }
with the equations in one line, as JSON wants it; or inputs, layers and cost.`;
