/**
 * What comes back in time: where a date stands in the day, the week and the year, as a point on a circle,
 * so that the end of a period is next to its beginning.
 *
 *     sin 2πv/p, cos 2πv/p     v days since 1970-01-01 UTC, p the period in days
 */

import { cosineOfTurns, sineOfTurns } from "../../train/turns.ts";

export type Cycle = "day" | "week" | "year";

interface Period {
  /** In days; a year is the mean one of the calendar. */
  readonly days: number;
  /** The rows must span so many days to show it. */
  readonly span: number;
  /** Two rows must stand so many days apart within it. */
  readonly apart: number;
  /** Two rows must follow each other within less. */
  readonly step: number;
}

/**
 * Ten minutes are no course of a day. Mondays are none of the week, nor are the weekdays of monthly dates.
 * Within less than half a year, the place in it says what the date says already. The place of one day of
 * the calendar in the mean year moves by two days: a week is more than that.
 */
const periods: Readonly<Record<Cycle, Period>> = {
  day: { days: 1, span: 0, apart: 1 / 144, step: Number.POSITIVE_INFINITY },
  week: { days: 7, span: 7, apart: 1, step: 7 },
  year: { days: 365.2425, span: 180, apart: 7, step: 365 },
};

export const cycleNames = Object.keys(periods) as Cycle[];

/** How long a cycle is. */
export const daysOf = (cycle: Cycle): number => periods[cycle].days;

/** The cycles that dates show; NaN (missing) is left out. */
export function cyclesOf(values: ArrayLike<number>): Cycle[] {
  const sorted = Float64Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort();
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) return [];
  let shortest = Number.POSITIVE_INFINITY;
  for (let i = 1; i < sorted.length; i++) {
    const step = sorted[i]! - sorted[i - 1]!;
    if (step > 0) shortest = Math.min(shortest, step);
  }
  return cycleNames.filter((cycle) => {
    const { days, span, apart, step } = periods[cycle];
    const differ = () => sorted.some((value) => distance(value - first, days) >= apart);
    return last - first >= span && shortest < step && differ();
  });
}

/** From 0, either way round. */
function distance(value: number, days: number): number {
  const rest = Math.abs(value % days);
  return Math.min(rest, days - rest);
}

/** The remainder is exact, so that a time of day is as good today as it was in 1970. */
const turnsOf = (value: number, cycle: Cycle): number => (value % daysOf(cycle)) / daysOf(cycle);

export const sineOf = (value: number, cycle: Cycle): number => sineOfTurns(turnsOf(value, cycle));
export const cosineOf = (value: number, cycle: Cycle): number =>
  cosineOfTurns(turnsOf(value, cycle));
