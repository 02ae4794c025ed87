/** Early stopping: remembers the best validation cost and, with patience, its parameters. */

interface Best {
  readonly epoch: number;
  readonly validationCost: number;
  /** A copy, where patience will restore it. */
  readonly parameters?: Float32Array | Float64Array;
}

export function newStopper(patience: number | undefined) {
  let best: Best | undefined;
  return {
    get best() {
      return best;
    },
    look(epoch: number, validationCost: number, parameters: Float32Array | Float64Array): void {
      if (!(validationCost < (best?.validationCost ?? Number.POSITIVE_INFINITY))) return; //  nor NaN
      best = {
        epoch,
        validationCost,
        ...(patience !== undefined && { parameters: parameters.slice() }),
      };
    },
    hasWaited: (epoch: number): boolean =>
      patience !== undefined && epoch - (best?.epoch ?? 0) >= patience,
  };
}
