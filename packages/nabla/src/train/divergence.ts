/** What to say where a step's cost or gradients are not finite: where it happened, which figure, a remedy. */

import type { Data } from "../data.ts";
import { largestColumn } from "../diagnose/columns.ts";
import { short, withLayer } from "../diagnose/finding.ts";
import { normOf } from "../diagnose/gradients.ts";
import type { Engine, TrainingStep } from "../engine.ts";
import { NablaError } from "../errors.ts";

export interface Halt {
  /** From 1; none in a loop of one's own. */
  readonly epoch?: number;
  /** From 1. */
  readonly step: number;
  readonly learningRate: number;
  /** The rows of the batch, and the seed of its masks. */
  readonly batch: Data;
  readonly training: TrainingStep;
}

/** The parameters are those before the step. */
export function divergence(engine: Engine, halt: Halt): NablaError {
  const { epoch, step, learningRate, batch, training } = halt;
  const cost = engine.differentiate(batch, training);
  const gradients = engine.gradients.view();
  const norms = [...engine.layout].map(([{ name }, { start, end }]) => ({
    name,
    norm: normOf(gradients.subarray(start, end)),
  }));
  const worst = norms.reduce((a, b) => (size(b.norm) > size(a.norm) ? b : a));
  const where = epoch === undefined ? `step ${step}` : `epoch ${epoch}, step ${step}`;
  const what = withLayer(worst.name);
  const figures = `the cost is ${short(cost)}, the gradient of ${what} has norm ${short(worst.norm)}`;
  const remedy =
    scaling(engine, batch) ??
    `lower the learning rate, which was ${short(learningRate)}, tenfold, or clip the gradients`;
  return new NablaError("diverged", `training diverged in ${where}: ${figures}; ${remedy}`, {
    where,
    expected: "finite numbers",
    got: figures,
    remedy,
  });
}

/** What to scale, if the batch has columns that no rate suits: of the inputs, else of the targets. */
function scaling({ system }: Engine, batch: Data): string | undefined {
  const { inputs, targets } = system;
  const input = largestColumn(inputs, batch);
  const found = input ?? (targets && largestColumn([targets], batch));
  if (found === undefined) return undefined;
  const of = input === undefined ? "targets" : inputs.length === 1 ? "inputs" : found.tensor.name;
  return `scale column ${found.column} of the ${of}, whose values reach ${short(found.largest)}`;
}

const size = (norm: number): number => (Number.isNaN(norm) ? Number.POSITIVE_INFINITY : norm);
