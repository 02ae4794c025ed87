/** The trials of a search for people: a line of progress, a table, and the command that trains the best. */

import type { TrialOptions, TrialResult } from "nabla";
import { type Context, canRedraw, sizeOf } from "../context.ts";
import { aligned, significant } from "../text.ts";

export interface TrialProgress {
  onTrial(result: TrialResult): void;
  end(): void;
}

type World = Pick<Context, "stderr" | "env">;

/** `rung 2/4   31 trials   best 0.0312 by 17: 64,32 tanh η 0.0047 …`; on a terminal in one line. */
export function trialProgress({ stderr, env }: World, { rungs }: { rungs: number }): TrialProgress {
  const drawn = canRedraw(stderr, { env });
  let count = 0;
  let best: TrialResult | undefined;
  return {
    onTrial(result) {
      count++;
      if (result.cost !== null && isBetter(result, best)) best = result;
      const leader =
        best === undefined
          ? ""
          : `   best ${figure(best.cost)} by ${best.number}: ${inWords(best.options)}`;
      const line = `rung ${result.rung}/${rungs}   ${count} done${leader}`;
      const { columns } = sizeOf(stderr);
      stderr.write(drawn ? `\r${line.slice(0, columns - 1)}\u001b[K` : `${line}\n`);
    },
    end() {
      if (drawn && count > 0) stderr.write("\n");
      count = 0; // said once
    },
  };
}

/** Of a higher rung, or of the same and cheaper. */
const isBetter = (result: TrialResult, best: TrialResult | undefined): boolean =>
  best === undefined ||
  result.rung > best.rung ||
  (result.rung === best.rung && result.cost! < (best.cost ?? Number.POSITIVE_INFINITY));

const inWords = ({ hidden, activation, learningRate, batchSize, l2, dropout }: TrialOptions) =>
  [
    `${hidden.join(",") || "no"} ${activation}`,
    `η ${learningRate}`,
    ...(batchSize === undefined ? [] : [`batch ${batchSize}`]),
    `λ ${l2 ?? "by rows"}`,
    `dropout ${dropout}`,
  ].join(" ");

/** Each trial once, as far as it came; the best stand first. */
export function trialsTable(trials: readonly TrialResult[]): string {
  const last = new Map(trials.map((trial) => [trial.number, trial]));
  const cost = ({ cost }: TrialResult) => cost ?? Number.POSITIVE_INFINITY;
  const order = (a: TrialResult, b: TrialResult) =>
    b.rung - a.rung || (cost(a) === cost(b) ? a.number - b.number : cost(a) - cost(b));
  const rows = Array.from(last.values())
    .sort(order)
    .map((trial) => {
      const { hidden, activation, learningRate, batchSize, l2, dropout } = trial.options;
      return [
        String(trial.number),
        hidden.join(",") || "–",
        activation,
        String(learningRate),
        String(batchSize ?? "all"),
        String(l2 ?? "–"),
        String(dropout),
        String(trial.epochsTaken),
        figure(trial.cost),
      ];
    });
  const head = ["trial", "hidden", "σ", "η", "batch", "λ", "dropout", "epochs", "cost"];
  return `${aligned([head, ...rows])}Trial 0 is the network as it was given.\n`;
}

const figure = (cost: number | null): string => (cost === null ? "diverged" : significant(cost));

/** The flags that set what was found. */
const optionFlags = (options: TrialOptions): string[] => [
  ...["--hidden", options.hidden.join(",") || "0"],
  ...["--activation", options.activation],
  ...["--learning-rate", String(options.learningRate)],
  ...(options.batchSize === undefined ? [] : ["--batch-size", String(options.batchSize)]),
  ...(options.l2 === undefined ? [] : ["--l2", String(options.l2)]),
  ...["--dropout", String(options.dropout)],
];

/** The arguments of `nabla train` that train the best again: those of the search without its own flags. */
export function trainArguments(
  args: readonly string[],
  { options, own }: { options: TrialOptions; own: readonly string[] },
): string[] {
  const found = optionFlags(options);
  const set = new Set([...own, ...found.filter((flag) => flag.startsWith("--")), "--l2"]);
  const kept: string[] = [];
  for (let i = 1; i < args.length; i++) {
    const [flag = ""] = args[i]!.split("=", 1);
    if (flag === "--json") continue;
    if (!set.has(flag)) kept.push(args[i]!);
    else if (!args[i]!.includes("=")) i++; // its value
  }
  return ["train", ...kept, ...found];
}
