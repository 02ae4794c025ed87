/** `nabla/files`: the file formats by themselves. */

export { type IdxArray, readIdx } from "./idx.ts";
export { readSafetensors, type Safetensors, writeSafetensors } from "./safetensors.ts";
