/** Whether a state fits the training that is to go on from it: checked field by field, it may be a file's. */

import { checkFields, type Fields } from "../checks.ts";
import type { Segment } from "../engine.ts";
import type { Floats, Precision } from "../equations/memory.ts";
import { NablaError } from "../errors.ts";
import { type Optimizer, ruleOf } from "../functions/optimizers.ts";
import { isPlainObject } from "../numbers.ts";
import type { Best } from "./early-stopping.ts";
import { type Ending, pairNames } from "./lbfgs.ts";
import type { PlateauState } from "./plateau.ts";
import type { TrainingCounters, TrainingState } from "./state.ts";
import { slotName } from "./update.ts";

/** What a state has to fit. */
export interface Fit {
  readonly precision: Precision;
  /** How many there are. */
  readonly parameters: number;
  readonly moving: readonly Segment[];
  readonly optimizer: Optimizer;
  readonly epochs: number;
  readonly batches: number;
  readonly hasPlateaus: boolean;
  readonly hasPatience: boolean;
}

/** @throws NablaError that names what does not fit */
export function checkState(state: TrainingState, fit: Fit): TrainingState {
  if (!isPlainObject(state) || !(state.arrays instanceof Map)) {
    throw misfit("state", { expected: "{ counters, arrays }", got: state });
  }
  checkCounters(state.counters, fit);
  checkArrays(state, fit);
  return state;
}

const fields: Fields<TrainingCounters> = {
  ...{ step: true, epoch: true, batch: true, batches: true, optimizer: true, updates: true },
  ...{ total: true, skipped: true, seconds: true, best: true, plateau: true, lbfgs: true },
};

function checkCounters(counters: TrainingCounters, fit: Fit): void {
  const { optimizer, epochs, batches } = fit;
  checkPlain("counters", counters, fields);
  const { step, epoch, batch, updates, skipped, total, seconds } = counters;
  expect("optimizer", counters.optimizer, optimizer.rule);
  expect("batches", counters.batches, batches);
  checkWhole("step", step, { most: epochs * batches });
  expect("epoch", epoch, Math.floor(step / batches));
  expect("batch", batch, step % batches);
  checkWhole("updates", updates, { most: step });
  checkWhole("skipped", skipped, { most: batches });
  checkFinite("total", total);
  if (!(seconds >= 0 && Number.isFinite(seconds)))
    throw misfit("seconds", { expected: "a number ≥ 0", got: seconds });

  checkOptional("plateau", counters.plateau, fit.hasPlateaus);
  checkOptional("lbfgs", counters.lbfgs, optimizer.rule === "lbfgs");
  if (counters.best !== undefined) checkBest(counters.best, epoch);
  if (counters.plateau !== undefined) checkPlateau(counters.plateau, epoch);
  if (counters.lbfgs !== undefined) checkLbfgs(counters.lbfgs, optimizer.history as number);
}

function checkBest(best: Best, epochs: number): void {
  const known: Fields<Best> = { epoch: true, validationCost: true };
  checkPlain("best", best, known);
  checkWhole("best.epoch", best.epoch, { least: 1, most: epochs });
  checkFinite("best.validationCost", best.validationCost);
}

function checkPlateau(plateau: PlateauState, epochs: number): void {
  const known: Fields<PlateauState> = { best: true, waited: true, cooling: true, drops: true };
  checkPlain("plateau", plateau, known);
  const { best, ...counts } = plateau;
  if (best !== undefined) checkFinite("plateau.best", best);
  checkWhole("plateau.waited", counts.waited, { most: epochs });
  checkWhole("plateau.cooling", counts.cooling);
  checkWhole("plateau.drops", counts.drops, { most: epochs });
}

const endings: Readonly<Record<Ending, true>> = {
  gradient: true,
  change: true,
  "line-search": true,
};

function checkLbfgs(given: NonNullable<TrainingCounters["lbfgs"]>, history: number): void {
  const known: Fields<typeof given> = { pairs: true, ending: true };
  checkPlain("lbfgs", given, known);
  const { pairs, ending } = given;
  checkWhole("lbfgs.pairs", pairs, { most: history });
  if (ending === undefined || Object.hasOwn(endings, ending)) return;
  throw misfit("lbfgs.ending", { expected: Object.keys(endings).join(", "), got: ending });
}

/** The arrays that belong to the counters, and no others. */
function checkArrays({ counters, arrays }: TrainingState, fit: Fit): void {
  const expected = expectedArrays(counters, fit);
  for (const [name, { length, precision }] of expected) {
    const got: unknown = arrays.get(name);
    const Own = precision === "float32" ? Float32Array : Float64Array;
    if (!(got instanceof Own) || got.length !== length) {
      const found = got instanceof Own ? `${got.length} of them` : kindOf(got);
      throw misfit(name, { expected: `a ${Own.name} of ${length} numbers`, got: found });
    }
    const at = (got as Floats).findIndex((x) => !Number.isFinite(x));
    if (at >= 0) throw misfit(`${name}[${at}]`, { expected: "a finite number", got: got[at] });
  }
  for (const [name, got] of arrays) {
    if (!expected.has(name)) throw misfit(name, { expected: "nothing", got: kindOf(got) });
  }
}

/** "a Float32Array"; "nothing" */
const kindOf = (value: unknown): string =>
  value === undefined ? "nothing" : `a ${Object.prototype.toString.call(value).slice(8, -1)}`;

interface Shape {
  readonly length: number;
  readonly precision: Precision;
}

function expectedArrays({ best, lbfgs }: TrainingCounters, fit: Fit): Map<string, Shape> {
  const { precision, parameters, moving, optimizer, hasPatience } = fit;
  const all = { length: parameters, precision };
  const expected = new Map<string, Shape>([["parameters", all]]);
  if (best !== undefined && hasPatience) expected.set("best", all);
  if (lbfgs === undefined) {
    for (const slot of Object.keys(ruleOf(optimizer).slots(optimizer)))
      expected.set(slotName(slot), all);
  } else {
    const length = moving.reduce((sum, { start, end }) => sum + end - start, 0);
    for (let i = 0; i < lbfgs.pairs; i++)
      for (const name of pairNames(i)) expected.set(name, { length, precision: "float64" });
  }
  return expected;
}

function checkPlain(where: string, given: unknown, known: object): void {
  if (!isPlainObject(given)) throw misfit(where, { expected: "an object", got: given });
  checkFields(`field of ${where} in resume`, given, known);
}

function checkWhole(
  where: string,
  got: unknown,
  { least = 0, most = Number.MAX_SAFE_INTEGER }: { least?: number; most?: number } = {},
): void {
  if (Number.isSafeInteger(got) && (got as number) >= least && (got as number) <= most) return;
  throw misfit(where, { expected: `a whole number in [${least}, ${most}]`, got });
}

function checkFinite(where: string, got: unknown): void {
  if (!Number.isFinite(got)) throw misfit(where, { expected: "a finite number", got });
}

function expect(where: string, got: unknown, expected: number | string): void {
  if (got !== expected) throw misfit(where, { expected: String(expected), got });
}

function checkOptional(where: string, got: unknown, isDue: boolean): void {
  if ((got !== undefined) === isDue) return;
  throw misfit(where, { expected: isDue ? "an object" : "nothing", got });
}

function misfit(name: string, { expected, got }: { expected: string; got: unknown }): NablaError {
  const where = `resume, ${name}`;
  const remedy =
    "resume with the network, the data and the options of the training that it is a state of";
  const message = `${where}: expected ${expected}, got ${got}; ${remedy}`;
  return new NablaError("data", message, { where, expected, got: String(got), remedy });
}
