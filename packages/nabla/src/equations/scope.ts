/**
 * What the names in equation text mean. Index letters have extents; the one letter without an
 * extent runs over the rows. A tensor is an input if it is listed as one, computed if it stands on a
 * left side, and otherwise a parameter, whose shape follows from its first use.
 */

import { didYouMean } from "../errors.ts";
import {
  type Extent,
  type Index,
  type NamedFunction,
  type Place,
  plainIndex,
  type Tensor,
} from "./expression.ts";

/** Functions that may be called besides the operations. */
export interface Functions {
  (name: string): NamedFunction | undefined;
  /** What may have been meant by a name that is none. */
  readonly names?: readonly string[];
}

export interface Vocabulary {
  /** How far each index letter runs; for an integer input, how many values it has. */
  readonly extents: Readonly<Record<string, number>>;
  /** Tensors that are given: inputs, targets, masks. */
  readonly inputs: readonly string[];
  /** Numbers that are given at run time: N, the learning rate. */
  readonly scalars: readonly string[];
  readonly functions: Functions;
}

/** Throws an error that shows the place. */
export type Fail = (problem: string, remedy?: string) => never;

export interface Scope {
  /** All tensors so far by name, in order of appearance. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  extent(letter: string, fail: Fail): Extent;
  /** The tensor of a left side: new, unless its other phase has defined it. */
  define(name: string, indices: readonly Index[], fail: Fail): Tensor;
  /** The tensor of a right side, with places checked against its shape; declared where it is new. */
  read(name: string, places: readonly Place[], fail: Fail): Tensor;
  isScalar(name: string): boolean;
  /** An input, or a value that is assigned: it need not stand in an equation above. */
  isGiven(name: string): boolean;
  readonly callable: Functions;
}

/**
 * `targets`: the names on left sides, so that a use before its equation is told from a parameter.
 * What is assigned with `<-` has a value before: it may be read anywhere.
 */
export function openScope(vocabulary: Vocabulary, targets: ReadonlyMap<string, string>): Scope {
  const { extents, inputs, scalars } = vocabulary;
  const tensors = new Map<string, Tensor>();
  let rowsLetter: string | undefined;

  const declare = (name: string, places: readonly Place[], fail: Fail): Tensor => {
    const sign = targets.get(name);
    if (sign === "=")
      fail(`${name} is used before its equation`, `move the equation of ${name} up`);
    const shape = places.map((place) => lengthOf(place, fail));
    if (sign === "<-") return { name, shape, role: "computed" };
    if (shape.indexOf("rows", 1) > 0) fail(`the rows' index must come first in ${name}`);
    if (inputs.includes(name)) {
      const count = Object.hasOwn(extents, name) ? extents[name] : undefined;
      return { name, shape, role: "input", ...(count !== undefined && { count }) };
    }
    if (shape.includes("rows")) {
      fail(
        `unknown tensor "${name}"${didYouMean(name, [...tensors.keys(), ...inputs])}`,
        `with an index over the rows (${rowsLetter}) it cannot be a parameter: define it in an equation above, or name it as an input or the targets`,
      );
    }
    return { name, shape, role: "parameter" };
  };

  return {
    tensors,

    extent(primed, fail) {
      const letter = primed.replace(/′+$/, ""); //  i′ is another index that runs as far as i
      if (Object.hasOwn(extents, letter)) return extents[letter] as number;
      rowsLetter ??= letter;
      if (letter === rowsLetter) return "rows";
      return fail(
        `index "${letter}" has no extent (without one, ${rowsLetter} runs over the rows)`,
        `write extents: { ${letter}: … }`,
      );
    },

    define(name, indices, fail) {
      if (inputs.includes(name)) fail(`${name} is an input and cannot be computed`);
      if (scalars.includes(name))
        fail(`${name} is a number given at run time and cannot be computed`);
      const shape = indices.map((index) => index.extent);
      if (shape.indexOf("rows", 1) > 0) fail(`the rows' index must come first in ${name}`);
      const known = tensors.get(name);
      if (known !== undefined) {
        if (
          !shape.every((extent, i) => extent === known.shape[i]) ||
          shape.length !== known.shape.length
        ) {
          fail(`${name} has been defined with extents [${known.shape}], here with [${shape}]`);
        }
        return known;
      }
      const tensor: Tensor = { name, shape, role: "computed" };
      tensors.set(name, tensor);
      return tensor;
    },

    read(name, places, fail) {
      const known = tensors.get(name);
      if (known === undefined) {
        const tensor = declare(name, places, fail);
        tensors.set(name, tensor);
        return tensor;
      }
      const rank = known.shape.length;
      if (places.length !== rank) {
        fail(`${name} has ${rank} ${rank === 1 ? "index" : "indices"}, got ${places.length}`);
      }
      for (const [i, place] of places.entries()) checkFit(known, i, place, fail);
      return known;
    },

    isScalar: (name) => scalars.includes(name),
    isGiven: (name) => inputs.includes(name) || targets.get(name) === "<-",
    callable: vocabulary.functions,
  };
}

/** The extent that a tensor must have for `place` to reach just its last element. */
function lengthOf(place: Place, fail: Fail): Extent {
  const index = plainIndex(place);
  if (index !== undefined) return index.extent;
  if (place.kind === "lookup") return place.element.tensor.count as number;
  const { least, most } = reach(place, fail);
  if (least < 0) fail(`the place reaches ${least}, and places count from 0`);
  return most + 1;
}

function checkFit(tensor: Tensor, i: number, place: Place, fail: Fail): void {
  const extent = tensor.shape[i] as Extent;
  const length = lengthOf(place, fail);
  if (length === extent) return;
  const partial = plainIndex(place) === undefined && place.kind === "affine";
  if (partial && extent !== "rows" && (length as number) <= extent) return;
  fail(
    `place ${i + 1} of ${tensor.name} has extent ${extent}, and what stands there runs to ${length}`,
  );
}

/** The least and the greatest value of an affine sum of indices. */
function reach(place: Place & { kind: "affine" }, fail: Fail): { least: number; most: number } {
  let least = place.offset;
  let most = place.offset;
  for (const { index, factor } of place.parts) {
    if (index.extent === "rows")
      return fail(`the rows' index ${index.name} stands alone in its place`);
    least += Math.min(0, factor * (index.extent - 1));
    most += Math.max(0, factor * (index.extent - 1));
  }
  return { least, most };
}
