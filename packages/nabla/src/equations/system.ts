/**
 * A system of equations with roles: what is given, what is trained, what is predicted and what is
 * minimised. It is what a network is, before anything runs.
 */

import { NablaError, unknownName } from "../errors.ts";
import { differentiate, type Gradients } from "./differentiate.ts";
import { type Equation, inPhase, neededFor, tensorsOf } from "./equation.ts";
import type { Tensor } from "./expression.ts";
import { normalise } from "./normalise.ts";
import { parseEquations, type WrittenEquation } from "./parse.ts";
import type { Functions } from "./scope.ts";

/** The text of a system, and the names of its parts. */
export interface SystemText {
  /** Equations, one a line or separated by `;`. */
  readonly equations: string;
  /** How far each index letter runs; for an integer input, how many values it has. */
  readonly extents: Readonly<Record<string, number>>;
  readonly inputs: string | readonly string[];
  /** Left out where the cost needs none, as in an autoencoder. */
  readonly targets?: string;
  /** What `predict` returns, with the index of the rows first. */
  readonly outputs: string;
  readonly cost: string;
  /** Dropout masks and the share that they keep: inputs that training fills from the seed. */
  readonly masks?: Readonly<Record<string, number>>;
  /** A weight for each row, w[n]. Given, N is their sum over the batch. */
  readonly weights?: string;
}

export interface EquationSystem {
  /** In normal form, in order of definition, those marked `training` included. */
  readonly equations: readonly Equation[];
  readonly inputs: readonly Tensor[];
  readonly targets: Tensor | undefined;
  readonly outputs: Tensor;
  readonly cost: Tensor;
  /** In order of appearance. */
  readonly parameters: readonly Tensor[];
  readonly masks: ReadonlyMap<Tensor, number>;
  /** A weight for each row; N is their sum. */
  readonly weights: Tensor | undefined;
}

export type Phase = "prediction" | "training";

/**
 * Reads a system of equations.
 * @throws NablaError that shows the place in the text
 */
export function readSystem(text: SystemText, functions: Functions): EquationSystem {
  const masks = text.masks ?? {};
  checkExtents(text.extents);
  for (const [name, keep] of Object.entries(masks)) {
    if (keep > 0 && keep <= 1) continue;
    throw new NablaError("usage", `mask ${name} must keep a share in (0, 1], got ${keep}`);
  }
  const inputs = typeof text.inputs === "string" ? [text.inputs] : text.inputs;
  const optional = [text.targets, text.weights].filter((name) => name !== undefined);
  const { equations: written, tensors } = parseEquations(text.equations, {
    extents: text.extents,
    inputs: [...inputs, ...optional, ...Object.keys(masks)],
    scalars: ["N"],
    functions,
  });

  const named = (name: string, what: string): Tensor => {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw unknownName(what, name, [...tensors.keys()]);
    return tensor;
  };
  const ofRows = (name: string, what: string): Tensor => {
    const tensor = named(name, what);
    if (tensor.shape[0] === "rows") return tensor;
    throw new NablaError("usage", `the ${what} ${name} must have the rows' index first`);
  };
  const cost = named(text.cost, "cost");
  const outputs = ofRows(text.outputs, "output");
  if (cost.role !== "computed" || cost.shape.length > 0) {
    throw new NablaError("usage", `the cost ${cost.name} must be one number, ${cost.name} = …`);
  }
  const weights = text.weights === undefined ? undefined : ofRows(text.weights, "weights");
  if (weights !== undefined && weights.shape.length > 1) {
    const got = `[${weights.shape.join(", ")}]`;
    throw new NablaError("usage", `the weights ${weights.name} must be [rows], got ${got}`);
  }
  const equations = normalise(written, cost);
  checkAssignments(written);
  checkPrediction(inPhase("prediction", equations), [cost, outputs], written);
  return {
    equations,
    inputs: inputs.map((name) => ofRows(name, "input")),
    targets: text.targets === undefined ? undefined : ofRows(text.targets, "target"),
    outputs,
    cost,
    parameters: [...tensors.values()].filter((tensor) => tensor.role === "parameter"),
    masks: new Map(Object.entries(masks).map(([name, keep]) => [ofRows(name, "mask"), keep])),
    weights,
  };
}

function checkAssignments(written: readonly WrittenEquation[]): void {
  const assigned = written.find((equation) => equation.assigns);
  assigned?.fail(
    `${assigned.target.name} is assigned, and a network keeps nothing from batch to batch`,
    `write ${assigned.target.name} = …`,
  );
}

/** What prediction needs must not be computed in training only. */
function checkPrediction(
  list: readonly Equation[],
  wanted: readonly Tensor[],
  written: readonly WrittenEquation[],
): void {
  const needed = neededFor(wanted, list);
  const computed = needed.map((equation) => equation.target);
  for (const tensor of [...wanted, ...needed.flatMap((equation) => [...tensorsOf(equation)])]) {
    if (tensor.role !== "computed" || computed.includes(tensor)) continue;
    const inTraining = written.find((equation) => equation.target === tensor);
    inTraining?.fail(
      `${tensor.name} is computed in training only, and prediction needs it`,
      `write an equation of ${tensor.name} without the mark`,
    );
  }
}

function checkExtents(extents: Readonly<Record<string, number>>): void {
  for (const [name, extent] of Object.entries(extents)) {
    if (Number.isSafeInteger(extent) && extent > 0) continue;
    throw new NablaError("usage", `extent ${name} must be a positive integer, got ${extent}`);
  }
}

/** The equations of the outputs. */
export const predictionEquations = ({ equations, outputs }: EquationSystem): Equation[] =>
  neededFor([outputs], inPhase("prediction", equations));

/**
 * The cost C = D + R in its two parts: D sums over the rows of a batch and can be added up over blocks
 * of rows; R, the penalties, sees the parameters only. Each part is a list that ends in its tensor.
 */
export interface CostParts {
  readonly data: CostPart;
  readonly penalties: CostPart | undefined;
}

export interface CostPart {
  readonly equations: readonly Equation[];
  readonly cost: Tensor;
}

export function costParts({ equations, cost }: EquationSystem, phase: Phase): CostParts {
  const all = neededFor([cost], inPhase(phase, equations));
  const last = all.at(-1) as Equation;
  const overRows = last.terms.filter((t) => t.over.some((i) => i.extent === "rows"));
  const rest = last.terms.filter((t) => !overRows.includes(t));
  const part = (terms: Equation["terms"], target: Tensor): CostPart => {
    const equation = { ...last, target, terms };
    return { equations: neededFor([target], [...all.slice(0, -1), equation]), cost: target };
  };
  return {
    data: part(overRows, cost),
    penalties:
      rest.length === 0 ? undefined : part(rest, { ...cost, name: `${cost.name}_penalties` }),
  };
}

/** The gradients of a part of the cost by every parameter that it depends on. */
export const partGradients = (part: CostPart, parameters: readonly Tensor[]): Gradients =>
  differentiate(part.equations, part.cost, parameters);

/** The cost of training as one list, penalties included, with its gradients by every parameter. */
export function trainingGradients({ equations, cost, parameters }: EquationSystem) {
  const forward = neededFor([cost], inPhase("training", equations));
  return { forward, ...differentiate(forward, cost, parameters) };
}
