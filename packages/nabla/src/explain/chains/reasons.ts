/** The sentences of the backward pass: each names what happens, to which index, and why. */

import type { Equation, Term } from "../../equations/equation.ts";
import {
  type Element,
  type Index,
  plainIndex,
  type Tensor,
  walk,
} from "../../equations/expression.ts";
import { formatExpression } from "../../equations/format.ts";
import { isNumber } from "../../equations/simplify.ts";
import type { Group } from "./paths.ts";
import { solutions, solveDeltas } from "./terms.ts";

const list = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;

const letters = (indices: readonly Index[]): string => list(indices.map((i) => i.name));

const sums = (indices: readonly Index[]): string =>
  `${indices.length > 1 ? "sums" : "sum"} over ${letters(indices)}`;

const text = (e: Element): string => formatExpression(e);

export const name = (delta: Tensor): string => `${delta.name} for short`;

/** z1[j] acts on c through a1[m]: add up over m. */
export function chainRule(
  x: Element,
  groups: readonly Group[],
  { cost, brief }: { readonly cost: Tensor; readonly brief: boolean },
): string {
  const ways = groups.map(({ through, at }) =>
    through.target === cost ? "directly" : `through ${text(at)}`,
  );
  const over = [...new Set(groups.flatMap((group) => group.over.map((i) => i.name)))];
  const sum = over.length === 0 ? "" : `, for every ${list(over)}`;
  const added = ways.length > 1 ? "; the contributions are added" : "";
  const shared = groups
    .filter(({ through, at }) => through.target !== cost && at.places.length < x.places.length)
    .map(({ at }) => `; all of ${x.tensor.name} meet in ${text(at)}: the others do not drop out`);
  const others = ways.length > 1 && !brief ? shared.join("") : "";
  return `chain rule: ${text(x)} acts on ${cost.name} ${list(ways)}${sum}${added}${others}`;
}

/** The equation of T differentiated by X: ∂z2[m]/∂W2[k,j] = a1[j] for m = k, else 0. */
export function local(x: Element, groups: readonly Group[]): string {
  return groups.map((group) => localIn(x, group)).join("; ");
}

function localIn(x: Element, { at, locals }: Group): string {
  const [term] = locals;
  const subject = `∂${text(at)}/∂${text(x)}`;
  const plainly = `${subject} by the equation of ${at.tensor.name}`;
  if (term === undefined || locals.length > 1) return plainly;
  const solved = solutions(term);
  const { over, where, body } = solveDeltas(term);
  const outer = new Set(at.places.map(plainIndex));
  if (over.some((i) => !outer.has(i)) || where.length > 0) return plainly;
  const conditions = [...solved].flatMap(([i, q]) =>
    outer.has(i) ? [`${i.name} = ${q.name}`] : [],
  );
  const only = conditions.length === 0 ? "" : ` for ${list(conditions)}, else 0`;
  const is = formatExpression(body);
  return is.length > 40 ? plainly : `${subject} = ${is}${only}`;
}

/** The last line of a batch's chain. */
export function asForOneRow(x: Element, { terms }: Equation): string {
  const rows = terms.flatMap(({ over }) => over).find(({ extent }) => extent === "rows");
  if (rows === undefined) return "as for one row";
  return `as for one row; the sum over ${rows.name} stays: every row reads the same ${x.tensor.name}`;
}

/** Why sums disappear, and why others stay. */
export function delta(x: Element, groups: readonly Group[]): string {
  const sentences = groups.flatMap((group) => group.terms.map((term) => solvedIn(x, group, term)));
  return [...new Set(sentences.filter((sentence) => sentence !== ""))].join("; ");
}

function solvedIn(x: Element, { at, over, through }: Group, term: Term): string {
  const solved = solutions(term);
  const gone = term.over.filter((i) => solved.has(i));
  const stays = over.filter((i) => !solved.has(i));
  const only = gone.map((i) => `${i.name} = ${solved.get(i)?.name}`);
  const isOfT = gone.some((i) => over.includes(i));
  const subject = isOfT
    ? `${text(at)} depends on ${text(x)} only for ${list(only)}`
    : `in ${through.target.name} only the term ${list(only)} has ${text(x)} in it`;
  const kept = term.where.length - gone.length;
  return [
    gone.length === 0 ? "" : `${subject}: the ${sums(gone)} disappear${gone.length > 1 ? "" : "s"}`,
    stays.length === 0
      ? ""
      : `the ${sums(stays)} stay${stays.length > 1 ? "" : "s"}: ${text(x)} acts on each ${text(at)}`,
    kept <= 0 ? "" : "what is left in brackets cannot be solved: several places may be meant",
  ]
    .filter((part) => part !== "")
    .join("; ");
}

/** What has been found above is put in. */
export function known(terms: readonly Term[], finals: ReadonlyMap<Tensor, Equation>): string {
  const used = new Set<string>();
  for (const { body } of terms) {
    for (const e of walk(body)) {
      if (e.kind === "element" && finals.get(e.tensor)?.terms.length === 1) used.add(text(e));
    }
  }
  return `${list([...used])} ${used.size === 1 ? "is" : "are"} known from above`;
}

/** What stands before a sum, and why it may. */
export function factor(before: readonly Term[], after: readonly Term[]): string {
  const moved = before.flatMap((term, t) => {
    const now = after[t];
    if (now === undefined || now === term) return [];
    const sum = walk(now.body).find((e) => e.kind === "reduction");
    const inside = sum === undefined ? new Set() : new Set(walk(sum).filter(isElement));
    const outside = walk(now.body).filter((e) => isElement(e) && !inside.has(e) && !isNumber(e, 1));
    const names = [...new Set(outside.map((e) => formatExpression(e)))];
    if (names.length === 0) return [`a number may move out of the sum over ${letters(term.over)}`];
    const verb = names.length === 1 ? "does" : "do";
    return [
      `${list(names)} ${verb} not depend on ${letters(term.over)}, and may move out of the sum`,
    ];
  });
  return moved.join("; ");
}

const isElement = (e: { readonly kind: string }): boolean => e.kind === "element";
