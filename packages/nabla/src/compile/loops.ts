/**
 * Equations → loops. An equation runs along the last index of its target as vectors where everything
 * it reads lies side by side or stays the same (bias, activation, δ); a reduction to one number runs
 * as vectors along an index of its sum; what does neither runs number by number. Equations of the same
 * shape share their loops, and hand their values on in locals.
 */

import type { Equation, Term } from "../equations/equation.ts";
import {
  type Element,
  type Expression,
  element,
  type Index,
  plain,
} from "../equations/expression.ts";
import { strideAlong } from "./addresses.ts";
import { i32, type Local, local, memory, type StackVar, v128 } from "./assembler.ts";
import { maskOf } from "./lanes.ts";
import { newNests, UNROLL } from "./nests.ts";
import type { Range } from "./routine.ts";
import {
  bindRows,
  bodiesOf,
  elementsIn,
  sameShape,
  shareIndices,
  sizeOf,
  split,
  type Task,
} from "./tasks.ts";
import type { Surroundings, Values } from "./values.ts";

export interface Loops {
  /** Emits the tasks in order; `bound` is an index, over the rows, that a loop around them runs. */
  emit(tasks: readonly Task[], bound?: Index): void;
}

/** Sums of more vectors than this are added up in several, which need not wait for one another. */
const LONG = 16;
const TOGETHER = 8;

/** Elements that a sum may have to be computed by picking lanes. */
const PICKED = 32;

