/** `nabla/files`: the file formats by themselves. */

export { type IdxArray, readIdx } from "./idx.ts";
export { readDefinition, readParameters } from "./network-json.ts";
export { readSafetensors, type Safetensors, writeSafetensors } from "./safetensors.ts";
