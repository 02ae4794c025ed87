/**
 * What runs equations. A backend keeps tensors and makes programs of lists of equations; everything
 * above it is the same for all. `evaluate` is the definition; the compiled one must agree with it.
 */

import type { Engine, Segment } from "./engine.ts";
import type { Equation } from "./equations/equation.ts";
import { evaluator, type Program } from "./equations/evaluate.ts";
import type { Tensor } from "./equations/expression.ts";
import { type Floats, newFloats, newMemory, type Precision, sizeOf } from "./equations/memory.ts";
import type { Stepper, StepperPlan } from "./train/stepper.ts";

export interface Backend {
  readonly name: "evaluate" | "wasm";
  readonly precision: Precision;
  /**
   * Whether programs made from now on may fuse a multiplication with an addition: faster and more
   * exact, but not the same bits in every engine.
   */
  fused: boolean;
  /** The most rows that a program runs at once. */
  readonly blockRows: number;
  /** A flat buffer of so many numbers, all zero; one of a name takes the room of its predecessor. */
  newBuffer(length: number, name?: string): Buffer;
  /** Gives a tensor without rows a place in a buffer. */
  bind(tensor: Tensor, buffer: Buffer, start: number): void;
  write(tensor: Tensor, values: Floats, rows: number): void;
  /** The elements of a tensor, dense; read before the next program runs. */
  read(tensor: Tensor, rows: number): Floats;
  /** Of what the program computes, `kept` is read afterwards: all of it unless given. */
  program(equations: readonly Equation[], kept?: readonly Tensor[]): Program;
  /**
   * Fills a part of a buffer with the numbers limit·(2u − 1), u from `uniform` of the stream
   * "initialisation" at `number`: the same bits, without a call for each.
   */
  drawUniform?(buffer: Buffer, part: Segment, draw: UniformDraw): void;
  /** Whole training steps in one call, for batches of at most `blockRows` rows. */
  newStepper?(engine: Engine, plan: StepperPlan): Stepper;
}

export interface UniformDraw {
  readonly seed: number;
  /** The number of the parameter. */
  readonly number: number;
  readonly limit: number;
}

/** A flat buffer. */
export interface Buffer {
  readonly length: number;
  /** Its numbers, live; not to be kept while other buffers are made. */
  view(): Floats;
}

/** The reference: plain loops over typed arrays. */
export function evaluateBackend(precision: Precision): Backend {
  const memory = newMemory(precision);
  return {
    name: "evaluate",
    precision,
    fused: false,
    blockRows: 256, //  enough for long loops, few enough to stay in the cache
    newBuffer(length) {
      const numbers = newFloats(precision, length);
      return { length, view: () => numbers };
    },
    bind(tensor, buffer, start) {
      memory.cell(tensor).data = buffer.view().subarray(start, start + sizeOf(tensor, 1));
    },
    write(tensor, values) {
      memory.cell(tensor).data = values;
    },
    read: (tensor, rows) => memory.cell(tensor).data.subarray(0, sizeOf(tensor, rows)),
    program: (equations) => evaluator(equations, memory),
  };
}
