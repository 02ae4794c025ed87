/** What to say where a step's cost or gradients are not finite: where it happened, which figure, a remedy. */

import type { Data } from "../data.ts";
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
  const norms = [...engine.layout].map(([{ name }, { start, end }]) => {
    let square = 0;
    for (let i = start; i < end; i++) square += gradients[i]! * gradients[i]!;
    return { name, norm: Math.sqrt(square) };
  });
  const finite = norms.every(({ norm }) => Number.isFinite(norm));
  const worst = norms.reduce((a, b) => (size(b.norm) > size(a.norm) ? b : a));
  const where = epoch === undefined ? `step ${step}` : `epoch ${epoch}, step ${step}`;
  const layer = /\d+$/.exec(worst.name)?.[0];
  const what = layer === undefined ? worst.name : `${worst.name} (layer ${layer})`;
  const figures = `the cost is ${short(cost)}, the gradient of ${what} has norm ${short(worst.norm)}`;
  const remedy =
    step === 1 && !finite
      ? "scale the inputs and targets to about 1"
      : `lower the learning rate, which was ${short(learningRate)}, tenfold, or clip the gradients`;
  return new NablaError("diverged", `training diverged in ${where}: ${figures}; ${remedy}`, {
    where,
    expected: "finite numbers",
    got: figures,
    remedy,
  });
}

const size = (norm: number): number => (Number.isNaN(norm) ? Number.POSITIVE_INFINITY : norm);

const short = (x: number): string => String(Number(x.toPrecision(4)));
