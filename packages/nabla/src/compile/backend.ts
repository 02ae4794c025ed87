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

/**
 * Whether the engine has relaxed SIMD, and the processor a fused multiply-add, on which the elementary
 * functions then rely: asked once, not for every network.
 */
function canFuse(): boolean {
  fuses ??= WebAssembly.validate(RELAXED) && fusesHere();
  return fuses;
}

/** x² + z for x² = 1 + 2⁻¹¹ + 2⁻²⁴ and z = −(1 + 2⁻¹¹): rounded before the addition, x² would be −z. */
function fusesHere(): boolean {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(RELAXED));
  const squarePlus = exports.f as (x: number, z: number) => number;
  return squarePlus(1 + 2 ** -12, -(1 + 2 ** -11)) === 2 ** -24;
}

/** A module with f(x, z) = x·x + z by f32x4.relaxed_madd. Assembling it would take a millisecond. */
const RELAXED = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 7, 1, 0x60, 2, 0x7d, 0x7d, 1, 0x7d], // a type: f32, f32 → f32
  ...[3, 2, 1, 0], // a function of it
  ...[7, 5, 1, 1, 0x66, 0, 0], // exported as "f"
  ...[10, 22, 1, 20, 0, 0x20, 0, 0xfd, 0x13, 0x20, 0, 0xfd, 0x13, 0x20, 1, 0xfd, 0x13],
  ...[0xfd, 0x85, 2, 0xfd, 0x1f, 0, 0x0b],
);
