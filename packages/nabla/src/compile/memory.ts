/** The linear memory of a network: tensors are given places as equations name them. */

import type { Tensor } from "../equations/expression.ts";
import { type Floats, newFloats, type Precision, sizeOf } from "../equations/memory.ts";
import { lanesOf } from "./lanes.ts";
import { type Layout, type Place, spanOf, stridesOf } from "./layout.ts";
import type { Scratch } from "./product.ts";

export interface LinearMemory extends Layout {
  readonly wasm: WebAssembly.Memory;
  /** Whether fused multiply-add may be used. */
  relaxed: boolean;
  /** Where the products of a program pack their panels. */
  readonly scratch: Scratch;
  /** Reserves bytes and returns their address, a multiple of 64. */
  allocate(bytes: number): number;
  /** The same for a name: what was reserved before where it is large enough. */
  reserve(name: string, bytes: number): number;
  /** The addresses of slots that all programs share: of so many bytes each, the largest first. */
  slots(sizes: readonly number[]): number[];
  /** Gives a tensor without rows a dense place. */
  placeAt(tensor: Tensor, address: number): void;
  /** Whether a tensor was given such a place. */
  isBound(tensor: Tensor): boolean;
  /** Numbers of the precision at an address; not to be kept beyond the next allocation. */
  view(address: number, length: number): Floats;
  write(tensor: Tensor, values: Floats, rows: number): void;
  /** Writes rows elsewhere, with the strides of the tensor. */
  writeRows(tensor: Tensor, values: Floats, to: { address: number; rows: number }): void;
  read(tensor: Tensor, rows: number): Floats;
  setScalar(name: string, value: number): void;
}

interface Room {
  readonly address: number;
  readonly bytes: number;
}

const PAGE = 65536;

export interface MemoryOptions {
  readonly precision: Precision;
  readonly capacity: number;
  readonly relaxed: boolean;
  /** Takes the addresses of 64 bytes behind each allocation that nothing may write: for tests. */
  readonly canaries?: number[];
}

export function newLinearMemory({
  precision,
  capacity,
  relaxed,
  canaries,
}: MemoryOptions): LinearMemory {
  const wasm = new WebAssembly.Memory({ initial: 1 });
  const lanes = lanesOf(precision);
  const places = new WeakMap<Tensor, Place>(); //  tensors of a training are forgotten with it
  const reserved = new Map<string, Room>();
  const slots: Room[] = [];
  let top = 64;

  function allocate(bytes: number): number {
    const address = top;
    top += Math.ceil(bytes / 64) * 64;
    if (canaries !== undefined) {
      canaries.push(address + bytes);
      top += 64;
    }
    // One vector beyond the end may be read, never written
    const missing = top + 64 - wasm.buffer.byteLength;
    if (missing > 0) wasm.grow(Math.ceil(missing / PAGE));
    return address;
  }

  function reserve(name: string, bytes: number): number {
    const known = reserved.get(name);
    if (known !== undefined && known.bytes >= bytes) return known.address;
    const address = allocate(bytes);
    reserved.set(name, { address, bytes });
    return address;
  }

  const place = (tensor: Tensor): Place => {
    const known = places.get(tensor);
    if (known !== undefined) return known;
    const strides = stridesOf(tensor.shape, lanes.count, capacity);
    const span = spanOf(tensor.shape, lanes.count, capacity);
    const made = { address: allocate(span * lanes.bytes), strides, padded: true };
    places.set(tensor, made);
    return made;
  };

  const view = (address: number, length: number): Floats =>
    precision === "float32"
      ? new Float32Array(wasm.buffer, address, length)
      : new Float64Array(wasm.buffer, address, length);

  /** Calls `copy` for each run of neighbouring elements: where it lies, where it lies in a flat array. */
  function runs(
    tensor: Tensor,
    rows: number,
    copy: (at: number, flat: number, length: number) => void,
  ): void {
    const { strides } = place(tensor);
    const size = sizeOf(tensor, rows);
    const unpadded = stridesOf(tensor.shape, 1, 1);
    if (strides.every((stride, d) => stride === unpadded[d])) {
      copy(0, 0, size);
      return;
    }
    const shape = tensor.shape.map((extent) => (extent === "rows" ? rows : extent));
    const last = shape.at(-1) as number;
    for (let run = 0; run < size / last; run++) {
      let at = 0;
      let rest = run;
      for (let d = shape.length - 2; d >= 0; d--) {
        at += (rest % (shape[d] as number)) * (strides[d] as number);
        rest = Math.floor(rest / (shape[d] as number));
      }
      copy(at, run * last, last);
    }
  }

  const viewFrom = (address: number): Floats =>
    view(address, Math.floor((wasm.buffer.byteLength - address) / lanes.bytes));

  return {
    ...{ wasm, precision, capacity, allocate, place, view },
    relaxed,
    scratch: { address: 0, columns: 0 },
    reserve,
    slots(sizes) {
      const free = slots.toSorted((a, b) => a.bytes - b.bytes);
      return sizes.map((bytes) => {
        const smallest = free.findIndex((slot) => slot.bytes >= bytes);
        if (smallest >= 0) return (free.splice(smallest, 1)[0] as Room).address;
        const made = { address: allocate(bytes), bytes };
        slots.push(made);
        return made.address;
      });
    },
    scalar: (name) => reserve(name, 8),
    setScalar(name, value) {
      const address = reserve(name, 8); //  before the buffer is looked at: it may grow
      new Float64Array(wasm.buffer, address, 1)[0] = value;
    },
    placeAt(tensor, address) {
      places.set(tensor, { address, strides: stridesOf(tensor.shape, 1, 1), padded: false });
    },
    isBound: (tensor) => places.get(tensor)?.padded === false,
    write(tensor, values, rows) {
      this.writeRows(tensor, values, { address: place(tensor).address, rows });
    },
    writeRows(tensor, values, { address, rows }) {
      const all = viewFrom(address);
      runs(tensor, rows, (at, flat, length) =>
        copyRun({ from: values, start: flat, to: all, at, length }),
      );
    },
    read(tensor, rows) {
      const all = viewFrom(place(tensor).address);
      const values = newFloats(precision, sizeOf(tensor, rows));
      runs(tensor, rows, (at, flat, length) =>
        copyRun({ from: all, start: at, to: values, at: flat, length }),
      );
      return values;
    },
  };
}

interface Copy {
  readonly from: Floats;
  readonly start: number;
  readonly to: Floats;
  readonly at: number;
  readonly length: number;
}

/** to[at …] ← from[start …]; a short run costs less than the calls that copy a long one. */
function copyRun({ from, start, to, at, length }: Copy): void {
  if (length > 64) to.set(from.subarray(start, start + length), at);
  else for (let i = 0; i < length; i++) to[at + i] = from[start + i] as number;
}
