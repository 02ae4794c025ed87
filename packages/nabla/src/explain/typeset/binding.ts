/** Rows joined into sums and products, with just the parentheses that each kind of format needs. */

import { fenced, type Item, infix, minus, type Row } from "./items.ts";
import { isVulgar } from "./numbers.ts";

/** A row, and how tightly it binds: 1 a sum, 2 a product, 3 a factor, 4 a script, 5 a base. */
export interface Laid {
  readonly row: Row;
  readonly flat: number;
  readonly stacked: number;
}

/** A summand without its sign. */
export interface Signed {
  readonly negative: boolean;
  readonly laid: Laid;
}

export const atom = (row: Row): Laid => ({ row, flat: 5, stacked: 5 });
export const binds = (level: number, row: Row): Laid => ({ row, flat: level, stacked: level });

/** In parentheses where it binds less tightly than what stands around it. */
export function at(laid: Laid, flat: number, stacked = flat): Row {
  const loose = { flat: laid.flat < flat, stacked: laid.stacked < stacked };
  if (loose.flat && loose.stacked) return fenced(laid.row, "(");
  if (loose.flat || loose.stacked) return fenced(laid.row, "(", loose.flat ? "flat" : "stacked");
  return laid.row;
}

/** −x as x to be subtracted. */
export function signed(laid: Laid): Signed {
  const [first, ...rest] = laid.row;
  if (first?.kind !== "minus" || laid.flat < 2) return { negative: false, laid };
  const isFraction = rest.length === 1 && rest[0]?.kind === "fraction";
  return { negative: true, laid: isFraction ? fractionLaid(rest) : { ...laid, row: rest } };
}

export const fractionLaid = (row: Row): Laid => ({
  ...{ row, flat: isVulgar(row[0]) ? 4 : 2, stacked: 4 },
});

export function sumOf(parts: readonly Signed[]): Laid {
  const row = parts.flatMap(({ negative, laid }, i): Row => {
    const inner = at(laid, negative ? 2 : 1);
    if (i === 0) return negative ? [minus, ...inner] : inner;
    return [infix(negative ? "−" : "+"), ...inner];
  });
  const [only] = parts;
  return parts.length === 1 && only?.negative === false ? only.laid : binds(1, row);
}

/** a·b·(c + d)·Σ_i e: what comes last may be a sum over indices, for it reaches to the end. */
export function productRow(factors: readonly Laid[]): Row {
  const row: Item[] = [];
  for (const [i, factor] of factors.entries()) {
    const isLast = i === factors.length - 1;
    const reachesOn = factor.row.some((item) => item.kind === "big" || item.kind === "cases");
    const mayStandFree = reachesOn ? isLast : i === 0;
    const next = at(factor, mayStandFree ? 2 : 3);
    if (i > 0) row.push({ kind: "times", dot: needsDot(row, next) });
    row.push(...next);
  }
  return row;
}

/** 2·3, N·(a + b) and a·(b + c) would be misread without the dot; 2a, σ(z)(1 − a) are not. */
export function needsDot(before: Row, after: Row): boolean {
  const last = before.findLast((item) => !isOnlyFlat(item));
  const first = after.find((item) => !isOnlyFlat(item));
  if (first?.kind === "number" || first?.kind === "minus") return true;
  const opens = first?.kind === "open" && first.text === "(";
  return opens && last?.kind === "symbol";
}

const isOnlyFlat = (item: Item): boolean => "only" in item && item.only === "flat";
