/**
 * Where a program keeps what nobody reads after it: in slots that tensors share where their lives, from the
 * first stage that writes to the last that reads, do not overlap. All programs of a memory share the slots.
 *
 * The largest tensor chooses first, and each takes the smallest slot that is free while it lives: Greedy by
 * Size of Y. Pisarchyk, J. Lee: Efficient memory management for deep neural net inference, 2020.
 */

import { type Equation, tensorsOf } from "../equations/equation.ts";
import type { Tensor } from "../equations/expression.ts";
import { lanesOf } from "./lanes.ts";
import { type Place, spanOf, stridesOf } from "./layout.ts";
import { lower } from "./lower.ts";
import { productOf } from "./matrix.ts";
import type { LinearMemory } from "./memory.ts";
import { arithmetic, roomFor } from "./product.ts";
import { type Piece, schedule } from "./schedule.ts";

/** The memory as one program sees it, which runs the lists one after the other. */
export function planned(
  lists: readonly (readonly Equation[])[],
  { memory, kept }: { readonly memory: LinearMemory; readonly kept: readonly Tensor[] },
): LinearMemory {
  const stages = lists.flatMap((equations) => stagesOf(schedule(equations.map(lower))));
  const places = placesFor(livesIn(stages, kept), memory);
  const own = { ...memory, place: (tensor: Tensor) => places.get(tensor) ?? memory.place(tensor) };

  const wanted = stages.flat().flatMap((p) => (p.kind === "product" ? [p.product] : []));
  if (wanted.length === 0) return own;
  const { precision, relaxed, capacity } = memory;
  const all = wanted.map((product) => productOf(product, own));
  const { bytes, columns } = roomFor(arithmetic(precision, relaxed), all, capacity);
  return { ...own, scratch: { address: memory.reserve("scratch", bytes), columns } };
}

/** The stages in which a tensor is needed. */
interface Life {
  readonly first: number;
  last: number;
}

/** Of all tensors that a program computes before it reads them, without those that are kept. */
function livesIn(
  stages: readonly (readonly Piece[])[],
  kept: readonly Tensor[],
): Map<Tensor, Life> {
  const lives = new Map<Tensor, Life>();
  const others = new Set(kept);
  for (const [stage, pieces] of stages.entries()) {
    for (const equation of pieces.flatMap(equationsOf)) {
      for (const tensor of tensorsOf(equation)) {
        const life = lives.get(tensor);
        if (life === undefined) others.add(tensor);
        else life.last = stage;
      }
      const { target } = equation;
      const life = lives.get(target);
      if (life !== undefined) life.last = stage;
      else if (!others.has(target)) lives.set(target, { first: stage, last: stage });
    }
  }
  return lives;
}

function placesFor(lives: ReadonlyMap<Tensor, Life>, memory: LinearMemory): Map<Tensor, Place> {
  const { precision, capacity } = memory;
  const lanes = lanesOf(precision);
  const bytesOf = ({ shape }: Tensor) => spanOf(shape, lanes.count, capacity) * lanes.bytes;
  const own = [...lives].filter(([tensor]) => !memory.isBound(tensor));
  const largestFirst = own.sort(([a], [b]) => bytesOf(b) - bytesOf(a));

  const slots: Tenant[][] = [];
  for (const tenant of largestFirst) {
    const free = slots.findLast((tenants) => tenants.every((other) => areApart(other, tenant)));
    if (free === undefined) slots.push([tenant]);
    else free.push(tenant);
  }

  const addresses = memory.slots(slots.map(([largest]) => bytesOf((largest as Tenant)[0])));
  const places = new Map<Tensor, Place>();
  for (const [s, tenants] of slots.entries()) {
    for (const [tensor] of tenants) {
      const strides = stridesOf(tensor.shape, lanes.count, capacity);
      places.set(tensor, { address: addresses[s] as number, strides, padded: true });
    }
  }
  return places;
}

type Tenant = readonly [Tensor, Life];

const areApart = ([, a]: Tenant, [, b]: Tenant): boolean => a.last < b.first || b.last < a.first;

/**
 * Pieces that run together: a product, and the rows after it, to which it hands its panels while they are
 * in the cache.
 */
export function stagesOf(pieces: readonly Piece[]): Piece[][] {
  const stages: Piece[][] = [];
  for (const piece of pieces) {
    const stage = stages.at(-1) ?? [];
    const [first, ...more] = stage;
    const isProduct = first?.kind === "product" && first.product.m.extent === "rows";
    if (isProduct && piece.kind === "rows" && more.length === 0) stage.push(piece);
    else stages.push([piece]);
  }
  return stages;
}

const equationsOf = (piece: Piece): Equation[] =>
  piece.kind === "product" ? [piece.product.equation] : piece.tasks.map(({ equation }) => equation);
