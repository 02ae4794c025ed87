/**
 * Operators that are functions of one number z, each by the formula that it computes: an expression of
 * this form is that operator. What is not listed is composed of elementary operations.
 */

import {
  children,
  type Expression,
  expand,
  same,
  substitute,
  type Tensor,
} from "../../equations/expression.ts";
import { parseFormula } from "../../equations/parse.ts";
import { namedFunction } from "../../functions/activations.ts";
import type { Attributes } from "./messages.ts";

interface Form {
  readonly formula: string;
  readonly attributes?: Readonly<Record<string, number>>;
}

const gamma = 1.0507009873554805;
const alpha = 1.6732632423543772;

/** Runtimes have most of them in float32 only. */
const forms: Readonly<Record<string, Form>> = {
  Sigmoid: { formula: "1/(1 + exp(-z))" },
  Relu: { formula: "select(z <= 0, 0, z)" },
  LeakyRelu: { formula: "select(z <= 0, 0.01*z, z)", attributes: { alpha: 0.01 } },
  Elu: { formula: "select(z <= 0, expm1(z), z)", attributes: { alpha: 1 } },
  Selu: {
    formula: "select(z <= 0, 1.7580993408473766*expm1(z), 1.0507009873554805*z)",
    attributes: { alpha, gamma },
  },
  Softplus: { formula: "max(z, 0) + log1p(exp(-abs(z)))" },
  Softsign: { formula: "z/(1 + abs(z))" },
  HardSigmoid: {
    formula: "select(z <= -3, 0, select(z >= 3, 1, z/6 + 1/2))",
    attributes: { alpha: 1 / 6, beta: 1 / 2 },
  },
};

const z: Tensor = { name: "z", shape: [], role: "input" };

interface Pattern {
  readonly operator: string;
  readonly expression: Expression;
  readonly attributes: Attributes;
}

let patterns: readonly Pattern[] | undefined;

const readPatterns = (): readonly Pattern[] =>
  Object.entries(forms).map(([operator, { formula, attributes = {} }]) => ({
    operator,
    expression: parseFormula(formula, [z], namedFunction),
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [name, { float: value }]),
    ),
  }));

export interface Recognised {
  readonly operator: string;
  readonly attributes: Attributes;
  readonly argument: Expression;
}

/** The operator that the expression is, and of what; undefined where it is none of the forms. */
export function recognise(e: Expression): Recognised | undefined {
  const written = e.kind === "call" ? expand(e) : e;
  patterns ??= readPatterns();
  for (const { operator, expression, attributes } of patterns) {
    const argument = standingForZ(expression, written);
    if (argument === undefined) continue;
    if (same(substitute(expression, new Map([[z, argument]])), written))
      return { operator, attributes, argument };
  }
  return undefined;
}

/** What stands in `e` where z stands first in the pattern. */
function standingForZ(pattern: Expression, e: Expression): Expression | undefined {
  if (pattern.kind === "element") return e;
  const parts = children(e);
  for (const [i, part] of children(pattern).entries()) {
    const found = parts[i] && standingForZ(part, parts[i]);
    if (found !== undefined) return found;
  }
  return undefined;
}
