/**
 * Whole groups of rows into parts: the rows of a patient, say, all lie in one. The largest groups come
 * first, in random order among equals, and each goes to the part p that lacks most of what it has:
 *
 *     Σ_c k[c]·(f[p]·n[c] − g[p,c]) / n[c]²
 *
 * k rows of class c are in the group, n in all, g were given to p so far, and f is the share of p.
 */

import { permutation, type RandomStream } from "../../train/random.ts";
import { cellError } from "../columns/cells.ts";
import { compareLabels, labelOf } from "../columns/labels.ts";
import type { Column, Table } from "../table.ts";

export interface DealOptions {
  /** Of all rows, for each part. The first part also gets the groups that hold a whole class. */
  readonly shares: readonly number[];
  /** The class of each row; every class counts the same. */
  readonly strata?: readonly string[] | undefined;
  readonly stream: RandomStream;
}

export interface Dealt {
  /** The rows of each part, ascending. */
  readonly parts: readonly Uint32Array[];
  /** The classes that a single group holds. */
  readonly singletons: readonly string[];
}

interface Group {
  readonly rows: number[];
  /** Of its rows, by class. */
  readonly counts: Map<string, number>;
}

/**
 * No part of a share above 0 stays empty. Undefined where there are too few groups for that: each part
 * needs one that holds no whole class, but for the first, which takes any.
 */
export function dealGroups(names: readonly string[], options: DealOptions): Dealt | undefined {
  const { shares, strata, stream } = options;
  const groups = collect(names, strata);
  const totals = sumOf(groups);
  const singletons = strata === undefined ? [] : classesOfOneGroup(groups);
  const single = new Set(singletons);
  const isPinned = ({ counts }: Group) => [...counts.keys()].some((name) => single.has(name));

  const parts = shares.map((share) => ({
    share,
    rows: [] as number[],
    given: new Map() as Counts,
  }));
  const give = (group: Group, part: (typeof parts)[number]): void => {
    for (const row of group.rows) part.rows.push(row);
    add(part.given, group.counts);
  };
  for (const group of groups.filter(isPinned)) give(group, parts[0]!);

  const order = permutation(groups.length, stream);
  const free = Array.from(order, (g) => groups[g]!)
    .filter((group) => !isPinned(group))
    .sort((a, b) => b.rows.length - a.rows.length);
  for (const [done, group] of free.entries()) {
    const open = parts.filter(({ share }) => share > 0);
    const empty = open.filter(({ rows }) => rows.length === 0);
    const wanting = free.length - done <= empty.length ? empty : open;
    const lacks = ({ share, given }: (typeof parts)[number]) =>
      lack(group, { share, given, totals });
    give(
      group,
      wanting.reduce((best, part) => (lacks(part) > lacks(best) ? part : best)),
    );
  }
  if (parts.some(({ share, rows }) => share > 0 && rows.length === 0)) return undefined;
  return { parts: parts.map(({ rows }) => Uint32Array.from(rows).sort()), singletons };
}

type Counts = Map<string, number>;

/** How much of what the group has a part lacks. */
function lack(
  { counts }: Group,
  { share, given, totals }: { share: number; given: Counts; totals: Counts },
): number {
  let sum = 0;
  for (const [name, count] of counts) {
    const total = totals.get(name)!;
    sum += (count * (share * total - (given.get(name) ?? 0))) / (total * total);
  }
  return sum;
}

/** In the order of their names. */
function collect(names: readonly string[], strata: readonly string[] | undefined): Group[] {
  const groups = new Map<string, Group>();
  for (const [row, name] of names.entries()) {
    const group: Group = groups.get(name) ?? { rows: [], counts: new Map() };
    groups.set(name, group);
    group.rows.push(row);
    add(group.counts, new Map([[strata?.[row] ?? "", 1]]));
  }
  return Array.from(groups)
    .sort(([a], [b]) => compareLabels(a, b))
    .map(([, group]) => group);
}

function classesOfOneGroup(groups: readonly Group[]): string[] {
  const holders = new Map<string, number>();
  for (const { counts } of groups)
    for (const name of counts.keys()) holders.set(name, (holders.get(name) ?? 0) + 1);
  const single = Array.from(holders).filter(([, count]) => count === 1);
  return single.map(([name]) => name).sort(compareLabels);
}

function sumOf(groups: readonly Group[]): Counts {
  const sums: Counts = new Map();
  for (const { counts } of groups) add(sums, counts);
  return sums;
}

function add(sums: Counts, counts: ReadonlyMap<string, number>): void {
  for (const [name, count] of counts) sums.set(name, (sums.get(name) ?? 0) + count);
}

/** The group of each row. Throws where it is missing. */
export function groupsOf(table: Table, column: Column, rows: Uint32Array): string[] {
  return Array.from(rows, (row) => {
    const label = labelOf(column, row);
    if (label !== null) return label;
    const remedy = "name the group of every row, or leave the row out";
    throw cellError(table, { column, row, expected: "a group", remedy });
  });
}
