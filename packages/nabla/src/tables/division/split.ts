/**
 * Rows into three parts: training, validation (for stopping) and test (for the report).
 *
 * With strata each class is divided by itself, by largest remainder: of n rows a part of the
 * fraction f gets ⌊n·f⌋, and the rows left over go where the remainder n·f − ⌊n·f⌋ is largest;
 * among equal remainders, to the part that is furthest behind its share of the rows so far.
 */

import { check } from "../../checks.ts";
import { NablaError } from "../../errors.ts";
import { permutation, randomStream } from "../../train/random.ts";
import { compareLabels } from "../columns/labels.ts";

export interface SplitOptions {
  /** How many rows there are. */
  readonly rows: number;
  /** Fractions of the rows, each in [0, 1), together below 1: training gets the rest. */
  readonly validation: number;
  readonly test: number;
  readonly seed: number;
  /** Which of several divisions by this seed it is. Default 0. */
  readonly fold?: number;
  /** The class of each row: every class is divided in the same proportions. */
  readonly strata?: readonly string[] | undefined;
}

export interface Split {
  /** Indices of rows, ascending. Every row is in exactly one part. */
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
  readonly test: Uint32Array;
  /** The classes of a single row, or a single group of rows, which is trained on. */
  readonly singletons: readonly string[];
}

/** Numbers of training, validation and test: fractions, or rows. */
export type Shares = [train: number, validation: number, test: number];
const TRAIN = 0;
const VALIDATION = 1;
const TEST = 2;
const PARTS = [TRAIN, VALIDATION, TEST] as const;

/** From so many rows on, no part of a fraction above 0 stays empty if a class can spare a row. */
const ENOUGH_ROWS = 10;

/**
 * Divides the rows at random, by the stream "split" of the seed. Every class keeps a training row.
 * Throws unless the fractions are in [0, 1) and leave something for training.
 */
export function splitRows(options: SplitOptions): Split {
  const { rows, seed, fold = 0, strata } = options;
  const fractions = checkFractions(options);
  const classes = groupRows(rows, strata);
  const counts = countParts(
    classes.map((members) => members.rows.length),
    fractions,
  );

  const stream = randomStream(seed, "split", fold);
  const parts: [number[], number[], number[]] = [[], [], []];
  classes.forEach(({ rows: members }, c) => {
    const order = permutation(members.length, stream);
    let next = 0;
    for (const part of PARTS) {
      const end = next + counts[c]![part];
      while (next < end) parts[part].push(members[order[next++]!]!);
    }
  });

  const singletons = classes.filter((members) => strata && members.rows.length === 1);
  return {
    train: Uint32Array.from(parts[TRAIN]).sort(),
    validation: Uint32Array.from(parts[VALIDATION]).sort(),
    test: Uint32Array.from(parts[TEST]).sort(),
    singletons: singletons.map((members) => members.name),
  };
}

/** The shares of training, validation and test. */
export function checkFractions({
  validation,
  test,
}: Pick<SplitOptions, "validation" | "test">): Shares {
  for (const [name, fraction] of Object.entries({ validation, test })) {
    check(name, fraction >= 0 && fraction < 1, { expected: "in [0, 1)", got: fraction });
  }
  if (validation + test >= 1) {
    const got = `${validation} + ${test}`;
    throw new NablaError("usage", `validation + test must be below 1, got ${got}`, {
      expected: "below 1",
      got,
      remedy: "leave rows for training",
    });
  }
  return [1 - validation - test, validation, test];
}

/** The rows of each class, in the order of their names. */
export function groupRows(rows: number, strata: readonly string[] | undefined) {
  const groups = new Map<string, number[]>();
  for (let row = 0; row < rows; row++) {
    const name = strata?.[row] ?? "";
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [row]);
    else group.push(row);
  }
  const classes = Array.from(groups, ([name, members]) => ({ name, rows: members }));
  return classes.sort((a, b) => compareLabels(a.name, b.name));
}

/** How many rows of each class go to each part. */
function countParts(sizes: readonly number[], fractions: Shares): Shares[] {
  const given: Shares = [0, 0, 0];
  let rows = 0;
  const counts = sizes.map((size) => {
    rows += size;
    const behind = (part: number) => rows * fractions[part]! - given[part]!;
    const parts = apportion(size, { fractions, behind });
    for (const part of PARTS) given[part] += parts[part];
    return parts;
  });

  for (const part of [VALIDATION, TEST] as const) {
    if (given[part] > 0 || fractions[part] === 0 || rows < ENOUGH_ROWS) continue;
    const largest = counts.reduce((best, parts) => (parts[TRAIN] > best[TRAIN] ? parts : best));
    if (largest[TRAIN] > 1) move(largest, { from: TRAIN, to: part });
  }
  return counts;
}

function apportion(
  size: number,
  { fractions, behind }: { fractions: Shares; behind: (part: number) => number },
): Shares {
  const parts: Shares = [0, 0, 0];
  for (const part of PARTS) parts[part] = Math.floor(size * fractions[part]);

  const remainder = (part: number) => size * fractions[part]! - parts[part]!;
  const order = PARTS.toSorted((p, q) => remainder(q) - remainder(p) || behind(q) - behind(p));
  const left = size - parts[TRAIN] - parts[VALIDATION] - parts[TEST];
  for (const part of order.slice(0, left)) parts[part]++;

  const larger = parts[VALIDATION] > parts[TEST] ? VALIDATION : TEST;
  if (parts[TRAIN] === 0) move(parts, { from: larger, to: TRAIN });
  return parts;
}

function move(parts: Shares, { from, to }: { from: 0 | 1 | 2; to: 0 | 1 | 2 }): void {
  parts[from]--;
  parts[to]++;
}
