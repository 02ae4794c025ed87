/** Early stopping: remembers the best validation cost and, with patience, its parameters. */

import type { Floats } from "../equations/memory.ts";
import type { TrainingState } from "./state.ts";

export interface Best {
  readonly epoch: number;
  readonly validationCost: number;
}

/** What it has found so far: the best epoch and, where patience will restore them, its parameters. */
export interface Found {
  readonly best?: Best | undefined;
  readonly parameters?: Floats | undefined;
}

/** What a state says of it. */
export const foundIn = (state: TrainingState | undefined): Found => ({
  best: state?.counters.best,
  parameters: state?.arrays.get("best")?.slice(),
});

export function newStopper(patience: number | undefined, from: Found = {}) {
  let { best, parameters } = from;
  return {
    get best() {
      return best;
    },
    get parameters() {
      return parameters;
    },
    look(epoch: number, validationCost: number, at: Floats): void {
      const least = best?.validationCost ?? Number.POSITIVE_INFINITY;
      if (!Number.isFinite(validationCost) || validationCost >= least) return;
      best = { epoch, validationCost };
      if (patience !== undefined) parameters = at.slice();
    },
    hasWaited: (epoch: number): boolean =>
      patience !== undefined && epoch - (best?.epoch ?? 0) >= patience,
  };
}
