/** Slips that multiply everything by a number: the sign, a ½, the 1/N of the mean over the rows. */

import { expressionsOf } from "../../../equations/equation.ts";
import { type Expression, type Tensor, walk } from "../../../equations/expression.ts";
import type { ClaimPoint } from "../points.ts";
import { type SlipContext, shown } from "./slip.ts";

export interface Scale {
  /** None for a factor of 1. */
  readonly names: readonly string[];
  factor(point: ClaimPoint): number;
  said(context: SlipContext): string;
}

interface Factor {
  readonly name: string;
  readonly factor: (N: number) => number;
  readonly said: (context: SlipContext) => string;
}

const sign: Factor = {
  name: "sign",
  factor: () => -1,
  said: ({ subject: { targets }, formula }) => {
    const turned = "Everything has the opposite sign.";
    const difference = walk(formula).find((e) => isMinus(e, targets));
    return difference === undefined ? turned : `${turned} The derivative has ${shown(difference)}.`;
  },
};

/** a − y */
const isMinus = (e: Expression, targets: Tensor | undefined): boolean => {
  const [, y] = e.kind === "operation" && e.name === "subtract" ? e.arguments : [];
  return y?.kind === "element" && y.tensor === targets;
};

const halves: readonly Factor[] = [
  {
    name: "missing ½",
    factor: () => 2,
    said: (context) =>
      hasSquare(context)
        ? "It is twice the derivative: a ½ is missing. The ½ before the square cancels the 2 that the power rule brings."
        : "It is twice the derivative.",
  },
  {
    name: "extra ½",
    factor: () => 0.5,
    said: (context) =>
      hasSquare(context)
        ? "It is half of the derivative: a 2 is missing. The power rule brings one, ∂x²/∂x = 2x."
        : "It is half of the derivative.",
  },
];

const means: readonly Factor[] = [
  {
    name: "missing 1/N",
    factor: (N) => N,
    said: ({ subject: { about, costName } }) =>
      about === "batch"
        ? `The factor 1/N is missing: ${costName} is a mean over the N rows of the batch. Without the index of the rows it would be about one row, and have none.`
        : "The factor N is one too many: there is only one row.",
  },
  {
    name: "extra 1/N",
    factor: (N) => 1 / N,
    said: ({ subject: { about, costName } }) =>
      about === "batch"
        ? `There is a factor 1/N too many: ${costName} has one, which the deltas have in them already.`
        : "There is a factor 1/N too many: without the index of the rows it is about the cost of one row.",
  },
];

/** A cost with a square in it. */
const hasSquare = ({ subject }: SlipContext): boolean =>
  subject.forward
    .flatMap(expressionsOf)
    .some((body) =>
      walk(body).some(
        (e) =>
          e.kind === "operation" &&
          e.name === "power" &&
          e.arguments[1]?.kind === "number" &&
          e.arguments[1].value === 2,
      ),
    );

const combined = (factors: readonly Factor[]): Scale => ({
  names: factors.map(({ name }) => name),
  factor: ({ point }) =>
    factors.reduce((product, { factor }) => product * factor(point.scalars.N as number), 1),
  said: (context) => factors.map(({ said }) => said(context)).join(" "),
});

const orNone = (list: readonly Factor[]): readonly Factor[][] => [[], ...list.map((f) => [f])];

/** None, one, two or all three, the fewest first. */
export const scales: readonly Scale[] = orNone([sign])
  .flatMap((s) => orNone(halves).flatMap((h) => orNone(means).map((n) => [...s, ...h, ...n])))
  .sort((a, b) => a.length - b.length)
  .map(combined);
