/** Lists of equations → one WebAssembly module that runs them. */

import { call, i32, importMemory, Module } from "wasmati";
import { type Equation, left } from "../equations/equation.ts";
import type { Program } from "../equations/evaluate.ts";
import { type Element, type Index, index, plainIndex } from "../equations/expression.ts";
import { internal } from "../errors.ts";
import { elementaryFunctions } from "./functions.ts";
import { lanesOf } from "./lanes.ts";
import { newLoops } from "./loops.ts";
import { lower } from "./lower.ts";
import type { LinearMemory } from "./memory.ts";
import { arithmetic, type Matrix, type Product, products } from "./product.ts";
import { forLoop, type I32, type Routine, routine } from "./routine.ts";
import { type Piece, type ProductTask, schedule } from "./schedule.ts";
import type { Task } from "./tasks.ts";
import { newValues, type Surroundings } from "./values.ts";

/** Compiles the equations; the program runs them for up to `memory.capacity` rows. */
export function compile(equations: readonly Equation[], memory: LinearMemory): Program {
  const run = routine(1, ([rows]) => runAll(routinesOf(equations, memory), rows as I32));
  const exported = instantiate({ run }, memory).run as (rows: number) => void;
  return (rows, scalars) => {
    for (const [name, value] of Object.entries(scalars)) memory.setScalar(name, value);
    exported(rows);
  };
}

export function instantiate(
  exports: Parameters<typeof Module>[0]["exports"],
  memory: LinearMemory,
): Readonly<Record<string, unknown>> {
  const { importMap, toBytes } = Module({
    exports,
    memory: importMemory({ min: 1 }, memory.wasm),
  });
  const compiled = new WebAssembly.Module(toBytes() as BufferSource);
  return new WebAssembly.Instance(compiled, importMap).exports;
}

/** Hot loops are functions of their own, since an engine does not replace a running one. */
export function routinesOf(equations: readonly Equation[], memory: LinearMemory): Routine[] {
  const { precision, relaxed } = memory;
  const lowered = equations.map(lower);
  const site: Site = {
    ...{ layout: memory, lanes: lanesOf(precision) },
    functions: elementaryFunctions(lowered, precision),
  };
  const pieces = schedule(lowered);
  const multiply = pieces.some((piece) => piece.kind === "product")
    ? products(arithmetic(precision, relaxed), memory.scratch())
    : noProducts;
  const routines: Routine[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i] as Piece;
    if (piece.kind === "rows") routines.push(rowsRoutine(piece.tasks, site));
    else if (piece.kind === "whole") routines.push(wholeRoutine(piece.tasks, site));
    else {
      const next = pieces[i + 1];
      const follows = piece.product.m.extent === "rows" && next?.kind === "rows";
      const panel = follows ? rowsRoutine(next.tasks, site) : undefined;
      routines.push(multiply(productOf(piece.product, memory, panel)));
      if (follows) i++;
    }
  }
  return routines;
}

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
  for (const one of routines) {
    call(one, one.type.args.length === 2 ? ([0, rows] as never) : ([rows] as never));
  }
}

type Site = Omit<Surroundings, "fresh">;

const bodies = (tasks: readonly Task[]) =>
  tasks.flatMap((t) => t.equation.terms.map((e) => e.body));

/** run(from, to): all tasks for one row after the other. */
function rowsRoutine(tasks: readonly Task[], site: Site): Routine {
  return routine(2, (args, fresh) => {
    const [from, to] = args as [I32, I32];
    const values = newValues({ ...site, fresh });
    const loops = newLoops({ ...site, fresh }, values, { from, to });
    values.hoist(bodies(tasks));
    const n = index("n", "rows");
    const counter = fresh(i32);
    forLoop(counter, { from, to }, () => {
      values.bind(n, counter, () => loops.emit(tasks, n));
    });
  });
}

/** run(rows): tasks that see all rows, or none. */
function wholeRoutine(tasks: readonly Task[], site: Site): Routine {
  return routine(1, (args, fresh) => {
    const [rows] = args as [I32];
    const values = newValues({ ...site, fresh });
    values.hoist(bodies(tasks));
    newLoops({ ...site, fresh }, values, { from: 0, to: rows }).emit(tasks);
  });
}
