/** `nabla/files`: the file formats by themselves. */

export { readColumnSettings } from "../tables/columns/column-settings.ts";
export { type IdxArray, readIdx } from "./idx.ts";
export { importBrain, isBrain } from "./import/brain.ts";
export type { Imported } from "./import/imported.ts";
export { isTensorFlow, readTensorFlow, type TensorFlowModel } from "./import/tensorflow.ts";
export { exportJavaScript } from "./javascript/export.ts";
export { type JsonValue, readJson } from "./json.ts";
export { readDefinition, readParameters } from "./network-json.ts";
export { exportOnnx } from "./onnx/export.ts";
export { readSafetensors, type Safetensors, writeSafetensors } from "./safetensors.ts";
