/** What users give → flat typed arrays, checked once: shapes, finite numbers, integers, targets. */

import type { Extent, Tensor } from "./equations/expression.ts";
import { type Floats, newFloats, type Precision, sizeOf } from "./equations/memory.ts";
import { NablaError } from "./errors.ts";

/** Rows of numbers, nested as deep as the tensor has indices. */
export type Nested = number | readonly Nested[];

/** The values of one tensor: rows, or one flat row-major typed array. */
export type Values = readonly Nested[] | Floats;

/** The values of a network's inputs; by name where it has several. */
export type Inputs = Values | Readonly<Record<string, Values>>;

/** A batch, or a whole data set: for each given tensor a flat array over the same number of rows. */
export interface Data {
  readonly rows: number;
  readonly values: ReadonlyMap<Tensor, Floats>;
}

export const isFloats = (given: unknown): given is Floats =>
  given instanceof Float32Array || given instanceof Float64Array;

export interface GivenTensors {
  readonly tensors: readonly Tensor[];
  readonly precision: Precision;
  /** What the values are called in messages: inputs, targets. */
  readonly called: string;
  readonly accept?: { readonly accept: (value: number) => boolean; readonly expected: string };
}

/**
 * Reads the values of some tensors. A typed array of the network's precision is taken without a copy.
 * @throws NablaError that names row and column
 */
export function readData(
  given: Inputs,
  { tensors, precision, called, accept }: GivenTensors,
): Data {
  const byName =
    isFloats(given) || Array.isArray(given)
      ? { [tensors[0]?.name ?? called]: given as Values }
      : (given as Readonly<Record<string, Values>>);
  if (tensors.length > 1 && (isFloats(given) || Array.isArray(given))) {
    const names = tensors.map((tensor) => tensor.name).join(", ");
    throw problem(`${called} must be an object of ${names}`, { expected: `{ ${names} }` });
  }

  const values = new Map<Tensor, Floats>();
  let rows: number | undefined;
  for (const tensor of tensors) {
    const own = Object.hasOwn(byName, tensor.name) ? byName[tensor.name] : undefined;
    const name = tensors.length === 1 ? called : tensor.name;
    if (own === undefined)
      throw problem(`${called} lack ${tensor.name}`, { expected: tensor.name });
    const flat = readTensor(own, tensor, { precision, name });
    const count = flat.length / sizeOf(tensor, 1);
    if (rows !== undefined && count !== rows) {
      throw problem(`${name} has ${count} rows, ${tensors[0]?.name} has ${rows}`, { where: name });
    }
    rows = count;
    checkValues(flat, tensor, { name, accept });
    values.set(tensor, flat);
  }
  return { rows: rows ?? 0, values };
}

interface Named {
  readonly precision: Precision;
  readonly name: string;
}

function readTensor(given: Values, tensor: Tensor, { precision, name }: Named): Floats {
  const unit = sizeOf(tensor, 1);
  if (isFloats(given)) {
    if (given.length % unit !== 0) {
      throw problem(
        `${name} must be [rows, ${tensor.shape.slice(1)}], got ${given.length} numbers, which is no multiple of ${unit}`,
        { where: name, expected: `a multiple of ${unit} numbers`, got: String(given.length) },
      );
    }
    const own = precision === "float32" ? Float32Array : Float64Array;
    return given instanceof own ? given : own.from(given);
  }
  if (!Array.isArray(given)) {
    throw problem(`${name} must be rows of numbers or a Float32Array or Float64Array`, {
      where: name,
      expected: "rows of numbers",
      got: typeof given,
    });
  }
  const flat = newFloats(precision, given.length * unit);
  const shape = tensor.shape.slice(1);
  for (const [row, values] of given.entries()) {
    const single = shape.length === 1 && shape[0] === 1 && typeof values === "number";
    fill(flat, row * unit, single ? [values] : values, shape, `${name}, row ${row}`);
  }
  return flat;
}

function fill(
  flat: Floats,
  at: number,
  given: unknown,
  shape: readonly Extent[],
  where: string,
): void {
  const [extent, ...inner] = shape as number[];
  if (extent === undefined) {
    if (typeof given !== "number") {
      throw problem(`${where}: expected a number, got ${typeof given}`, {
        where,
        expected: "a number",
        got: typeof given,
      });
    }
    flat[at] = given;
    return;
  }
  const length = Array.isArray(given) || isFloats(given) ? given.length : 1;
  if (length !== extent || typeof given === "number") {
    throw problem(`${where}: expected ${extent} numbers, got ${length}`, {
      where,
      expected: `${extent} numbers`,
      got: String(length),
    });
  }
  const step = inner.reduce((a, b) => a * b, 1);
  for (let i = 0; i < extent; i++) {
    fill(flat, at + i * step, (given as readonly unknown[])[i], inner, where);
  }
}

function checkValues(
  flat: Floats,
  tensor: Tensor,
  { name, accept }: { name: string; accept: GivenTensors["accept"] },
): void {
  const unit = sizeOf(tensor, 1);
  const { count } = tensor;
  for (let i = 0; i < flat.length; i++) {
    const value = flat[i] as number;
    const integer = count === undefined || (Number.isInteger(value) && value >= 0 && value < count);
    if (Number.isFinite(value) && integer && (accept === undefined || accept.accept(value)))
      continue;
    const where = `${name}, row ${Math.floor(i / unit)}${unit > 1 ? `, column ${i % unit}` : ""}`;
    const expected =
      count === undefined ? (accept?.expected ?? "a finite number") : `an integer in [0, ${count})`;
    throw problem(`${where}: expected ${expected}, got ${value}`, {
      where,
      expected,
      got: String(value),
    });
  }
}

const problem = (message: string, details: NablaError["details"]): NablaError =>
  new NablaError("data", message, details);

/** Rows [from, to) of the data, without a copy. */
export function sliceRows(data: Data, from: number, to: number): Data {
  const values = new Map<Tensor, Floats>();
  for (const [tensor, flat] of data.values) {
    const unit = sizeOf(tensor, 1);
    values.set(tensor, flat.subarray(from * unit, to * unit));
  }
  return { rows: to - from, values };
}

/** The rows of the data that `order` names, copied. */
export function gatherRows(data: Data, order: Uint32Array): Data {
  const values = new Map<Tensor, Floats>();
  for (const [tensor, flat] of data.values) {
    const unit = sizeOf(tensor, 1);
    const gathered = flat.slice(0, order.length * unit);
    for (const [i, row] of order.entries()) {
      for (let u = 0; u < unit; u++) gathered[i * unit + u] = flat[row * unit + u] as number;
    }
    values.set(tensor, gathered);
  }
  return { rows: order.length, values };
}
