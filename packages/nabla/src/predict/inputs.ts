/** The inputs of a prediction as flat arrays: finite numbers, in rows of the right shape. */

import type { Inputs } from "../data.ts";
import type { Tensor } from "../equations/expression.ts";
import { type Floats, newFloats, type Precision, sizeOf } from "../equations/memory.ts";
import { dataError } from "../files/json.ts";

export interface Read {
  readonly rows: number;
  readonly values: ReadonlyMap<Tensor, Floats>;
  /** Whether all of them were typed arrays. */
  readonly isFlat: boolean;
}

const isTyped = (given: unknown): given is Floats =>
  / (Float|U?int)\d/i.test(Object.prototype.toString.call(given));

/** Throws where values are absent, of another shape, not finite or, as indices, out of range. */
export function readInputs(
  given: Inputs,
  { tensors, precision }: { tensors: readonly Tensor[]; precision: Precision },
): Read {
  const isNamed = !Array.isArray(given) && !isTyped(given);
  const values = new Map<Tensor, Floats>();
  let isFlat = true;
  let rows: number | undefined;
  for (const tensor of tensors) {
    const { name, count } = tensor;
    const where = `inputs, ${name}`;
    const own: unknown = isNamed ? (given as Partial<Record<string, unknown>>)?.[name] : given;
    const isOwn = isNamed || tensors.length === 1;
    if (!isOwn || !(isTyped(own) || Array.isArray(own)))
      throw dataError(where, "rows of numbers, or a typed array", String(own));
    isFlat &&= isTyped(own);
    const flat = flatten(own, tensor, precision);
    const unit = sizeOf(tensor, 1);
    const got = flat.length / unit;
    if (got !== (rows ?? Math.floor(got)))
      throw dataError(where, `${rows ?? "whole"} rows`, `${got}`);
    rows = got;
    for (let i = 0; i < flat.length; i++) {
      const value = flat[i]!;
      const isIndex = count === undefined || (value >= 0 && value < count && value % 1 === 0);
      if (Number.isFinite(value) && isIndex) continue;
      const expected = count === undefined ? "a finite number" : `an integer in [0, ${count})`;
      throw dataError(`${where}, row ${Math.floor(i / unit)}`, expected, `${value}`);
    }
    values.set(tensor, flat);
  }
  return { rows: rows ?? 0, values, isFlat };
}

/** A typed array of the precision is taken as it is. */
function flatten(given: readonly unknown[] | Floats, tensor: Tensor, precision: Precision): Floats {
  const Own = precision === "float32" ? Float32Array : Float64Array;
  if (isTyped(given)) return given instanceof Own ? given : new Own(given);
  /** How many numbers there are in a row, in a list within it, …, and in a number. */
  const sizes = tensor.shape.map((_, d) =>
    sizeOf({ ...tensor, shape: tensor.shape.slice(d + 1) }, 1),
  );
  const unit = sizes[0]!;
  const flat = newFloats(precision, given.length * unit);
  const fill = (part: unknown, at: number, depth: number): void => {
    const size = sizes[depth]!;
    if (typeof part === "number" && size === 1) flat[at] = part;
    else if (isTyped(part) && part.length === size) flat.set(part, at);
    else if (Array.isArray(part) && part.length === tensor.shape[depth + 1])
      for (const [i, inner] of part.entries()) fill(inner, at + i * sizes[depth + 1]!, depth + 1);
    else {
      const where = `inputs, ${tensor.name}, row ${Math.floor(at / unit)}`;
      throw dataError(where, `${size} numbers`, String(part));
    }
  };
  for (const [n, row] of given.entries()) fill(row, n * unit, 0);
  return flat;
}
