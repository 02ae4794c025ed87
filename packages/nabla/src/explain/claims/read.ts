/**
 * The text of a claim → its left side, and its right side as an expression. The grammar is that of all
 * equations; only what names mean is another matter.
 */

import { type Index, index, plainIndex, type Tensor, walk } from "../../equations/expression.ts";
import { type Reader, tokenReader } from "../../equations/lex.ts";
import { expressionParser } from "../../equations/parse-expression.ts";
import type { Fail } from "../../equations/scope.ts";
import type { EquationSystem } from "../../equations/system.ts";
import { didYouMean, NablaError } from "../../errors.ts";
import { pointwiseNames } from "../../functions/activations.ts";
import { boundAt, freeLetters, placesAfter } from "./letters.ts";
import type { Trial } from "./points.ts";
import { batchSubject, functionSubject, lettersOf, rowSubject, type Subject } from "./subject.ts";
import {
  claimScope,
  functionNamed,
  gradientBy,
  plainSpelling,
  rowLetters,
  vocabularyOf,
  withSteps,
  wrongRank,
} from "./vocabulary.ts";

export interface Claim extends Trial {
  readonly subject: Subject;
  /** Whether every place is as long as its letter runs. */
  readonly fits: boolean;
  /** The left side as it was written, without its indices. */
  readonly name: string;
}

/** @throws NablaError that shows the place in the text and what was expected there */
export function readClaim(text: string, system: EquationSystem): Claim {
  const plain = plainSpelling(text, system.cost.name);
  try {
    return parseClaim(plain, system);
  } catch (error) {
    if (!(error instanceof NablaError)) throw error;
    throw new NablaError(
      error.code,
      error.message.replace(plain, () => text),
      error.details,
    );
  }
}

const LEFT = "delta1[n,j], dC/dW1[j,i] or sigmoid'";

function parseClaim(text: string, system: EquationSystem): Claim {
  const read = tokenReader(text);
  const start = read.peek();
  const name = read.name(`the left side of a claim, such as ${LEFT}`);
  const subject = subjectOf(name, read, system);
  const left = leftTensor(name, subject, read.failAt(start));
  const indices = leftIndices(left, subject, read);
  read.expect("=");

  const scope = claimScope(read, subject);
  const free = freeLetters(indices, { all: read.all, ...vocabularyOf(subject) });
  const written = expressionParser(read, scope, { indices: [...indices, ...free] }).sum();
  if (!read.isEnd()) read.fail(`expected an operator or the end, got "${read.peek().text}"`);
  const body = withSteps(written, subject);
  const places = walk(body).flatMap((e) => (e.kind === "element" ? e.places : []));
  const used = free.filter((i) => places.some((place) => plainIndex(place) === i));
  return { subject, name, left, indices, free: used, body, fits: scope.fits() };
}

/** A prime: a function. Rows written somewhere: the batch. Else one row. */
function subjectOf(name: string, read: Reader, system: EquationSystem): Subject {
  const batch = batchSubject(system);
  if (name.endsWith("′") && !batch.tensors.has(name)) {
    const own = name.slice(0, -1);
    const f = functionNamed(own, batch);
    if (f?.variables.length === 1) return functionSubject(f);
    const known = new Set([...batch.pointwise.map(({ value }) => value.name), ...pointwiseNames()]);
    read.failAt(read.previous())(
      `"${own}" is no function of one number${didYouMean(own, [...known])}`,
      `known: ${[...known].join(", ")}`,
    );
  }
  return speaksOfRows(read, batch) ? batch : rowSubject(system);
}

/** Indices tell by their number; where only sums have letters, those tell. */
function speaksOfRows({ all }: Reader, batch: Subject): boolean {
  const { tensor } = vocabularyOf(batch);
  const missing = all.flatMap(({ text }, at) => {
    const shape = tensor(text)?.shape ?? [];
    const written = shape[0] === "rows" ? placesAfter(all, at) : undefined;
    return written === undefined ? [] : [shape.length - written.length];
  });
  if (missing.length > 0) return missing.some((count) => count <= 0);
  const letters = rowLetters(batch);
  return [...all.keys()].some((at) => boundAt(all, at).some((letter) => letters.includes(letter)));
}

// The left side

function leftTensor(name: string, subject: Subject, fail: Fail): Tensor {
  if (subject.about === "function") return subject.gradient(subject.tensors.get("z") as Tensor);
  const { names, tensor } = vocabularyOf(subject);
  const found = tensor(name);
  const by = found && subject.differentiatedBy(found);
  if (found !== undefined && by !== undefined) {
    if (subject.adjoint(by) !== undefined) return found;
    fail(`nothing is differentiated by ${by.name}`, `expected ${LEFT}`);
  }
  const own = gradientBy(name);
  if (own !== undefined) {
    const known = [...subject.tensors.keys()];
    return fail(`unknown tensor "${own}"${didYouMean(own, known)}`, `known: ${known.join(", ")}`);
  }
  if (subject.tensors.has(name)) {
    const gradient = `d${subject.costName}/d${name}`;
    fail(`a claim is about a derivative, and ${name} is none`, `write ${gradient}`);
  }
  const gradients = [...names].filter(([, t]) => subject.differentiatedBy(t)).map(([n]) => n);
  return fail(`unknown name "${name}"${didYouMean(name, gradients)}`, `expected ${LEFT}`);
}

/** Those that are written, bound by position; those of the equations where none are. */
function leftIndices(left: Tensor, subject: Subject, read: Reader): Index[] {
  if (read.take("(")) {
    read.name("z"); //  sigmoid'(z) = …
    read.expect(")");
  }
  if (!read.take("[")) {
    const own = lettersOf(subject.differentiatedBy(left) as Tensor, subject);
    return own.map((i) => index(i.name, i.extent));
  }
  const indices: Index[] = [];
  while (!read.is("]")) {
    const letter = read.peek();
    const name = read.name("an index");
    const extent = left.shape[indices.length];
    const fail = read.failAt(letter);
    if (extent === undefined) return fail(...wrongRank(left, indices.length + 1, subject));
    if (indices.some((i) => i.name === name)) fail(`index ${name} stands twice on the left side`);
    indices.push(index(name, extent));
    if (!read.take(",")) break;
  }
  if (indices.length < left.shape.length) read.fail(...wrongRank(left, indices.length, subject));
  read.expect("]");
  return indices;
}
