/**
 * What a claim can speak of: the forward equations of a batch or of one row, the gradients by every
 * tensor in them under the names of textbooks, and the functions that are applied element by element.
 */

import { type Adjoint, differentiate } from "../../equations/differentiate.ts";
import { type Equation, inPhase, left, neededFor, tensorsOf } from "../../equations/equation.ts";
import {
  type Expression,
  element,
  type Index,
  index,
  type NamedFunction,
  plainIndex,
  same,
  substitute,
  type Tensor,
  variable,
  walk,
} from "../../equations/expression.ts";
import { operations } from "../../equations/operations.ts";
import type { EquationSystem } from "../../equations/system.ts";
import { NablaError } from "../../errors.ts";
import type { Symbols } from "../derivation.ts";
import { oneRow } from "../derive/one-row.ts";
import { newSymbols, primeOf } from "../symbols.ts";

export interface Subject {
  readonly about: "batch" | "row" | "function";
  /** The cost's name in the network: C, also of one row. */
  readonly costName: string;
  /** In the order of definition. */
  readonly forward: readonly Equation[];
  readonly cost: Tensor;
  /** All that the equations define or read, by name. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly targets: Tensor | undefined;
  readonly outputs: Tensor | undefined;
  readonly weights: Tensor | undefined;
  /** The functions a = f(z) that the equations apply, with a. */
  readonly pointwise: readonly Pointwise[];
  readonly symbols: Symbols;
  /** ∂C/∂X under its short name, delta2 or dC/dW1. */
  gradient(of: Tensor): Tensor;
  /** X, of ∂C/∂X. */
  differentiatedBy(gradient: Tensor): Tensor | undefined;
  /** The trace of the rule. */
  adjoint(of: Tensor): Adjoint | undefined;
}

/** a[o] = f(z[o]) */
export interface Pointwise {
  readonly a: Tensor;
  readonly z: Tensor;
  readonly value: NamedFunction;
  readonly prime: NamedFunction;
}

/** The whole batch with its C. */
export function batchSubject(system: EquationSystem): Subject {
  return subjectOf(forwardOf(system), { ...system, costName: system.cost.name }, "batch");
}

/** One row with its cost C_x, penalties left out. */
export function rowSubject(system: EquationSystem): Subject {
  const one = oneRow(forwardOf(system));
  if (one === undefined) {
    throw new NablaError("usage", `${system.cost.name} has no rows: write the claim with its rows`);
  }
  const { all, cost, tensor } = one;
  const own = (of: Tensor | undefined) => of && tensor(of);
  const { targets, weights, outputs } = system;
  const roles = {
    ...{ cost, costName: system.cost.name },
    ...{ targets: own(targets), weights: own(weights), outputs: tensor(outputs) },
  };
  return subjectOf(all, roles, "row");
}

/** a = f(z) alone: then ∂C/∂z of C = Σ_n a[n] is f′. */
export function functionSubject(f: NamedFunction): Subject {
  const n = index("n", "rows");
  const z: Tensor = { name: "z", shape: ["rows"], role: "input" };
  const a: Tensor = { name: "a", shape: ["rows"], role: "computed" };
  const cost: Tensor = { name: "C", shape: [], role: "computed" };
  const body: Expression = { kind: "call", function: f, arguments: [element(z, [n])] };
  const sum = { reduction: "sum" as const, where: [] };
  const forward: Equation[] = [
    { target: a, indices: [n], terms: [{ ...sum, over: [], body }] },
    { target: cost, indices: [], terms: [{ ...sum, over: [n], body: element(a, [n]) }] },
  ];
  const given = { targets: undefined, weights: undefined, outputs: undefined };
  const roles = { cost, costName: cost.name, ...given };
  return subjectOf(forward, roles, "function");
}

/** What cost and outputs need, the cost last. */
function forwardOf({ equations, cost, outputs }: EquationSystem): Equation[] {
  const needed = neededFor([cost, outputs], inPhase("prediction", equations));
  const isLast = (equation: Equation): boolean => equation.target === cost;
  return [...needed.filter((e) => !isLast(e)), ...needed.filter(isLast)];
}

interface Roles {
  readonly cost: Tensor;
  readonly costName: string;
  readonly targets: Tensor | undefined;
  readonly outputs: Tensor | undefined;
  readonly weights: Tensor | undefined;
}

