/** The network that users hold: their data in, numbers out. What runs beneath is the engine. */

import {
  type Data,
  type GivenTensors,
  type Inputs,
  isFloats,
  readData,
  type Values,
} from "./data.ts";
import { type Engine, newEngine, type TrainingStep } from "./engine.ts";
import type { Tensor } from "./equations/expression.ts";
import { type Floats, type Precision, sizeOf } from "./equations/memory.ts";
import { readSystem, type SystemText } from "./equations/system.ts";
import { internal, NablaError, unknownName } from "./errors.ts";
import { namedFunction } from "./functions/activations.ts";
import { initializerOf } from "./functions/initializers.ts";
import type { Optimizer } from "./functions/optimizers.ts";
import type { NetworkDefinition } from "./network.ts";
import { checkSeed, randomStream } from "./train/random.ts";
import { newUpdater, type Updater } from "./train/update.ts";

/** Without it, the equations of prediction hold; with it, those marked `training`. */
export interface PhaseOptions {
  readonly training?: TrainingStep;
}

export interface Network {
  /** What it was built from, as plain data. */
  readonly definition: NetworkDefinition;
  readonly precision: Precision;
  /** The parameters by name, flat and row-major: live views, not to be kept across training. */
  readonly parameters: ReadonlyMap<string, Floats>;
  /** Their shapes: W [units, inputs], b [units]. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** The outputs for each row, [rows, outputs]; the link is applied. */
  predict(inputs: Floats): Floats;
  predict(inputs: Exclude<Inputs, Floats>): number[][];
  /** C, the number that training lowers, penalties included. */
  cost(inputs: Inputs, targets?: Values, options?: PhaseOptions): number;
  /** ∂C/∂θ for each parameter by name, flat and row-major. */
  gradients(inputs: Inputs, targets?: Values, options?: PhaseOptions): Map<string, Floats>;
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
  readonly targets?: NonNullable<GivenTensors["accept"]>;
}

/** What the trainer sees of a network. */
export interface Internals {
  readonly engine: Engine;
  readonly seed: number;
  readData(inputs: Inputs, targets: Values | undefined): Data;
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
  const engine = newEngine(system, precision, seed);
  initialise(engine, seed, plan.initial ?? definition.initial ?? {});

  const readInputs = (inputs: Inputs, tensors: readonly Tensor[]): Data =>
    readData(inputs, { tensors, precision, called: "inputs" });
  const readTargets = (targets: Values | undefined): Data | undefined => {
    if (system.targets === undefined) return undefined;
    if (targets === undefined) throw new NablaError("usage", "this cost needs targets");
    const tensors = [system.targets];
    const accept = plan.targets;
    return readData(targets, { tensors, precision, called: "targets", ...(accept && { accept }) });
  };
  const read = (inputs: Inputs, targets: Values | undefined): Data => {
    const given = readInputs(inputs, system.inputs);
    const wanted = readTargets(targets);
    if (given.rows === 0) throw new NablaError("data", "inputs have no rows");
    if (wanted === undefined) return given;
    if (wanted.rows !== given.rows) {
      throw new NablaError("data", `inputs have ${given.rows} rows, targets have ${wanted.rows}`, {
        where: "targets",
        expected: `${given.rows} rows`,
        got: `${wanted.rows} rows`,
      });
    }
    return { rows: given.rows, values: new Map([...given.values, ...wanted.values]) };
  };

  const byName = (buffer: Floats): Map<string, Floats> =>
    new Map([...engine.layout].map(([t, { start, end }]) => [t.name, buffer.subarray(start, end)]));
  const whole = { start: 0, end: engine.parameters.length };
  let updater: { readonly rule: string; readonly updater: Updater } | undefined;

  function predict(inputs: Floats): Floats;
  function predict(inputs: Exclude<Inputs, Floats>): number[][];
  function predict(inputs: Inputs): Floats | number[][] {
    const data = readInputs(inputs, engine.predictionInputs);
    const flat = engine.predict(data);
    const nested = Array.isArray(inputs) || !Object.values(inputs).every(isFloats);
    if (isFloats(inputs) || !nested) return flat;
    const unit = sizeOf(system.outputs, 1);
    return Array.from({ length: data.rows }, (_, row) => [
      ...flat.subarray(row * unit, (row + 1) * unit),
    ]);
  }

  const net: Network = {
    definition,
    precision,
    parameters: byName(engine.parameters),
    shapes: new Map(system.parameters.map(({ name, shape }) => [name, shape as number[]])),
    predict,
    cost: (inputs, targets, options = {}) => engine.cost(read(inputs, targets), options.training),
    gradients(inputs, targets, options = {}) {
      engine.differentiate(read(inputs, targets), options.training);
      return byName(engine.gradients.slice());
    },
    step(inputs, targets, optimizer) {
      const data = read(inputs, targets);
      const rule = JSON.stringify({ ...optimizer, learningRate: 0 });
      if (updater?.rule !== rule) {
        updater = { rule, updater: newUpdater(optimizer, { ...engine, moving: [whole] }) };
      }
      const cost = engine.differentiate(data, { step: updater.updater.steps + 1 });
      updater.updater.step(optimizer.learningRate as number);
      return cost;
    },
  };
  internals.set(net, { engine, seed, readData: read });
  return net;
}

/** Each parameter from a stream of its own: adding one does not change the others. */
function initialise(engine: Engine, seed: number, initial: NonNullable<Plan["initial"]>): void {
  const names = [...engine.layout.keys()].map((tensor) => tensor.name);
  for (const name of Object.keys(initial)) {
    if (!names.includes(name)) throw unknownName("parameter", name, names);
  }
  for (const [number, [tensor, { start, end }]] of [...engine.layout].entries()) {
    const shape = tensor.shape as readonly number[];
    const start_ = initial[tensor.name] ?? (shape.length > 1 ? "glorot-uniform" : "zeros");
    const values = engine.parameters.subarray(start, end);
    if (typeof start_ === "number") {
      values.fill(start_);
      continue;
    }
    const draw = initializerOf(start_);
    const random = randomStream(seed, "initialisation", number);
    const out = shape[0] ?? 1;
    const fans = { in: values.length / out, out };
    for (let i = 0; i < values.length; i++) values[i] = draw(random, fans);
  }
}
