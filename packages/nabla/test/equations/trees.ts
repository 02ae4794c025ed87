/** Random formulas for property tests, and their values: exact in rational numbers, or in float64. */

import fc from "fast-check";
import {
  apply,
  type Expression,
  element,
  expand,
  number,
  type OperationName,
  power,
  type Relation,
  select,
  type Tensor,
} from "../../src/equations/expression.ts";
import { operations } from "../../src/equations/operations.ts";
import { parseFormula } from "../../src/equations/parse.ts";
import { namedFunction } from "../../src/functions/activations.ts";

export const variables = ["x", "y", "z"].map(
  (name): Tensor => ({ name, shape: [], role: "input" }),
);

/** A formula in x, y and z. */
export const readFormula = (text: string): Expression =>
  parseFormula(text, variables, namedFunction);

export const arithmetic: readonly OperationName[] = [
  "add",
  "subtract",
  "multiply",
  "divide",
  "negate",
];

interface Rational {
  readonly above: bigint;
  readonly below: bigint;
}

const rational = (above: bigint, below: bigint): Rational | undefined => {
  if (below === 0n) return undefined;
  const divisor = gcd(above < 0n ? -above : above, below < 0n ? -below : below);
  const sign = below < 0n ? -1n : 1n;
  return { above: (sign * above) / divisor, below: (sign * below) / divisor };
};

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));

/** Whole numbers stay whole, and their quotients fractions: nothing is rounded. */
const ofNumber = (value: number): Rational => ({ above: BigInt(value), below: 1n });

/** x = 7/2, y = 7/3, z = 7/4. */
const sevenths = new Map(variables.map((variable, i) => [variable, rational(7n, BigInt(2 + i))!]));

/**
 * The exact value, undefined where something is divided by 0. What is not arithmetic is a function
 * that depends on the values of its arguments in some arbitrary way: algebra must not care which.
 */
export function exact(e: Expression): Rational | undefined {
  if (e.kind === "number") return ofNumber(e.value);
  if (e.kind === "element") return sevenths.get(e.tensor);
  if (e.kind === "select") {
    const [left, right] = [exact(e.left), exact(e.right)];
    if (left === undefined || right === undefined) return undefined;
    const order = left.above * right.below - right.above * left.below;
    return exact(holds(e.relation, order) ? e.then : e.otherwise);
  }
  if (e.kind !== "operation") throw new Error(e.kind);
  const found = e.arguments.map(exact);
  const [x, y = x] = found;
  if (x === undefined || y === undefined || found.includes(undefined)) return undefined;
  switch (e.name) {
    case "add":
      return rational(x.above * y.below + y.above * x.below, x.below * y.below);
    case "subtract":
      return rational(x.above * y.below - y.above * x.below, x.below * y.below);
    case "multiply":
      return rational(x.above * y.above, x.below * y.below);
    case "divide":
      return rational(x.above * y.below, x.below * y.above);
    case "negate":
      return rational(-x.above, x.below);
    case "power": {
      const size = y.above < 0n ? -y.above : y.above;
      const [above, below] = [x.above ** size, x.below ** size];
      return y.above < 0n ? rational(below, above) : rational(above, below);
    }
    default:
      return scrambled(`${e.name} ${x.above}/${x.below} ${y.above}/${y.below}`);
  }
}

function holds(relation: Relation, order: bigint): boolean {
  if (order === 0n) return relation.includes("=");
  return relation.includes(order < 0n ? "<" : ">");
}

function scrambled(text: string): Rational {
  let hash = 17;
  for (const letter of text) hash = (hash * 31 + letter.charCodeAt(0)) % 1009;
  return rational(BigInt(hash % 23) - 11n, BigInt(1 + (hash % 5)))!;
}

/** Trees of arithmetic, of functions, and of selects whose branches may be 0. */
export function trees(numbers: readonly number[], names: readonly OperationName[]) {
  const { tree } = fc.letrec<{ tree: Expression }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom(...numbers.map(number), ...variables.map((variable) => element(variable))),
      fc
        .tuple(fc.constantFrom(...names), tie("tree"), tie("tree"))
        .map(([name, x, y]) =>
          apply(name, ...[x, y].slice(0, operations[name].derivatives.length)),
        ),
      fc
        .tuple(tie("tree"), fc.integer({ min: -2, max: 2 }))
        .map(([x, exponent]) => power(x, number(exponent))),
      fc
        .tuple(
          fc.constantFrom<Relation>("<", "<=", ">", ">=", "="),
          fc.tuple(tie("tree"), tie("tree"), tie("tree"), tie("tree")),
        )
        .map(([relation, [left, right, a, b]]) => select([left, relation, right], a, b)),
    ),
  }));
  return tree;
}

/** The value in float64. */
export function compute(e: Expression, values: ReadonlyMap<Tensor, number>): number {
  const of = (inner: Expression): number => compute(inner, values);
  if (e.kind === "number") return e.value;
  if (e.kind === "element") return values.get(e.tensor)!;
  if (e.kind === "select") {
    const order = BigInt(Math.sign(of(e.left) - of(e.right)));
    return of(holds(e.relation, order) ? e.then : e.otherwise);
  }
  if (e.kind === "call") return of(expand(e));
  if (e.kind !== "operation") throw new Error(e.kind);
  const [x, y = 0] = e.arguments.map(of) as [number, number?];
  return operations[e.name].compute(x, y);
}
