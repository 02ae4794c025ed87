/** `nabla/files`: the file formats by themselves. */

export { readSafetensors, type Safetensors, writeSafetensors } from "./safetensors.ts";
