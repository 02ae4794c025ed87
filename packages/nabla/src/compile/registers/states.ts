/**
 * What a step in registers keeps until the next one: parameters and slots. Between the steps of a call
 * they lie as the registers want them, before and after it as everyone else does.
 */

import type { Tensor } from "../../equations/expression.ts";
import { i32, v128 } from "../assembler.ts";
import type { Lanes } from "../lanes.ts";
import type { LinearMemory } from "../memory.ts";
import { type Routine, routine } from "../routine.ts";
import type { StepsPlan } from "../step.ts";
import { type Cut, cutsOf, type Grid, gridOf, rowShape } from "./file.ts";
import type { Weighing } from "./plan.ts";

/** What a buffer holds of one parameter. */
export interface State {
  readonly tensor: Tensor;
  /** "theta", or the name of a slot. */
  readonly buffer: string;
  readonly grid: Grid;
  readonly cuts: readonly Cut[];
  /** Where it lies dense, in its buffer. */
  readonly address: number;
  /** Where its vectors lie between the steps of a call. */
  readonly packed: number;
}

/** Every parameter, and the slots of those that move. */
export function statesOf(
  { layout, update }: StepsPlan,
  memory: LinearMemory,
  { dimensions, lanes }: Weighing,
): State[] {
  const state = (tensor: Tensor, buffer: string, address: number): State => {
    const grid = gridOf(tensor, dimensions(tensor), lanes);
    const cuts = cutsOf(grid, lanes);
    const packed = memory.reserve(`registers ${buffer} ${tensor.name}`, 16 * cuts.length);
    return { ...{ tensor, buffer, grid, cuts }, address, packed };
  };
  const parameters = [...layout.keys()].map((t) => state(t, "theta", memory.place(t).address));
  const slots = [...update.parts].flatMap(([flat, part]) =>
    part.buffer === "theta" || part.buffer === "g"
      ? []
      : [...layout]
          .filter(([, { start, end }]) => start >= part.start && end <= part.end)
          .map(([tensor, { start }]) => {
            const offset = (start - part.start) * lanes.bytes;
            return state(tensor, part.buffer, memory.place(flat).address + offset);
          }),
  );
  return [...parameters, ...slots];
}

/** run(): dense → vectors. Lanes that are no elements are 0; what has one element has it in all lanes. */
export const loadStates = (states: readonly State[], { scalar, bytes, count }: Lanes): Routine =>
  routine(0, () => {
    for (const state of states) {
      const { grid, cuts, address, packed } = state;
      for (const [c, cut] of cuts.entries()) {
        v128.store({ offset: packed + 16 * c }, 0, v128.const(new Uint8Array(16)));
        for (let l = 0; l < count; l++) {
          if (grid.along !== undefined && l >= cut.valid) continue;
          const from = { offset: address + placeOf(state, cut, l) * bytes };
          const to = { offset: packed + 16 * c + l * bytes };
          scalar.store(to, i32.const(0), scalar.load(from, i32.const(0)));
        }
      }
    }
  });

/** run(): vectors → dense. */
export const storeStates = (states: readonly State[], { scalar, bytes }: Lanes): Routine =>
  routine(0, () => {
    for (const state of states) {
      for (const [c, cut] of state.cuts.entries()) {
        for (let l = 0; l < cut.valid; l++) {
          const from = { offset: state.packed + 16 * c + l * bytes };
          const to = { offset: state.address + placeOf(state, cut, l) * bytes };
          scalar.store(to, i32.const(0), scalar.load(from, i32.const(0)));
        }
      }
    }
  });

/** Where the element of a lane lies among those of its tensor, row-major. */
function placeOf({ tensor, grid }: State, { at }: Cut, l: number): number {
  return rowShape(tensor).reduce(
    (sum, extent, d) => sum * extent + (at[d] as number) + (d === grid.along ? l : 0),
    0,
  );
}
