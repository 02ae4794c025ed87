/** The network of a model file, which predicts. */

import type { FlatInputs, Inputs } from "../data.ts";
import { type Floats, newFloats, sizeOf } from "../equations/memory.ts";
import type { NetworkDefinition } from "../network.ts";
import { type Predictor, readPredictor } from "./equations.ts";
import { readInputs } from "./inputs.ts";
import { writeLayers } from "./layers.ts";
import { compile } from "./loops.ts";

export interface NetworkModel {
  readonly definition: NetworkDefinition;
  /** The outputs for each row, [rows, outputs]; the link is applied. */
  predict(inputs: FlatInputs): Floats;
  predict(inputs: Exclude<Inputs, FlatInputs>): number[][];
}

/** Its equations and, where it has layers, the numbers in a row of its outputs. */
export interface Described extends Predictor {
  readonly outputCount?: number;
}

interface NetworkParts {
  readonly definition: NetworkDefinition;
  readonly described: Described;
  readonly parameters: ReadonlyMap<string, Floats>;
}

/** What a definition says of predictions. Throws where `network()` would. */
export function describe(definition: NetworkDefinition): Described {
  if ("equations" in definition) return readPredictor(definition);
  const { outputCount, ...text } = writeLayers(definition);
  return { ...readPredictor(text), outputCount };
}

/** Rows that are computed at once: few enough to stay in the cache. */
const BLOCK = 64;

export function newNetwork({ definition, described, parameters }: NetworkParts): NetworkModel {
  const { precision = "float32" } = definition;
  const { steps, inputs, unknown, outputs } = described;
  const { cell, run } = compile(steps, precision);
  for (const tensor of described.parameters) cell(tensor).data = parameters.get(tensor.name)!;
  for (const tensor of unknown) cell(tensor).data = newFloats(precision, sizeOf(tensor, BLOCK));
  const unit = sizeOf(outputs, 1);

  function predict(given: FlatInputs): Floats;
  function predict(given: Exclude<Inputs, FlatInputs>): number[][];
  function predict(given: Inputs): Floats | number[][] {
    const { rows, values, isFlat } = readInputs(given, { tensors: inputs, precision });
    const flat = newFloats(precision, rows * unit);
    for (let from = 0; from < rows; from += BLOCK) {
      const to = Math.min(rows, from + BLOCK);
      for (const [tensor, all] of values) {
        const width = sizeOf(tensor, 1);
        cell(tensor).data = all.subarray(from * width, to * width);
      }
      run(to - from);
      flat.set(cell(outputs).data.subarray(0, (to - from) * unit), from * unit);
    }
    if (isFlat) return flat;
    return Array.from({ length: rows }, (_, n) => [...flat.subarray(n * unit, (n + 1) * unit)]);
  }
  return { definition, predict };
}
