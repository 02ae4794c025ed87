/**
 * A step along a line: given φ(α) = C(θ + αd), falling at 0, an α with the strong Wolfe conditions
 *
 *     φ(α) ≤ φ(0) + c₁ α φ′(0)        the cost falls enough,
 *     |φ′(α)| ≤ c₂ |φ′(0)|            and its slope has flattened enough.
 *
 * J. Nocedal, S. J. Wright: Numerical Optimization, 2nd ed. (2006), 3.5: algorithms 3.5 and 3.6.
 */

/** φ and φ′ at α. */
export interface Point {
  readonly alpha: number;
  readonly cost: number;
  readonly slope: number;
}

const C1 = 1e-4;
const C2 = 0.9;
const MOST_EVALUATIONS = 25;

/**
 * Looks at `first`, then farther out until the points enclose a minimum, then between them. Where the
 * evaluations run out, the lowest point with the first condition will do. What is not finite is too far.
 * `undefined` where no point was low enough.
 */
export function lineSearch<P extends Point>(
  evaluate: (alpha: number) => P,
  start: P,
  first: number,
): P | undefined {
  let lowest = start;
  let bound: P | undefined; //  a minimum lies between the lowest and it, once it is known
  let alpha = first;
  for (let evaluations = 0; evaluations < MOST_EVALUATIONS; evaluations++) {
    const point = evaluate(alpha);
    const last = lowest;
    const enough = start.cost + C1 * alpha * start.slope;
    if (!finite(point) || point.cost > enough || point.cost >= lowest.cost) {
      bound = point;
    } else {
      if (Math.abs(point.slope) <= -C2 * start.slope) return point;
      const ahead = bound === undefined ? 1 : bound.alpha - lowest.alpha;
      if (point.slope * ahead >= 0) bound = lowest;
      lowest = point;
    }
    alpha = bound === undefined ? beyond(last, point) : between(lowest, bound);
  }
  return lowest === start ? undefined : lowest;
}

const finite = ({ cost, slope }: Point): boolean => Number.isFinite(cost) && Number.isFinite(slope);

/** The minimum of the cubic, at least a tenth and at most nine times farther out. */
function beyond(last: Point, point: Point): number {
  const [least, most] = [1.1 * point.alpha, 10 * point.alpha];
  const alpha = cubicMinimum(last, point);
  return alpha > point.alpha && alpha < most ? Math.max(alpha, least) : most;
}

/**
 * The minimum of the cubic, at least a tenth of the way; the middle where there is none. It lies before
 * two thirds of the way: the cost falls at the lowest point, and is no lower at the bound.
 */
function between(lowest: Point, bound: Point): number {
  const width = bound.alpha - lowest.alpha;
  const part = (cubicMinimum(lowest, bound) - lowest.alpha) / width;
  return lowest.alpha + width * (Number.isFinite(part) ? Math.max(part, 0.1) : 0.5);
}

/** Where the cubic through two costs and slopes is least (3.59); NaN where nowhere. */
function cubicMinimum(a: Point, b: Point): number {
  const width = b.alpha - a.alpha;
  const d1 = a.slope + b.slope - (3 * (b.cost - a.cost)) / width;
  const d2 = Math.sign(width) * Math.sqrt(d1 * d1 - a.slope * b.slope);
  return b.alpha - (width * (b.slope + d2 - d1)) / (b.slope - a.slope + 2 * d2);
}
