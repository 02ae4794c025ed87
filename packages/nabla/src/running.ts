/** The network that users hold: their data in, numbers out. What runs beneath is the engine. */

import { chooseBackend } from "./choose-backend.ts";
import {
  type Data,
  type FlatInputs,
  type GivenTensors,
  type Inputs,
  isFlat,
  readData,
  type Values,
} from "./data.ts";
import { type Engine, newEngine, type TrainingStep, weightOf } from "./engine.ts";
import { inPhase, neededFor, tensorsOf } from "./equations/equation.ts";
import type { Tensor } from "./equations/expression.ts";
import { type Floats, newFloats, type Precision, sizeOf } from "./equations/memory.ts";
import { type EquationSystem, readSystem, type SystemText } from "./equations/system.ts";
import { internal, NablaError, unknownName } from "./errors.ts";
import { namedFunction } from "./functions/activations.ts";
import { checkOptimizer, type Optimizer } from "./functions/optimizers.ts";
import { initialise } from "./initialise.ts";
import type { NetworkDefinition } from "./network.ts";
import { divergence } from "./train/divergence.ts";
import { checkSeed } from "./train/random.ts";
import { newUpdater, type Updater } from "./train/update.ts";

export interface CostOptions {
  /** Without it, the equations of prediction hold; with it, those marked `training`. */
  readonly training?: TrainingStep;
  /** What each row counts for, ≥ 0: C = Σ w·c / Σ w. For a network that is `weighted`. Default 1. */
  readonly weights?: Values;
}

export interface Network {
  /** What it was built from, as plain data. */
  readonly definition: NetworkDefinition;
  readonly precision: Precision;
  /** What runs its equations. */
  readonly backend: "evaluate" | "wasm";
  /** The parameters by name, flat and row-major: live views, not to be kept across training. */
  readonly parameters: ReadonlyMap<string, Floats>;
  /** Their shapes: W [units, inputs], b [units]. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** The outputs for each row, [rows, outputs]; the link is applied. */
  predict(inputs: FlatInputs): Floats;
  predict(inputs: Exclude<Inputs, FlatInputs>): number[][];
  /** C, the number that training lowers, penalties included. */
  cost(inputs: Inputs, targets?: Values, options?: CostOptions): number;
  /** ∂C/∂θ for each parameter by name, flat and row-major. */
  gradients(inputs: Inputs, targets?: Values, options?: CostOptions): Map<string, Floats>;
  /**
   * One update of all parameters; returns C before it. The optimiser's slots are kept from step to
   * step for as long as its rule is the same.
   */
  step(inputs: Inputs, targets: Values | undefined, optimizer: Optimizer): number;
}

/** How a definition runs: its equations, and what its layers know beyond them. */
export interface Plan {
  readonly text: SystemText;
  readonly initial?: Readonly<Record<string, string | number>>;
  /** Values that need not be drawn. */
  readonly parameters: ReadonlyMap<string, Floats>;
  readonly targets?: NonNullable<GivenTensors["accept"]>;
}

/** Rows, as users give them. */
export interface GivenData {
  readonly inputs: Inputs;
  readonly targets?: Values | undefined;
  readonly weights?: Values | undefined;
}

/** What the trainer sees of a network. */
export interface Internals {
  readonly engine: Engine;
  readonly seed: number;
  /** `of` stands before "inputs" and "targets" in messages. */
  readData(given: GivenData, of?: "validation "): Data;
  /** The same for a part of the rows: none of them need be there, nor weigh anything. */
  readPart(given: GivenData): Data;
}

const internals = new WeakMap<Network, Internals>();

export function internalsOf(net: Network): Internals {
  const found = internals.get(net);
  if (found === undefined) throw internal("this network was not made by network()");
  return found;
}

