/** What users give → flat typed arrays, checked once: shapes, finite numbers, integers, targets. */

import type { Tensor } from "./equations/expression.ts";
import { type Floats, newFloats, type Precision, sizeOf } from "./equations/memory.ts";
import { NablaError } from "./errors.ts";
import {
  described,
  isNumericArray,
  isPlainObject,
  type NumericArray,
  numberOf,
  type Value,
} from "./numbers.ts";

/** Values, nested as deep as the tensor has indices; a typed array is flat and row-major. */
export type Nested = Value | NumericArray | readonly Nested[];

/** The values of one tensor: rows, or one flat row-major typed array. */
export type Values = readonly Nested[] | NumericArray;

/** The values of a network's inputs; by name where it has several. */
export type Inputs = Values | Readonly<Record<string, Values>>;

/** Typed arrays only: the outputs are one, too. */
export type FlatInputs = NumericArray | Readonly<Record<string, NumericArray>>;

/** A batch, or a whole data set: for each given tensor a flat array over the same number of rows. */
export interface Data {
  readonly rows: number;
  readonly values: ReadonlyMap<Tensor, Floats>;
}

export const isFloats = (given: unknown): given is Floats =>
  given instanceof Float32Array || given instanceof Float64Array;

export const isFlat = (inputs: Inputs): inputs is FlatInputs =>
  isNumericArray(inputs) || (!Array.isArray(inputs) && Object.values(inputs).every(isNumericArray));

export interface GivenTensors {
  readonly tensors: readonly Tensor[];
  readonly precision: Precision;
  /** What the values are called in messages: inputs, targets. */
  readonly called: string;
  readonly accept?: { readonly accept: (value: number) => boolean; readonly expected: string };
}

/**
 * Reads the values of some tensors: numbers, or what stands for them. A typed array of the network's
 * precision is taken without a copy.
 * @throws NablaError that names row and column
 */
export function readData(
  given: Inputs,
  { tensors, precision, called, accept }: GivenTensors,
): Data {
  const single = tensors.length === 1 ? tensors[0] : undefined;
  const byName = isNamed(given) ? given : single && { [single.name]: given };
  if (byName === undefined) {
    const names = tensors.map((tensor) => tensor.name).join(", ");
    const expected = `an object of ${names}`;
    const got = described(given);
    throw problem(`${called} must be ${expected}, got ${got}`, { where: called, expected, got });
  }

  const values = new Map<Tensor, Floats>();
  let rows: number | undefined;
  for (const tensor of tensors) {
    if (!Object.hasOwn(byName, tensor.name)) {
      throw problem(`${called} lack ${tensor.name}`, { where: called, expected: tensor.name });
    }
    const name = single ? called : tensor.name;
    const flat = readTensor(byName[tensor.name], tensor, { precision, name });
    const count = flat.length / sizeOf(tensor, 1);
    if (rows !== undefined && count !== rows) {
      throw problem(`${name} has ${count} rows, ${tensors[0]?.name} has ${rows}`, {
        where: name,
        expected: `${rows} rows`,
        got: `${count} rows`,
      });
    }
    rows = count;
    checkValues(flat, tensor, { name, accept });
    values.set(tensor, flat);
  }
  return { rows: rows ?? 0, values };
}

const isNamed = (given: Inputs): given is Readonly<Record<string, Values>> =>
  typeof given === "object" &&
  given !== null &&
  !Array.isArray(given) &&
  !ArrayBuffer.isView(given);

interface Named {
  readonly precision: Precision;
  readonly name: string;
}

function readTensor(given: unknown, tensor: Tensor, { precision, name }: Named): Floats {
  const unit = sizeOf(tensor, 1);
  const shape = tensor.shape.slice(1) as number[];
  if (isNumericArray(given)) {
    if (given.length % unit !== 0) {
      throw problem(
        `${name} must be [rows, ${shape}], got ${given.length} numbers, which is no multiple of ${unit}`,
        { where: name, expected: `a multiple of ${unit} numbers`, got: String(given.length) },
      );
    }
    const Own = precision === "float32" ? Float32Array : Float64Array;
    return given instanceof Own ? given : new Own(given);
  }
  if (Array.isArray(given)) return readRows(given, shape, { precision, name });
  const expected = "rows of numbers or one typed array of them";
  const got = described(given);
  throw problem(`${name} must be ${expected}, got ${got}`, { where: name, expected, got });
}

