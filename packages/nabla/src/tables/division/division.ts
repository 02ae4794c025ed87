/**
 * How rows are divided, whatever their table: at random, with every class in equal proportions where
 * there are classes; by groups, so that no group has rows in two parts; or by time, so that what is
 * predicted comes after what was learnt.
 */

import { NablaError } from "../../errors.ts";
import { randomStream } from "../../train/random.ts";
import { dealGroups } from "./grouped.ts";
import { spansOf, timeline } from "./ordered.ts";
import { checkFractions, type Shares, type Split, type SplitOptions, splitRows } from "./split.ts";

/** What is known of each row that decides where it goes. */
export interface Marks {
  readonly rows: number;
  /** The classes. */
  readonly strata?: readonly string[] | undefined;
  readonly group?: Mark<readonly string[]> | undefined;
  readonly time?: Mark<Float64Array> | undefined;
}

export interface Mark<Values> {
  /** The column, for messages. */
  readonly name: string;
  readonly values: Values;
}

export type DivisionKind =
  | "random"
  | "stratified"
  | "grouped"
  | "time-ordered"
  | "grouped, time-ordered";

export function kindOf({ strata, group, time }: Marks): DivisionKind {
  if (time !== undefined) return group === undefined ? "time-ordered" : "grouped, time-ordered";
  if (group !== undefined) return "grouped";
  return strata === undefined ? "random" : "stratified";
}

/**
 * Into training, validation and test.
 * Throws where there are too few groups or times for that, and where a class is left without a row to
 * learn it from.
 */
export function divide(marks: Marks, options: Omit<SplitOptions, "rows" | "strata">): Split {
  const { rows, strata, group, time } = marks;
  const shares = checkFractions(options);
  if (time === undefined && group === undefined) return splitRows({ ...options, rows, strata });

  const split = time === undefined ? byGroup(marks, { ...options, shares }) : byTime(marks, shares);
  checkClasses(marks, split);
  return split;
}

function byGroup(
  marks: Marks,
  options: Pick<SplitOptions, "seed" | "fold"> & { readonly shares: readonly number[] },
): Split {
  const { shares, seed, fold = 0 } = options;
  const { group, strata } = marks;
  const stream = randomStream(seed, "split", fold);
  const dealt = dealGroups(group!.values, { shares, strata, stream });
  if (dealt === undefined) throw tooFewGroups(marks, shares.filter((share) => share > 0).length);
  const [train, validation, test] = dealt.parts as [Uint32Array, Uint32Array, Uint32Array];
  return { train, validation, test, singletons: dealt.singletons };
}

function byTime(marks: Marks, shares: Shares): Split {
  const { time, group } = marks;
  const [train, validation, test] = shares;
  const begins = [
    ...(validation > 0 ? [train] : []), // after the first span
    ...(test > 0 ? [train + validation] : []),
  ];
  const spans = spansOf(timeline(time!.values, group?.values), begins);
  if (spans === undefined) throw tooFewSpans(marks, begins.length + 1);
  const [first, ...others] = spans;
  const next = (share: number) => (share > 0 ? others.shift()! : new Uint32Array(0));
  return { train: first!, validation: next(validation), test: next(test), singletons: [] };
}

/** Throws where rows to stop by or to test are of a class that none of the training rows has. */
export function checkClasses({ strata, group, time }: Marks, split: Split): void {
  const mark = time ?? group;
  if (strata === undefined || mark === undefined) return;
  const learnt = new Set(Array.from(split.train, (row) => strata[row]!));
  const held = [...split.validation, ...split.test];
  const row = held.find((row) => !learnt.has(strata[row]!));
  if (row === undefined) return;

  const where = `${time === undefined ? "group" : "time"} "${mark.name}"`;
  const expected = "every class among the training rows";
  const got = `none of ${JSON.stringify(strata[row]!)}`;
  const remedy = "leave its rows out, or divide them otherwise";
  const message = `${where} puts ${got} among the training rows; ${remedy}`;
  throw new NablaError("data", message, { where, expected, got, remedy });
}

/** Where rows cannot be cut into so many spans of time. */
export function tooFewSpans({ time, group }: Marks, spans: number): NablaError {
  const { name, values } = time!;
  if (group === undefined)
    return tooFew(`time "${name}"`, {
      expected: `at least ${spans} different times`,
      got: String(new Set(values).size),
    });
  const remedy = "name one of the two";
  const expected = `${spans} spans of time without a group in two of them`;
  const got = "groups that overlap";
  const message = `time "${name}" and group "${group.name}" need ${expected}, got ${got}; ${remedy}`;
  return new NablaError("data", message, { where: "time", expected, got, remedy });
}

export function tooFew(where: string, { expected, got }: { expected: string; got: string }) {
  const remedy = "ask for fewer parts or folds";
  const message = `${where} needs ${expected}, got ${got}; ${remedy}`;
  return new NablaError("data", message, { where, expected, got, remedy });
}

/** Where there are too few groups for so many parts. A class's only group must be trained on. */
export function tooFewGroups({ group, strata }: Marks, parts: number): NablaError {
  const { name, values } = group!;
  const kind = strata === undefined ? "groups" : "groups that do not alone have a class";
  const expected = `at least ${parts} ${kind}`;
  return tooFew(`group "${name}"`, { expected, got: `${new Set(values).size} in all` });
}