export function run(definition: NetworkDefinition, plan: Plan): Network {
  const { precision = "float32" } = definition;
  const seed = checkSeed(definition.seed ?? 0);
  if (precision !== "float32" && precision !== "float64") {
    throw unknownName("precision", String(precision), ["float32", "float64"]);
  }
  const system = readSystem(plan.text, namedFunction);
  checkGiven(system, precision);
  const engine = newEngine(system, chooseBackend(definition.backend ?? "auto", precision), seed);
  const initial = plan.initial ?? definition.initial ?? {};
  initialise(engine, seed, { initial, known: plan.parameters });

  const readInputs = (inputs: Inputs, tensors: readonly Tensor[], called = "inputs"): Data =>
    readData(inputs, { tensors, precision, called });
  const readTargets = (targets: Values | undefined, called: string): Data | undefined => {
    if (system.targets === undefined) return undefined;
    if (targets === undefined) throw new NablaError("usage", `this cost needs ${called}`);
    const tensors = [system.targets];
    const accept = plan.targets;
    return readData(targets, { tensors, precision, called, ...(accept && { accept }) });
  };
  const readWeights = (given: Values | undefined, rows: number, called: string): Data => {
    const { weights } = system;
    if (weights === undefined) return { rows, values: new Map() };
    const tensors = [weights];
    if (given !== undefined)
      return readData(given, { tensors, precision, called, accept: notNegative });
    return { rows, values: new Map([[weights, newFloats(precision, rows).fill(1)]]) };
  };
  const readPart = ({ inputs, targets, weights }: GivenData, of = ""): Data => {
    const [x, y, w] = [`${of}inputs`, `${of}targets`, `${of}weights`];
    if (weights !== undefined && system.weights === undefined) throw notWeighted(w);
    const given = readInputs(inputs, system.inputs, x);
    const { rows } = given;
    const wanted = readTargets(targets, y);
    const weighing = readWeights(weights, rows, w);
    if (wanted !== undefined) checkRows(wanted, y, { of: x, rows });
    checkRows(weighing, w, { of: x, rows });
    const values = [...given.values, ...(wanted?.values ?? []), ...weighing.values];
    return { rows, values: new Map(values) };
  };
  const read: Internals["readData"] = (given, of) => {
    const data = readPart(given, of);
    const [x, w] = [`${of ?? ""}inputs`, `${of ?? ""}weights`];
    if (data.rows === 0) throw new NablaError("data", `${x} have no rows`, { where: x });
    if (weightOf(system, data) > 0) return data;
    const expected = "a row of weight above 0";
    throw new NablaError("data", `${w} must have ${expected}`, { where: w, expected });
  };

  const byName = (buffer: Floats): Map<string, Floats> =>
    new Map([...engine.layout].map(([t, { start, end }]) => [t.name, buffer.subarray(start, end)]));
  const whole = { start: 0, end: engine.parameters.length };
  let updater: { readonly rule: string; readonly updater: Updater } | undefined;

  function predict(inputs: FlatInputs): Floats;
  function predict(inputs: Exclude<Inputs, FlatInputs>): number[][];
  function predict(inputs: Inputs): Floats | number[][] {
    const data = readInputs(inputs, engine.predictionInputs);
    const flat = engine.predict(data);
    if (isFlat(inputs)) return flat;
    const unit = sizeOf(system.outputs, 1);
    return Array.from({ length: data.rows }, (_, row) => [
      ...flat.subarray(row * unit, (row + 1) * unit),
    ]);
  }

  const net: Network = {
    definition,
    precision,
    backend: engine.backend.name,
    get parameters() {
      return byName(engine.parameters.view());
    },
    shapes: new Map(system.parameters.map(({ name, shape }) => [name, shape as number[]])),
    predict,
    cost: (inputs, targets, { training, weights } = {}) =>
      engine.cost(read({ inputs, targets, weights }), training),
    gradients(inputs, targets, { training, weights } = {}) {
      engine.differentiate(read({ inputs, targets, weights }), training);
      return byName(engine.gradients.view().slice());
    },
    step(inputs, targets, given) {
      const optimizer = checkOptimizer(given);
      const data = read({ inputs, targets });
      const rule = JSON.stringify({ ...optimizer, learningRate: 0 });
      if (updater?.rule !== rule) {
        updater = { rule, updater: newUpdater(optimizer, { ...engine, moving: [whole] }) };
      }
      const { steps, step } = updater.updater;
      const training = { step: steps + 1 };
      const learningRate = optimizer.learningRate as number;
      const cost = engine.differentiate(data, training);
      if (!step(cost, learningRate))
        throw divergence(engine, { step: steps + 1, learningRate, batch: data, training });
      return cost;
    },
  };
  internals.set(net, { engine, seed, readData: read, readPart });
  return net;
}

const notNegative = { accept: (w: number) => w >= 0, expected: "a number ≥ 0" };

function notWeighted(where: string): NablaError {
  const remedy = "build it with weighted: true";
  return new NablaError("usage", `this network takes no ${where}; ${remedy}`, { where, remedy });
}

function checkRows(data: Data, called: string, { of, rows }: { of: string; rows: number }): void {
  if (data.rows === rows) return;
  throw new NablaError("data", `${of} have ${rows} rows, ${called} have ${data.rows}`, {
    where: called,
    expected: `${rows} rows`,
    got: `${data.rows} rows`,
  });
}

/** What is given comes row by row, and where it serves as an index, exactly. */
function checkGiven(system: EquationSystem, precision: Precision): void {
  const { inputs, targets, masks, outputs, cost, equations } = system;
  const given: [string, Tensor][] = inputs.map((tensor) => ["input", tensor]);
  if (targets !== undefined) given.push(["target", targets]);
  for (const mask of masks.keys()) given.push(["mask", mask]);
  for (const [what, tensor] of given) {
    const where = `${what} ${tensor.name}`;
    if (tensor.shape[0] !== "rows") {
      throw new NablaError("usage", `the ${where} must have the rows' index first`, { where });
    }
    if (precision === "float32") checkExact(tensor);
  }
  const needed = neededFor([outputs, cost], inPhase("prediction", equations));
  const mask = needed.flatMap((e) => [...tensorsOf(e)]).find((tensor) => masks.has(tensor));
  if (mask === undefined) return;
  const remedy = `mark its equation "training", or name ${mask.name} among the inputs`;
  throw new NablaError(
    "usage",
    `mask ${mask.name} is drawn in training only, and prediction reads it; ${remedy}`,
    { where: `mask ${mask.name}`, remedy },
  );
}

/** Integers are exact in float32 up to 2²⁴; beyond, an index would choose its neighbour. */
function checkExact({ name, count = 0 }: Tensor): void {
  const most = 2 ** 24 + 1;
  if (count <= most) return;
  const remedy = 'precision: "float64"';
  throw new NablaError(
    "usage",
    `${name} has ${count} values, and float32 tells ${most} apart; write ${remedy}`,
    { where: name, expected: `at most ${most} values`, got: String(count), remedy },
  );
}
