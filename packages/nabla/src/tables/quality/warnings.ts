/** Where a network does not beat its baselines on the test rows, in words. */

import type { TrainingLog } from "../model.ts";
import type { Lead } from "./intervals.ts";

/** Something to know before the model is used. */
export interface Warning {
  readonly message: string;
  readonly remedy: string;
}

/**
 * Of the same answer for every row a network has to be ahead beyond chance; of a network without hidden
 * layers it has to be ahead.
 */
export function comparisonWarnings({
  comparison,
  metrics,
  baseline,
}: Pick<TrainingLog, "comparison" | "metrics" | "baseline">): Warning[] {
  if (comparison === undefined) return [];
  const { metric, constant, linear } = comparison;
  const figures = (rival: "constant" | "linear", lead: Lead) =>
    `${metric} ${short(metrics[metric])} against ${short(baseline[rival][metric])} on the test rows, ` +
    `${leadWords(lead)}`;
  const warnings: Warning[] = [];
  if (constant !== undefined && !(constant.difference > 0 && (constant.low ?? 1) > 0))
    warnings.push({
      message: `no better, beyond chance, than the same answer for every row: ${figures("constant", constant)}`,
      remedy: "look for columns that say more of the target, or for more rows",
    });
  if (linear !== undefined && !(linear.difference > 0))
    warnings.push({
      message: `no better than a network without hidden layers: ${figures("linear", linear)}`,
      remedy: "take that one, which is simpler; or more rows, or fewer units",
    });
  return warnings;
}

/** `ahead by 0.12 (95 %: −0.01 … 0.25)`. */
function leadWords({ difference, low, high }: Lead): string {
  const where = difference < 0 ? "behind" : "ahead";
  const interval = low === undefined ? "" : ` (95 %: ${short(low)} … ${short(high)})`;
  return `${where} by ${short(Math.abs(difference))}${interval}`;
}

/** Three significant digits. */
const short = (x: number | undefined): string =>
  x === undefined ? "–" : String(Number(x.toPrecision(3))).replace("-", "−");
