/** The compiled backend: tensors in one linear memory, a WebAssembly module for each program. */

import type { Backend, Buffer } from "../backend.ts";
import type { Precision } from "../equations/memory.ts";
import { compileDraw } from "./draw.ts";
import { lanesOf } from "./lanes.ts";
import { newLinearMemory } from "./memory.ts";
import { compile } from "./program.ts";
import { setSeed } from "./random.ts";
import { compiledStepper } from "./stepper.ts";

/** Rows that a program runs at once. */
const BLOCK_ROWS = 256;

export function wasmBackend(precision: Precision): Backend {
  const memory = newLinearMemory({ precision, capacity: BLOCK_ROWS, relaxed: canFuse() });
  const { bytes, count } = lanesOf(precision);
  const addresses = new WeakMap<Buffer, number>();
  return {
    name: "wasm",
    precision,
    get fused() {
      return memory.relaxed;
    },
    set fused(wanted) {
      memory.relaxed = wanted && canFuse();
    },
    blockRows: BLOCK_ROWS,
    newBuffer(length, name) {
      const size = (length + count) * bytes;
      const address = name === undefined ? memory.allocate(size) : memory.reserve(name, size);
      if (name !== undefined) memory.view(address, length).fill(0); // new memory holds zeros
      const buffer = { length, view: () => memory.view(address, length) };
      addresses.set(buffer, address);
      return buffer;
    },
    bind(tensor, buffer, start) {
      memory.placeAt(tensor, (addresses.get(buffer) ?? 0) + start * bytes);
    },
    write: (tensor, values, rows) => memory.write(tensor, values, rows),
    read: (tensor, rows) => memory.read(tensor, rows),
    program: (equations, kept) => compile(equations, memory, kept),
    drawUniform(buffer, { start, end }, { seed, number, limit }) {
      const address = addresses.get(buffer) ?? 0;
      const draw = compileDraw(memory);
      setSeed(memory, seed);
      draw(address + start * bytes, address + end * bytes, number, limit);
    },
    newStepper: (engine, plan) => compiledStepper(engine, plan, memory),
  };
}

let fuses: boolean | undefined;

/** Whether the engine has relaxed SIMD, with its fused multiply-add: asked once, not for every network. */
function canFuse(): boolean {
  fuses ??= WebAssembly.validate(RELAXED);
  return fuses;
}

/** A module with a function x ↦ f32x4.relaxed_madd(x, x, x). Assembling it would take a millisecond. */
const RELAXED = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 6, 1, 0x60, 1, 0x7b, 1, 0x7b], // a type: v128 → v128
  ...[3, 2, 1, 0], // a function of it
  ...[10, 13, 1, 11, 0, 0x20, 0, 0x20, 0, 0x20, 0, 0xfd, 0x85, 2, 0x0b],
);
