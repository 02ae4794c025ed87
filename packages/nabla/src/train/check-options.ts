/** The checks of what a training is told, before any parameter changes. */

import { check, checkCount } from "../checks.ts";
import { NablaError, unknownName } from "../errors.ts";
import type { Optimizer } from "../functions/optimizers.ts";
import type { Checkpoint, StreamedData, TrainingOptions } from "./options.ts";

const counts = ["epochs", "batchSize", "accumulate", "patience", "reportEvery"] as const;
const switches = ["shuffle", "reproducible", "worker"] as const;
const others = [
  ...(["optimizer", "validation", "schedule", "clipNorm"] as const),
  ...(["freeze", "signal", "seed", "checkpoint", "resume"] as const),
] as const;
const known: readonly string[] = [...counts, ...switches, ...others];

export function checkOptions(options: TrainingOptions): void {
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw unknownName("training option", name, known);
  }
  for (const name of counts) {
    const value = options[name];
    if (value !== undefined) checkCount(name, value);
  }
  for (const name of switches) {
    const got = options[name];
    check(name, typeof (got ?? true) === "boolean", { expected: "true or false", got });
  }
  const { clipNorm = 1 } = options;
  const isLength = clipNorm > 0 && clipNorm < Number.POSITIVE_INFINITY;
  check("clipNorm", isLength, { expected: "a number > 0", got: clipNorm });
  if (options.checkpoint !== undefined) checkCheckpoint(options.checkpoint);
  if (options.patience !== undefined && options.validation === undefined) {
    throw new NablaError("usage", "patience needs validation rows", {
      where: "patience",
      remedy: "give validation: { inputs, targets }",
    });
  }
}

function checkCheckpoint({ every = { epochs: 1 }, save }: Checkpoint): void {
  const isFunction = typeof save === "function";
  check("save of checkpoint", isFunction, { expected: "a function", got: typeof save });
  const [unit, got = Number.NaN] = Object.entries(every)[0] ?? [];
  const isUnit = unit === "epochs" || unit === "steps" || unit === "seconds";
  check("every of checkpoint", isUnit && Object.keys(every).length === 1, {
    expected: "{ epochs }, { steps } or { seconds }",
    got: JSON.stringify(every),
  });
  if (unit !== "seconds") checkCount(`${unit} of checkpoint`, got);
  const isTime = got > 0 && got < Number.POSITIVE_INFINITY;
  check("seconds of checkpoint", isTime, { expected: "a number > 0", got });
}

/** Some options say nothing to some optimisers: rprop has step sizes of its own, lbfgs searches for them. */
const unheard: Readonly<Record<string, readonly (keyof TrainingOptions)[]>> = {
  rprop: ["schedule"],
  lbfgs: ["schedule", "clipNorm", "batchSize", "accumulate"],
};

/** What stays with the caller. */
const notInWorkers = ["checkpoint", "resume"] as const;

export function checkTogether({ rule }: Optimizer, options: TrainingOptions): void {
  const isGiven = (option: keyof TrainingOptions): boolean => options[option] !== undefined;
  const name = unheard[rule]?.find(isGiven);
  if (name !== undefined) {
    const why =
      rule === "rprop" ? "has step sizes of its own" : "sees all rows, and searches its steps";
    throw unsuited(name, `${rule}, which ${why}`, "leave it out, or take another optimizer");
  }
  const apart = notInWorkers.find(isGiven);
  if (apart !== undefined && options.worker === true)
    throw unsuited(apart, "worker: true", "leave one of them out");
}

export function checkStream(
  { rows, window, pass }: StreamedData,
  { rule }: Optimizer,
  { worker }: TrainingOptions,
): void {
  checkCount("rows of a stream", rows);
  checkCount("window of a stream", window);
  const isFunction = typeof pass === "function";
  check("pass of a stream", isFunction, { expected: "a function", got: typeof pass });
  const remedy = "give the rows in memory";
  if (rule === "lbfgs") throw unsuited("a stream", "lbfgs, which sees all rows at once", remedy);
  if (worker === true) throw unsuited("a stream", "worker: true", remedy);
}

const unsuited = (where: string, got: string, remedy: string): NablaError =>
  new NablaError("usage", `${where} does not go with ${got}; ${remedy}`, { where, got, remedy });
