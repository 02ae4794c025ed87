/**
 * L-BFGS: iterations over all rows at once, for small tables. The gradient is turned by what the last
 * iterations showed of the cost's curvature, and a line search says how far to go:
 *
 *     θ ← θ + αd,   d = −Hg           H ≈ (∂²C/∂θ²)⁻¹, from the pairs
 *     s = θ′ − θ,   y = g′ − g        of the last iterations: places and gradients apart
 *
 * All in float64, whatever the network's precision; a place is what the network has rounded it to.
 * J. Nocedal, S. J. Wright: Numerical Optimization, 2nd ed. (2006), 7.2: algorithms 7.4 and 7.5.
 */

import type { Data } from "../data.ts";
import type { Engine, Segment, TrainingStep } from "../engine.ts";
import type { Floats } from "../equations/memory.ts";
import { addTimes, dot, newCurvature } from "./curvature.ts";
import { lineSearch, type Point } from "./line-search.ts";
import { begun } from "./state.ts";
import type { Stepper, StepperPlan } from "./stepper.ts";

/** The gradient is within its tolerance, the change was within its, or no lower cost was found. */
export type Ending = "gradient" | "change" | "line-search";

export interface LbfgsStepper extends Stepper {
  /** Whether the iterations have ended: further ones are not taken. */
  readonly converged: boolean;
  /** Why they have. */
  readonly ending: Ending | undefined;
}

/** Parameters, and what C and ∂C/∂θ are there. */
interface Place {
  readonly theta: Float64Array;
  readonly cost: number;
  readonly gradient: Float64Array;
}

/**
 * A stepper whose steps are iterations over all rows, each of which is an epoch: its total is C before
 * the last one. The rate is the first α of a line search. Dropout's masks are the same throughout an
 * iteration, so that it searches one function, and others in the next.
 */
export function newLbfgsStepper(engine: Engine, plan: StepperPlan): LbfgsStepper {
  const { optimizer, rates, moving, seed, resume } = plan;
  const { parameters, gradients, system } = engine;
  const gradientTolerance = optimizer.gradientTolerance as number;
  const changeTolerance = optimizer.changeTolerance as number;
  const curvature = newCurvature(optimizer.history as number);
  let rows: Data | undefined;
  let here: Place | undefined; //  where the parameters are, unless the masks have changed since
  let { step: steps, total } = begun(resume);
  const { pairs = 0, ending: found } = resume?.counters.lbfgs ?? {};
  let ending = found;
  for (let i = 0; i < pairs; i++) {
    const [s, y] = pairNames(i).map((name) => Float64Array.from(resume?.arrays.get(name) ?? []));
    curvature.learn(s!, y!);
  }

  const look = (training: TrainingStep): Place => {
    const cost = engine.differentiate(rows as Data, training);
    const gradient = gather(gradients.view(), moving);
    return { theta: gather(parameters.view(), moving), cost, gradient };
  };

  const search = (from: Place, training: TrainingStep): Place | undefined => {
    const direction = curvature.direction(from.gradient);
    const on = (place: Place, alpha: number): Place & Point => {
      return { ...place, alpha, slope: dot(place.gradient, direction) };
    };
    const goTo = (alpha: number): Place & Point => {
      scatter(addTimes(from.theta.slice(), alpha, direction), parameters.view(), moving);
      return on(look(training), alpha);
    };
    const scale = curvature.pairs.length > 0 ? 1 : Math.min(1, 1 / sumOfAbs(from.gradient));
    const found = lineSearch(goTo, on(from, 0), scale * rates.rate(steps));
    scatter((found ?? from).theta, parameters.view(), moving);
    return found;
  };

  const iterate = (from: Place, training: TrainingStep): Ending | undefined => {
    if (largest(from.gradient) <= gradientTolerance) return "gradient";
    if (rates.rate(steps) === 0) return undefined;
    const to = search(from, training);
    if (to === undefined) return "line-search";

    const s = minus(to.theta, from.theta);
    curvature.learn(s, minus(to.gradient, from.gradient));
    here = system.masks.size === 0 ? to : undefined;
    if (largest(to.gradient) <= gradientTolerance) return "gradient";
    const change = Math.max(largest(s), from.cost - to.cost);
    return change <= changeTolerance ? "change" : undefined;
  };

  return {
    get steps() {
      return steps;
    },
    get converged() {
      return ending !== undefined;
    },
    get ending() {
      return ending;
    },
    hold(window) {
      rows = window;
    },
    take(count) {
      for (let i = 0; i < count && ending === undefined; i++) {
        const training = { step: steps + 1, seed };
        const from = here ?? look(training);
        if (!Number.isFinite(from.cost + sumOfAbs(from.gradient)))
          return { total, skipped: 0, halted: true };
        total = from.cost;
        ending = iterate(from, training);
        steps++;
      }
      return { total, skipped: 0, halted: false };
    },
    state: () => ({
      counters: {
        ...{ updates: steps, total, skipped: 0 },
        lbfgs: { pairs: curvature.pairs.length, ...(ending && { ending }) },
      },
      arrays: new Map(
        curvature.pairs.flatMap(({ s, y }, i) => {
          const [nameOfS, nameOfY] = pairNames(i);
          return [
            [nameOfS, s.slice()],
            [nameOfY, y.slice()],
          ];
        }),
      ),
    }),
  };
}

/** What a pair is called in a state; what is here follows from the parameters. */
export const pairNames = (i: number): [s: string, y: string] => [`lbfgs s ${i}`, `lbfgs y ${i}`];

/** The moving parts of a flat buffer, one after another. */
function gather(flat: Floats, moving: readonly Segment[]): Float64Array {
  const values = new Float64Array(moving.reduce((sum, { start, end }) => sum + end - start, 0));
  let at = 0;
  for (const { start, end } of moving) {
    values.set(flat.subarray(start, end), at);
    at += end - start;
  }
  return values;
}

/** Back to their places, rounded to the buffer's precision. */
function scatter(values: Float64Array, flat: Floats, moving: readonly Segment[]): void {
  let at = 0;
  for (const { start, end } of moving) {
    flat.set(values.subarray(at, at + end - start), start);
    at += end - start;
  }
}

const minus = (a: Float64Array, b: Float64Array): Float64Array => addTimes(a.slice(), -1, b);

/** max_p |x[p]|; NaN where one is. */
const largest = (x: Float64Array): number => x.reduce((most, v) => Math.max(most, Math.abs(v)), 0);

const sumOfAbs = (x: Float64Array): number => x.reduce((sum, v) => sum + Math.abs(v), 0);
