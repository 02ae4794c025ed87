/**
 * Random points at which equations are verified: three rows, and extents of at most three, since what is
 * shown holds for any. Extents stay as they are where places are computed (x[n,t+r]).
 */

import { type Equation, expressionsOf, givenTo } from "../../equations/equation.ts";
import {
  type Expression,
  type Extent,
  plainIndex,
  type Tensor,
  walk,
} from "../../equations/expression.ts";
import type { RandomStream } from "../../train/random.ts";
import { normaliseRows, sizeAt } from "../places.ts";
import type { Point } from "./values.ts";

const ROWS = 3;

/** What numbers the given tensors take. */
export interface Draws {
  /** Whether a number may be an element of the tensor; any may unless said. */
  accepts(tensor: Tensor): ((value: number) => boolean) | undefined;
  /** Of each tensor by name whose elements are weights of rows or keep a share: drawn above 0. */
  readonly positive: ReadonlySet<string>;
  /** The numbers with names, besides N. */
  readonly scalars: Readonly<Record<string, number>>;
  /** The weights of the rows, whose sum is N. */
  readonly weights?: Tensor | undefined;
  /** Tensors of which every row adds up to 1, where a link says so. */
  readonly distributions: ReadonlySet<string>;
  /** Uniform in [−reach, reach]. */
  readonly reach: number;
  readonly points?: number;
}

/** Any number for any tensor. */
export const anyNumbers: Draws = {
  accepts: () => undefined,
  positive: new Set(),
  scalars: {},
  distributions: new Set(),
  reach: 1,
};

/** Numbers for all that is given. */
export function randomPoint(
  about: readonly Equation[],
  draws: Draws,
  { random, attempt }: { readonly random: RandomStream; readonly attempt: number },
): Point {
  const sizes = smallSizes(about);
  const values = new Map<Tensor, Float64Array>();
  for (const tensor of givenTo(about)) {
    const size = sizeAt(tensor.shape, sizes);
    const draw = drawFor(tensor, draws, { random, attempt, sizes });
    const flat = Float64Array.from({ length: size }, draw);
    if (draws.distributions.has(tensor.name)) normaliseRows(flat, sizes(tensor.shape.at(-1) ?? 1));
    values.set(tensor, flat);
  }
  const weights = draws.weights && values.get(draws.weights);
  const N = weights?.reduce((sum, w) => sum + w, 0) ?? sizes("rows");
  return { values, sizes, scalars: { N, ...draws.scalars } };
}

interface Drawing {
  readonly random: RandomStream;
  readonly attempt: number;
  readonly sizes: (extent: Extent) => number;
}

function drawFor(tensor: Tensor, draws: Draws, { random, attempt, sizes }: Drawing): () => number {
  const { count } = tensor;
  if (count !== undefined) return () => random.below(sizes(count));
  const positive = draws.positive.has(tensor.name) || attempt >= 20; //  log and √ may need it
  const { reach } = draws;
  const draw = (): number =>
    positive ? 0.1 + random.uniform() : reach * (2 * random.uniform() - 1);
  const accepts = draws.accepts(tensor);
  if (accepts === undefined) return draw;
  return () => {
    const u = random.uniform();
    const candidates = [2 * u - 1, u, Math.floor(4 * u), u < 0.5 ? -1 : 1];
    return candidates.find(accepts) ?? draw();
  };
}

/** Extents above 3 become 2 and 3 in turn, so that no two neighbours are alike. */
function smallSizes(about: readonly Equation[]): (extent: Extent) => number {
  const fixed = new Set(about.flatMap(expressionsOf).flatMap(computedExtents));
  const large = new Set<number>();
  for (const { target } of about) for (const extent of target.shape) note(extent);
  for (const tensor of givenTo(about)) {
    for (const extent of [...tensor.shape, tensor.count ?? 1]) note(extent);
  }
  const ranks = [...large];
  return (extent) => {
    if (extent === "rows") return ROWS;
    return large.has(extent) ? 3 - (ranks.indexOf(extent) % 2) : extent;
  };

  function note(extent: Extent): void {
    if (extent !== "rows" && extent > 3 && !fixed.has(extent)) large.add(extent);
  }
}

/** The extents around places that are more than one index, x[n,t+r]: they belong together. */
export function computedExtents(e: Expression): Extent[] {
  return walk(e).flatMap((part) =>
    part.kind !== "element"
      ? []
      : part.places.flatMap((place, d) =>
          place.kind === "lookup" || plainIndex(place) !== undefined
            ? []
            : [part.tensor.shape[d] ?? 1, ...place.parts.map(({ index }) => index.extent)],
        ),
  );
}
