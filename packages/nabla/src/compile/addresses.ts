/**
 * Where elements lie while loops run: a constant offset, and a pointer that follows the loops' counters.
 * What outer loops give of a pointer is computed once, before the inner ones.
 */

import type { Element, Index, Place } from "../equations/expression.ts";
import { type Fresh, i32, type Local, local, type StackVar } from "./assembler.ts";
import type { Lanes } from "./lanes.ts";
import type { Layout } from "./layout.ts";
import type { I32 } from "./routine.ts";

/** How far a loop has come: a local, so much beyond it, or a number where the loop is written out. */
export type Counter = I32 | Beyond | number;

interface Beyond {
  readonly counter: I32;
  readonly by: number;
}

export interface Address {
  /** In bytes, beside what `push` leaves on the stack. */
  readonly offset: number;
  readonly push: () => StackVar<"i32">;
}

interface Part {
  readonly counter: I32;
  readonly bytes: number;
}

interface Surroundings {
  readonly lanes: Lanes;
  readonly layout: Layout;
  readonly fresh: Fresh;
  /** Pushes the value of an integer element that serves as an index. */
  readonly integer: (element: Element) => StackVar<"i32">;
}

export function newAddresses({ lanes, layout, fresh, integer }: Surroundings) {
  const counters = new Map<Index, Counter>();
  let pointers = new Map<string, Local<"i32">>();

  /** Runs `body` with an index bound; the pointers that it has prepared are forgotten afterwards. */
  function bind(index: Index, counter: Counter, body: () => void): void {
    const saved = new Map(pointers);
    counters.set(index, counter);
    body();
    counters.delete(index);
    pointers = saved;
  }

  function address(element: Element): Address {
    const { offset, parts, lookups } = resolve(element);
    const push = (): StackVar<"i32"> => {
      let at = pointer(parts);
      for (const { element, bytes } of lookups) at = i32.add(at, i32.mul(integer(element), bytes));
      return at;
    };
    return { offset, push };
  }

  /** The offset, the counters of the loops so far, from the outermost on, and the lookups. */
  function resolve({ tensor, places }: Element) {
    const place = layout.place(tensor);
    let offset = place.address;
    const parts: Part[] = [];
    const lookups: { readonly element: Element; readonly bytes: number }[] = [];
    for (const [d, p] of places.entries()) {
      const bytes = (place.strides[d] ?? 0) * lanes.bytes;
      if (p.kind === "lookup") {
        lookups.push({ element: p.element, bytes });
        continue;
      }
      offset += p.offset * bytes;
      for (const { index, factor } of p.parts) {
        const counter = counters.get(index);
        if (counter === undefined) continue; //  a loop further inside
        const [at, by] = split(counter);
        offset += by * factor * bytes;
        if (at !== undefined) parts.push({ counter: at, bytes: factor * bytes });
      }
    }
    parts.sort((a, b) => a.counter.index - b.counter.index); //  outer loops have the older locals
    return { offset, parts, lookups };
  }

  /** Σ counter·bytes; the longest prefix that has been prepared is read from its local. */
  function pointer(parts: readonly Part[]): StackVar<"i32"> {
    const last = parts.at(-1);
    if (last === undefined) return i32.const(0);
    const known = pointers.get(keyOf(parts));
    if (known !== undefined) return local.get(known);
    if (parts.length === 1) return times(last);
    return i32.add(pointer(parts.slice(0, -1)), times(last));
  }

  /** Computes the part of the elements' addresses that the loops so far give. */
  function prepare(elements: readonly Element[]): void {
    for (const element of elements) {
      const { parts } = resolve(element);
      if (parts.length === 0 || pointers.has(keyOf(parts))) continue;
      const kept = fresh(i32);
      local.set(kept, pointer(parts));
      pointers.set(keyOf(parts), kept);
    }
  }

  return { bind, address, prepare };
}

const split = (counter: Counter): readonly [I32 | undefined, number] => {
  if (typeof counter === "number") return [undefined, counter];
  return "by" in counter ? [counter.counter, counter.by] : [counter, 0];
};

const keyOf = (parts: readonly Part[]): string =>
  parts.map(({ counter, bytes }) => `${counter.index}*${bytes}`).join("+");

function times({ counter, bytes }: Part): StackVar<"i32"> {
  const shift = 31 - Math.clz32(bytes);
  return bytes === 1 << shift ? i32.shl(counter, shift) : i32.mul(counter, bytes);
}

/** The step of an element's address from lane to lane, in elements; undefined where it is no constant. */
export function strideAlong(e: Element, lane: Index, layout: Layout): number | undefined {
  const { strides } = layout.place(e.tensor);
  let stride = 0;
  for (const [d, place] of e.places.entries()) {
    if (place.kind === "lookup") {
      if (dependsOn(place, lane)) return undefined;
      continue;
    }
    for (const { index, factor } of place.parts)
      if (index === lane) stride += factor * (strides[d] ?? 0);
  }
  return stride;
}

export const dependsOn = (place: Place, index: Index): boolean =>
  place.kind === "affine"
    ? place.parts.some((part) => part.index === index)
    : place.element.places.some((inner) => dependsOn(inner, index));
