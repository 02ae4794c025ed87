/**
 * Rows in the order of time, cut into spans that follow one another. Rows of one time stay together, and
 * so do those of one group: there is a cut only where no group has rows on both sides.
 */

export interface Timeline {
  /** All rows, the earliest first; those of one time in the order of the table. */
  readonly order: Uint32Array;
  /** After how many rows there may be a cut, ascending. */
  readonly cuts: readonly number[];
}

export function timeline(times: ArrayLike<number>, groups?: readonly string[]): Timeline {
  const order = Uint32Array.from(times, (_, row) => row).sort(
    (a, b) => times[a]! - times[b]! || a - b,
  );
  const last = new Map<string, number>();
  if (groups !== undefined)
    for (const [place, row] of order.entries()) last.set(groups[row]!, place);

  const cuts: number[] = [];
  let held = -1; // the last place of the groups met so far
  for (let place = 0; place + 1 < order.length; place++) {
    const row = order[place]!;
    if (groups !== undefined) held = Math.max(held, last.get(groups[row]!)!);
    if (times[row]! < times[order[place + 1]!]! && held <= place) cuts.push(place + 1);
  }
  return { order, cuts };
}

/**
 * The rows of the spans between cuts as near as can be to the given shares of all rows, in which each
 * span begins; the first begins with the first row. Undefined where there are too few cuts.
 */
export function spansOf(
  { order, cuts }: Timeline,
  begins: readonly number[],
): Uint32Array[] | undefined {
  if (cuts.length < begins.length) return undefined;
  const chosen: number[] = [];
  let from = 0;
  for (const [i, begin] of begins.entries()) {
    const wanted = begin * order.length;
    const to = cuts.length - (begins.length - i - 1); // leaves a cut for each that follows
    let best = from;
    for (let c = from + 1; c < to; c++)
      if (Math.abs(cuts[c]! - wanted) < Math.abs(cuts[best]! - wanted)) best = c;
    chosen.push(cuts[best]!);
    from = best + 1;
  }
  const ends = [...chosen, order.length];
  return ends.map((end, i) => order.slice(chosen[i - 1] ?? 0, end).sort());
}
