/**
 * Tensors of a tiny network in registers: each is cut into vectors along one of its dimensions, and
 * every vector is a local. What has a single element along that dimension has it in all lanes.
 */

import {
  type Element,
  type Index,
  type Place,
  plainIndex,
  type Tensor,
} from "../../equations/expression.ts";
import { internal } from "../../errors.ts";
import { type Fresh, i8x16, type Local, local, type StackVar, v128 } from "../assembler.ts";
import type { Lanes } from "../lanes.ts";
import type { I32 } from "../routine.ts";

type Vector = StackVar<"v128">;
export type Register = Local<"v128">;

/** How the elements of one row of a tensor are cut into vectors. */
export interface Grid {
  /** Of a row. */
  readonly shape: readonly number[];
  /** The dimension that vectors run along; none where all lanes hold the same. */
  readonly along: number | undefined;
  /** Vectors along each dimension. */
  readonly counts: readonly number[];
}

/** One vector of a grid. */
export interface Cut {
  /** Its first element. */
  readonly at: readonly number[];
  /** How many lanes are elements. */
  readonly valid: number;
}

/** The shape of a row: rows are handled one at a time. */
export const rowShape = ({ shape }: Tensor): number[] =>
  shape.filter((extent) => extent !== "rows");

export function gridOf(tensor: Tensor, dimension: number, { count }: Lanes): Grid {
  const shape = rowShape(tensor);
  const along = (shape[dimension] ?? 1) > 1 ? dimension : undefined;
  return {
    ...{ shape, along },
    counts: shape.map((extent, d) => (d === along ? Math.ceil(extent / count) : extent)),
  };
}

/** The vectors of a grid, in the order of its registers. */
export function cutsOf({ shape, along, counts }: Grid, { count }: Lanes): Cut[] {
  let places: number[][] = [[]];
  for (const [d, extent] of counts.entries()) {
    const step = d === along ? count : 1;
    places = places.flatMap((at) => Array.from({ length: extent }, (_, x) => [...at, x * step]));
  }
  const valid = (at: readonly number[]): number =>
    along === undefined ? 1 : Math.min(count, (shape[along] as number) - (at[along] as number));
  return places.map((at) => ({ at, valid: valid(at) }));
}

/** The register in which an element lies, and its lane there. */
function locate({ along, counts }: Grid, at: readonly number[], { count }: Lanes) {
  const chunks = at.map((x, d) => (d === along ? Math.floor(x / count) : x));
  const register = counts.reduce((sum, extent, d) => sum * extent + (chunks[d] as number), 0);
  return { register, lane: along === undefined ? 0 : (at[along] as number) % count };
}

/** An input, which is read where it lies. */
export interface InMemory {
  readonly address: number;
  /** In elements, of the dimensions of a row. */
  readonly strides: readonly number[];
  /** The bytes from `address` to the row at hand. */
  readonly row: I32;
}

export interface RegisterFile {
  readonly grid: (tensor: Tensor) => Grid;
  readonly registers: (tensor: Tensor) => readonly Register[];
  readonly inMemory: (tensor: Tensor) => InMemory | undefined;
}

/** Where the indices stand; vectors run along `lane`, from there on, over `valid` elements. */
export interface Standing {
  readonly bound: ReadonlyMap<Index, number>;
  readonly lane: Index | undefined;
  readonly valid: number;
}

export interface Reading {
  readonly file: RegisterFile;
  readonly lanes: Lanes;
  readonly fresh: Fresh;
}

/** Pushes an element, or neighbours of it: their register as it is, one lane of it, or lanes picked. */
export function readElement(e: Element, standing: Standing, reading: Reading): Vector {
  const { bound, lane, valid } = standing;
  const places = e.places.filter((_, d) => e.tensor.shape[d] !== "rows");
  const moving = lane === undefined ? -1 : places.findIndex((place) => plainIndex(place) === lane);
  const first = places.map((place) => standingOf(place, bound));
  const at = (l: number): number[] => first.map((x, d) => (d === moving ? x + l : x));
  const wanted = { at, moving, valid: moving < 0 ? 1 : valid };

  const given = reading.file.inMemory(e.tensor);
  return given === undefined
    ? fromRegisters(e.tensor, wanted, reading)
    : fromMemory(given, wanted, reading);
}

interface Wanted {
  /** Where the element of a lane lies. */
  readonly at: (lane: number) => readonly number[];
  /** The dimension along which the lanes differ, −1 where none does. */
  readonly moving: number;
  readonly valid: number;
}

function fromMemory(
  { address, strides, row }: InMemory,
  { at, moving, valid }: Wanted,
  { lanes, fresh }: Reading,
): Vector {
  const offset = (l: number): number =>
    at(l).reduce((sum, x, d) => sum + x * (strides[d] as number) * lanes.bytes, address);
  if (moving < 0) return lanes.splatLoad({ offset: offset(0) }, local.get(row));
  if (strides[moving] === 1) return v128.load({ offset: offset(0), align: 4 }, local.get(row));
  const picked = fresh(v128);
  local.set(picked, lanes.loadFirst({ offset: offset(0) }, local.get(row)));
  for (let l = 1; l < valid; l++) {
    const next = { offset: offset(l) };
    local.set(picked, lanes.loadLane(next, l, local.get(row), local.get(picked)));
  }
  return local.get(picked);
}

function fromRegisters(
  tensor: Tensor,
  { at, moving, valid }: Wanted,
  { file, lanes }: Reading,
): Vector {
  const grid = file.grid(tensor);
  const registers = file.registers(tensor);
  const found = (l: number) => {
    const { register, lane } = locate(grid, at(l), lanes);
    return { register: registers[register] as Register, lane };
  };
  const { register, lane } = found(0);
  if (moving === (grid.along ?? -1)) return local.get(register);
  let picked = grid.along === undefined ? local.get(register) : spreadLane(register, lane, lanes);
  for (let l = 1; l < valid; l++) {
    const next = found(l);
    const bytes = shuffled(lanes, (to) => (to === l ? lanes.count + next.lane : to));
    picked = i8x16.shuffle(bytes, picked, local.get(next.register));
  }
  return picked;
}

/** Pushes one lane, in all of them. */
export const spreadLane = (register: Register, lane: number, lanes: Lanes): Vector =>
  i8x16.shuffle(
    shuffled(lanes, () => lane),
    local.get(register),
    local.get(register),
  );

/** The bytes of a shuffle that puts lane `from(to)` of two vectors into lane `to`. */
const shuffled = ({ count, bytes }: Lanes, from: (to: number) => number): number[] =>
  Array.from(
    { length: count * bytes },
    (_, b) => from(Math.floor(b / bytes)) * bytes + (b % bytes),
  );

function standingOf(place: Place, bound: ReadonlyMap<Index, number>): number {
  if (place.kind === "lookup") throw internal("a lookup among registers");
  return place.parts.reduce((sum, { index }) => sum + (bound.get(index) ?? 0), place.offset);
}
