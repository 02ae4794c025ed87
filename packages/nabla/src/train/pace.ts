import { host } from "#host";

/** How many steps to take at once, so that the event loop has its turn about every 50 ms. */
export function newPace() {
  let steps = 1;
  let left = 1;
  let last = performance.now();
  return {
    /** The steps to take before the clock is looked at again. */
    get left() {
      return left;
    },
    /** Counts steps off; whether it is time for the event loop. */
    spend(count: number): boolean {
      left -= count;
      if (left > 0) return false;
      const waited = performance.now() - last;
      if (waited < 25) steps *= 2;
      left = steps;
      if (waited < 50) return false;
      steps = Math.max(1, Math.floor((steps * 40) / waited));
      return true;
    },
    async rest(): Promise<void> {
      await host.turn();
      this.begin();
    },
    /** Counts from now: what lies before was no step. */
    begin(): void {
      left = steps;
      last = performance.now();
    },
  };
}
