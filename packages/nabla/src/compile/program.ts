/** Lists of equations → one WebAssembly module that runs them. */

import type { Equation } from "../equations/equation.ts";
import type { Program } from "../equations/evaluate.ts";
import { index, type Tensor } from "../equations/expression.ts";
import { call, type Func, i32, moduleOf } from "./assembler.ts";
import { fingerprint, moduleFor } from "./cache.ts";
import { lanesOf } from "./lanes.ts";
import { newLoops } from "./loops.ts";
import { lower } from "./lower.ts";
import { productOf } from "./matrix.ts";
import type { LinearMemory } from "./memory.ts";
import { planned, stagesOf } from "./plan.ts";
import { arithmetic, type Product, products } from "./product.ts";
import { forLoop, type I32, type Range, type Routine, routine } from "./routine.ts";
import { type Piece, schedule } from "./schedule.ts";
import { bodiesOf, type Task } from "./tasks.ts";
import { newValues, type Surroundings, type Values } from "./values.ts";

/**
 * Compiles the equations; the program runs them for up to `memory.capacity` rows. Of what it computes,
 * `kept` is read afterwards: all unless given.
 */
export function compile(
  equations: readonly Equation[],
  memory: LinearMemory,
  kept: readonly Tensor[] = equations.map(({ target }) => target),
): Program {
  const own = planned([equations], { memory, kept });
  const exported = instantiate(memory, fingerprint(equations, own), () => {
    const routines = routinesOf([equations], own);
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
  make: () => Readonly<Record<string, Func>>,
): Readonly<Record<string, unknown>> {
  const module = moduleFor(key, () => moduleOf(make()));
  return new WebAssembly.Instance(module, { "": { memory: memory.wasm } }).exports;
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
  const site: Site = { layout: memory, lanes: lanesOf(precision), fused: relaxed };
  const pieces = lowered.flatMap((equations) => schedule(equations));
  const multiply = products(arithmetic(precision, relaxed), memory.scratch);

  const routines: Routine[] = [];
  let between: LoopPiece[] = [];
  const closeBetween = (): void => {
    if (between.length > 0) routines.push(loopsRoutine(between, site));
    between = [];
  };
  for (const [piece, next] of stagesOf(pieces)) {
    if (piece?.kind !== "product") {
      between.push(piece as LoopPiece);
      continue;
    }
    closeBetween();
    const panel = next?.kind === "rows" ? panelRoutine(next.tasks, site) : undefined;
    routines.push(multiply({ ...productOf(piece.product, memory), ...after(panel) }));
  }
  closeBetween();
  return routines;
}

type LoopPiece = Exclude<Piece, { kind: "product" }>;

/** Has a product call `panel` for each panel of finished rows. */
const after = (panel: Routine | undefined): Pick<Product, "afterPanel"> =>
  panel === undefined ? {} : { afterPanel: (from, to) => void call(panel, [from, to]) };

/** Calls each routine for the rows [0, rows). */
export function runAll(routines: readonly Routine[], rows: I32): void {
  for (const one of routines) call(one, [rows]);
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
