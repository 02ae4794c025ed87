/** When a cost has stopped falling: the state behind the schedule `on-plateau`. */

export interface Plateau {
  /** The plateaus so far. */
  readonly drops: number;
  /** Takes the cost of the epoch that has ended. */
  endEpoch(cost: number): void;
}

export interface PlateauOptions {
  /** Epochs in a row without a better cost that are borne; the next one is a plateau. */
  readonly patience: number;
  /** A better cost lies below the best so far by more than this fraction of it, in [0, 1). */
  readonly threshold: number;
  /** Epochs after a plateau that are not counted. */
  readonly cooldown: number;
}

/** As PyTorch's ReduceLROnPlateau with an eps of 0; but a cost below 0 has to fall too. */
export function newPlateau({ patience, threshold, cooldown }: PlateauOptions): Plateau {
  let best = Number.POSITIVE_INFINITY;
  let waited = 0;
  let cooling = 0;
  let drops = 0;
  return {
    get drops() {
      return drops;
    },
    endEpoch(cost) {
      waited++;
      // A NaN is never better
      if (cost < best * (1 - threshold * Math.sign(best))) {
        best = cost;
        waited = 0;
      }
      if (cooling > 0) {
        cooling--;
        waited = 0;
      }
      if (waited > patience) {
        drops++;
        waited = 0;
        cooling = cooldown;
      }
    },
  };
}
