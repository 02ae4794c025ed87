/**
 * The proof by numbers: at random points both sides of every link are computed, in float64. The left
 * side is never derived: a derivative comes from dual numbers through the forward equations, a defined
 * tensor from `evaluate`. A link that fails is a bug of ours, and never shown.
 */

import type { Equation } from "../../equations/equation.ts";
import { evaluator } from "../../equations/evaluate.ts";
import type { Tensor } from "../../equations/expression.ts";
import { newMemory, sizeOf } from "../../equations/memory.ts";
import { internal } from "../../errors.ts";
import { randomStream } from "../../train/random.ts";
import type { Chain, Link, Section, Symbols } from "../derivation.ts";
import { type Draws, randomPoint } from "./points.ts";
import { resized } from "./resized.ts";
import { type Point, valuesAt } from "./values.ts";

/** What still has to be proven. */
export type DraftLink = Omit<Link, "verified">;
export type DraftChain = Omit<Chain, "links"> & { readonly links: readonly DraftLink[] };
export type DraftSection = Omit<Section, "chains"> & {
  readonly chains: readonly DraftChain[];
  readonly draws: Draws;
};

const POINTS = 3;
/** Relative: room for some 10⁶ roundings. */
const TOLERANCE = 1e-9;
/** Nearer to a kink the two sides may have chosen differently. */
const LEAST_MARGIN = 1e-6;
const ATTEMPTS = 100;

/** @throws an internal error that names the link, unless every link holds */
export function verifySection({ draws, ...draft }: DraftSection, symbols: Symbols): Section {
  const errors = draft.chains.map(({ links }) => links.map(() => newError()));
  const random = randomStream(0, "split");
  for (let found = 0, attempt = 0; found < (draws.points ?? POINTS); attempt++) {
    if (attempt === ATTEMPTS) throw internal(`no point to verify "${draft.title}" at`);
    const point = randomPoint(draft.about, draws, { random, attempt });
    const sides = sidesAt(draft, symbols, point);
    if (sides === undefined) continue;
    for (const [c, { left, right }] of sides.entries()) {
      for (const [l, side] of right.entries()) measure(errors[c]![l]!, left, side);
    }
    found++;
  }
  const points = draws.points ?? POINTS;
  const chains = draft.chains.map((chain, c) => ({
    ...chain,
    links: chain.links.map((link, l) => proven(link, { points, error: errors[c]![l]! })),
  }));
  return { ...draft, chains };
}

interface Sides {
  readonly left: Float64Array;
  readonly right: readonly Float64Array[];
}

/** Both sides of all links; undefined at a point that is too near to a kink, or where no numbers are. */
function sidesAt(draft: Omit<DraftSection, "draws">, symbols: Symbols, point: Point) {
  const defined = definedAt(draft.about, point);
  if (![...defined.values()].every((values) => values.every(Number.isFinite))) return undefined;
  const values = valuesAt(draft.about, symbols, point);
  const sides = draft.chains.map(
    (chain): Sides => ({
      left: defined.get(chain.left.tensor) ?? values.of(chain.left.tensor),
      right: chain.links.map(({ equation }) => values.right(equation)),
    }),
  );
  return values.margin() < LEAST_MARGIN ? undefined : sides;
}

/** Every tensor that the equations define, by `evaluate`. */
function definedAt(about: readonly Equation[], point: Point): Map<Tensor, Float64Array> {
  const { equations, tensor: small } = resized(about, point.sizes);
  const memory = newMemory("float64");
  for (const [tensor, values] of point.values) {
    const cell = memory.cell(small(tensor));
    cell.data = Float64Array.from(values);
  }
  const rows = point.sizes("rows");
  evaluator(equations, memory)(rows, point.scalars);
  return new Map(
    about.map(({ target }) => {
      const cell = memory.cell(small(target));
      return [target, Float64Array.from(cell.data.subarray(0, sizeOf(small(target), rows)))];
    }),
  );
}

// Errors

export interface Measured {
  apart: number;
  size: number;
}

export const newError = (): Measured => ({ apart: 0, size: 0 });

export function measure(error: Measured, left: Float64Array, right: Float64Array): void {
  for (const [i, value] of left.entries()) {
    const apart = Math.abs(value - right[i]!);
    if (!(apart <= error.apart)) error.apart = apart; //  NaN stays
    error.size = Math.max(error.size, Math.abs(value));
  }
}

export function proven(
  link: DraftLink,
  { points, error }: { points: number; error: Measured },
): Link {
  const { apart, size } = error;
  const maxError = size < 1e-12 ? apart : apart / size;
  if (maxError <= TOLERANCE) return { ...link, verified: { points, maxError } };
  throw internal(
    `${link.rule} of ${link.equation.target.name} does not hold: its sides differ by ${maxError}`,
  );
}
