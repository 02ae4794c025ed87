/** What users give → flat typed arrays, checked once: shapes, finite numbers, integers, targets. */

import type { Tensor } from "./equations/expression.ts";
import { type Floats, newFloats, type Precision, sizeOf } from "./equations/memory.ts";
import { NablaError } from "./errors.ts";

/** Rows of numbers, nested as deep as the tensor has indices. */
export type Nested = number | Floats | readonly Nested[];

/** The values of one tensor: rows, or one flat row-major typed array. */
export type Values = readonly Nested[] | Floats;

/** The values of a network's inputs; by name where it has several. */
export type Inputs = Values | Readonly<Record<string, Values>>;

/** Typed arrays only: the outputs are one, too. */
export type FlatInputs = Floats | Readonly<Record<string, Floats>>;

/** A batch, or a whole data set: for each given tensor a flat array over the same number of rows. */
export interface Data {
  readonly rows: number;
  readonly values: ReadonlyMap<Tensor, Floats>;
}

export const isFloats = (given: unknown): given is Floats =>
  given instanceof Float32Array || given instanceof Float64Array;

export const isFlat = (inputs: Inputs): inputs is FlatInputs =>
  isFloats(inputs) || (!Array.isArray(inputs) && Object.values(inputs).every(isFloats));

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
  if (isFloats(given)) {
    if (given.length % unit !== 0) {
      throw problem(
        `${name} must be [rows, ${shape}], got ${given.length} numbers, which is no multiple of ${unit}`,
        { where: name, expected: `a multiple of ${unit} numbers`, got: String(given.length) },
      );
    }
    const own = precision === "float32" ? Float32Array : Float64Array;
    return given instanceof own ? given : own.from(given);
  }
  if (!Array.isArray(given)) {
    const expected = "rows of numbers, a Float32Array or a Float64Array";
    const got = described(given);
    throw problem(`${name} must be ${expected}, got ${got}`, { where: name, expected, got });
  }

  const flat = newFloats(precision, given.length * unit);
  const steps = shape.map((_, d) => shape.slice(d + 1).reduce((a, b) => a * b, 1));
  const fill = (part: unknown, depth: number, at: number): void => {
    const extent = shape[depth];
    if (extent === undefined || (unit === 1 && typeof part === "number")) {
      if (typeof part !== "number") throw mismatch(placeOf(at), "a number", described(part));
      flat[at] = part;
      return;
    }
    const list = Array.isArray(part) || isFloats(part) ? part : undefined;
    if (list?.length !== extent) {
      const got = list === undefined ? described(part) : String(list.length);
      throw mismatch(`${name}, row ${Math.floor(at / unit)}`, numbers(shape.slice(depth)), got);
    }
    for (let i = 0; i < extent; i++) fill(list[i], depth + 1, at + i * steps[depth]!);
  };
  const placeOf = placeIn(name, unit);
  for (let row = 0; row < given.length; row++) fill(given[row], 0, row * unit);
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

function sum(flat: Floats): number {
  let total = 0;
  for (let i = 0; i < flat.length; i++) total += flat[i] as number;
  return total;
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

/** What came in the place of a number, for a message. */
function described(given: unknown): string {
  switch (typeof given) {
    case "string":
      return JSON.stringify(given);
    case "bigint":
      return `${given}n`;
    case "object":
      return given === null ? "null" : Object.prototype.toString.call(given).slice(8, -1);
    default:
      return String(given);
  }
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
