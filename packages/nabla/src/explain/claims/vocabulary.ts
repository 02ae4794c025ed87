/**
 * What the names in a claim mean: the network's tensors, their gradients (delta2, dC/dW1), weights after
 * the step (W1_new), functions with primes.
 */

import {
  type Element,
  type Expression,
  type Extent,
  element,
  mapChildren,
  mul,
  type NamedFunction,
  type Place,
  plainIndex,
  scalar,
  sub,
  type Tensor,
} from "../../equations/expression.ts";
import type { Reader } from "../../equations/lex.ts";
import { operations } from "../../equations/operations.ts";
import type { Scope } from "../../equations/scope.ts";
import { didYouMean } from "../../errors.ts";
import { namedFunction, pointwiseNames } from "../../functions/activations.ts";
import { primeOf } from "../symbols.ts";
import { type ClaimTokens, extentFrom } from "./letters.ts";
import { stepSizes } from "./points.ts";
import type { Subject } from "./subject.ts";

/** Spellings of textbooks as names, each of the length that it had: places in messages stay right. */
export function plainSpelling(text: string, cost: string): string {
  return text
    .replaceAll(/['’]/g, "′")
    .replace(/^\s*[\p{L}-]+(?=′)/u, (name) => name.replaceAll("-", "_"))
    .replaceAll(fraction(cost), (whole, by: string) => by.padStart(whole.length, "∂"));
}

/** dC/dW1, ∂C/∂W1, dC_x/dW1 */
const fraction = (cost: string): RegExp =>
  new RegExp(
    `(?<![\\p{L}\\p{N}_])[d∂]${cost}(?:_x)?[ \\t]*/[ \\t]*[d∂](\\p{L}[\\p{L}\\p{N}\\p{M}_]*)`,
    "gu",
  );

/** The X of a gradient as `plainSpelling` writes it. */
export const gradientBy = (name: string): string | undefined =>
  name.startsWith("∂") ? name.replace(/^∂+/u, "") : undefined;

export interface Vocabulary {
  /** Tensors and gradients by every name that they may have. */
  readonly names: ReadonlyMap<string, Tensor>;
  tensor(name: string): Tensor | undefined;
}

export function vocabularyOf(subject: Subject): Vocabulary {
  const { tensors, cost, outputs, about } = subject;
  const names = new Map<string, Tensor>();
  for (const tensor of tensors.values()) {
    if (tensor === cost) continue;
    const gradient = subject.gradient(tensor);
    names.set(`∂${tensor.name}`, gradient);
    if (!tensor.name.startsWith("z") || about === "function") continue;
    names.set(`delta${tensor.name.slice(1)}`, gradient);
    names.set(`δ${tensor.name.slice(1)}`, gradient);
  }
  for (const [updated, tensor] of updatedNames(subject)) names.set(updated, tensor);
  if (outputs !== undefined) for (const name of ["ŷ", "yhat"]) names.set(name, outputs);
  for (const [name, tensor] of tensors) names.set(name, tensor);
  return { names, tensor: (name) => names.get(name.replace(/^∂+/u, "∂")) };
}

// Weights after the step

function updatedNames({ tensors }: Subject): [string, Tensor][] {
  const parameters = [...tensors.values()].filter(({ role }) => role === "parameter");
  return parameters.flatMap(({ name, shape }) => {
    const updated: Tensor = { name: `${name}_new`, shape, role: "computed" };
    const endings = ["_new", "new", "_updated", "′"];
    return endings.map((ending): [string, Tensor] => [name + ending, updated]);
  });
}

/** W − η·∂C/∂W */
export const afterStep = (e: Element, subject: Subject): Expression =>
  sub(e, mul(scalar("eta"), element(subject.gradient(e.tensor), e.places)));

/** Every W_new as what it means. */
export function withSteps(e: Expression, subject: Subject): Expression {
  if (e.kind !== "element") return mapChildren(e, (child) => withSteps(child, subject));
  if (subject.tensors.has(e.tensor.name)) return e;
  const before = subject.tensors.get(e.tensor.name.replace(/_new$/, ""));
  return before === undefined ? e : afterStep(element(before, e.places), subject);
}

// Functions

/** A function of the table or of the network; σ, where the network has only one. */
export function functionNamed(name: string, { pointwise }: Subject): NamedFunction | undefined {
  const own = [...new Set(pointwise.map(({ value }) => value))];
  if (["σ", "sigma", "f"].includes(name) && own.length === 1) return own[0];
  return own.find((f) => f.name === name) ?? namedFunction(name);
}

// The scope

export interface ClaimScope extends Scope {
  /** Whether every place so far is as long as its letter runs. */
  fits(): boolean;
}

export function claimScope(read: Reader, subject: Subject): ClaimScope {
  const { names, tensor } = vocabularyOf(subject);
  const tokens: ClaimTokens = { all: read.all, tensor };
  const spelt = read.all.flatMap(({ text }) => {
    const meant = tensor(text);
    return meant === undefined ? [] : [[text, meant] as const];
  });
  const scalars = ["N", ...stepSizes].filter((name) => !names.has(name));
  let fits = true;
  const callable = (name: string): NamedFunction | undefined => {
    if (names.has(name) || Object.hasOwn(operations, name)) return undefined;
    if (!name.endsWith("′")) return functionNamed(name, subject);
    const f = functionNamed(name.slice(0, -1), subject);
    return f && primeOf(f);
  };
  return {
    tensors: new Map([...names, ...spelt]),
    fits: () => fits,
    extent: (letter, fail) =>
      extentFrom(letter, read.all.indexOf(read.previous()), tokens) ??
      (rowLetters(subject).includes(letter) ? "rows" : undefined) ??
      fail(`index "${letter}" stands in no place`, "leave its sum out"),
    define: (name, _indices, fail) => fail(`${name} cannot be defined here`),
    read(name, places, fail) {
      const found = tensor(name);
      if (found === undefined) {
        const known = [...subject.tensors.keys()].join(", ");
        return fail(
          `unknown name "${name}"${didYouMean(name, [...names.keys()])}`,
          `known: ${known}`,
        );
      }
      if (places.length !== found.shape.length) fail(...wrongRank(found, places.length, subject));
      fits &&= places.every((place, d) => isAsLong(place, found.shape[d]));
      return found;
    },
    isScalar: (name) => scalars.includes(name),
    isGiven: () => false,
    callable: Object.assign(callable, { names: pointwiseNames().flatMap((f) => [f, `${f}′`]) }),
  };
}

/** The letters by which the equations count rows. */
export const rowLetters = ({ forward }: Subject): string[] =>
  forward.flatMap(({ indices }) => indices.filter((i) => i.extent === "rows").map((i) => i.name));

const isAsLong = (place: Place, extent: Extent | undefined): boolean => {
  const letter = plainIndex(place);
  return letter === undefined || letter.extent === extent;
};

/** delta2 has 2 indices, got 1; … */
export function wrongRank(
  { name, shape }: Tensor,
  got: number,
  { about }: Subject,
): [problem: string, remedy?: string] {
  const of = about === "row" ? " of one row" : "";
  const count = `${shape.length} ${shape.length === 1 ? "index" : "indices"}`;
  const problem = `${name.replaceAll("∂", "d")}${of} has ${count}, got ${got}`;
  const lacksRows = about === "batch" && shape[0] === "rows" && got === shape.length - 1;
  if (!lacksRows) return [problem];
  return [problem, "name the row everywhere, for the batch, or nowhere, for one row"];
}
