/**
 * What the predictions are worth: their cost, and what the same predictions cost with the targets of
 * other rows. The second is at least what the best constant costs, whatever the cost is, since
 * predictions know nothing of other rows' targets.
 */

import type { Backend } from "../backend.ts";
import { type Data, gatherRows, sliceRows } from "../data.ts";
import { type Engine, weightOf } from "../engine.ts";
import { type Equation, tensorsOf } from "../equations/equation.ts";
import type { Tensor } from "../equations/expression.ts";
import { sizeOf } from "../equations/memory.ts";
import { costParts } from "../equations/system.ts";
import { type Finding, finding, short } from "./finding.ts";

export interface Fit {
  /** Without penalties. */
  readonly cost: number;
  /** With the targets of other rows. */
  readonly exchanged: number;
}

/** A twentieth less than a constant's cost is a fortieth of the variance explained. */
const HARDLY = 0.95;
/** Half the cost of a guess is clearly learned. */
const CLEARLY = 0.5;

/** Each row meets the targets of so many others at most. */
const EXCHANGES = 7;

/**
 * Undefined where there are no targets, or where all are alike: nothing can be learned from them. The rows
 * are in random order; `copy` holds the network's parameters.
 */
export function fitOf({ system }: Engine, copy: Backend, data: Data): Fit | undefined {
  const { targets } = system;
  if (targets === undefined || areAlike(targets, data)) return undefined;
  const { equations, cost } = costParts(system, "prediction").data;
  const last = dependentOn(targets, equations);
  const read = last.flatMap((equation) => [...tensorsOf(equation)]);
  const forward = copy.program(
    equations.filter((equation) => !last.includes(equation)),
    read,
  );
  const judge = copy.program(last, [cost]);

  const { rows } = data;
  const exchanges = Math.min(rows - 1, EXCHANGES);
  const scalars = { N: weightOf(system, data) };
  const sums = new Float64Array(exchanges + 1);
  for (let from = 0; from < rows; from += copy.blockRows) {
    const to = Math.min(rows, from + copy.blockRows);
    for (const [tensor, values] of sliceRows(data, from, to).values)
      copy.write(tensor, values, to - from);
    forward(to - from, scalars);
    for (const e of sums.keys()) {
      const shift = Math.floor((e * rows) / (exchanges + 1));
      const order = Uint32Array.from({ length: to - from }, (_, n) => (from + n + shift) % rows);
      copy.write(targets, gatherTargets(targets, data, order), to - from);
      judge(to - from, scalars);
      sums[e]! += copy.read(cost, to - from)[0] as number;
    }
  }
  const exchanged = sums.subarray(1).reduce((sum, cost) => sum + cost, 0) / exchanges;
  return { cost: sums[0]!, exchanged };
}

function gatherTargets(targets: Tensor, { rows, values }: Data, order: Uint32Array) {
  const only = new Map([...values].filter(([tensor]) => tensor === targets));
  return gatherRows({ rows, values: only }, order).values.get(targets)!;
}

function areAlike(targets: Tensor, { values }: Data): boolean {
  const unit = sizeOf(targets, 1);
  return values.get(targets)?.every((y, at, all) => y === all[at % unit]) ?? true;
}

/** The equations that read a tensor, directly or by others. */
function dependentOn(tensor: Tensor, equations: readonly Equation[]): Equation[] {
  const dependent = new Set([tensor]);
  return equations.filter((equation) => {
    const depends = [...tensorsOf(equation)].some((read) => dependent.has(read));
    if (depends) dependent.add(equation.target);
    return depends;
  });
}

/** Costs below 0, as those of counts, have no point from which to measure. */
const isHardlyBetter = ({ cost, exchanged }: Fit): boolean =>
  cost > 0 && exchanged > 0 && cost > HARDLY * exchanged;

export function underfitting(fit: Fit | undefined, rows: number): Finding[] {
  if (fit === undefined || !isHardlyBetter(fit)) return [];
  return [
    finding("underfitting", {
      where: `the cost of ${rows} training rows`,
      figure: `${short(fit.cost)}, and ${short(fit.exchanged)} with the targets of other rows: hardly better than a constant`,
      remedy: "give the network more units",
    }),
  ];
}

export function memorising(fit: Fit | undefined, held: Fit | undefined): Finding[] {
  if (fit === undefined || held === undefined) return [];
  const hasLearned = fit.cost < CLEARLY * fit.exchanged;
  if (!hasLearned || !isHardlyBetter(held)) return [];
  return [
    finding("overfitting", {
      where: "the validation cost",
      figure: `${short(held.cost)} against ${short(fit.cost)} in training, hardly better than a constant`,
      remedy: OVERFITTING_REMEDY,
    }),
  ];
}

export const OVERFITTING_REMEDY = "add a penalty on the weights, l2, say 0.001";
