/** The compiled backend: tensors in one linear memory, a WebAssembly module for each program. */

import { f32x4, func, Module, v128 } from "wasmati";
import type { Backend, Buffer } from "../backend.ts";
import type { Precision } from "../equations/memory.ts";
import { lanesOf } from "./lanes.ts";
import { newLinearMemory } from "./memory.ts";
import { compile } from "./program.ts";
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
    newStepper: (engine, plan) => compiledStepper(engine, plan, memory),
  };
}

let fuses: boolean | undefined;

/** Whether the engine has relaxed SIMD, with its fused multiply-add: asked once, not for every network. */
function canFuse(): boolean {
  fuses ??= WebAssembly.validate(withRelaxedMadd().toBytes() as BufferSource);
  return fuses;
}

const withRelaxedMadd = () =>
  Module({
    exports: {
      probe: func({ in: [v128], locals: [], out: [v128] }, ([x]) => {
        f32x4.relaxed_madd(x, x, x);
      }),
    },
  });
