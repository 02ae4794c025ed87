/** Lists of equations → one WebAssembly module that runs them. */

import { call, i32, importMemory, Module } from "wasmati";
import { type Equation, left } from "../equations/equation.ts";
import type { Program } from "../equations/evaluate.ts";
import { type Element, type Index, index, plainIndex } from "../equations/expression.ts";
import { internal } from "../errors.ts";
import { fingerprint, moduleFor } from "./cache.ts";
import { elementaryFunctions } from "./functions.ts";
import { lanesOf } from "./lanes.ts";
import { newLoops } from "./loops.ts";
import { lower } from "./lower.ts";
import type { LinearMemory } from "./memory.ts";
import { arithmetic, type Matrix, type Product, products } from "./product.ts";
import { forLoop, type I32, type Range, type Routine, routine } from "./routine.ts";
import { type Piece, type ProductTask, schedule } from "./schedule.ts";
import { bodiesOf, type Task } from "./tasks.ts";
import { newValues, type Surroundings, type Values } from "./values.ts";

/** Compiles the equations; the program runs them for up to `memory.capacity` rows. */
export function compile(equations: readonly Equation[], memory: LinearMemory): Program {
  const exported = instantiate(memory, fingerprint(equations, memory), () => {
    const routines = routinesOf([equations], memory);
    return { run: routine(1, ([rows]) => runAll(routines, rows as I32)) };
  }).run as (rows: number) => void;
  return (rows, scalars) => {
    for (const [name, value] of Object.entries(scalars)) memory.setScalar(name, value);
    exported(rows);
  };
}

/** The exports of a module on this memory; `make` is asked for them where the key is new. */
export function instantiate(
  memory: LinearMemory,
  key: string,
  make: () => Parameters<typeof Module>[0]["exports"],
): Readonly<Record<string, unknown>> {
  const imported = importMemory({ min: 1 }, memory.wasm);
  const module = moduleFor(key, () => Module({ exports: make(), memory: imported }).toBytes());
  return new WebAssembly.Instance(module, { "": { m0: memory.wasm } }).exports;
}

/**
 * The routines of some lists of equations, one list after the other. Products are routines of their own,
 * since an engine does not replace a function that runs; so is what a product does with its panels.
 * What lies between is one routine.
 */
export function routinesOf(
  lists: readonly (readonly Equation[])[],
  memory: LinearMemory,
): Routine[] {
  const { precision, relaxed } = memory;
  const lowered = lists.map((equations) => equations.map(lower));
  const site: Site = {
    ...{ layout: memory, lanes: lanesOf(precision) },
    functions: elementaryFunctions(lowered.flat(), precision),
  };
  const pieces = lowered.flatMap((equations) => schedule(equations));
  const multiply = pieces.some((piece) => piece.kind === "product")
    ? products(arithmetic(precision, relaxed), memory.scratch())
    : noProducts;

  const routines: Routine[] = [];
  let between: LoopPiece[] = [];
  const closeBetween = (): void => {
    if (between.length > 0) routines.push(loopsRoutine(between, site));
    between = [];
  };
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i] as Piece;
    if (piece.kind !== "product") {
      between.push(piece);
      continue;
    }
    closeBetween();
    const next = pieces[i + 1];
    const follows = piece.product.m.extent === "rows" && next?.kind === "rows";
    const panel = follows ? panelRoutine(next.tasks, site) : undefined;
    routines.push(multiply(productOf(piece.product, memory, panel)));
    if (follows) i++;
  }
  closeBetween();
  return routines;
}

type LoopPiece = Exclude<Piece, { kind: "product" }>;

const noProducts = (): never => {
  throw internal("a product that was not foreseen");
};

/** The product's matrices where they lie; `panel` runs on each panel of finished rows. */
function productOf(
  { equation, m, n, k, a, b }: ProductTask,
  memory: LinearMemory,
  panel?: Routine,
): Product {
  const matrix = (e: Element, row: Index, column: Index): Matrix => {
    const { address, strides } = memory.place(e.tensor);
    const along = (index: Index): number =>
      strides[e.places.findIndex((place) => plainIndex(place) === index)] ?? 0;
    return { base: address, strides: [along(row), along(column)] };
  };
  return {
    ...{ m: m.extent, n: n.extent, k: k.extent },
    a: matrix(a, m, k),
    b: matrix(b, k, n),
    c: matrix(left(equation), m, n),
    ...(panel && {
      afterPanel: (from: I32, to: I32) => {
        call(panel, [from, to] as never);
      },
    }),
  };
}

/** Calls each routine for the rows [0, rows). */
export function runAll(routines: readonly Routine[], rows: I32): void {
  for (const one of routines) call(one, [rows] as never);
}

type Site = Omit<Surroundings, "fresh">;

/** run(from, to): all tasks for one row after the other. */
function panelRoutine(tasks: readonly Task[], site: Site): Routine {
  return routine(2, (args, fresh) => {
    const [from, to] = args as [I32, I32];
    const values = newValues({ ...site, fresh });
    values.hoist(tasks.flatMap(bodiesOf));
    emitRows(tasks, { ...site, fresh, values, rows: { from, to } });
  });
}

/** run(rows): pieces that see one row at a time, and pieces that see all rows, or none. */
function loopsRoutine(pieces: readonly LoopPiece[], site: Site): Routine {
  return routine(1, (args, fresh) => {
    const rows = { from: 0, to: args[0] as I32 };
    const values = newValues({ ...site, fresh });
    values.hoist(pieces.flatMap((piece) => piece.tasks).flatMap(bodiesOf));
    for (const { kind, tasks } of pieces) {
      if (kind === "rows") emitRows(tasks, { ...site, fresh, values, rows });
      else newLoops({ ...site, fresh }, values, rows).emit(tasks);
    }
  });
}

interface RowsSite extends Surroundings {
  readonly values: Values;
  readonly rows: Range;
}

function emitRows(tasks: readonly Task[], { values, rows, ...site }: RowsSite): void {
  const n = index("n", "rows");
  const counter = site.fresh(i32);
  const loops = newLoops(site, values, rows);
  forLoop(counter, rows, () => {
    values.bind(n, counter, () => loops.emit(tasks, n));
  });
}