/** Rows, nested as `shape` is; a typed array in them is flat and row-major. */
function readRows(
  rows: readonly unknown[],
  shape: readonly number[],
  { precision, name }: Named,
): Floats {
  // How many numbers there are in a row, in a list within it, …, and in a number
  const sizes = Array.from({ length: shape.length + 1 }, (_, depth) =>
    shape.slice(depth).reduce((a, b) => a * b, 1),
  );
  const unit = sizes[0]!;
  const flat = newFloats(precision, rows.length * unit);
  const placeOf = placeIn(name, unit);

  const fill = (part: unknown, depth: number, at: number): void => {
    const size = sizes[depth]!;
    const typed = isNumericArray(part);
    const isList = typed || Array.isArray(part);
    if (size === 1 && (depth === shape.length || !isList)) {
      const number = numberOf(part);
      if (number === undefined) throw refused(part, { where: placeOf(at), expected: "a number" });
      flat[at] = number;
      return;
    }
    if (!isList || part.length !== (typed ? size : shape[depth])) {
      const where = `${name}, row ${Math.floor(at / unit)}`;
      const expected = numbers(typed ? [size] : shape.slice(depth));
      throw isList
        ? mismatch(where, expected, String(part.length))
        : refused(part, { where, expected });
    }
    if (typed) {
      flat.set(part, at);
      return;
    }
    const inner = sizes[depth + 1]!;
    for (let i = 0; i < part.length; i++) {
      const value: unknown = part[i];
      if (inner === 1 && typeof value === "number") flat[at + i] = value;
      else fill(value, depth + 1, at + i * inner);
    }
  };
  for (let row = 0; row < rows.length; row++) fill(rows[row], 0, row * unit);
  return flat;
}

/** 3 numbers; 2 lists of 3 numbers */
function numbers([extent, ...inner]: readonly number[]): string {
  const what = inner.length === 0 ? "number" : "list";
  const counted = `${extent} ${what}${extent === 1 ? "" : "s"}`;
  return inner.length === 0 ? counted : `${counted} of ${numbers(inner)}`;
}

function checkValues(
  flat: Floats,
  tensor: Tensor,
  { name, accept }: { name: string; accept: GivenTensors["accept"] },
): void {
  const { count } = tensor;
  // No number can hide in a finite sum; the sum of large ones may overflow, then each is looked at
  if (count === undefined && accept === undefined && Number.isFinite(sum(flat))) return;
  for (let i = 0; i < flat.length; i++) {
    const value = flat[i] as number;
    const integer = count === undefined || (Number.isInteger(value) && value >= 0 && value < count);
    if (Number.isFinite(value) && integer && (accept === undefined || accept.accept(value)))
      continue;
    const expected =
      count === undefined ? (accept?.expected ?? "a finite number") : `an integer in [0, ${count})`;
    throw mismatch(placeIn(name, sizeOf(tensor, 1))(i), expected, String(value));
  }
}

/** In four parts that do not wait for each other. */
function sum(flat: Floats): number {
  const whole = flat.length - (flat.length % 4);
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < whole; i += 4) {
    a += flat[i] as number;
    b += flat[i + 1] as number;
    c += flat[i + 2] as number;
    d += flat[i + 3] as number;
  }
  for (let i = whole; i < flat.length; i++) a += flat[i] as number;
  return a + b + (c + d);
}

const problem = (message: string, details: NablaError["details"]): NablaError =>
  new NablaError("data", message, details);

const mismatch = (where: string, expected: string, got: string): NablaError =>
  problem(`${where}: expected ${expected}, got ${got}`, { where, expected, got });

/** Where a number stands in a flat array: its row and, where rows have several, its column. */
const placeIn =
  (name: string, unit: number) =>
  (at: number): string =>
    `${name}, row ${Math.floor(at / unit)}${unit > 1 ? `, column ${at % unit}` : ""}`;

/** Something else where a number, or a list of them, is due. */
function refused(
  given: unknown,
  { where, expected }: { readonly where: string; readonly expected: string },
): NablaError {
  const got = described(given);
  if (!isPlainObject(given)) return mismatch(where, expected, got);
  const remedy = "a network knows no names of columns: give arrays, or use fit";
  const message = `${where}: expected ${expected}, got ${got}; ${remedy}`;
  return problem(message, { where, expected, got, remedy });
}

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
    for (let i = 0; i < order.length; i++) {
      const row = order[i] as number;
      for (let u = 0; u < unit; u++) gathered[i * unit + u] = flat[row * unit + u] as number;
    }
    values.set(tensor, gathered);
  }
  return { rows: order.length, values };
}
