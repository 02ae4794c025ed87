/** The linear memory of a network: tensors are given places as equations name them. */

import type { Tensor } from "../equations/expression.ts";
import { type Floats, newFloats, type Precision, sizeOf } from "../equations/memory.ts";
import { lanesOf } from "./lanes.ts";
import { type Layout, type Place, spanOf, stridesOf } from "./layout.ts";
import { arithmetic, scratchBytes } from "./product.ts";

export interface LinearMemory extends Layout {
  readonly wasm: WebAssembly.Memory;
  /** Whether fused multiply-add may be used. */
  relaxed: boolean;
  /** Where products pack their panels. */
  scratch(): number;
  /** Reserves bytes and returns their address, a multiple of 64. */
  allocate(bytes: number): number;
  /** The same for a name: what was reserved before where it is large enough. */
  reserve(name: string, bytes: number): number;
  /** Gives a tensor without rows a dense place. */
  placeAt(tensor: Tensor, address: number): void;
  /** Numbers of the precision at an address; not to be kept beyond the next allocation. */
  view(address: number, length: number): Floats;
  write(tensor: Tensor, values: Floats, rows: number): void;
  /** Writes rows elsewhere, with the strides of the tensor. */
  writeRows(tensor: Tensor, values: Floats, to: { address: number; rows: number }): void;
  read(tensor: Tensor, rows: number): Floats;
  setScalar(name: string, value: number): void;
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
  const places = new Map<Tensor, Place>();
  const reserved = new Map<string, { readonly address: number; readonly bytes: number }>();
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
    const shape = tensor.shape.map((extent) => (extent === "rows" ? rows : extent));
    const last = shape.at(-1) ?? 1;
    const count = sizeOf(tensor, rows) / last;
    for (let run = 0; run < count; run++) {
      let at = 0;
      let rest = run;
      for (let d = shape.length - 2; d >= 0; d--) {
        at += (rest % (shape[d] as number)) * (strides[d] as number);
        rest = Math.floor(rest / (shape[d] as number));
      }
      copy(at, run * last, last);
    }
  }

  return {
    ...{ wasm, precision, capacity, allocate, place, view },
    relaxed,
    scratch() {
      return reserve("scratch", scratchBytes(arithmetic(precision, this.relaxed)));
    },
    reserve,
    scalar: (name) => reserve(name, 8),
    setScalar(name, value) {
      const address = reserve(name, 8); //  before the buffer is looked at: it may grow
      new Float64Array(wasm.buffer, address, 1)[0] = value;
    },
    placeAt(tensor, address) {
      places.set(tensor, { address, strides: stridesOf(tensor.shape, 1, 1), padded: false });
    },
    write(tensor, values, rows) {
      this.writeRows(tensor, values, { address: place(tensor).address, rows });
    },
    writeRows(tensor, values, { address, rows }) {
      const all = view(address, (wasm.buffer.byteLength - address) / lanes.bytes);
      runs(tensor, rows, (at, from, length) => all.set(values.subarray(from, from + length), at));
    },
    read(tensor, rows) {
      const { address } = place(tensor);
      const values = newFloats(precision, sizeOf(tensor, rows));
      runs(tensor, rows, (at, to, length) =>
        values.set(view(address + at * lanes.bytes, length), to),
      );
      return values;
    },
  };
}
