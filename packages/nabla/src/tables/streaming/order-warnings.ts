/** Rows that are in some order, where training sees only a window of them at a time. */

import type { Warning } from "../quality/warnings.ts";
import type { Census } from "./census.ts";

/** Of the spread of a column, so much between rows that are far apart is no chance. */
const ORDERED = 0.25;

export function orderWarnings(
  { tallies, train }: Census,
  { window, turns }: { readonly window: number; readonly turns: number },
): Warning[] {
  const reach = window * turns;
  if (reach >= train) return [];
  const names = [...tallies].filter(([, { order }]) => order > ORDERED).map(([name]) => name);
  if (names.length === 0) return [];
  const columns = names.map((name) => JSON.stringify(name)).join(", ");
  const message =
    `the rows are in the order of ${columns}, and are shuffled within ${reach} only: ` +
    "what was learnt last counts most";
  return [{ message, remedy: "shuffle the rows once, where they lie, or take a larger window" }];
}
