/**
 * A stabiliser is never differentiated, since the cost is the same whatever its value. Whether that is so
 * is asked of the forward equations, at random points: ∂C/∂m by dual numbers must be 0.
 */

import type { Equation } from "../../equations/equation.ts";
import type { Tensor } from "../../equations/expression.ts";
import { formatEquation } from "../../equations/format.ts";
import { NablaError } from "../../errors.ts";
import { randomStream } from "../../train/random.ts";
import { placeOf } from "../places.ts";
import { newSymbols } from "../symbols.ts";
import { type Draws, randomPoint } from "./points.ts";
import { type Point, valuesAt } from "./values.ts";

const POINTS = 3;
const ATTEMPTS = 100;
/** Relative to the cost, or to 1 where that is larger: room for some 10⁶ roundings. */
const TOLERANCE = 1e-9;

/**
 * `forward`: what the cost needs, in order of definition.
 * @throws NablaError that names an equation marked `stabiliser` on whose value the cost depends
 */
export function checkStabilisers(forward: readonly Equation[], cost: Tensor, draws: Draws): void {
  const marked = forward.filter(({ stabiliser }) => stabiliser).reverse();
  if (marked.length === 0) return;
  const random = randomStream(0, "split");
  for (let found = 0, attempt = 0; found < POINTS && attempt < ATTEMPTS; attempt++) {
    const point = randomPoint(forward, draws, { random, attempt });
    if (checkAt(point, { forward, marked, cost })) found++;
  }
}

interface Marked {
  readonly forward: readonly Equation[];
  /** Those nearer to the cost first: of m = max_k 2z[k], m before the 2z that it compares. */
  readonly marked: readonly Equation[];
  readonly cost: Tensor;
}

/** Whether the cost is a number there. */
function checkAt(point: Point, { forward, marked, cost }: Marked): boolean {
  const symbols = newSymbols();
  const values = valuesAt(forward, symbols, point);
  const [size = Number.NaN] = values.of(cost);
  if (!Number.isFinite(size)) return false;
  const most = TOLERANCE * Math.max(1, Math.abs(size));
  for (const { stabiliser: _, ...equation } of marked) {
    const { target } = equation;
    const slopes = values.of(symbols.gradient(cost, target));
    const flat = slopes.findIndex((slope) => Math.abs(slope) > most);
    if (flat < 0) continue;
    const places = placeOf(flat, target.shape.map(point.sizes)).join(",");
    const at = `${target.name}${places === "" ? "" : `[${places}]`}`;
    const slope = Number((slopes[flat] as number).toPrecision(6));
    const where = formatEquation(equation);
    const expected = `∂${cost.name}/∂${target.name} = 0`;
    const got = `∂${cost.name}/∂${at} = ${slope}`;
    const remedy = "leave the mark out";
    throw new NablaError(
      "usage",
      `${where}: a stabiliser must have ${expected}, got ${got} at a random point; ${remedy}`,
      { where, expected, got, remedy },
    );
  }
  return true;
}
