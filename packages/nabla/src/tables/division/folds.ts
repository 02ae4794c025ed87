/**
 * Cross-validation: rows into k folds, each tested by a network that was trained on others. The rows of a
 * fold are met by nothing else of its training: neither by what is fitted on columns nor by what stops it.
 *
 *     at random, grouped    each fold once, trained on the rest
 *     time-ordered          k + 1 spans; each but the first once, trained on all before it
 *
 * Of the rows to train on, a part is to stop by, divided off in the same way as ever.
 */

import { check } from "../../checks.ts";
import { permutation, randomStream } from "../../train/random.ts";
import { checkClasses, divide, type Marks, tooFew, tooFewGroups, tooFewSpans } from "./division.ts";
import { dealGroups } from "./grouped.ts";
import { spansOf, timeline } from "./ordered.ts";
import { groupRows, type Split, type SplitOptions } from "./split.ts";

export interface FoldOptions extends Pick<SplitOptions, "validation" | "test" | "seed"> {
  /** k ≥ 2. */
  readonly folds: number;
}

/**
 * For each fold its rows as the test part, and the others in the proportions of `validation` and
 * training without a test part. Classes of a single row or group are always trained on.
 * Throws where there are too few rows, groups or times, or a fold would be trained without a class.
 */
export function foldRows(marks: Marks, options: FoldOptions): Split[] {
  const { folds, validation, test, seed } = options;
  check("folds", Number.isSafeInteger(folds) && folds >= 2, {
    expected: "a whole number ≥ 2",
    got: folds,
  });
  const tested = testRows(marks, options);
  return tested.map(({ test: held, others }, f) => {
    const within = { validation: validation / (1 - test), test: 0, seed, fold: f + 1 };
    const { train, validation: stop, singletons } = divide(marksOf(marks, others), within);
    const rowsOf = (part: Uint32Array) => part.map((index) => others[index]!);
    const split = { train: rowsOf(train), validation: rowsOf(stop), test: held, singletons };
    checkClasses(marks, split);
    return split;
  });
}

interface Fold {
  readonly test: Uint32Array;
  /** To train on. */
  readonly others: Uint32Array;
}

function testRows(marks: Marks, { folds, seed }: FoldOptions): Fold[] {
  if (marks.time !== undefined) return spansInTime(marks, folds);
  const [always, ...dealt] =
    marks.group === undefined ? dealRows(marks, { folds, seed }) : dealOf(marks, { folds, seed });
  return dealt.map((test) => ({
    test,
    others: joined([always!, ...dealt.filter((other) => other !== test)]),
  }));
}

/** Each span with all that come before it. */
function spansInTime(marks: Marks, folds: number): Fold[] {
  const { time, group } = marks;
  const begins = Array.from({ length: folds }, (_, i) => (i + 1) / (folds + 1));
  const spans = spansOf(timeline(time!.values, group?.values), begins);
  if (spans === undefined) throw tooFewSpans(marks, folds + 1);
  return spans.slice(1).map((test, i) => ({ test, others: joined(spans.slice(0, i + 1)) }));
}

/** The rows that are always trained on, then those of each fold: whole groups. */
function dealOf(marks: Marks, { folds, seed }: { folds: number; seed: number }) {
  const { group, strata } = marks;
  const shares = [0, ...new Array<number>(folds).fill(1 / folds)];
  const stream = randomStream(seed, "split", 0, FOLDS);
  const dealt = dealGroups(group!.values, { shares, strata, stream });
  if (dealt === undefined) throw tooFewGroups(marks, folds);
  return dealt.parts;
}

/** The same, row by row: each class is dealt out in turn, and the next goes on where it ended. */
function dealRows({ rows, strata }: Marks, { folds, seed }: { folds: number; seed: number }) {
  const stream = randomStream(seed, "split", 0, FOLDS);
  const parts = Array.from({ length: folds + 1 }, (): number[] => []);
  let next = 0;
  for (const { rows: members } of groupRows(rows, strata)) {
    const order = permutation(members.length, stream);
    const isSingle = strata !== undefined && members.length === 1;
    for (const place of order) parts[isSingle ? 0 : 1 + (next++ % folds)]!.push(members[place]!);
  }
  if (next < folds)
    throw tooFew("folds", { expected: `at least ${folds} rows to deal out`, got: String(next) });
  return parts.map((part) => Uint32Array.from(part).sort());
}

/** The second word of the stream that deals out folds; the divisions within them have the first. */
const FOLDS = 1;

const joined = (parts: readonly Uint32Array[]): Uint32Array =>
  Uint32Array.from(parts.flatMap((part) => Array.from(part))).sort();

function marksOf({ strata, group, time }: Marks, rows: Uint32Array): Marks {
  const of = <T>(values: ArrayLike<T>): T[] => Array.from(rows, (row) => values[row]!);
  return {
    rows: rows.length,
    strata: strata && of(strata),
    group: group && { ...group, values: of(group.values) },
    time: time && { ...time, values: Float64Array.from(of(time.values)) },
  };
}
