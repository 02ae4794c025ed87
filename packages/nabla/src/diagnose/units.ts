/**
 * Units through which no gradient comes:
 *
 *     dead         f′(z) = 0 in every row, of a function that has flat parts: relu's left side
 *     saturated    |f′(z)| is below 1 % of the function's largest slope in 95 % of the rows
 */

import type { Backend } from "../backend.ts";
import { type Data, sliceRows } from "../data.ts";
import type { Engine } from "../engine.ts";
import { newFloats, sizeOf } from "../equations/memory.ts";
import { predictionEquations } from "../equations/system.ts";
import { type Finding, finding, withLayer } from "./finding.ts";
import { type Activation, activationsOf } from "./slopes.ts";

export interface UnitCounts {
  /** The activations, a. */
  readonly tensor: string;
  readonly units: number;
  readonly dead: number;
  /** Not counted among the outputs, where 0 and 1 may be what is wanted. */
  readonly saturated: number;
}

/** A gradient that comes through is a hundredth: two such layers, and it is gone. */
const SATURATED_SLOPE = 0.01;
/** Some rows may lie far out; a unit that lives on a twentieth of them hardly learns. */
const SATURATED_ROWS = 0.95;
/** A few idle units are common in sound networks, and cost nothing but their room. */
const IDLE_SHARE = 1 / 3;

/** z = −8, −7¾, …, 8: what a function does beyond, it does at 8 already. */
const grid = Array.from({ length: 65 }, (_, g) => g / 4 - 8);

/** Counts the idle units of each activation; `copy` holds the network's parameters. */
export function countUnits({ system }: Engine, copy: Backend, data: Data): UnitCounts[] {
  const activations = activationsOf(system);
  if (activations.length === 0) return [];
  const slopes = activations.map(({ slope }) => slope);
  const slopeTensors = slopes.map(({ target }) => target);
  const kept = [...activations.map(({ reads }) => reads), ...slopeTensors];
  const forward = copy.program([...predictionEquations(system), ...slopes], kept);
  const run = (block: Data): void => {
    for (const [tensor, values] of block.values) copy.write(tensor, values, block.rows);
    forward(block.rows, {});
  };

  run(sliceRows(data, 0, 1)); //  what has no rows and the slopes may read
  const tallies = activations.flatMap((activation) => {
    const steepness = steepnessOf(activation, copy);
    return steepness === undefined ? [] : [{ activation, ...newTally(steepness) }];
  });
  for (let from = 0; from < data.rows; from += copy.blockRows) {
    const block = sliceRows(data, from, Math.min(data.rows, from + copy.blockRows));
    run(block);
    for (const { activation, look } of tallies) {
      look(copy.read(activation.slope.target, block.rows));
    }
  }
  return tallies.map(({ activation: { values }, count }) => {
    const { units, dead, saturated } = count(data.rows);
    const isLast = values === system.outputs;
    return { tensor: values.name, units, dead, saturated: isLast ? 0 : saturated };
  });
}

/** What is flat and what is steep of a unit's function. */
interface Steepness {
  /** max |f′|, at most 1: a slope of 1 lets all through, however steep the function is elsewhere. */
  readonly largest: number;
  readonly hasFlatPart: boolean;
}

/**
 * For each unit, since its parameters may be part of its function. Undefined where there are numbers at
 * which it has no slope: the root of a variance is no activation.
 */
function steepnessOf({ reads, slope }: Activation, copy: Backend): Steepness[] | undefined {
  const units = sizeOf(reads, 1);
  const z = newFloats(copy.precision, grid.length * units);
  for (const [g, value] of grid.entries()) z.fill(value, g * units, (g + 1) * units);
  copy.write(reads, z, grid.length);
  copy.program([slope], [slope.target])(grid.length, {});

  const slopes = copy.read(slope.target, grid.length).map(Math.abs);
  if (!slopes.every(Number.isFinite)) return undefined;
  return Array.from({ length: units }, (_, unit) => {
    const own = grid.map((_, g) => slopes[g * units + unit]!);
    return { largest: Math.min(1, Math.max(...own)), hasFlatPart: own.includes(0) };
  });
}

function newTally(of: readonly Steepness[]) {
  const units = of.length;
  const flat = new Uint32Array(units);
  const faint = new Uint32Array(units);
  return {
    look(slopes: ArrayLike<number>): void {
      for (let at = 0; at < slopes.length; at++) {
        const unit = at % units;
        const slope = Math.abs(slopes[at]!);
        if (slope === 0) flat[unit]!++;
        if (slope < SATURATED_SLOPE * of[unit]!.largest) faint[unit]!++;
      }
    },
    count(rows: number) {
      let dead = 0;
      let saturated = 0;
      for (const [unit, { hasFlatPart }] of of.entries()) {
        if (flat[unit] === rows && hasFlatPart) dead++;
        else if (faint[unit]! > SATURATED_ROWS * rows) saturated++;
      }
      return { units, dead, saturated };
    },
  };
}

export function idleUnits(counts: readonly UnitCounts[], rows: number): Finding[] {
  return counts.flatMap(({ tensor, units, dead, saturated }) => {
    const where = withLayer(tensor);
    const share = (count: number) => `${count} of ${units} units (${percent(count / units)})`;
    const found: Finding[] = [];
    if (dead > IDLE_SHARE * units) {
      const figure = `${share(dead)} are dead, with slope 0 in each of ${rows} rows`;
      const remedy = 'take the activation "leaky-relu", whose slope is never 0';
      found.push(finding("dead-units", { where, figure, remedy }));
    }
    if (saturated > IDLE_SHARE * units) {
      const figure = `${share(saturated)} are saturated, with hardly a slope in ${percent(SATURATED_ROWS)} of ${rows} rows`;
      const remedy = "put layerNorm() before the activation, which brings it back to its slope";
      found.push(finding("saturated-units", { where, figure, remedy }));
    }
    return found;
  });
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;
