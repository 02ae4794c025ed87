/** Where a wrong claim fails: one element, the two numbers, and those that the claim reads there. */

import { type Element, type Index, walk } from "../../equations/expression.ts";
import { placeOf } from "../places.ts";
import { type ClaimPoint, rightSide } from "./points.ts";
import type { Claim } from "./read.ts";

/** One element in which the claim is wrong. */
export interface Counterexample {
  /** delta2[0,1] */
  readonly element: string;
  readonly claimed: number;
  readonly derived: number;
  /** The numbers that the claim reads there. */
  readonly values: Readonly<Record<string, number>>;
}

const MOST_VALUES = 12;

export function counterexample(read: Claim, at: ClaimPoint): Counterexample {
  const right = rightSide(read, at);
  const each = right.length / at.truth.length;
  let worst = 0;
  let most = -1;
  for (const [i, value] of right.entries()) {
    const apart = Math.abs(value - at.truth[Math.floor(i / each)]!);
    if (apart <= most) continue;
    worst = i;
    if (Number.isNaN(apart)) break;
    most = apart;
  }
  const sizes = [...read.left.shape, ...read.free.map((i) => i.extent)].map(at.point.sizes);
  const position = placeOf(worst, sizes);
  const letters = new Map(
    [...read.indices, ...read.free].map((i, d) => [i, position[d] as number]),
  );
  const own = position.slice(0, read.left.shape.length);
  const isFunction = read.subject.about === "function";
  return {
    element: isFunction
      ? `${read.name}(z)`
      : `${read.left.name}${own.length > 0 ? `[${own.join(",")}]` : ""}`,
    claimed: right[worst] as number,
    derived: at.truth[Math.floor(worst / each)] as number,
    values: valuesRead(read, letters, at),
  };
}

/** The elements that stand in the claim, at the letters' values; a sum's letters run. */
function valuesRead(read: Claim, letters: ReadonlyMap<Index, number>, at: ClaimPoint) {
  const values: Record<string, number> = {};
  for (const e of walk(read.body)) {
    if (e.kind !== "element") continue;
    const numbers = at.values.of(e.tensor);
    for (const position of positionsOf(e, letters, at)) {
      if (Object.keys(values).length >= MOST_VALUES) return values;
      const sizes = e.tensor.shape.map(at.point.sizes);
      const flat = position.reduce((sum, p, d) => sum * (sizes[d] as number) + p, 0);
      const name =
        read.subject.about === "function"
          ? e.tensor.name
          : `${e.tensor.name}${position.length > 0 ? `[${position.join(",")}]` : ""}`;
      values[name] = numbers[flat] as number;
    }
  }
  return values;
}

function positionsOf(
  e: Element,
  letters: ReadonlyMap<Index, number>,
  { point }: ClaimPoint,
): number[][] {
  const running = new Set<Index>();
  for (const place of e.places) {
    if (place.kind === "lookup") return [];
    for (const { index } of place.parts) if (!letters.has(index)) running.add(index);
  }
  let all: ReadonlyMap<Index, number>[] = [letters];
  for (const i of running) {
    const size = point.sizes(i.extent);
    all = all.flatMap((known) =>
      Array.from({ length: size }, (_, at) => new Map([...known, [i, at]])),
    );
  }
  return all.map((known) =>
    e.places.map((place) =>
      place.kind === "lookup"
        ? 0
        : place.parts.reduce(
            (sum, { index, factor }) => sum + factor * (known.get(index) ?? 0),
            place.offset,
          ),
    ),
  );
}
