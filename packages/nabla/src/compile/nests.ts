/**
 * Loops over indices: a counter, or written out where they are short; along one index as vectors, with
 * the lanes that are left over told apart.
 */

import type { Term } from "../equations/equation.ts";
import { type Element, element, type Index } from "../equations/expression.ts";
import type { Counter } from "./addresses.ts";
import { i32 } from "./assembler.ts";
import { forLoop, type Range } from "./routine.ts";
import { elementsIn, type Task } from "./tasks.ts";
import type { Surroundings, Values } from "./values.ts";

/** How many vectors or numbers a loop may have to be written out instead. */
export const UNROLL = 4;

export function newNests({ lanes, fresh }: Surroundings, values: Values, rows: Range) {
  function nest(loops: readonly Index[], tasks: readonly Task[], body: () => void): void {
    const elements = tasks.flatMap(({ equation }) => [
      element(equation.target, equation.indices),
      ...elementsIn(equation.terms.map((t) => t.body)),
    ]);
    nestElements(loops, elements, body);
  }

  const nestOver = (term: Term, body: () => void): void =>
    nestElements(term.over, elementsIn([term.body]), body);

  function nestElements(
    loops: readonly Index[],
    elements: readonly Element[],
    body: () => void,
  ): void {
    const [outer, ...inner] = loops;
    values.prepare(elements);
    if (outer === undefined) {
      body();
      return;
    }
    if (outer.extent !== "rows" && outer.extent <= UNROLL) {
      for (let i = 0; i < outer.extent; i++) {
        values.bind(outer, i, () => nestElements(inner, elements, body));
      }
      return;
    }
    const counter = fresh(i32);
    forLoop(counter, rangeOf(outer), () => {
      values.bind(outer, counter, () => nestElements(inner, elements, body));
    });
  }

  const rangeOf = ({ extent }: Index): Range =>
    extent === "rows" ? rows : { from: 0, to: extent };

  interface VectorsOptions {
    readonly padded: boolean;
    /** How many vectors a turn of the loop takes. */
    readonly together?: number;
  }

  /** Vectors along an index; `body` is told how many lanes count, and which vector of the turn it is. */
  function vectors(
    lane: Index,
    { padded, together = 1 }: VectorsOptions,
    body: (valid: number, turn: number) => void,
  ): void {
    const { count } = lanes;
    const at = (counter: Counter, valid: number, turn = 0): void => {
      const left =
        typeof lane.extent === "number" && typeof counter === "number"
          ? lane.extent - counter
          : count;
      values.bind(lane, counter, () =>
        values.along(lane, Math.min(left, count), () => body(valid, turn)),
      );
    };
    if (lane.extent === "rows") {
      const counter = fresh(i32);
      forLoop(counter, { ...rows, step: count }, () => at(counter, count));
      return;
    }
    const whole = padded ? Math.ceil(lane.extent / count) : Math.floor(lane.extent / count);
    if (whole <= UNROLL) for (let c = 0; c < whole; c++) at(c * count, count);
    else {
      const turns = Math.floor(whole / together);
      const step = together * count;
      const counter = fresh(i32);
      forLoop(counter, { from: 0, to: turns * step, step }, () => {
        for (let turn = 0; turn < together; turn++) at({ counter, by: turn * count }, count, turn);
      });
      for (let c = turns * together; c < whole; c++) at(c * count, count);
    }
    if (!padded && lane.extent % count > 0) at(whole * count, lane.extent % count);
  }

  return { nest, nestOver, nestElements, vectors };
}
