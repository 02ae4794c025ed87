/**
 * A training step of a tiny network, written out: parameters, slots and whatever is computed stay in
 * registers, and nothing is stored between the equations. What bounds such a network is how long each
 * result waits for the one before it, so there is no memory on the way.
 */

import type { Tensor } from "../../equations/expression.ts";
import { type Fresh, i32, i32x4, if_, local, v128 } from "../assembler.ts";
import type { Lanes } from "../lanes.ts";
import type { LinearMemory } from "../memory.ts";
import { forLoop, type I32, routine } from "../routine.ts";
import { type CompiledStep, rowBytes, type StepsPlan } from "../step.ts";
import { gridOf, type InMemory, type Register, type RegisterFile } from "./file.ts";
import { type RegisterPlan, sumsRows, type Weighing } from "./plan.ts";
import { loadStates, type State, statesOf, storeStates } from "./states.ts";
import { type FlatPart, newWriter } from "./writer.ts";

export interface RegisterSite {
  readonly plan: StepsPlan;
  readonly memory: LinearMemory;
  /** Where the step says whether it has moved the parameters. */
  readonly status: number;
}

export function registerStep(own: RegisterPlan, site: RegisterSite): CompiledStep {
  const { plan, memory, status } = site;
  const { early, rowwise, late, check, assignments, weighing } = own;
  const { lanes } = weighing;
  const all = [...early, ...rowwise, ...late, ...check, ...assignments];
  const states = statesOf(plan, memory, weighing);
  const isSingle = plan.batchSize === 1;
  const sums = late
    .map((equation) => [equation, equation.terms.filter(sumsRows)] as const)
    .filter(([, terms]) => terms.length > 0);

  const step = routine(2, (args, fresh) => {
    const [first, rows] = args as [I32, I32];
    const rowAt = fresh(i32);
    const given = givenRows(plan, memory, fresh);
    const kept = new Map(states.map((state) => [state, state.cuts.map(() => fresh(v128))]));
    const file = newFile({ weighing, fresh, given: given.tensors });
    for (const [{ buffer, tensor }, registers] of kept)
      if (buffer === "theta") file.adopt(tensor, registers);
    const flat = flatParts(plan, { kept, file });
    const fused = memory.relaxed;
    const write = newWriter({
      ...{ lanes, layout: memory, fresh, weighing, file, fused, flat },
    });

    const transfer = (move: (packed: number, register: Register) => void): void => {
      for (const [{ packed }, registers] of kept)
        for (const [r, register] of registers.entries()) move(packed + 16 * r, register);
    };
    const row = (): void => {
      given.point(first, rowAt);
      for (const equation of rowwise) write.equation(equation, equation.terms);
      for (const [equation, terms] of sums) write.equation(equation, terms, !isSingle);
    };

    write.hoist(all.flatMap(({ terms }) => terms.map((term) => term.body)));
    transfer((offset, register) => local.set(register, v128.load({ offset }, 0)));
    for (const equation of early) write.equation(equation, equation.terms);
    if (isSingle) row();
    else {
      for (const [{ target }] of sums)
        for (const register of file.registers(target)) local.set(register, lanes.constant(0));
      forLoop(rowAt, { from: 0, to: rows }, row);
    }
    for (const equation of late) {
      const terms = equation.terms.filter((term) => !sumsRows(term));
      const isBegun = terms.length < equation.terms.length;
      if (!isBegun || terms.length > 0) write.equation(equation, terms, isBegun);
    }

    for (const equation of check) write.update(equation);
    const [cost] = file.registers(plan.cost) as [Register];
    const [square] = file.registers(plan.update.square) as [Register];
    lanes.storeLane({ offset: memory.place(plan.cost).address }, 0, i32.const(0), local.get(cost));
    storeFinite(lanes, { cost, square, status, fresh });
    i32.load({ offset: status }, 0);
    if_(() => {
      for (const equation of assignments) write.update(equation);
      transfer((offset, register) => v128.store({ offset }, 0, local.get(register)));
    });
  });
  return { before: loadStates(states, lanes), step, after: storeStates(states, lanes) };
}

/** The data of a row, and its masks, where they lie. */
function givenRows({ data, masks, order }: StepsPlan, memory: LinearMemory, fresh: Fresh) {
  const tensors = new Map<Tensor, InMemory>();
  const give = (tensor: Tensor, address: number): void => {
    const strides = memory.place(tensor).strides.slice(1);
    tensors.set(tensor, { address, strides, row: fresh(i32) });
  };
  for (const [tensor, address] of data) give(tensor, address);
  for (const tensor of masks.keys()) give(tensor, memory.place(tensor).address);
  return {
    tensors,
    /** Points at row `r` of the batch: of the data it is the row order[first + r]. */
    point(first: I32, r: I32): void {
      const row = fresh(i32);
      local.set(row, i32.load({ offset: order }, i32.shl(i32.add(first, r), 2)));
      for (const [tensor, given] of tensors) {
        const at = data.has(tensor) ? row : r;
        local.set(given.row, i32.mul(at, rowBytes(tensor, memory)));
      }
    },
  };
}

interface FileSite {
  readonly weighing: Weighing;
  readonly fresh: Fresh;
  readonly given: ReadonlyMap<Tensor, InMemory>;
}

function newFile({ weighing, fresh, given }: FileSite) {
  const { dimensions, lanes } = weighing;
  const own = new Map<Tensor, readonly Register[]>();
  const file: RegisterFile = {
    grid: (tensor) => gridOf(tensor, dimensions(tensor), lanes),
    registers(tensor) {
      const { counts } = file.grid(tensor);
      const size = counts.reduce((product, count) => product * count, 1);
      const made = own.get(tensor) ?? Array.from({ length: size }, () => fresh(v128));
      own.set(tensor, made);
      return made;
    },
    inMemory: (tensor) => given.get(tensor),
  };
  return {
    ...file,
    /** Gives a tensor registers that are there. */
    adopt(tensor: Tensor, registers: readonly Register[]): void {
      own.set(tensor, registers);
    },
  };
}

/** What the flat tensors of the update are made of: parameters, their gradients, their slots. */
function flatParts(
  { update, layout, gradients }: StepsPlan,
  { kept, file }: { kept: ReadonlyMap<State, readonly Register[]>; file: RegisterFile },
) {
  return (flat: Tensor): FlatPart[] | undefined => {
    const part = update.parts.get(flat);
    if (part === undefined) return undefined;
    const inside = [...layout].filter(
      ([, { start, end }]) => start >= part.start && end <= part.end,
    );
    return inside.map(([parameter]) => {
      if (part.buffer === "g")
        return { parameter, registers: file.registers(gradients.get(parameter) as Tensor) };
      const own = ({ buffer, tensor }: State) => buffer === part.buffer && tensor === parameter;
      const [, registers] = [...kept].find(([state]) => own(state)) as [State, Register[]];
      return { parameter, registers };
    });
  };
}

/** status = MOVED where the cost and the square of the gradients' norm are finite, else HALTED. */
function storeFinite(
  { vector, constant }: Lanes,
  {
    cost,
    square,
    status,
    fresh,
  }: Record<"cost" | "square", Register> & {
    readonly status: number;
    readonly fresh: Fresh;
  },
): void {
  const sum = fresh(v128);
  local.set(sum, vector.add(cost, square));
  local.set(sum, vector.eq(vector.sub(sum, sum), constant(0))); //  ∞ − ∞ is NaN
  i32.const(0);
  i32.and(i32x4.extract_lane(0, sum), 1);
  i32.store({ offset: status });
}
