/**
 * Random lists of equations for everything that takes any list: the rule, the evaluator, the compiler.
 * Each comes with a point where every comparison is well away from a tie and every number moderate,
 * so that finite differences mean something.
 */

import { inPhase } from "../../src/equations/equation.ts";
import type { EquationSystem, SystemText } from "../../src/equations/system.ts";
import { type RandomStream, randomStream } from "../../src/train/random.ts";
import { dualGradient, type Point, walkEquations } from "../oracles/dual.ts";
import { randomPoint, systemOf } from "./points.ts";
import { randomText } from "./random-text.ts";

export interface RandomList {
  /** The number that it follows from. */
  readonly seed: number;
  readonly text: SystemText;
  readonly system: EquationSystem;
  readonly point: Point;
}

/** As many lists as asked for, always the same. */
export function randomLists(count: number): RandomList[] {
  const lists: RandomList[] = [];
  for (let seed = 1; lists.length < count; seed++) {
    const random = randomStream(seed, "split");
    const { rows, ...text } = randomText(random);
    const system = systemOf(text);
    const point = tamePoint(system, rows, random);
    if (point !== undefined) lists.push({ seed, text, system, point });
  }
  return lists;
}

/** A point away from ties, with numbers and slopes that are neither huge nor all tiny. */
export function tamePoint(
  system: EquationSystem,
  rows: number,
  random: RandomStream,
): Point | undefined {
  const isTame = (point: Point): boolean =>
    (["prediction", "training"] as const).every((phase) => {
      const { margin, gradients } = dualGradient(system, phase, point);
      const steepest = Math.max(...[...gradients.values()].flatMap((g) => [...g].map(Math.abs)));
      const { values } = walkEquations(inPhase(phase, system.equations), point);
      const computed = system.equations.flatMap(({ target }) => values.get(target) ?? []);
      const moderate = computed.every(({ value }) => Math.abs(value) < 100);
      return margin > 1e-3 && moderate && steepest > 0.01 && steepest < 1000;
    });
  for (let attempt = 0; attempt < 8; attempt++) {
    const point = randomPoint(system, rows, random);
    if (isTame(point)) return point;
  }
  return undefined;
}