function subjectOf(
  forward: readonly Equation[],
  { cost, costName, targets, outputs, weights }: Roles,
  about: Subject["about"],
): Subject {
  const table = newSymbols();
  const names = new Map<Tensor, Tensor>();
  const given = forward.flatMap((equation) => [...tensorsOf(equation)]);
  const all = new Set([...given, ...forward.map(({ target }) => target)]);
  const tensors = new Map([...all].map((tensor) => [tensor.name, tensor]));
  const stabilisers = forward.filter((equation) => equation.stabiliser).map((e) => e.target);
  const wrt = [...all].filter(
    (tensor) =>
      tensor !== cost &&
      (tensor.role !== "input" || about === "function") &&
      !stabilisers.includes(tensor),
  );
  const { adjoints } = differentiate(neededFor([cost], forward), cost, wrt);
  const traced = new Map(adjoints.map((adjoint) => [adjoint.of, adjoint]));
  const short = new Map<Tensor, Tensor>();

  const gradient = (of: Tensor): Tensor => {
    const known = short.get(of);
    if (known !== undefined) return known;
    const made: Tensor = { name: gradientName(of, costName), shape: of.shape, role: "computed" };
    names.set(made, table.gradient(cost, of));
    short.set(of, made);
    return made;
  };
  return {
    ...{ about, forward, cost, costName, tensors, targets, outputs, weights, gradient },
    symbols: { tensors: table.tensors, functions: table.functions, names },
    pointwise: forward.flatMap(pointwiseOf),
    differentiatedBy: (named) => [...short].find(([, name]) => name === named)?.[0],
    adjoint: (of) => traced.get(of),
  };
}

/** δ of pre-activations, as textbooks have it; ∂C/∂X of all else. */
const gradientName = ({ name }: Tensor, cost: string): string =>
  name.startsWith("z") ? `delta${name.slice(1)}` : `∂${cost}/∂${name}`;

function pointwiseOf(equation: Equation): Pointwise[] {
  const [term] = equation.terms;
  if (equation.terms.length !== 1 || term === undefined || term.over.length > 0) return [];
  const read = walk(term.body).filter((e) => e.kind === "element");
  const [first] = read;
  const { target } = equation;
  if (first === undefined || target.shape.length === 0) return [];
  if (term.body.kind === "element" || !read.every((e) => same(e, first))) return [];
  const places = first.places.map(plainIndex);
  const { indices } = equation;
  if (places.length !== indices.length || !places.every((i, d) => i === indices[d])) return [];
  const own = variable("z");
  const value: NamedFunction = {
    name: functionName(term.body, target),
    variables: [own],
    value: substitute(term.body, new Map([[first.tensor, element(own)]])),
    ...claimOfOperation(term.body, own),
  };
  const f = term.body.kind === "call" ? term.body.function : value;
  return [{ a: target, z: first.tensor, value: f, prime: primeOf(f) }];
}

/** tanh′ = 1 − a², as the table of operations has it. */
function claimOfOperation(body: Expression, z: Tensor): Pick<NamedFunction, "claim"> {
  if (body.kind !== "operation" || body.arguments.length !== 1) return {};
  if (body.arguments[0]?.kind !== "element") return {};
  const result = variable("a");
  const rule = operations[body.name].derivatives[0];
  if (rule === undefined) return {};
  return { claim: { result, derivative: rule(element(z), element(z), element(result)) } };
}

/** tanh; of a formula of one's own the name of what it gives: a1. */
function functionName(body: Expression, target: Tensor): string {
  if (body.kind === "call") return body.function.name;
  const [argument] = body.kind === "operation" ? body.arguments : [];
  const isPlain = body.kind === "operation" && argument?.kind === "element";
  return isPlain && body.arguments.length === 1 && body.name !== "negate" ? body.name : target.name;
}

/** The letters that the equations themselves give to a tensor's places. */
export function lettersOf(tensor: Tensor, { forward, adjoint }: Subject): readonly Index[] {
  const own = forward.find((equation) => equation.target === tensor);
  return (
    (own && left(own).places.flatMap((p) => plainIndex(p) ?? [])) ??
    adjoint(tensor)?.equation.indices ??
    tensor.shape.map((extent, d) => index("pqrs"[d] ?? "p", extent))
  );
}
