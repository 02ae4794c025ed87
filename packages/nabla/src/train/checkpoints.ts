/** When the states of a training are due: after so many steps, or so much time. */

import type { Checkpoint } from "./options.ts";

export interface Checkpoints {
  /** The steps from here to the next state that is due by their number. */
  ahead(step: number): number;
  /** Whether one is due after a step. */
  isDue(step: number): boolean;
  /** Says that one has been kept. */
  kept(): void;
}

export interface CheckpointSite {
  /** Steps of an epoch. */
  readonly batches: number;
  /** The clock of the training. */
  readonly seconds: () => number;
}

export function newCheckpoints(
  checkpoint: Checkpoint | undefined,
  { batches, seconds }: CheckpointSite,
): Checkpoints {
  if (checkpoint === undefined) return never;
  const { every = { epochs: 1 } } = checkpoint;
  if ("seconds" in every) return bySeconds(every.seconds, seconds);
  return bySteps("steps" in every ? every.steps : every.epochs * batches);
}

const never: Checkpoints = {
  ahead: () => Number.POSITIVE_INFINITY,
  isDue: () => false,
  kept: () => {},
};

const bySteps = (every: number): Checkpoints => ({
  ahead: (step) => every - (step % every),
  isDue: (step) => step % every === 0,
  kept: () => {},
});

function bySeconds(every: number, seconds: () => number): Checkpoints {
  let last = seconds();
  return {
    ...never,
    isDue: () => seconds() - last >= every,
    kept() {
      last = seconds();
    },
  };
}
