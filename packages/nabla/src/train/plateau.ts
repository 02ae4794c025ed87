/** When a cost has stopped falling: the state behind the schedule `on-plateau`. */

/** What it knows, as plain data. */
export interface PlateauState {
  /** The best cost; none before the first. */
  readonly best?: number;
  /** Epochs in a row without a better one. */
  readonly waited: number;
  /** Epochs that are not counted any more. */
  readonly cooling: number;
  /** The plateaus so far. */
  readonly drops: number;
}

export interface Plateau {
  readonly state: PlateauState;
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
export function newPlateau(
  { patience, threshold, cooldown }: PlateauOptions,
  from: PlateauState = { waited: 0, cooling: 0, drops: 0 },
): Plateau {
  let state = from;
  /** What is not finite is never better. */
  const isBetter = (cost: number): boolean => {
    const { best = Number.POSITIVE_INFINITY } = state;
    return Number.isFinite(cost) && cost < best * (1 - threshold * Math.sign(best));
  };
  return {
    get state() {
      return state;
    },
    endEpoch(cost) {
      let { waited, cooling, drops } = state;
      const better = isBetter(cost);
      waited = better ? 0 : waited + 1;
      if (cooling > 0) {
        cooling--;
        waited = 0;
      }
      if (waited > patience) {
        drops++;
        waited = 0;
        cooling = cooldown;
      }
      state = { ...state, ...(better && { best: cost }), waited, cooling, drops };
    },
  };
}
