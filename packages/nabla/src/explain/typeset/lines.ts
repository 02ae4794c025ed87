/** Long rows are broken before an operator, the outermost first: + before ·, a sum before what is in its parentheses. */

import type { Item, Row } from "./items.ts";

/** How wide a row is in some format. */
export type Measure = (row: Row) => number;

interface Break {
  readonly at: number;
  /** The smaller, the better: how deep in parentheses it is, and + before ·. */
  readonly rank: number;
  /** In how many more parentheses than at the start. */
  readonly depth: number;
}

/** A part of a row, and how far it is to be indented: 0 the first, 1 what goes on, more in parentheses. */
export interface Line {
  readonly row: Row;
  readonly depth: number;
}

/** The row in lines of at most `width`, where operators allow it. */
export function breakRow(row: Row, width: number, measure: Measure): Line[] {
  const lines: Line[] = [];
  let rest = row;
  let depth = 0;
  while (measure(rest) > width - 2 * depth) {
    const best = bestBreak(rest, width - 2 * depth, measure);
    if (best === undefined) break;
    lines.push({ row: rest.slice(0, best.at), depth });
    rest = withDot(rest.slice(best.at));
    depth = Math.max(1, Math.max(1, depth) + best.depth);
  }
  return [...lines, { row: rest, depth }];
}

/** A line that goes on with a factor begins with the dot. */
const withDot = (row: Row): Row =>
  row.map((item, i) => (i === 0 && item.kind === "times" ? { ...item, dot: true } : item));

function bestBreak(row: Row, width: number, measure: Measure): Break | undefined {
  const fitting = breaksOf(row).filter(({ at }) => measure(row.slice(0, at)) <= width);
  const least = Math.min(...fitting.map((found) => found.rank));
  return fitting.findLast((found) => found.rank === least);
}

function breaksOf(row: Row): Break[] {
  const found: Break[] = [];
  let depth = 0;
  for (const [at, item] of row.entries()) {
    if (item.kind === "open") depth++;
    if (item.kind === "close") depth--;
    const isBetween = item.kind === "infix" || row[at - 1]?.kind === "words";
    const rank = 2 * depth + (isBetween ? 0 : 1);
    if (at > 0 && mayBreak(item)) found.push({ at, rank, depth });
  }
  return found;
}

const mayBreak = (item: Item): boolean => ["infix", "times", "space"].includes(item.kind);
