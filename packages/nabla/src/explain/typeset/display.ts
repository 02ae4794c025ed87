/** Derivations and equations → what stands on a page: sections of paragraphs and aligned steps. */

import { type Equation, tensorsOf } from "../../equations/equation.ts";
import type { Element, Tensor } from "../../equations/expression.ts";
import { formatExpression } from "../../equations/format.ts";
import type { Chain, Derivation, Link, Symbols } from "../derivation.ts";
import type { Row } from "./items.ts";
import { leftRow, rightRow } from "./layout.ts";
import { matrixEquation } from "./matrix.ts";
import { type Words, wordsOf } from "./words.ts";

export type Notation = "index" | "matrix";

/** `left = right`, or `= right` below the step before. */
export interface Step {
  readonly left?: Row;
  /** An update assigns. */
  readonly sign: "=" | "←";
  readonly right: Row;
  /** `[rows, 3]` of the left side; nothing for a number. */
  readonly shape?: string;
  readonly reason?: Words;
}

/** Steps that are aligned with each other. */
export type Display = readonly Step[];

export interface PageSection {
  readonly title?: Words;
  readonly text: readonly Words[];
  readonly displays: readonly Display[];
}

export interface Page {
  readonly title?: string;
  readonly sections: readonly PageSection[];
  /** How all of it was verified. */
  readonly verified?: string;
}

export interface DisplayOptions {
  readonly notation: Notation;
  readonly title?: string | undefined;
  readonly symbols: Symbols;
}

export function displayDerivation(derivation: Derivation, options: DisplayOptions): Page {
  const links = derivation.sections
    .flatMap((section) => section.chains)
    .flatMap((chain) => chain.links);
  const context = contextOf(
    links.map((link) => link.equation),
    { ...options, symbols: derivation.symbols },
  );
  const sections = derivation.sections.map(({ title, text, chains }) => ({
    title: wordsOf(title, context.tensors),
    text: text.map((paragraph) => wordsOf(paragraph, context.tensors)),
    displays: joined(folded(chains).map((chain) => displayChain(chain, context))),
  }));
  const { title } = options;
  return { ...(title !== undefined && { title }), sections, verified: howVerified(links) };
}

/** What has been told twice, of the last layer and of the one before it, is then only stated. */
function folded(chains: readonly Chain[]): Chain[] {
  const twice = new Set<Element>();
  return chains.map((chain) => {
    const { repeats, links } = chain;
    const last = links.at(-1);
    if (repeats === undefined || last === undefined || links.length === 1) return chain;
    if (twice.has(repeats))
      return { ...chain, links: [{ ...last, reason: `just as ${formatExpression(repeats)}` }] };
    twice.add(repeats);
    return chain;
  });
}

/** A list of equations, aligned with each other. */
export function displayEquations(equations: readonly Equation[], options: DisplayOptions): Page {
  const context = contextOf(equations, options);
  const display = equations.map((equation) => ({
    ...sides(equation, context),
    sign: "=" as const,
    ...shapeOf(equation.target),
  }));
  const { title } = options;
  return {
    ...(title !== undefined && { title }),
    sections: [{ text: [], displays: [display] }],
  };
}

interface Context {
  readonly notation: Notation;
  readonly symbols: Symbols;
  readonly tensors: ReadonlySet<Tensor>;
}

const contextOf = (equations: readonly Equation[], options: DisplayOptions): Context => ({
  ...{ notation: options.notation, symbols: options.symbols },
  tensors: new Set(equations.flatMap((equation) => [equation.target, ...tensorsOf(equation)])),
});

export interface Sides {
  readonly left: Row;
  readonly right: Row;
}

/** Both sides; in matrix notation what has no such form stays with its indices. */
export function sides(equation: Equation, { notation, ...names }: Context): Sides {
  const asMatrices = notation === "matrix" ? matrixEquation(equation, names) : undefined;
  const { symbols } = names;
  return asMatrices ?? { left: leftRow(equation, symbols), right: rightRow(equation, symbols) };
}

/** The left side is written again where the notation changes; a step that shows nothing new is left out. */
function displayChain({ left, links }: Chain, context: Context): Display {
  const steps: Step[] = [];
  let before: Sides | undefined;
  for (const { equation, reason, rule } of links) {
    const shown = sides(equation, context);
    if (before !== undefined && same(before.right, shown.right)) continue;
    const isNew = before === undefined || !same(before.left, shown.left);
    steps.push({
      ...(isNew && { left: shown.left, ...shapeOf(left.tensor) }),
      sign: rule === "update" ? "←" : "=",
      ...{ right: shown.right, reason: wordsOf(reason, context.tensors) },
    });
    before = shown;
  }
  return steps;
}

/** What follows each other in one step each is aligned together, as a list of definitions. */
function joined(displays: readonly Display[]): Display[] {
  const all: Step[][] = [];
  for (const display of displays) {
    const before = all.at(-1);
    const areShort = display.length === 1 && before?.every((step) => step.left !== undefined);
    if (before !== undefined && areShort) before.push(...display);
    else all.push([...display]);
  }
  return all;
}

const same = (a: Row, b: Row): boolean => JSON.stringify(a) === JSON.stringify(b);

const shapeOf = ({ shape }: Tensor): { shape?: string } =>
  shape.length === 0 ? {} : { shape: `[${shape.join(", ")}]` };

/** `42 equalities verified at 20 random points each; the largest relative difference is 3e-15.` */
function howVerified(links: readonly Link[]): string {
  const points = Math.min(...links.map((link) => link.verified.points));
  const error = Math.max(0, ...links.map((link) => link.verified.maxError));
  const largest = error === 0 ? "0" : error.toExponential(0);
  return (
    `${links.length} equalities, each verified at ${points} random points or more; ` +
    `the largest relative difference is ${largest}.`
  );
}

/** What stands beside or beneath a step. */
export const noteOf = ({ shape, reason = [] }: Step): Words =>
  shape === undefined ? reason : [[reason.length === 0 ? shape : `${shape}\u00a0`], ...reason];