export function newLoops(site: Surroundings, values: Values, rows: Range): Loops {
  const { lanes, layout, fresh } = site;
  const { vector, scalar } = lanes;
  const { nest, nestOver, nestElements, vectors } = newNests(site, values, rows);

  function emit(tasks: readonly Task[], bound?: Index): void {
    const own = bound === undefined ? tasks : tasks.map((task) => bindRows(task, bound));
    for (let i = 0; i < own.length; ) {
      const group = groupAt(own, i, bound);
      values.announce(group.flatMap(bodiesOf));
      emitGroup(group, bound);
      i += group.length;
    }
  }

  /** The tasks from i on that can share one loop nest: vectors along the same extents. */
  function groupAt(tasks: readonly Task[], i: number, bound: Index | undefined): Task[] {
    const first = tasks[i] as Task;
    const group = [first];
    if (!runsAsVectors(first, bound) || first.equation.terms.some((t) => t.where.length > 0))
      return group;
    for (const task of tasks.slice(i + 1)) {
      const fits =
        runsAsVectors(task, bound) &&
        sameShape(task.equation, first.equation) &&
        task.equation.terms.every((t) => t.over.length === 0 && t.where.length === 0) &&
        isPadded(task) === isPadded(first);
      if (!fits) break;
      group.push(shareIndices(task, first.equation));
    }
    return group;
  }

  function emitGroup(group: readonly Task[], bound: Index | undefined): void {
    const { equation } = group[0] as Task;
    const dims = equation.indices.filter((i) => i !== bound);
    const scattered = equation.terms.filter((t) => t.where.length > 0);
    if (scattered.length > 0) {
      emitScatter(group[0] as Task, bound);
      return;
    }
    if (!runsAsVectors(group[0] as Task, bound)) {
      nest(dims, group, () => emitNumber(group[0] as Task));
      return;
    }
    const lane = dims.at(-1) as Index;
    nest(dims.slice(0, -1), group, () => {
      vectors(lane, { padded: isPadded(group[0] as Task) }, (valid) => {
        for (const task of group) emitVector(task, valid);
      });
    });
  }

  // One vector, one number

  function emitVector({ equation, adds }: Task, valid: number): void {
    const to = element(equation.target, equation.indices);
    const { plainTerms, sums, start } = split(equation);
    const kept = fresh(v128);
    const { offset, push } = values.address(to);
    const body = plainTerms[0]?.body;
    const first = (): StackVar<"v128"> => {
      if (adds && body !== undefined)
        return vector.add(v128.load({ offset, align: 4 }, push()), values.many(body));
      if (adds) return v128.load({ offset, align: 4 }, push());
      return body === undefined ? lanes.constant(start) : values.many(body);
    };
    local.set(kept, first());
    for (const term of sums) {
      nestOver(term, () => {
        const combine = term.reduction === "max" ? vector.max : vector.add;
        local.set(kept, combine(kept, values.many(term.body)));
      });
    }
    store(to, kept, valid);
    values.keepMany(to, kept);
  }

  function store(to: Element, value: Local<"v128">, valid: number): void {
    const { offset, push } = values.address(to);
    if (valid === lanes.count) {
      v128.store({ offset, align: 4 }, push(), local.get(value));
      return;
    }
    for (let l = 0; l < valid; l++) {
      lanes.storeLane({ offset: offset + l * lanes.bytes }, l, push(), local.get(value));
    }
  }

  function emitNumber({ equation, adds }: Task): void {
    const to = element(equation.target, equation.indices);
    const { plainTerms, sums, start } = split(equation);
    const { offset, push } = values.address(to);
    const total = fresh(scalar);
    const body = plainTerms[0]?.body;
    const before = (): StackVar<"f32"> => scalar.load({ offset }, push());
    if (adds)
      local.set(total, body === undefined ? before() : scalar.add(before(), values.one(body)));
    else local.set(total, body === undefined ? scalar.const(start) : values.one(body));
    for (const term of sums) reduce(term, total);
    scalar.store({ offset }, push(), local.get(total));
    values.keepOne(to, total);
  }

  /** Adds Σ_over body to `total`, or takes the maximum: as vectors where the body lies side by side. */
  function reduce(term: Term, total: Local<"f32">): void {
    const isMax = term.reduction === "max";
    const lane = term.over.findLast((i) => i.extent !== "rows" && liesAlong([term.body], i));
    if (lane === undefined) {
      nestOver(term, () => {
        const combine = isMax ? scalar.max : scalar.add;
        local.set(total, combine(total, values.one(term.body)));
      });
      return;
    }
    const start = isMax ? Number.NEGATIVE_INFINITY : 0;
    const together = sizeOf(lane) > LONG * lanes.count ? TOGETHER : 1;
    const sums = Array.from({ length: together }, () => fresh(v128));
    const [acc, ...others] = sums as [Local<"v128">, ...Local<"v128">[]];
    for (const sum of sums) local.set(sum, lanes.constant(start));
    const combine = isMax ? vector.max : vector.add;
    const around = { ...term, over: term.over.filter((i) => i !== lane) };
    nestOver(around, () => {
      vectors(lane, { padded: false, together }, (valid, turn) => {
        const value = (): StackVar<"v128"> => {
          if (valid === lanes.count) return values.many(term.body);
          return v128.bitselect(
            values.many(term.body),
            lanes.constant(start),
            maskOf(lanes, valid),
          );
        };
        const sum = sums[turn] as Local<"v128">;
        local.set(sum, combine(sum, value()));
      });
    });
    for (const other of others) local.set(acc, combine(acc, other));
    for (let l = 0; l < lanes.count; l++) {
      const part = (): StackVar<"f32"> => vector.extract_lane(l as 0, local.get(acc));
      local.set(total, isMax ? scalar.max(total, part()) : scalar.add(total, part()));
    }
  }

  // Scattered terms: T[place] += body, after the rest of the equation

  function emitScatter(task: Task, bound: Index | undefined): void {
    const { equation } = task;
    const rest = equation.terms.filter((t) => t.where.length === 0);
    if (rest.length > 0) emitGroup([{ ...task, equation: { ...equation, terms: rest } }], bound);
    else if (!task.adds) clear(equation, bound);
    for (const term of equation.terms) if (term.where.length > 0) scatter(equation, term, bound);
  }

  function clear({ target, indices }: Equation, bound: Index | undefined): void {
    const { strides } = layout.place(target);
    const first = indices[0];
    const rowwise = bound !== undefined && first === bound;
    const at = element(target, rowwise ? [bound] : []);
    const { offset, push } = values.address(at);
    const length = (i: Index): number => (i.extent === "rows" ? layout.capacity : i.extent);
    const size = rowwise
      ? (strides[0] ?? 1)
      : first === undefined
        ? 1
        : (strides[0] ?? 1) * length(first);
    i32.add(push(), offset);
    i32.const(0);
    i32.const(size * lanes.bytes);
    memory.fill();
  }

  function scatter(equation: Equation, term: Term, bound: Index | undefined): void {
    const given = new Map(term.where.map((delta) => [delta.index, delta.place]));
    const to = element(
      equation.target,
      equation.indices.map((i) => given.get(i) ?? plain(i)),
    );
    const free = equation.indices.filter((i) => i !== bound && !given.has(i));
    const lane = free.findLast(
      (i) => liesAlong([term.body], i) && strideAlong(to, i, layout) === 1,
    );
    const loops = [...term.over, ...free.filter((i) => i !== lane)];
    values.announce([term.body]);
    nestElements(loops, [to, ...elementsIn([term.body])], () => {
      if (lane === undefined) {
        const { offset, push } = values.address(to);
        scalar.store(
          { offset },
          push(),
          scalar.add(scalar.load({ offset }, push()), values.one(term.body)),
        );
        return;
      }
      vectors(lane, { padded: false }, (valid) => {
        const { offset, push } = values.address(to);
        const sum = fresh(v128);
        local.set(sum, vector.add(v128.load({ offset, align: 4 }, push()), values.many(term.body)));
        store(to, sum, valid);
      });
    });
  }

  // What runs how

  function runsAsVectors({ equation }: Task, bound: Index | undefined): boolean {
    const lane = equation.indices.filter((i) => i !== bound).at(-1);
    if (lane === undefined || lane !== equation.indices.at(-1)) return false;
    if (lane.extent === "rows" && !layout.place(equation.target).padded) return false;
    const terms = equation.terms.filter((t) => t.where.length === 0);
    const bodies = terms.map((t) => t.body);
    return liesAlong(bodies, lane) || canBePicked(terms, lane);
  }

  /** Few enough elements to pick the lanes of a vector one by one: small weights, across their rows. */
  function canBePicked(terms: readonly Term[], lane: Index): boolean {
    const work = (t: Term): number => t.over.reduce((size, i) => size * sizeOf(i), sizeOf(lane));
    return (
      sizeOf(lane) <= UNROLL * lanes.count &&
      terms.every((t) => work(t) <= PICKED) &&
      elementsIn(terms.map((t) => t.body)).every((e) => strideAlong(e, lane, layout) !== undefined)
    );
  }

  const liesAlong = (bodies: readonly Expression[], lane: Index): boolean =>
    elementsIn(bodies).every((e) => {
      const stride = strideAlong(e, lane, layout);
      return stride === 0 || stride === 1;
    });

  const isPadded = ({ equation }: Task): boolean => layout.place(equation.target).padded;

  return { emit };
}
